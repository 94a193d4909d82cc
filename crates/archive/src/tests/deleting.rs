//! What is deleted is in no file any more.

use std::collections::HashMap;

use super::*;

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
    fs::create_dir(durable::beside(&place.file())).expect("folder");
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
