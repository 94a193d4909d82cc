//! Packs on the shelf: what is used, what is refused, and what is left when all is deleted.

use std::borrow::Cow;

use assess::packs::Unfit;
use spotpack::{KnownAnswers, Part, Refused};

use super::*;
use crate::made_up::{Publisher, damage};

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
    assert!(label.contains("Skin lab") && label.starts_with(&publisher.key.fingerprint().grouped()[..19]));

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
fn a_pack_that_ended_the_app_is_known_until_it_was_loaded() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let models = publisher.installed(&shelf, &publisher.pack(1));
    let digest = models.in_use.expect("one");
    assert!(!shelf.ended_over(&digest));
    shelf.mark(&digest).expect("marked");
    assert!(shelf.ended_over(&digest) && !shelf.ended_over(&Digest::of(b"another")));
    let source = shelf.source(digest, &models.confirmed);
    shelf.load(&source, &models.ledger, &Device::flex()).map(drop).expect("loaded");
    assert!(!shelf.ended_over(&digest));
    // One that is refused ended nothing, and leaves no folder where there was none.
    let empty = tempfile::tempdir().expect("folder");
    let shelf = Shelf::in_folder(empty.path());
    let missing = shelf.source(digest, &models.confirmed);
    shelf.load(&missing, &models.ledger, &Device::flex()).map(drop).expect_err("not there");
    assert!(!shelf.ended_over(&digest) && !empty.path().join(FOLDER).exists());
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
