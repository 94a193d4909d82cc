//! Backups: taking everything to another device, and mending what is damaged.

use super::*;
use crate::backup::BackupError;

#[test]
fn a_backup_repairs_what_was_lost() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let place = Scratch::new();
    let archive = filled(&place);
    let mut file = Vec::new();
    backup::export(&archive, archive.contents(), &passphrase, &mut file).expect("exported");
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
        let incomplete =
            backup::export(archive, archive.contents(), &passphrase, &mut file).expect("exported");
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
fn a_backup_brings_everything_to_another_device() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let (old, new) = (Scratch::new(), Scratch::new());
    let archive = filled(&old);
    let mut file = Vec::new();
    assert_eq!(backup::export(&archive, archive.contents(), &passphrase, &mut file).expect("exported"), 0);
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
    {
        let old = filled(&old);
        backup::export(&old, old.contents(), &passphrase, &mut file)
    }
    .expect("exported");
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
