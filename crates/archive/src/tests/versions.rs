//! Files of other versions: earlier ones are read on, later ones are left alone.

use std::path::Path;

use super::*;
use crate::store::Part;

#[test]
fn what_a_newer_app_wrote_is_left_alone() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    let id = RecordId { kind: RecordKind::Spot, id: 1 };
    let mut bytes = Record::Spot(spot("new")).bytes(99).to_vec();
    bytes[0] = record::VERSION + 1;
    archive.keys.make([id]).expect("made");
    let key = archive.keys.get(id).expect("there");
    let sealed = seal::seal_piece(key.as_bytes(), id, [0, 1], &bytes);
    archive
        .store
        .change(&Changes { put: vec![Part { id, at: 0, sealed }], remove: Vec::new() })
        .expect("put");
    drop(archive);
    let before = records(&place);
    assert!(matches!(Archive::open(&place.file(), place.key.clone()), Err(ArchiveError::Newer)));
    // Opening a database writes into its file, but nothing that was kept is changed.
    assert_eq!(records(&place), before);
}

#[test]
fn a_newer_format_is_newer_and_not_damaged() {
    let place = Scratch::new();
    drop(filled(&place));
    let newer = place.folder.path().join("newer.redb");
    drop(Store::create_as(&newer, store::VERSION + 1).expect("made"));
    fs::copy(Files::keys_of(&place.file()), Files::keys_of(&newer)).expect("copied");
    let opened = Archive::open(&newer, place.key.clone());
    assert!(matches!(opened, Err(ArchiveError::Newer)), "{opened:?}");
}

#[test]
fn a_backup_and_an_archive_of_version_1_can_still_be_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let place = Scratch::new();
    fs::copy(fixtures.join("archive-1.redb"), place.file()).expect("fixture");
    let key = Key::from_bytes(b"the key of a fixture, no secret!").expect("key");
    let archive = Archive::open(&place.file(), key).expect("opens");
    assert_eq!(archive.losses(), Losses::default());
    assert_eq!(archive.contents().spots().len(), 3);
    assert_eq!(archive.contents().latest().len(), 6);
    for check in archive.contents().latest() {
        assert_eq!(archive.pictures(check.id).expect("pictures"), pictures(check, 200));
    }
    let oldest: Vec<CheckId> = archive.contents().latest().rev().map(|check| check.id).collect();
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let file = fs::read(fixtures.join("backup-1.age")).expect("fixture");
    let mut other = Scratch::new().with_archive();
    let imported = backup::import(&mut other.1, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (3, 6));
    assert_eq!(other.1.contents(), archive.contents());
    assert_eq!(other.1.contents().latest().rev().map(|check| check.id).collect::<Vec<_>>(), oldest);
}

/// An archive and a backup of version 1 with drawn pictures: opened, changed, merged, and written anew by the first deletion.
#[test]
fn an_archive_of_version_1_is_used_on_and_upgraded_by_the_first_deletion() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let place =
        Scratch { key: Key::from_bytes(b"the key of a fixture, no secret!").expect("key"), ..Scratch::new() };
    fs::copy(fixtures.join("archive-1-drawn.redb"), place.file()).expect("fixture");
    let mut archive = place.open();
    assert_eq!(archive.store.version(), 1);
    let (spots, checks) = drawn_checks();
    let as_drawn = |archive: &Archive| {
        for spot in &spots {
            assert_eq!(archive.contents().spot(spot.id), Some(spot));
        }
        for (number, check) in archive.contents().latest().rev().enumerate() {
            let (drawn, _) = checks.iter().find(|(drawn, _)| drawn.id == check.id).expect("one of them");
            assert_eq!((check.at, check.remarks), (drawn.at, drawn.remarks));
            // Fields that assessments got since then have their defaults.
            let said =
                |check: &Check| (check.assessment.risk, check.assessment.crop, check.assessment.triage);
            assert_eq!(said(check), said(drawn));
            assert_eq!((check.photo, check.again.len()), (None, 0), "check {number}");
            let pictures = archive.pictures(check.id).expect("pictures");
            for (_, picture) in pictures.by_kind() {
                assert!(vision::photo::Photo::decode(picture).is_ok());
            }
        }
    };
    as_drawn(&archive);
    assert_eq!(archive.contents().latest().len(), 4);
    let ids: Vec<CheckId> = archive.contents().latest().rev().map(|check| check.id).collect();
    assert_eq!(ids, checks.iter().map(|(check, _)| check.id).collect::<Vec<_>>());

    // Its own backup brings nothing new, and another device sees the same.
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let file = fs::read(fixtures.join("backup-1-drawn.age")).expect("fixture");
    let again = backup::import(&mut archive, &passphrase, file.as_slice()).expect("imported");
    assert_eq!(again, backup::Imported::default());
    let other = Scratch::new();
    let mut elsewhere = other.create();
    backup::import(&mut elsewhere, &passphrase, file.as_slice()).expect("imported");
    as_drawn(&elsewhere);

    // A new check comes last, whatever the clock says.
    let new = Check { at: Timestamp::UNIX_EPOCH, ..check(spots[0].id) };
    archive.keep_check(spots[0].clone(), new.clone(), &pictures(&new, 500)).expect("kept");
    assert_eq!(archive.contents().latest().next().map(|check| check.id), Some(new.id));
    drop(archive);
    let mut archive = place.open();
    assert_eq!((archive.store.version(), archive.losses()), (1, Losses::default()));
    assert_eq!(archive.contents().latest().next().map(|check| check.id), Some(new.id));

    // What an earlier version sealed goes with the first deletion: nothing of it opens any more.
    archive.delete_check(ids[1]).expect("deleted");
    assert_eq!(archive.store.version(), store::VERSION);
    drop(archive);
    let gone = RecordId { kind: RecordKind::Check, id: ids[1].number() };
    assert!(readable(&place).iter().all(|id| keys::owner(*id) != gone));
    let archive = place.open();
    assert_eq!((archive.contents().latest().len(), archive.losses()), (4, Losses::default()));
    assert_eq!(archive.pictures(new.id).expect("pictures"), pictures(&new, 500));
}

/// Of format 2, with its file of data keys: opened by whatever comes after it, and its backup brings the same.
#[test]
fn an_archive_and_a_backup_of_version_2_can_still_be_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let place =
        Scratch { key: Key::from_bytes(b"the key of a fixture, no secret!").expect("key"), ..Scratch::new() };
    fs::copy(fixtures.join("archive-2-drawn.redb"), place.file()).expect("fixture");
    fs::copy(fixtures.join("archive-2-drawn.keys"), Files::keys_of(&place.file())).expect("fixture");
    let archive = place.open();
    assert_eq!((archive.store.version(), archive.losses()), (2, Losses::default()));
    let (spots, checks) = drawn_checks();
    let as_drawn = |archive: &Archive| {
        for spot in &spots {
            assert_eq!(archive.contents().spot(spot.id), Some(spot));
        }
        let there: Vec<&Arc<Check>> = archive.contents().latest().rev().collect();
        // One was deleted.
        let drawn: Vec<_> = checks.iter().filter(|(check, _)| check.id.number() != DELETED).collect();
        assert_eq!(there.len(), drawn.len());
        for (check, (drawn, _)) in there.iter().zip(&drawn) {
            assert_eq!((check.id, check.spot, check.at), (drawn.id, drawn.spot, drawn.at));
            assert_eq!((check.remarks, check.photo), (drawn.remarks, drawn.photo));
            let said =
                |check: &Check| (check.assessment.risk, check.assessment.crop, check.assessment.triage);
            assert_eq!(said(check), said(drawn));
            let pictures = archive.pictures(check.id).expect("pictures");
            let side = |picture: &[u8]| vision::photo::Photo::decode(picture).expect("a picture").size().0;
            assert_eq!(pictures.by_kind().map(|(_, picture)| side(picture)), [32, 96, 97, 128]);
        }
        let lineages: Vec<Lineage> = there.iter().map(|check| check.lineage).collect();
        assert!(!lineages.contains(&Lineage::UNKNOWN) && lineages.windows(2).all(|two| two[0] == two[1]));
        let again: Vec<usize> = there.iter().map(|check| check.again.len()).collect();
        assert_eq!(again, [1, 0, 0], "a later answer to the first");
    };
    as_drawn(&archive);
    assert!(readable(&place).iter().all(|id| keys::owner(*id).id != DELETED));
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let file = fs::read(fixtures.join("backup-2-drawn.age")).expect("fixture");
    let mut elsewhere = Scratch::new().with_archive();
    let imported = backup::import(&mut elsewhere.1, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (2, 3));
    as_drawn(&elsewhere.1);
    assert_eq!(elsewhere.1.contents(), archive.contents());
}

/// Where the disk is full, the first deletion in an old archive is told as not finished, and is finished later.
#[test]
fn an_upgrade_that_fails_is_told_and_tried_again() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let place =
        Scratch { key: Key::from_bytes(b"the key of a fixture, no secret!").expect("key"), ..Scratch::new() };
    fs::copy(fixtures.join("archive-1-drawn.redb"), place.file()).expect("fixture");
    let mut archive = place.open();
    let check = archive.contents().latest().next().expect("a check").id;
    // As if the disk had been full when the file was to be written anew.
    fs::create_dir(durable::beside(&place.file())).expect("in the way");
    assert!(matches!(archive.delete_check(check), Err(ArchiveError::NotErased(_))));
    assert!(archive.contents().check(check).is_none());
    drop(archive);
    fs::remove_dir(durable::beside(&place.file())).expect("removed");
    // Damage before that brings nothing back.
    let whole = fs::read(place.file()).expect("file");
    let mut bytes = whole.clone();
    bytes[..320].fill(0xa5);
    fs::write(place.file(), bytes).expect("written");
    let archive = place.open();
    assert!(archive.losses().rebuilt && archive.contents().check(check).is_none());
    assert_eq!(archive.contents().latest().len(), 3);
    drop(archive);
    fs::write(place.file(), whole).expect("written");
    let archive = place.open();
    assert_eq!((archive.store.version(), archive.losses()), (store::VERSION, Losses::default()));
    assert_eq!(archive.contents().latest().len(), 3);
}

impl Scratch {
    fn with_archive(self) -> (Self, Archive) {
        let archive = self.create();
        (self, archive)
    }
}

/// A drawn spot on skin as JPEG, `side` pixels wide, a little larger for each `step`. It belongs to nobody.
fn drawn(side: u32, step: u32) -> Vec<u8> {
    let middle = side as f32 / 2.0;
    let radius = side as f32 * (0.2 + 0.02 * step as f32);
    let picture = image::RgbImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (x as f32 - middle, y as f32 - middle);
        let ripple = 1.0 + 0.08 * (3.0 * dy.atan2(dx)).sin();
        let grain = (x * 7 + y * 13) as u8 % 9;
        let colour: [u8; 3] = if dx.hypot(dy) < radius * ripple { [112, 70, 52] } else { [222, 176, 156] };
        image::Rgb(colour.map(|value| value + grain))
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80)
        .encode_image(&picture)
        .expect("encoded");
    bytes
}

/// Two spots, three checks of one and one of the other, with drawn pictures and every field in use.
fn drawn_checks() -> (Vec<Spot>, Vec<(Check, Pictures)>) {
    let spot = |id: u128, name: &str, note: &str, side, look_again| Spot {
        id: SpotId::from(id),
        name: name.into(),
        note: note.into(),
        place: Place { side, x: 0.375, y: 0.625 },
        since: Timestamp::from_second(1_700_000_000).expect("time"),
        look_again,
        recovered: false,
        patient: None,
        findings: Vec::new(),
    };
    let spots = vec![
        spot(1, "Left shoulder", "Since the summer", BodySide::Back, Some(date(2026, 3, 1))),
        spot(2, "", "", BodySide::Front, None),
    ];
    let one = |number: u32| {
        let mut assessment = assessment();
        assessment.risk = 0.05 * number as f32;
        assessment.crop = Square { left: 16, top: 8, side: 96 };
        let at = Timestamp::from_second(1_700_000_000 + 86_400 * i64::from(number)).expect("time");
        let spot = SpotId::from(if number == 2 { 2 } else { 1 });
        let remarks = Remarks { itches: number == 1, grows: number == 3, ..Remarks::default() };
        let id = CheckId::from(u128::from(100 + number));
        (Check { id, at, assessment, remarks, ..check(spot) }, drawn_pictures(number))
    };
    (spots, (0..4).map(one).collect())
}

fn drawn_pictures(number: u32) -> Pictures {
    Pictures {
        thumbnail: drawn(32, number),
        crop: drawn(96, number),
        saliency: drawn(97, number),
        photo: drawn(128, number),
    }
}

/// Of the drawn checks, the one that is deleted in the fixtures.
const DELETED: u128 = 102;

/// Writes an archive with its data keys, and its backup, with drawn pictures, in the format of this version; to be run by name before a
/// format changes. See `docs/testing.md`.
#[test]
#[ignore = "writes into the sources, once for each format: see docs/testing.md"]
fn write_drawn_fixtures() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let place =
        Scratch { key: Key::from_bytes(b"the key of a fixture, no secret!").expect("key"), ..Scratch::new() };
    let mut archive = place.create();
    let (spots, checks) = drawn_checks();
    spots.iter().for_each(|spot| archive.keep_spot(spot.clone()).expect("kept"));
    for (check, pictures) in &checks {
        let spot = archive.contents().spot(check.spot).cloned().expect("there");
        archive.keep_check(spot, check.clone(), pictures).expect("kept");
    }
    archive.delete_check(DELETED.into()).expect("deleted");
    let later = Timestamp::from_second(1_710_000_000).expect("time");
    archive
        .add_answer(checks[0].0.id, later, Assessment { model: "later".into(), ..assessment() })
        .expect("added");
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let named =
        |what: &str, ending: &str| fixtures.join(format!("{what}-{}-drawn.{ending}", record::VERSION));
    backup::export(
        &archive,
        archive.contents(),
        &passphrase,
        fs::File::create(named("backup", "age")).expect("file"),
    )
    .expect("exported");
    drop(archive);
    // With what was deleted still in its free pages, as it is met.
    fs::copy(place.file(), named("archive", "redb")).expect("written");
    fs::copy(Files::keys_of(&place.file()), named("archive", "keys")).expect("written");
}
