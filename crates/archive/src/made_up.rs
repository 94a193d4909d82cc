//! Patients, spots, checks and model packs for tests, here and in the crates above.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use assess::assessment::{self, Assessment, Assessor, Likelihood, Novelty, Triage};
use assess::packs::{self, FLOOR, app_version};
use burn::tensor::Device;
use image::{ImageFormat, Rgb, RgbImage};
use jiff::Timestamp;
use jiff::civil::date;
use net::modality::Modality;
use net::network::card::Card;
use net::network::model::Model;
use net::person::{Person, Sex};
use spotpack::{
    ConfirmedKey, Contents, Draft, Files, KnownAnswers, Ledger, Manifest, PublicKey, Revocation, SigningKey,
    Versions, still_usable,
};
use vision::photo::Square;
use vision::photo::quality::Quality;

use crate::finding::{Finding, Histology, Said};
use crate::models::Models;
use crate::record::{
    BodySide, Check, CheckId, KeptPhoto, Lineage, Patient, PatientId, Place, Remarks, SkinType, Spot, SpotId,
};
use crate::shelf::{Shelf, Source};

/// An assessment as any other.
pub fn assessment() -> Assessment {
    Assessment {
        schema: assessment::SCHEMA,
        model: "test".into(),
        crop: Square { left: 1, top: 2, side: 300 },
        views: 4,
        probabilities: vec![Likelihood {
            diagnosis: "nv".into(),
            malignant: false,
            refer: false,
            probability: 1.0,
            likeness: 1.0,
        }],
        risk: 0.1,
        risk_range: [0.05, 0.2],
        triage: Triage::NothingSuspicious,
        cannot_tell: Vec::new(),
        despite_quality: false,
        prediction_set: vec!["nv".into()],
        prediction_set_coverage: 0.9,
        novelty: Novelty { nearness: 0.9, least_nearness: 0.5, lesion: 4.0, least_lesion: 0.0 },
        kind: Modality::PlainPhoto,
        plain_photo: 0.9,
        kind_unsure: false,
        calibrated_for: Modality::PlainPhoto,
        quality: Quality { measurements: Vec::new() },
        person: Person::default(),
        because: Vec::new(),
        despite_risk: None,
        risk_of_photo: Some(0.1),
        foreign_model: None,
    }
}

/// A patient as any other.
pub fn patient() -> Patient {
    Patient {
        id: PatientId::random(),
        name: "Somebody".into(),
        birth_year: Some(1970),
        sex: Some(Sex::Female),
        skin_type: SkinType::ALL.get(1).copied(),
    }
}

/// What a doctor may have found: a harmless mole under the microscope.
pub fn finding() -> Finding {
    Finding {
        seen_on: date(2025, 6, 30),
        by: "the practice round the corner".into(),
        said: Some(Said::Histology(Histology::Class("nv".into()))),
        removed: true,
    }
}

/// A spot as any other.
pub fn spot(name: &str) -> Spot {
    Spot {
        id: SpotId::random(),
        name: name.into(),
        note: "a note".into(),
        place: Place { side: BodySide::Back, x: 0.25, y: 0.5 },
        since: Timestamp::UNIX_EPOCH,
        look_again: Some(date(2026, 12, 1)),
        recovered: false,
        patient: None,
        findings: Vec::new(),
    }
}

/// A check of this spot as any other.
pub fn check(spot: SpotId) -> Check {
    Check {
        id: CheckId::random(),
        spot,
        lineage: Lineage::UNKNOWN,
        order: 0,
        after: BTreeMap::new(),
        at: Timestamp::UNIX_EPOCH,
        assessment: assessment(),
        photo: Some(KeptPhoto { original_px: [4000, 3000], kept_px: [1600, 1200] }),
        again: Vec::new(),
        size: None,
        remarks: Remarks { itches: true, ..Remarks::default() },
    }
}

/// The embedded model with a picture and the answer that it gives to it.
static CONTENTS: LazyLock<(Card, Contents<'static>)> = LazyLock::new(|| {
    let file = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name);
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
