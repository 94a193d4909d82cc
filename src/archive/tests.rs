//! What the archive promises: kept is kept, deleted is gone, damage is noticed and stays small.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::{self, TimeZone};
use proptest::prelude::ProptestConfig;
use tempfile::TempDir;

use super::backup::{self, BackupError};
use super::record::{BodySide, KeptPhoto, Place, Remarks};
use super::seal::Passphrase;
use super::*;
use crate::assessment::{self, Assessment, Likelihood, Novelty, Triage};
use crate::files;
use crate::modality::Modality;
use crate::person::Person;
use crate::photo::Square;
use crate::photo::quality::Quality;

mod disk;
mod order;

/// How often a property is tried: as `PROPTEST_CASES` says, or so often.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(asked.unwrap_or(usual))
}

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
        remarks: Remarks { itches: true, ..Remarks::default() },
    }
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

/// What was seen of one publisher: this version, and that others were withdrawn.
fn seen(version: u32, withdrawn: &[u32]) -> spotpack::Ledger {
    let digest = |text: &str| spotpack::Digest::of(text.as_bytes()).to_string();
    let seen = serde_json::json!({
        "highest": [version, digest(&version.to_string())], "revoked": withdrawn, "key_revoked": false
    });
    serde_json::from_value(serde_json::json!({ digest("key"): seen })).expect("a ledger")
}

#[test]
fn what_was_seen_of_models_is_never_forgotten_not_even_where_the_file_is_damaged() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    assert_eq!(archive.models(), Models::default());
    let models = Models { ledger: seen(3, &[1]), ..Models::default() };
    archive.keep_models(models.clone()).expect("kept");
    // Whoever writes with less in hand lowers nothing.
    archive.keep_models(Models { ledger: seen(2, &[2]), ..Models::default() }).expect("kept");
    let stricter = Models { ledger: seen(3, &[1, 2]), ..Models::default() };
    assert_eq!(archive.models(), stricter);
    drop(archive);
    let mut archive = place.open();
    assert_eq!((archive.models(), archive.losses()), (stricter.clone(), Losses::default()));
    let spot = archive.contents().spots().next().expect("a spot").id;
    archive.delete_spot(spot).expect("deleted");
    drop(archive);
    // The database's header, twice, so that the file is made anew of what is found in it.
    let mut bytes = fs::read(place.file()).expect("file");
    bytes[..320].fill(0xa5);
    fs::write(place.file(), bytes).expect("written");
    let archive = place.open();
    assert!(archive.losses().rebuilt);
    assert_eq!((archive.models(), archive.contents().spots().len()), (stricter, 2));
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let place = Scratch::new();
    let before = filled(&place).contents().clone();
    let archive = place.open();
    assert_eq!(archive.contents(), &before);
    assert_eq!(archive.losses(), Losses::default());
    let names: Vec<_> = before.spots().map(|spot| spot.name.as_str()).collect();
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
    let timeline: Vec<_> = archive.contents().timeline(spot.id).collect();
    assert_eq!(timeline.iter().map(|check| check.id).collect::<Vec<_>>(), ids);
    assert!(timeline[1].remarks.bleeds && !timeline[0].remarks.bleeds);
    assert!(archive.picture(ids[1], RecordKind::Crop).is_ok());
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
    let spots: Vec<SpotId> = archive.contents().spots().map(|spot| spot.id).collect();
    let one = first(&archive, spots[0]).id;
    let of_second: Vec<CheckId> = archive.contents().timeline(spots[1]).map(|check| check.id).collect();
    let checks = [one].into_iter().chain(of_second).map(|check| (RecordKind::Check, check.number()));
    let gone: Vec<RecordId> = checks
        .chain([(RecordKind::Spot, spots[1].number())])
        .map(|(kind, id)| RecordId { kind, id })
        .flat_map(with_pictures)
        .collect();
    let sealed = |archive: &Archive, id: RecordId| match id.kind.is_picture() {
        true => archive.store.picture(id).expect("read").concat(),
        false => {
            let records = archive.store.records().expect("read");
            records.into_iter().find(|(key, _)| *key == id.key()).expect("there").1
        }
    };
    let before: HashMap<RecordId, Vec<u8>> = gone.iter().map(|id| (*id, sealed(&archive, *id))).collect();
    let file = fs::read(place.file()).expect("file");
    assert!(!holds(&file, b"a note") && !holds(&file, b"photo of"));
    assert_eq!(readable(&place).iter().filter(|id| gone.contains(id)).count(), gone.len(), "all are there");

    archive.delete_check(one).expect("deleted");
    archive.delete_spot(spots[1]).expect("deleted");
    // Whoever has the archive's key, the file of data keys and every byte of the file finds nothing that opens, and what was sealed
    // before does not open either.
    assert!(readable(&place).iter().all(|id| !gone.contains(id)));
    let keys = Keys::open(&Files::keys_of(&place.file()), place.key.clone()).expect("opens");
    for (id, sealed) in &before {
        let header = Header::parse(sealed).expect("header");
        assert!(salvage::open(&place.key, &keys, &header, sealed).is_none(), "{id:?}");
    }
    assert!(matches!(archive.picture(one, RecordKind::Crop), Err(ArchiveError::Lost)));
    drop(archive);
    let archive = place.open();
    assert_eq!(archive.losses(), Losses::default());
    assert_eq!(archive.contents().spots().len(), 2);
    assert_eq!(archive.contents().latest().len(), 3);
    let files = fs::read_dir(place.folder.path()).expect("folder").flatten().map(|entry| entry.file_name());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(files, ["archive.keys", "archive.redb"], "no other file is left");
}

fn first(archive: &Archive, spot: SpotId) -> Arc<Check> {
    archive.contents().timeline(spot).next().expect("a check").clone()
}

/// What opens somewhere in the file with the keys that are there.
fn readable(place: &Scratch) -> Vec<RecordId> {
    let keys = Keys::open(&Files::keys_of(&place.file()), place.key.clone()).expect("opens");
    let file = fs::read(place.file()).expect("file");
    let marks = (0..file.len()).filter(|at| file[*at..].starts_with(&seal::MARK));
    let mut opened: Vec<RecordId> = marks
        .filter_map(|at| {
            let header = Header::parse(&file[at..]).ok()?;
            salvage::open(&place.key, &keys, &header, &file[at..])?;
            header.id()
        })
        .collect();
    opened.sort_unstable();
    opened.dedup();
    opened
}

#[test]
fn deleting_writes_no_file_anew() {
    let place = Scratch::new();
    let mut archive = place.create();
    let spot = spot("arm");
    let mut ids = Vec::new();
    for _ in 0..20 {
        let check = check(spot.id);
        ids.push(check.id);
        archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 60_000)).expect("kept");
    }
    // In the way of a file that would take the other one's place.
    fs::create_dir(files::beside(&place.file())).expect("folder");
    let before = fs::metadata(place.file()).expect("file").len();
    archive.delete_check(ids[3]).expect("deleted");
    archive.delete_spot(spot.id).expect("deleted");
    assert!(fs::metadata(place.file()).expect("file").len() <= before);
    assert_eq!(archive.contents().latest().len(), 0);
    // And the room is used again.
    for _ in 0..18 {
        let check = check(spot.id);
        archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 60_000)).expect("kept");
    }
    drop(archive);
    assert!(fs::metadata(place.file()).expect("file").len() <= before);
    assert_eq!(place.open().contents().latest().len(), 18);
}

/// A power cut between the destroyed key and the rest: what is left can't be read, is no loss, and is taken out.
#[test]
fn a_deletion_that_was_interrupted_is_finished_at_the_next_start() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    let spot = archive.contents().spots().next().expect("a spot").id;
    let gone = first(&archive, spot).id;
    archive.keys.destroy(&[RecordId { kind: RecordKind::Check, id: gone.number() }]).expect("destroyed");
    drop(archive);
    for _ in 0..2 {
        let archive = place.open();
        assert_eq!(archive.losses(), Losses::default());
        assert!(archive.contents().check(gone).is_none());
        assert_eq!(archive.contents().latest().len(), 5);
        assert!(
            archive
                .store
                .records()
                .expect("read")
                .iter()
                .all(|(key, _)| key[1..] != gone.number().to_be_bytes())
        );
    }
}

#[test]
fn without_its_file_of_keys_an_archive_is_left_alone() {
    let (place, other) = (Scratch::new(), Scratch::new());
    let contents = filled(&place).contents().clone();
    drop(Archive::create(&other.file(), place.key.clone()).expect("made"));
    let keys = Files::keys_of(&place.file());
    let aside = place.folder.path().join("aside");
    fs::rename(&keys, &aside).expect("moved");
    let before = fs::read(place.file()).expect("file");
    let opened = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(opened, Err(ArchiveError::KeysMissing)), "{opened:?}");
    // Another archive's opens none of it.
    fs::copy(Files::keys_of(&other.file()), &keys).expect("copied");
    let opened = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(opened, Err(ArchiveError::KeysMissing)), "{opened:?}");
    assert!(readable(&place).iter().all(|id| *id == CENSUS));
    fs::rename(&aside, &keys).expect("moved back");
    let archive = place.open();
    assert_eq!((archive.contents(), archive.losses()), (&contents, Losses::default()));
    drop(archive);
    // The same with an index that leads nowhere.
    let mut broken = before;
    broken[..320].fill(0xa5);
    fs::write(place.file(), &broken).expect("written");
    fs::rename(&keys, &aside).expect("moved");
    let opened = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(opened, Err(ArchiveError::KeysMissing)), "{opened:?}");
    assert_eq!(fs::read(place.file()).expect("file"), broken);
    fs::rename(&aside, &keys).expect("moved back");
    assert_eq!(place.open().contents().latest().len(), 6);
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

/// All that is kept, still sealed.
fn records(place: &Scratch) -> Vec<store::Entry> {
    Store::open(&place.file()).expect("opens").records().expect("read")
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
        let lost = contents.latest().filter(|check| found.check(check.id) != Some(&***check)).count()
            + contents.spots().filter(|spot| found.spot(spot.id) != Some(&***spot)).count();
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

/// What was deleted stays so, even if the file is damaged after that.
#[test]
fn a_salvage_brings_nothing_deleted_back() {
    let place = Scratch::new();
    let mut archive = filled(&place);
    let spot = archive.contents().spots().next().expect("a spot").id;
    let check = first(&archive, spot).id;
    archive.delete_check(check).expect("deleted");
    drop(archive);
    let mut bytes = fs::read(place.file()).expect("file");
    // The database's header, twice, so that nothing in it leads anywhere.
    bytes[..320].fill(0xa5);
    fs::write(place.file(), bytes).expect("written");
    let archive = place.open();
    assert!(archive.losses().rebuilt);
    assert!(archive.contents().check(check).is_none(), "deleted is deleted");
    assert_eq!(archive.contents().latest().len(), 5);
    assert!(matches!(archive.picture(check, RecordKind::Crop), Err(ArchiveError::Lost)));
}

#[test]
fn a_backup_repairs_what_was_lost() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let place = Scratch::new();
    let archive = filled(&place);
    let mut file = Vec::new();
    backup::export(&archive, &passphrase, &mut file).expect("exported");
    let spot = Spot::clone(archive.contents().spots().next().expect("a spot"));
    let check = archive.contents().latest().next().expect("a check").id;
    let sealed = |id: RecordId| {
        let records = archive.store.records().expect("read");
        records.into_iter().find(|(key, _)| *key == id.key()).map(|(_, sealed)| sealed)
    };
    let of_spot = sealed(RecordId { kind: RecordKind::Spot, id: spot.id.number() }).expect("there");
    let crop = RecordId { kind: RecordKind::Crop, id: check.number() };
    let of_crop = archive.store.picture(crop).expect("read").swap_remove(0);
    drop(archive);
    spoil(&place, &[of_spot, of_crop]);
    let mut archive = place.open();
    assert!(
        archive.losses().records > 0 && archive.contents().spot(spot.id).is_some_and(|spot| spot.recovered)
    );
    assert!(matches!(archive.picture(check, RecordKind::Crop), Err(ArchiveError::Lost)));
    backup::import(&mut archive, &passphrase, file.as_slice()).expect("imported");
    assert_eq!(archive.contents().spot(spot.id), Some(&spot));
    assert!(archive.pictures(check).is_ok());
}

/// Changes a byte of these sealed parts in every copy: a database leaves older ones behind, from which a salvage would take them.
fn spoil(place: &Scratch, parts: &[Vec<u8>]) {
    let mut bytes = fs::read(place.file()).expect("file");
    for part in parts {
        let middle = &part[part.len() / 2..part.len() / 2 + 16];
        let copies: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(middle)).collect();
        assert!(!copies.is_empty(), "in the file");
        copies.into_iter().for_each(|at| bytes[at] ^= 1);
    }
    fs::write(place.file(), bytes).expect("written");
}

/// Whoever moves to another phone with it keeps the rest of the check.
#[test]
fn a_damaged_picture_costs_a_backup_that_picture_alone() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let (place, new) = (Scratch::new(), Scratch::new());
    let archive = filled(&place);
    let export = |archive: &Archive| {
        let mut file = Vec::new();
        let incomplete = backup::export(archive, &passphrase, &mut file).expect("exported");
        (file, incomplete)
    };
    let (whole, _) = export(&archive);
    let check = archive.contents().latest().next().expect("a check").clone();
    let crop = RecordId { kind: RecordKind::Crop, id: check.id.number() };
    let part = archive.store.picture(crop).expect("read").swap_remove(0);
    drop(archive);
    spoil(&place, &[part]);
    let archive = place.open();
    let (file, incomplete) = export(&archive);
    assert_eq!(incomplete, 1);
    let mut other = new.create();
    let imported = backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (3, 6));
    assert_eq!(other.contents(), archive.contents());
    let lost =
        RecordKind::PICTURES.map(|kind| matches!(other.picture(check.id, kind), Err(ArchiveError::Lost)));
    assert_eq!(lost, [false, true, false, false]);
    // One that is whole brings it back, and the other one takes nothing away after that.
    for file in [&whole, &file] {
        backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
        assert_eq!(other.pictures(check.id).expect("pictures"), pictures(&check, 6_000));
    }
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
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
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
                assert!(crate::photo::Photo::decode(picture).is_ok());
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
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
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
            let side = |picture: &[u8]| crate::photo::Photo::decode(picture).expect("a picture").size().0;
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
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let place =
        Scratch { key: Key::from_bytes(b"the key of a fixture, no secret!").expect("key"), ..Scratch::new() };
    fs::copy(fixtures.join("archive-1-drawn.redb"), place.file()).expect("fixture");
    let mut archive = place.open();
    let check = archive.contents().latest().next().expect("a check").id;
    // As if the disk had been full when the file was to be written anew.
    fs::create_dir(files::beside(&place.file())).expect("in the way");
    assert!(matches!(archive.delete_check(check), Err(ArchiveError::NotErased(_))));
    assert!(archive.contents().check(check).is_none());
    drop(archive);
    fs::remove_dir(files::beside(&place.file())).expect("removed");
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

#[test]
fn later_answers_are_added_and_never_replace_the_first() {
    let (place, other) = (Scratch::new(), Scratch::new());
    let mut archive = filled(&place);
    let id = archive.contents().latest().next().expect("a check").id;
    let before = archive.contents().check(id).expect("there").clone();
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut file = Vec::new();
    backup::export(&archive, &passphrase, &mut file).expect("exported");
    let mut elsewhere = other.create();
    backup::import(&mut elsewhere, &passphrase, file.as_slice()).expect("imported");
    let later = |risk| Assessment { risk, model: format!("later {risk}"), ..assessment() };
    let second = |at| Timestamp::from_second(at).expect("time");
    archive.add_answer(id, second(20), later(0.7)).expect("added");
    elsewhere.add_answer(id, second(10), later(0.2)).expect("added");
    // Those that were given elsewhere come with a backup, each once.
    for _ in 0..2 {
        let mut file = Vec::new();
        backup::export(&elsewhere, &passphrase, &mut file).expect("exported");
        backup::import(&mut archive, &passphrase, file.as_slice()).expect("imported");
    }
    drop(archive);
    let archive = place.open();
    let check = archive.contents().check(id).expect("there");
    let answers: Vec<f32> = check.again.iter().map(|again| again.assessment.risk).collect();
    assert_eq!(answers, [0.2, 0.7]);
    assert_eq!(check, &Check { again: check.again.clone(), ..before });
    assert_eq!(archive.pictures(id).expect("pictures"), pictures(check, 6_000));
}

#[test]
fn a_square_of_the_original_is_found_on_what_is_kept() {
    let photo = KeptPhoto { original_px: [4000, 3000], kept_px: [1600, 1200] };
    let square = Square { left: 1000, top: 500, side: 750 };
    assert_eq!(photo.square(square), Square { left: 400, top: 200, side: 300 });
    let whole = KeptPhoto { original_px: [800, 600], kept_px: [800, 600] };
    assert_eq!((whole.scale(), whole.square(square)), (1.0, square));
    let tiny = Square { left: 0, top: 0, side: 1 };
    assert_eq!(photo.square(tiny).side, 1, "no square is empty");
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
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
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
    backup::export(&archive, &passphrase, fs::File::create(named("backup", "age")).expect("file"))
        .expect("exported");
    drop(archive);
    // With what was deleted still in its free pages, as it is met.
    fs::copy(place.file(), named("archive", "redb")).expect("written");
    fs::copy(Files::keys_of(&place.file()), named("archive", "keys")).expect("written");
}

/// Prints how many bytes of the disk 5,000 checks take for each byte that is sealed, and how long it takes to delete one of them and to
/// look for lost pictures.
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
            sealed += texts.chain([record]).map(|text| text + seal::PIECE_MORE_BYTES).sum::<usize>();
        }
        archive.adopt(Vec::new(), checks).expect("kept");
    }
    let one = archive.contents().timeline(spots[7].id).nth(50).expect("a check").id;
    drop(archive);
    let about = fs::metadata(place.file()).expect("file");
    #[cfg(unix)]
    let bytes = std::os::unix::fs::MetadataExt::blocks(&about) * 512;
    #[cfg(not(unix))]
    let bytes = about.len();
    let share = bytes as f64 / sealed as f64;
    println!("{bytes} bytes of the disk, {} long, {sealed} sealed: {share:.3}", about.len());
    let mut archive = place.open();
    let start = Instant::now();
    archive.delete_check(one).expect("deleted");
    println!("one of 5,000 checks deleted in {:.1?}", start.elapsed());
    let lost: Vec<CheckId> = archive.contents().latest().take(30).map(|check| check.id).collect();
    let thumbnail = |check: &CheckId| RecordId { kind: RecordKind::Thumbnail, id: check.number() };
    let put = lost.iter().map(|check| Part { id: thumbnail(check), at: 0, sealed: vec![0; 100] }).collect();
    archive.store.change(&Changes { put, remove: Vec::new() }).expect("damaged");
    let start = Instant::now();
    let found = lost.iter().filter(|check| archive.picture(**check, RecordKind::Thumbnail).is_ok()).count();
    let took = start.elapsed();
    println!(
        "30 pictures that the database does not lead to looked for in {took:.1?}, {found} of them found"
    );
}

/// Prints how long an archive of 5,000 checks takes to open and to look into: see docs/testing.md.
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
    let latest: Vec<CheckId> = archive.contents().latest().take(20).map(|check| check.id).collect();
    latest.iter().for_each(|id| drop(archive.picture(*id, RecordKind::Thumbnail).expect("picture")));
    println!("the newest 20 with their pictures in {:.1?}", start.elapsed());
    let start = Instant::now();
    let timeline: Vec<CheckId> = archive.contents().timeline(spots[7].id).map(|check| check.id).collect();
    timeline.iter().for_each(|id| drop(archive.picture(*id, RecordKind::Thumbnail).expect("picture")));
    println!("a spot's {} checks with their pictures in {:.1?}", timeline.len(), start.elapsed());
    let start = Instant::now();
    let one = check(spots[0].id);
    archive.keep_check(spots[0].clone(), one.clone(), &pictures(&one, 60_000)).expect("kept");
    println!("a check kept in {:.1?}", start.elapsed());
    let start = Instant::now();
    archive.delete_check(one.id).expect("deleted");
    println!("a check deleted and wiped in {:.1?}", start.elapsed());
}
