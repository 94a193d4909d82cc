//! Which model answers at a start and afterwards, and photos that are held smaller.

use spotpack::{PackError, Refused};

use super::*;
use archive::made_up::{Publisher, damage};

#[test]
fn a_small_square_is_never_looked_at_in_fewer_pixels_than_it_has() {
    let file = jpeg(&RgbImage::from_fn(3400, 3300, |x, y| image::Rgb([200, x as u8, y as u8])), QUALITY);
    let mut opened = Opened::read(&file).expect("a photo");
    assert!(!opened.photo.is_whole());
    let small = Square { left: 100, top: 100, side: 300 };
    assert!(opened.detailed(small).is_some_and(Photo::is_whole));
    // What can't be read once more gives no answer for it, and one for all that needs no more.
    opened.whole = Arc::new(Whole { file: b"not a photo".into(), ..Whole::default() });
    assert!(opened.detailed(small).is_none());
    assert!(opened.detailed(opened.photo.central_square()).is_some());
}

fn begin(folder: &tempfile::TempDir) -> Seat {
    Seat::begin(Shelf::in_folder(folder.path()))
}

fn is_own(seat: &Seat) -> bool {
    seat.assessor.is_some() && seat.source.is_none() && seat.in_use.pack.is_none()
}

#[test]
fn without_a_pack_the_apps_own_model_answers_and_nothing_is_said() {
    let folder = tempfile::tempdir().expect("folder");
    let mut seat = begin(&folder);
    assert!(is_own(&seat) && seat.in_use.fallen.is_none());
    seat.settle(&Models::default());
    assert!(is_own(&seat) && seat.in_use.fallen.is_none());
}

#[test]
fn what_was_noted_answers_at_the_next_start_until_the_archive_says_otherwise() {
    let folder = tempfile::tempdir().expect("folder");
    let publisher = Publisher::generate();
    let models = publisher.installed(&Shelf::in_folder(folder.path()), &publisher.pack(1));
    let mut seat = begin(&folder);
    let pack = seat.in_use.pack.clone().expect("the pack");
    assert_eq!(Some(*pack.signed.digest()), models.in_use);
    assert!(seat.assessor.is_some() && pack.label.is_some());
    seat.settle(&models);
    assert!(seat.in_use.pack.is_some() && seat.in_use.fallen.is_none());
    // A note that nobody sealed.
    seat.settle(&Models::default());
    assert!(is_own(&seat) && matches!(seat.in_use.fallen.as_deref(), Some(NotUsed::Unnoted)));
    // And the other way round: the note is gone, and the archive knows.
    seat.settle(&models);
    assert!(seat.in_use.pack.is_some() && seat.in_use.fallen.is_none());
}

#[test]
fn a_pack_that_was_changed_on_the_disk_falls_back_with_the_reason() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let models = publisher.installed(&shelf, &publisher.pack(1));
    damage(&shelf, &models);
    let mut seat = begin(&folder);
    for _ in 0..2 {
        let why = seat.in_use.fallen.as_deref();
        let tampered = matches!(why, Some(NotUsed::Refused(Refused::Pack(PackError::Tampered(_)))));
        assert!(is_own(&seat) && tampered, "{why:?}");
        seat.settle(&models);
    }
    seat.settle(&models.gone_to(None));
    assert!(is_own(&seat) && seat.in_use.fallen.is_none(), "it is not wanted any more");
}

#[test]
fn a_pack_that_ended_the_app_is_loaded_again_only_when_somebody_asks_for_it() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let models = publisher.installed(&shelf, &publisher.pack(1));
    let source = shelf.source(models.in_use.expect("one"), &models.confirmed);
    shelf.mark(&source.digest).expect("marked");
    for _ in 0..2 {
        let mut seat = begin(&folder);
        for _ in 0..2 {
            let why = seat.in_use.fallen.as_deref();
            assert!(is_own(&seat) && matches!(why, Some(NotUsed::Ended)), "{why:?}");
            seat.settle(&models);
        }
    }
    let mut seat = begin(&folder);
    seat.try_on(Some(source), &models.ledger).expect("it can be loaded");
    assert!(begin(&folder).in_use.pack.is_some(), "and so it can at the next start");
}

#[test]
fn a_version_that_was_withdrawn_since_is_used_no_more() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let withdrawing = publisher.changed(2, |manifest, _| manifest.revoked = vec![publisher.withdraws(&[1])]);
    let later = publisher.installed(&shelf, &withdrawing);
    let mut models = publisher.installed(&shelf, &publisher.pack(1));
    models.ledger.merge(&later.ledger);
    let mut seat = begin(&folder);
    assert!(seat.in_use.pack.is_some(), "the note knows nothing of that");
    seat.settle(&models);
    let why = seat.in_use.fallen.as_deref();
    assert!(is_own(&seat) && matches!(why, Some(NotUsed::Refused(Refused::Revoked(1)))), "{why:?}");
}

#[test]
fn a_model_that_can_not_be_used_leaves_the_one_that_answers() {
    let folder = tempfile::tempdir().expect("folder");
    let (shelf, publisher) = (Shelf::in_folder(folder.path()), Publisher::generate());
    let broken = publisher.installed(&shelf, &publisher.pack(1));
    let good = publisher.installed(&shelf, &publisher.pack(2));
    damage(&shelf, &broken);
    let source = |models: &Models| shelf.source(models.in_use.expect("one"), &models.confirmed);
    let mut seat = begin(&folder);
    assert_eq!(seat.source, Some(source(&good)));
    seat.try_on(Some(source(&broken)), &Ledger::default()).expect_err("damaged");
    assert_eq!(seat.source, Some(source(&good)));
    assert!(seat.assessor.is_some() && seat.in_use.pack.is_some() && seat.in_use.fallen.is_none());
    assert_eq!(seat.try_on(None, &Ledger::default()).expect("the app's own"), Some(source(&good)));
    assert!(is_own(&seat));
    seat.try_on(Some(source(&broken)), &Ledger::default()).expect_err("damaged");
    assert!(is_own(&seat));
}

#[test]
fn answers_of_somebody_elses_model_say_so() {
    let folder = tempfile::tempdir().expect("folder");
    let publisher = Publisher::generate();
    publisher.installed(&Shelf::in_folder(folder.path()), &publisher.pack(1));
    let seat = begin(&folder);
    let photo = Photo::from(RgbImage::from_pixel(300, 300, image::Rgb([200, 150, 140])));
    let look = Look::at(photo.central_square());
    let (assessment, _) = seat.assessor.as_ref().expect("a model").assess(&photo, look);
    assert_eq!(assessment.foreign_model.as_deref(), seat.in_use.label());
    assert!(seat.in_use.gave(&assessment) && !InUse::default().gave(&assessment));
}
