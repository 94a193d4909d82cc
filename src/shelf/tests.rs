//! Packs on the shelf: what is used, what is refused, and what is left when all is deleted.

use std::borrow::Cow;
use std::io::Cursor;
use std::sync::LazyLock;

use image::{ImageFormat, Rgb, RgbImage};
use spotpack::{
    Contents, Draft, Files, KnownAnswers, Part, PublicKey, Refused, Revocation, SigningKey, Versions,
};

use super::*;
use crate::network::model::Model;
use crate::packs::Unfit;

/// The embedded model with a picture and the answer that it gives to it.
static CONTENTS: LazyLock<(Card, Contents<'static>)> = LazyLock::new(|| {
    let file = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name);
        Cow::Owned(fs::read(path).expect("one of the model's files"))
    };
    let assessor = Assessor::new(&Model::embedded(&Device::flex()).expect("a model"));
    let side = assessor.card().input_side_px;
    let picture = RgbImage::from_fn(side, side, |x, y| Rgb([200, (x % 200) as u8, (y % 200) as u8]));
    let answers = KnownAnswers { tolerance: 0.01, logits: vec![assessor.logits(&picture)] };
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("written");
    let contents = Contents {
        card: file("spotcheck.json"),
        evaluation: file("evaluation.json"),
        quality: Cow::Borrowed(b"[]\n"),
        answers: Cow::Owned(serde_json::to_vec(&answers).expect("JSON")),
        pictures: vec![Cow::Owned(png.into_inner())],
        weights: file("spotcheck.bpk"),
    };
    (assessor.card().clone(), contents)
});

/// Somebody who makes packs, whose key the tests confirm.
pub struct Publisher {
    secret: SigningKey,
    /// The public half.
    pub key: PublicKey,
}

impl Publisher {
    /// With a new key.
    pub fn generate() -> Self {
        let secret = SigningKey::generate().expect("a key");
        Self { key: secret.public().expect("a key"), secret }
    }

    /// The key, compared by its fingerprint.
    pub fn confirmed(&self) -> ConfirmedKey {
        ConfirmedKey::new(self.key, &self.key.fingerprint().to_string()).expect("its own")
    }

    /// A pack of the embedded model with this version.
    pub fn pack(&self, version: u32) -> Vec<u8> {
        self.changed(version, |_, _| {})
    }

    /// The same with what `change` makes of it.
    pub fn changed(
        &self,
        version: u32,
        change: impl FnOnce(&mut Manifest, &mut Contents<'static>),
    ) -> Vec<u8> {
        let (card, contents) = &*CONTENTS;
        let mut contents = contents.clone();
        let mut manifest = Manifest {
            name: card.version.clone(),
            version,
            key_id: self.key.id(),
            publisher: "Skin lab".into(),
            licence: card.licence.clone(),
            date: "2026-03-31".parse().expect("a day"),
            lowest_app: app_version(),
            architecture: packs::architecture(card),
            classes: packs::classes(card),
            files: Files::of(&contents),
            revoked: Vec::new(),
        };
        change(&mut manifest, &mut contents);
        manifest.files = Files::of(&contents);
        let mut pack = Vec::new();
        let draft = Draft::new(&manifest, contents, self.key).expect("drafted");
        draft.sign(&self.secret, &mut pack).expect("signed");
        pack
    }

    /// Withdraws these versions of its own.
    pub fn withdraws(&self, versions: &[u32]) -> Revocation {
        let versions = Versions::These(versions.iter().copied().collect());
        Revocation { key: self.key.fingerprint(), versions }
    }

    /// A pack as if it had been installed; returns what the archive would know of it.
    pub fn installed(&self, shelf: &Shelf, pack: &[u8]) -> Models {
        let arrived = shelf.folder().expect("a folder").with_extension("arrived");
        fs::create_dir_all(arrived.parent().expect("a folder")).expect("made");
        fs::write(&arrived, pack).expect("written");
        let digest = Source::digest_at(&arrived).expect("a pack");
        shelf.take_in(&arrived, &digest).expect("taken in");
        let source = shelf.source(digest, &[self.confirmed()]);
        let signed = source.signed().expect("signed");
        let accepted = still_usable(&signed, &Ledger::default(), FLOOR, app_version()).expect("accepted");
        let models = Models::default().installed(digest, &accepted, Some(self.confirmed()));
        shelf.note(&models).expect("noted");
        models
    }
}

/// Changes a byte of the pack that is in use, near its end.
pub fn damage(shelf: &Shelf, models: &Models) {
    let path = shelf.path(&models.in_use.expect("one in use"));
    let mut bytes = fs::read(&path).expect("pack");
    let at = bytes.len() - 5_000;
    bytes[at] ^= 1;
    fs::write(&path, bytes).expect("written");
}

#[test]
fn an_installed_pack_answers_under_a_label_and_a_changed_one_does_not() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let models = publisher.installed(&shelf, &publisher.pack(3));
    let noted = shelf.noted().expect("readable").expect("one");
    assert_eq!(noted, shelf.source(models.in_use.expect("one"), &models.confirmed));
    let (assessor, from) = noted.load(&Ledger::default(), &Device::flex()).expect("loaded");
    assert_eq!(assessor.card().version, from.manifest().name);
    assert_eq!(&from.evidence, Evidence::embedded());
    let label = from.label.expect("somebody else's");
    assert!(label.contains("Skin lab") && label.starts_with(&publisher.key.fingerprint().grouped()[..9]));

    let stranger = Source { confirmed: Vec::new(), ..noted.clone() };
    let refused = stranger.load(&Ledger::default(), &Device::flex()).map(drop);
    assert!(matches!(refused, Err(NotUsed::Refused(Refused::ForeignNotConfirmed(_)))), "{refused:?}");
    let other = Source { digest: Digest::of(b"another"), ..noted.clone() };
    assert!(matches!(other.load(&Ledger::default(), &Device::flex()).map(drop), Err(NotUsed::Another)));
    damage(&shelf, &models);
    let refused = noted.load(&Ledger::default(), &Device::flex()).map(drop);
    let tampered = PackError::Tampered(Part::Weights);
    assert_eq!(refused.expect_err("changed").to_string(), tampered.to_string());
}

#[test]
fn a_model_that_answers_otherwise_than_its_pack_says_is_not_used() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let wrong = publisher.changed(1, |_, contents| {
        let text = std::str::from_utf8(&contents.answers).expect("JSON");
        let mut answers: KnownAnswers = serde_json::from_str(text).expect("answers");
        answers.logits[0][0] += 1.0;
        contents.answers = Cow::Owned(serde_json::to_vec(&answers).expect("JSON"));
    });
    let models = publisher.installed(&shelf, &wrong);
    let source = shelf.source(models.in_use.expect("one"), &models.confirmed);
    let refused = source.load(&models.ledger, &Device::flex()).map(drop);
    assert!(matches!(refused, Err(NotUsed::Unfit(Unfit::Disagreement(_)))), "{refused:?}");
}

#[test]
fn the_note_follows_the_archive_and_a_broken_one_names_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let shelf = Shelf::in_folder(folder.path());
    assert_eq!(shelf.noted().expect("none"), None);
    let [one, other] = [b"one", b"two"].map(|bytes| Digest::of(bytes));
    let models = Models::default().gone_to(Some(one)).gone_to(Some(other));
    shelf.note(&models).expect("noted");
    assert_eq!(shelf.noted().expect("readable").map(|source| source.digest), Some(other));
    shelf.note(&models.clone().gone_to(None)).expect("noted");
    assert_eq!(shelf.noted().expect("none"), None);
    let note = folder.path().join(FOLDER).join(NOTE);
    for broken in ["", "{}", r#"{"version":2,"digest":"","confirmed":[]}"#] {
        fs::write(&note, broken).expect("written");
        assert!(matches!(shelf.noted(), Err(NotUsed::Unnoted)), "{broken}");
    }
    shelf.note(&models).expect("noted over it");
    assert!(shelf.noted().is_ok());
}

#[test]
fn only_what_is_in_use_and_what_was_before_is_kept_and_all_of_it_can_be_deleted() {
    let folder = tempfile::tempdir().expect("folder");
    let shelf = Shelf::in_folder(folder.path());
    let digests = [b"a", b"b", b"c"].map(|bytes| Digest::of(bytes));
    let mut models = Models::default();
    for digest in digests {
        let arrived = folder.path().join("arrived");
        fs::write(&arrived, "a pack").expect("written");
        shelf.take_in(&arrived, &digest).expect("taken in");
        models = models.gone_to(Some(digest));
        shelf.note(&models).expect("noted");
        shelf.tidy(&models);
    }
    let there = digests.map(|digest| shelf.path(&digest).exists());
    assert_eq!(there, [false, true, true]);
    shelf.delete().expect("deleted");
    assert!(!folder.path().join(FOLDER).exists());
    shelf.delete().expect("deleted twice");
    // Where there is no folder, nothing of the working folder is taken for it.
    let nowhere = Shelf::in_folder(Path::new(""));
    assert_eq!(nowhere.noted().expect("none"), None);
    assert!(nowhere.note(&models).is_err() && nowhere.delete().is_ok());
}
