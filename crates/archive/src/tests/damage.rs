//! Damaged files: what can be read is read, and nothing deleted comes back.

use super::*;

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
