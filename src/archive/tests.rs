//! What the archive promises: kept is kept, deleted is gone, damage is noticed and stays small.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::{self, TimeZone};
use tempfile::TempDir;

use super::backup::{self, BackupError};
use super::record::{BodySide, Place, Remarks};
use super::seal::Passphrase;
use super::*;
use crate::assessment::{self, Assessment, Likelihood, Novelty, Triage};
use crate::modality::Modality;
use crate::person::Person;
use crate::photo::Square;
use crate::photo::quality::Quality;

mod disk;

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
        risk_of_photo: Some(0.1),
    }
}

fn spot(name: &str) -> Spot {
    Spot {
        id: SpotId::random(),
        name: name.into(),
        note: "a note".into(),
        place: Place { side: BodySide::Back, x: 0.25, y: 0.5 },
        since: Timestamp::UNIX_EPOCH,
        look_again: Some(date(2026, 12, 1)),
        recovered: false,
    }
}

fn check(spot: SpotId) -> Check {
    let at = Timestamp::UNIX_EPOCH;
    let remarks = Remarks { itches: true, ..Remarks::default() };
    Check { id: CheckId::random(), spot, order: 0, at, assessment: assessment(), remarks }
}

/// Pictures that no other check has.
fn pictures(check: &Check, bytes: usize) -> Pictures {
    let picture = |name: &str| format!("{name} of {} ", check.id).repeat(bytes / 40 + 1).into_bytes();
    Pictures {
        thumbnail: picture("thumbnail"),
        crop: picture("crop"),
        saliency: picture("saliency"),
        photo: picture("photo"),
    }
}

struct Scratch {
    folder: TempDir,
    key: Key,
}

impl Scratch {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("folder"), key: Key::random() }
    }

    fn file(&self) -> PathBuf {
        Files::in_folder(self.folder.path()).records()
    }

    fn create(&self) -> Archive {
        Archive::create(&self.file(), self.key.clone()).expect("made")
    }

    fn open(&self) -> Archive {
        Archive::open(&self.file(), self.key.clone()).expect("opens")
    }
}

/// An archive with three spots that have two checks each.
fn filled(place: &Scratch) -> Archive {
    let mut archive = place.create();
    for name in ["arm", "Back", "calf"] {
        let spot = spot(name);
        archive.keep_spot(spot.clone()).expect("kept");
        for _ in 0..2 {
            let check = check(spot.id);
            let pictures = pictures(&check, 6_000);
            archive.keep_check(spot.clone(), check, &pictures).expect("kept");
        }
    }
    archive
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let place = Scratch::new();
    let before = filled(&place).contents().clone();
    let archive = place.open();
    assert_eq!(archive.contents(), &before);
    assert_eq!(archive.losses(), Losses::default());
    let names: Vec<_> = before.spots().into_iter().map(|spot| spot.name.as_str()).collect();
    assert_eq!(names, ["arm", "Back", "calf"]);
    for check in before.latest() {
        assert_eq!(archive.pictures(check.id).expect("pictures"), pictures(check, 6_000));
    }
}

#[test]
fn a_check_can_be_changed_and_a_clock_may_run_backwards() {
    let place = Scratch::new();
    let mut archive = place.create();
    let spot = spot("arm");
    archive.keep_spot(spot.clone()).expect("kept");
    let mut ids = Vec::new();
    for second in [100, 50, 75] {
        let at = Timestamp::from_second(second).expect("time");
        let check = Check { at, ..check(spot.id) };
        ids.push(check.id);
        archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 100)).expect("kept");
    }
    let mut changed = archive.contents().check(ids[1]).expect("there").clone();
    changed.remarks.bleeds = true;
    archive.change_check(changed).expect("changed");
    drop(archive);
    let archive = place.open();
    let timeline = archive.contents().timeline(spot.id);
    assert_eq!(timeline.iter().map(|check| check.id).collect::<Vec<_>>(), ids);
    assert!(timeline[1].remarks.bleeds && !timeline[0].remarks.bleeds);
    assert!(archive.picture(ids[1], Kind::Crop).is_ok());
}

#[test]
fn what_is_due_comes_longest_overdue_first() {
    let place = Scratch::new();
    let mut archive = place.create();
    for (name, day) in [
        ("later", Some(date(2026, 12, 2))),
        ("now", Some(date(2026, 12, 1))),
        ("long ago", Some(date(2026, 1, 1))),
        ("never", None),
    ] {
        archive.keep_spot(Spot { look_again: day, ..spot(name) }).expect("kept");
    }
    let due = archive.contents().due(date(2026, 12, 1));
    assert_eq!(due.iter().map(|spot| spot.name.as_str()).collect::<Vec<_>>(), ["long ago", "now"]);
}

#[test]
fn mornings_to_come_are_told_once_each_and_in_their_order() {
    let place = Scratch::new();
    let mut archive = place.create();
    for (number, day) in [3, 1, 3, 2].into_iter().enumerate() {
        let look_again = Some(date(2026, 12, day));
        archive.keep_spot(Spot { look_again, ..spot(&number.to_string()) }).expect("kept");
    }
    archive.keep_spot(spot("never")).expect("kept");
    archive
        .keep_spot(Spot { look_again: Some(jiff::civil::Date::MAX), ..spot("at the end of time") })
        .expect("kept");
    let zone = TimeZone::fixed(tz::offset(2));
    let after = |hour| {
        let now = date(2026, 12, 1).at(hour, 0, 0, 0).to_zoned_datetime(zone.clone()).expect("a moment");
        let mornings = archive.contents().mornings(&now);
        mornings.iter().map(Timestamp::to_string).collect::<Vec<_>>()
    };
    let [one, two, three] = [1, 2, 3].map(|day| format!("2026-12-0{day}T07:00:00Z"));
    // The end of time has no moment.
    assert_eq!(after(8), [one, two.clone(), three.clone()]);
    assert_eq!(after(9), [two, three], "a moment that is now is past");
}

/// Whether `wanted` is anywhere in the file.
fn holds(file: &[u8], wanted: &[u8]) -> bool {
    file.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn nothing_is_in_the_file_in_the_clear_and_nothing_deleted_is_in_it_at_all() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    // The sealed bytes that are to go: the middle of each record, which nothing else resembles.
    let spots: Vec<SpotId> = archive.contents().spots().into_iter().map(|spot| spot.id).collect();
    let one = archive.contents().timeline(spots[0])[0].id;
    let of_second: Vec<CheckId> =
        archive.contents().timeline(spots[1]).iter().map(|check| check.id).collect();
    let mut gone: HashMap<RecordId, Vec<u8>> = HashMap::new();
    for id in [one]
        .into_iter()
        .chain(of_second.iter().copied())
        .flat_map(records_of)
        .chain([RecordId { kind: Kind::Spot, id: spots[1].number() }])
    {
        let found = match id.kind.is_picture() {
            true => archive.store.picture(id).expect("read"),
            false => archive
                .store
                .records()
                .expect("read")
                .into_iter()
                .find(|(key, _)| *key == id.key())
                .map(|(_, sealed)| sealed),
        };
        let sealed = found.expect("there");
        let middle = sealed.len() / 2;
        gone.insert(id, sealed[middle..middle + 24].to_vec());
    }
    let file = fs::read(place.file()).expect("file");
    assert!(gone.values().all(|part| holds(&file, part)), "they are there before");
    assert!(!holds(&file, b"a note") && !holds(&file, b"photo of"));

    archive.delete_check(one).expect("deleted");
    archive.delete_spot(spots[1]).expect("deleted");
    let file = fs::read(place.file()).expect("file");
    for (id, part) in &gone {
        assert!(!holds(&file, part), "{id:?} is still in the file");
    }
    assert!(matches!(archive.picture(one, Kind::Crop), Err(ArchiveError::Lost)));
    drop(archive);
    let archive = place.open();
    assert_eq!(archive.losses(), Losses::default());
    assert_eq!(archive.contents().spots().len(), 2);
    assert_eq!(archive.contents().latest().len(), 3);
    assert_eq!(fs::read_dir(place.folder.path()).expect("folder").count(), 1, "no other file is left");
}

#[test]
fn another_key_opens_nothing_and_harms_nothing() {
    let place = Scratch::new();
    let before = filled(&place).contents().clone();
    assert!(matches!(Archive::open(&place.file(), Key::random()), Err(ArchiveError::WrongKey)));
    assert_eq!(place.open().contents(), &before);
}

#[test]
fn a_second_instance_is_told() {
    let place = Scratch::new();
    let archive = filled(&place);
    let second = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(second, Err(ArchiveError::Store(StoreError::InUse))), "{second:?}");
    drop(archive);
    place.open();
}

#[test]
fn what_a_newer_app_wrote_is_left_alone() {
    let place = Scratch::new();
    let archive = filled(&place);
    let id = RecordId { kind: Kind::Spot, id: 1 };
    let mut bytes = Record::Spot(spot("new")).bytes(99).to_vec();
    bytes[0] = record::VERSION + 1;
    archive
        .store
        .change(&Changes { put: vec![(id, seal::seal(&place.key, id, &bytes))], remove: Vec::new() })
        .expect("put");
    drop(archive);
    let before = fs::read(place.file()).expect("file");
    assert!(matches!(Archive::open(&place.file(), place.key.clone()), Err(ArchiveError::Newer)));
    let _ = &before;
}

/// One byte changed at many places, one after the other: all but what lay there can be read and exported.
#[test]
fn a_changed_byte_costs_one_record_at_most() {
    let place = Scratch::new();
    let contents = filled(&place).contents().clone();
    let whole = fs::read(place.file()).expect("file");
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let (mut noticed, mut tried) = (0, 0);
    // Every byte of the first page, which holds the file's header; elsewhere every 97th that is in use.
    let places = (0..4096).step_by(7).chain(used.into_iter().step_by(97));
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        fs::write(place.file(), &changed).expect("written");
        let archive = place.open();
        let found = archive.contents();
        let lost = contents.latest().iter().filter(|check| found.check(check.id) != Some(check)).count()
            + contents.spots().iter().filter(|spot| found.spot(spot.id) != Some(spot)).count();
        assert!(lost <= 1, "byte {at}: {lost} lost");
        assert!(lost == 0 || archive.losses().records > 0, "byte {at}: a loss went unnoticed");
        let mut lost_pictures = 0;
        for check in found.latest() {
            match archive.pictures(check.id) {
                Ok(found) => assert_eq!(found, pictures(check, 6_000), "byte {at}"),
                Err(ArchiveError::Lost) => lost_pictures += 1,
                Err(error) => panic!("byte {at}: {error}"),
            }
        }
        assert!(
            lost + lost_pictures <= 1,
            "byte {at}: {lost} records and pictures of {lost_pictures} checks lost"
        );
        noticed += lost + lost_pictures;
        tried += 1;
    }
    println!("{tried} places, {noticed} records lost and noticed");
    assert!(noticed > 0, "no record was hit");
}

#[test]
fn a_missing_or_emptied_file_is_no_empty_archive() {
    let place = Scratch::new();
    drop(filled(&place));
    fs::write(place.file(), b"").expect("emptied");
    let opened = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(opened, Err(ArchiveError::Store(StoreError::Damaged))), "{opened:?}");
    fs::remove_file(place.file()).expect("removed");
    assert!(Archive::open(&place.file(), place.key.clone()).is_err());
}

/// What was deleted stays so, even if the file could not be wiped and is damaged after that.
#[test]
fn a_salvage_brings_nothing_deleted_back() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    let spot = archive.contents().spots()[0].clone();
    let check = archive.contents().timeline(spot.id)[0].id;
    // As if the disk had been full when the file was to be written anew.
    fs::create_dir(store::beside(&place.file())).expect("in the way");
    assert!(matches!(archive.delete_check(check), Err(ArchiveError::NotErased(_))));
    drop(archive);
    fs::remove_dir(store::beside(&place.file())).expect("removed");
    let mut bytes = fs::read(place.file()).expect("file");
    // The database's header, twice, so that nothing in it leads anywhere.
    bytes[..320].fill(0xa5);
    fs::write(place.file(), bytes).expect("written");
    let archive = place.open();
    assert!(archive.losses().rebuilt);
    assert!(archive.contents().check(check).is_none(), "deleted is deleted");
    assert_eq!(archive.contents().latest().len(), 5);
    assert!(matches!(archive.picture(check, Kind::Crop), Err(ArchiveError::Lost)));
}

#[test]
fn a_backup_repairs_what_was_lost() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let place = Scratch::new();
    let archive = filled(&place);
    let mut file = Vec::new();
    backup::export(&archive, &passphrase, &mut file).expect("exported");
    let (spot, check) = (archive.contents().spots()[0].clone(), archive.contents().latest()[0].id);
    let sealed = |id: RecordId| {
        let records = archive.store.records().expect("read");
        records.into_iter().find(|(key, _)| *key == id.key()).map(|(_, sealed)| sealed)
    };
    let of_spot = sealed(RecordId { kind: Kind::Spot, id: spot.id.number() }).expect("there");
    let crop = RecordId { kind: Kind::Crop, id: check.number() };
    let of_crop = archive.store.picture(crop).expect("read").expect("there");
    drop(archive);
    let mut bytes = fs::read(place.file()).expect("file");
    for record in [of_spot, of_crop] {
        let part = &record[record.len() / 2..record.len() / 2 + 16];
        // A database leaves older copies of a page behind, from which a salvage would take it.
        let copies: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(part)).collect();
        assert!(!copies.is_empty(), "in the file");
        copies.into_iter().for_each(|at| bytes[at] ^= 1);
    }
    fs::write(place.file(), bytes).expect("written");
    let mut archive = place.open();
    assert!(
        archive.losses().records > 0 && archive.contents().spot(spot.id).is_some_and(|spot| spot.recovered)
    );
    assert!(matches!(archive.picture(check, Kind::Crop), Err(ArchiveError::Lost)));
    backup::import(&mut archive, &passphrase, file.as_slice()).expect("imported");
    assert_eq!(archive.contents().spot(spot.id), Some(&spot));
    assert!(archive.pictures(check).is_ok());
}

#[test]
fn a_figure_that_is_no_number_is_refused_instead_of_lost() {
    let place = Scratch::new();
    let mut archive = place.create();
    let spot = spot("arm");
    let mut check = check(spot.id);
    check.assessment.risk = f32::NAN;
    let kept = archive.keep_check(spot, check.clone(), &pictures(&check, 100));
    assert!(matches!(kept, Err(ArchiveError::Unkeepable)), "{kept:?}");
    assert_eq!(archive.contents().latest().len(), 0);
}

#[test]
fn a_backup_brings_everything_to_another_device() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let (old, new) = (Scratch::new(), Scratch::new());
    let archive = filled(&old);
    let mut file = Vec::new();
    assert_eq!(backup::export(&archive, &passphrase, &mut file).expect("exported"), 0);
    assert!(!holds(&file, b"a note"));

    let mut other = new.create();
    let wrong = Passphrase::new("another passphrase".into()).expect("long enough");
    assert!(matches!(backup::import(&mut other, &wrong, file.as_slice()), Err(BackupError::Wrong)));
    let imported = backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (3, 6));
    assert_eq!(other.contents(), archive.contents());
    for check in other.contents().latest() {
        assert_eq!(other.pictures(check.id).expect("pictures"), pictures(check, 6_000));
    }
    // A second time there is nothing new.
    let again = backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
    assert_eq!(again, backup::Imported::default());
}

#[test]
fn what_is_no_backup_or_ends_early_is_told() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let (old, new) = (Scratch::new(), Scratch::new());
    let mut file = Vec::new();
    backup::export(&filled(&old), &passphrase, &mut file).expect("exported");
    let mut other = new.create();
    for bytes in [&b""[..], b"a photo", &[0xff, 0xd8, 0xff], &file[..20]] {
        let error = backup::import(&mut other, &passphrase, bytes);
        assert!(matches!(error, Err(BackupError::NoBackup)), "{error:?}");
    }
    let cut = &file[..file.len() * 2 / 3];
    let error = backup::import(&mut other, &passphrase, cut);
    assert!(matches!(error, Err(BackupError::Damaged)), "{error:?}");
    let mut changed = file.clone();
    let at = file.len() * 2 / 3;
    changed[at] ^= 1;
    let error = backup::import(&mut other, &passphrase, changed.as_slice());
    assert!(matches!(error, Err(BackupError::Damaged)), "{error:?}");
}

#[test]
fn a_backup_and_an_archive_of_version_1_can_still_be_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
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
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let file = fs::read(fixtures.join("backup-1.age")).expect("fixture");
    let mut other = Scratch::new().with_archive();
    let imported = backup::import(&mut other.1, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (3, 6));
    assert_eq!(other.1.contents(), archive.contents());
}

impl Scratch {
    fn with_archive(self) -> (Self, Archive) {
        let archive = self.create();
        (self, archive)
    }
}

/// Writes the fixtures of this version; to be run once for each new [`record::VERSION`], by name.
#[test]
#[ignore = "writes into the sources"]
fn write_fixtures() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let key = Key::from_bytes(b"the key of a fixture, no secret!").expect("key");
    let path = fixtures.join(format!("archive-{}.redb", record::VERSION));
    let _ = fs::remove_file(&path);
    let mut archive = Archive::create(&path, key).expect("made");
    for name in ["arm", "Back", "calf"] {
        let spot = spot(name);
        archive.keep_spot(spot.clone()).expect("kept");
        for _ in 0..2 {
            let check = check(spot.id);
            archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 200)).expect("kept");
        }
    }
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let backup = fs::File::create(fixtures.join(format!("backup-{}.age", record::VERSION))).expect("file");
    backup::export(&archive, &passphrase, backup).expect("exported");
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
    };
    let spots = vec![
        spot(1, "Left shoulder", "Since the summer", BodySide::Back, Some(date(2026, 3, 1))),
        spot(2, "", "", BodySide::Front, None),
    ];
    let check = |number: u32| {
        let mut assessment = assessment();
        assessment.risk = 0.05 * number as f32;
        assessment.crop = Square { left: 16, top: 8, side: 96 };
        let at = Timestamp::from_second(1_700_000_000 + 86_400 * i64::from(number)).expect("time");
        let spot = SpotId::from(if number == 2 { 2 } else { 1 });
        let remarks = Remarks { itches: number == 1, bleeds: false, grows: number == 3 };
        let id = CheckId::from(u128::from(100 + number));
        (Check { id, spot, order: 0, at, assessment, remarks }, drawn_pictures(number))
    };
    (spots, (0..4).map(check).collect())
}

fn drawn_pictures(number: u32) -> Pictures {
    Pictures {
        thumbnail: drawn(32, number),
        crop: drawn(96, number),
        saliency: drawn(97, number),
        photo: drawn(128, number),
    }
}

/// Writes an archive and its backup with drawn pictures, in the format of this version; to be run by name before a format changes.
#[test]
#[ignore = "writes into the sources"]
fn write_drawn_fixtures() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let key = Key::from_bytes(b"the key of a fixture, no secret!").expect("key");
    let path = fixtures.join(format!("archive-{}-drawn.redb", record::VERSION));
    let _ = fs::remove_file(&path);
    let mut archive = Archive::create(&path, key).expect("made");
    let (spots, checks) = drawn_checks();
    spots.iter().for_each(|spot| archive.keep_spot(spot.clone()).expect("kept"));
    for (check, pictures) in checks {
        let spot = archive.contents().spot(check.spot).cloned().expect("there");
        archive.keep_check(spot, check, &pictures).expect("kept");
    }
    let passphrase = Passphrase::new("a passphrase of a fixture".into()).expect("long enough");
    let backup =
        fs::File::create(fixtures.join(format!("backup-{}-drawn.age", record::VERSION))).expect("file");
    backup::export(&archive, &passphrase, backup).expect("exported");
}

/// Prints how many bytes the file of 5,000 checks has for each byte that is sealed, and how long one of them takes to delete.
#[test]
#[ignore = "prints times"]
fn bytes_of_five_thousand_checks() {
    use std::time::Instant;
    let place = Scratch::new();
    let mut archive = place.create();
    let spots: Vec<Spot> = (0..50).map(|number| spot(&format!("spot {number}"))).collect();
    archive.adopt(spots.clone(), Vec::new()).expect("kept");
    let mut sealed = 0;
    for part in 0..100 {
        let check = |at: usize| {
            let number = part * 50 + at;
            // Sizes as they are met: a kept photo has 40 to 160 kB, a crop 24 to 40.
            let size = |least: usize, most: usize, step: usize| least + number * step % (most - least);
            let picture = |bytes| vec![number as u8; bytes];
            let pictures = Pictures {
                thumbnail: picture(size(3_000, 6_000, 311)),
                crop: picture(size(24_000, 40_000, 1_709)),
                saliency: picture(size(20_000, 36_000, 1_231)),
                photo: picture(size(40_000, 160_000, 7_919)),
            };
            (check(spots[at].id), pictures)
        };
        let checks: Vec<_> = (0..50).map(check).collect();
        for (check, pictures) in &checks {
            let texts = pictures.by_kind().map(|(_, picture)| picture.len()).into_iter();
            let record = Record::Check(Box::new(check.clone())).bytes(0).len();
            sealed += texts.chain([record]).map(seal::sealed_bytes).sum::<usize>();
        }
        archive.adopt(Vec::new(), checks).expect("kept");
    }
    let one = archive.contents().timeline(spots[7].id)[50].id;
    drop(archive);
    let bytes = fs::metadata(place.file()).expect("file").len();
    println!("{bytes} bytes in the file, {sealed} sealed: {:.3}", bytes as f64 / sealed as f64);
    let mut archive = place.open();
    let start = Instant::now();
    archive.delete_check(one).expect("deleted");
    println!("one of 5,000 checks deleted in {:.1?}", start.elapsed());
}

/// Prints how long an archive of 5,000 checks takes to open and to look into: see the README.
#[test]
#[ignore = "prints times"]
fn five_thousand_checks() {
    use std::time::Instant;
    let place = Scratch::new();
    let mut archive = place.create();
    let spots: Vec<Spot> = (0..50).map(|number| spot(&format!("spot {number}"))).collect();
    let checks: Vec<Check> =
        (0..5_000).map(|number| Check { order: number as u64, ..check(spots[number % 50].id) }).collect();
    archive.adopt(spots.clone(), Vec::new()).expect("kept");
    for part in checks.chunks(100) {
        let part = part.iter().map(|check| (check.clone(), pictures(check, 15_000))).collect();
        archive.adopt(Vec::new(), part).expect("kept");
    }
    drop(archive);
    let bytes = fs::metadata(place.file()).expect("file").len();
    let start = Instant::now();
    let mut archive = place.open();
    println!("{} MB; opened in {:.0?}", bytes / 1_000_000, start.elapsed());
    let start = Instant::now();
    let latest: Vec<CheckId> = archive.contents().latest().iter().take(20).map(|check| check.id).collect();
    latest.iter().for_each(|id| drop(archive.picture(*id, Kind::Thumbnail).expect("picture")));
    println!("the newest 20 with their pictures in {:.1?}", start.elapsed());
    let start = Instant::now();
    let timeline: Vec<CheckId> =
        archive.contents().timeline(spots[7].id).iter().map(|check| check.id).collect();
    timeline.iter().for_each(|id| drop(archive.picture(*id, Kind::Thumbnail).expect("picture")));
    println!("a spot's {} checks with their pictures in {:.1?}", timeline.len(), start.elapsed());
    let start = Instant::now();
    let one = check(spots[0].id);
    archive.keep_check(spots[0].clone(), one.clone(), &pictures(&one, 60_000)).expect("kept");
    println!("a check kept in {:.1?}", start.elapsed());
    let start = Instant::now();
    archive.delete_check(one.id).expect("deleted");
    println!("a check deleted and wiped in {:.1?}", start.elapsed());
}
