//! Model packs that are examined, installed and gone back from.

use spotpack::{Digest, PackError, Refused};

use super::*;
use archive::made_up::Publisher;
use archive::models::Models;
use assess::packs::NotUsed;

/// A pack that arrives whole, and what is found in it when its key was confirmed.
fn offered(
    archive_worker: &mut ArchiveWorker,
    publisher: &Publisher,
    pack: &[u8],
) -> Result<Arc<Offer>, NotUsed> {
    archive_worker.expect_file().expect("room");
    for piece in pack.chunks(1_000_000) {
        archive_worker.append(piece).expect("appended");
    }
    match archive_worker.examine(Some(publisher.confirmed())).expect("examined")? {
        Examined::Offer(offer) => Ok(offer),
        Examined::Stranger(_) => panic!("its key was confirmed"),
    }
}

fn install(
    archive_worker: &mut ArchiveWorker,
    publisher: &Publisher,
    pack: &[u8],
) -> Result<Digest, NotUsed> {
    let offer = offered(archive_worker, publisher, pack)?;
    archive_worker.install(&offer).expect("kept")?;
    Ok(offer.source.digest)
}

fn archive_worker(folder: &tempfile::TempDir, store: &Arc<CredentialStore>) -> ArchiveWorker {
    ArchiveWorker::new(folder.path(), Some(store.clone()))
}

#[test]
fn a_stranger_is_asked_about_before_anything_is_installed() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    archive_worker.expect_file().expect("room");
    archive_worker.append(&publisher.pack(1)).expect("appended");
    let found = archive_worker.examine(None).expect("examined").expect("a pack");
    assert!(matches!(found, Examined::Stranger(key) if key == publisher.key));
    assert_eq!(archive_worker.models(), Some(Models::default()));
    assert_eq!(archive_worker.begin(), ArchiveState::Empty { key_store: true }, "nothing is made before");
}

#[test]
fn what_is_installed_is_known_after_a_restart_and_an_older_or_other_pack_is_refused() {
    let (folder, publisher, store) =
        (tempfile::tempdir().expect("folder"), Publisher::generate(), key_store());
    let mut first = archive_worker(&folder, &store);
    first.begin();
    let three = install(&mut first, &publisher, &publisher.pack(3)).expect("installed");
    assert!(!Files::in_folder(folder.path()).arriving().exists(), "it was moved");
    drop(first);
    let mut again = archive_worker(&folder, &store);
    assert!(matches!(again.begin(), ArchiveState::Open(_)), "keeping a model makes the archive");
    let models = again.models().expect("open");
    assert_eq!((models.in_use, models.before), (Some(three), None));
    assert_eq!(models.confirmed, [publisher.confirmed()]);

    let older = offered(&mut again, &publisher, &publisher.pack(2)).map(drop);
    assert!(
        matches!(older, Err(NotUsed::Refused(Refused::OlderThanSeen { version: 2, seen: 3 }))),
        "{older:?}"
    );
    let other = publisher.changed(3, |manifest, _| manifest.date = "2026-04-01".parse().expect("a day"));
    let other = offered(&mut again, &publisher, &other).map(drop);
    assert!(matches!(other, Err(NotUsed::Refused(Refused::SameVersion(3)))), "{other:?}");
    let newer =
        publisher.changed(4, |manifest, _| manifest.lowest_app = "99.0.0".parse().expect("a version"));
    let newer = offered(&mut again, &publisher, &newer).map(drop);
    assert!(matches!(newer, Err(NotUsed::Refused(Refused::NeedsNewerApp { .. }))), "{newer:?}");
    let mut changed = publisher.pack(4);
    let at = changed.len() - 5_000;
    changed[at] ^= 1;
    let changed = offered(&mut again, &publisher, &changed).map(drop);
    assert!(matches!(changed, Err(NotUsed::Refused(Refused::Pack(PackError::Tampered(_))))), "{changed:?}");
    assert_eq!(again.models(), Some(models), "none of them left a trace");
}

#[test]
fn going_back_lowers_nothing_and_what_was_withdrawn_is_not_gone_back_to() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    let one = install(&mut archive_worker, &publisher, &publisher.pack(1)).expect("installed");
    let two = install(&mut archive_worker, &publisher, &publisher.pack(2)).expect("installed");
    let before = archive_worker.before().expect("the first");
    assert_eq!(before.source.digest, one);
    assert!(before.name.contains("Skin lab · v1"), "both models have one name: {}", before.name);
    archive_worker.go_to_model(Some(one)).expect("back");
    let models = archive_worker.models().expect("open");
    assert_eq!((models.in_use, models.before), (Some(one), Some(two)));
    assert_eq!(models.ledger.highest(&publisher.key.fingerprint()), Some(2));
    archive_worker.go_to_model(None).expect("to the app's own");
    let older = offered(&mut archive_worker, &publisher, &publisher.pack(1)).map(drop);
    assert!(matches!(older, Err(NotUsed::Refused(Refused::OlderThanSeen { .. }))), "{older:?}");
    let three = publisher.changed(3, |manifest, _| manifest.revoked = vec![publisher.withdraws(&[2])]);
    archive_worker.go_to_model(Some(two)).expect("forth");
    install(&mut archive_worker, &publisher, &three).expect("installed");
    assert_eq!(archive_worker.models().expect("open").before, Some(two));
    assert_eq!(archive_worker.before(), None, "it was withdrawn");
}

#[test]
fn nothing_is_known_of_models_while_the_archive_is_locked() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut archive_worker = ArchiveWorker::new(folder.path(), None);
    archive_worker.begin();
    archive_worker.create(Some(&passphrase)).expect("made");
    install(&mut archive_worker, &publisher, &publisher.pack(1)).expect("installed");
    archive_worker.lock();
    assert_eq!((archive_worker.models(), archive_worker.before()), (None, None));
    archive_worker.expect_file().expect("room");
    archive_worker.append(&publisher.pack(2)).expect("appended");
    let refused = archive_worker.examine(Some(publisher.confirmed())).map(drop);
    assert!(matches!(refused, Err(ArchiveWorkerError::Vault(VaultError::Locked))), "{refused:?}");
    // What stands in the clear is enough for an answer.
    let noted = Shelf::in_folder(folder.path()).noted().expect("readable").expect("one");
    assert_eq!(noted.confirmed, [publisher.confirmed()]);
}

#[test]
fn trust_is_taken_back_from_a_key_and_from_no_other() {
    let folder = tempfile::tempdir().expect("folder");
    let [one, other] = [Publisher::generate(), Publisher::generate()];
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    let before = install(&mut archive_worker, &one, &one.pack(3)).expect("installed");
    let in_use = install(&mut archive_worker, &other, &other.pack(1)).expect("installed");
    let ledger = archive_worker.models().expect("open").ledger;
    archive_worker.distrust(other.key).expect("taken back");
    let models = archive_worker.models().expect("open");
    assert_eq!((models.in_use, models.before), (None, Some(before)));
    assert_eq!((&models.confirmed[..], &models.ledger), (&[one.confirmed()][..], &ledger));
    let shelf = Shelf::in_folder(folder.path());
    assert!(!shelf.source(in_use, &[]).path.exists() && shelf.noted().expect("readable").is_none());
    // It is asked about again.
    archive_worker.expect_file().expect("room");
    archive_worker.append(&other.pack(2)).expect("appended");
    let found = archive_worker.examine(None).expect("examined").expect("a pack");
    assert!(matches!(found, Examined::Stranger(key) if key == other.key));
    archive_worker.distrust(one.key).expect("taken back");
    let models = archive_worker.models().expect("open");
    assert_eq!((models.before, models.confirmed.len()), (None, 0));
    let older = offered(&mut archive_worker, &one, &one.pack(2)).map(drop);
    assert!(matches!(older, Err(NotUsed::Refused(Refused::OlderThanSeen { .. }))), "{older:?}");
}

#[test]
fn packs_that_nothing_knows_of_any_more_are_deleted() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut archive_worker = ArchiveWorker::new(folder.path(), None);
    archive_worker.create(Some(&passphrase)).expect("made");
    let one = install(&mut archive_worker, &publisher, &publisher.pack(1)).expect("installed");
    let of = |digest: Digest| Shelf::in_folder(folder.path()).source(digest, &[]).path;
    // As an install leaves one that could not be noted.
    let stray = of(Digest::of(b"another"));
    fs::write(&stray, "a pack").expect("written");
    archive_worker.lock();
    assert_eq!(archive_worker.models(), None);
    assert!(stray.exists() && of(one).exists(), "while it is locked nobody knows");
    archive_worker.unlock(Some(&passphrase)).expect("opens");
    assert!(archive_worker.models().is_some());
    assert!(!stray.exists() && of(one).exists());
    archive_worker.lock();
    archive_worker.set_aside().expect("moved");
    assert_eq!(archive_worker.models(), Some(Models::default()));
    assert!(!of(one).exists());
}

#[test]
fn a_pack_that_has_arrived_by_half_is_not_installed() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    let pack = publisher.pack(1);
    let offer = offered(&mut archive_worker, &publisher, &pack).expect("offered");
    // The same one arrives once more.
    archive_worker.expect_file().expect("room");
    archive_worker.append(&pack[..pack.len() / 2]).expect("appended");
    let refused = archive_worker.install(&offer).expect("asked");
    let cut_off = matches!(refused, Err(NotUsed::Refused(Refused::Pack(PackError::Length { .. }))));
    assert!(cut_off, "{refused:?}");
    assert_eq!(archive_worker.models(), Some(Models::default()));
}

#[test]
fn deleting_everything_takes_packs_and_what_was_seen_along() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    install(&mut archive_worker, &publisher, &publisher.pack(3)).expect("installed");
    archive_worker.delete_everything().expect("deleted");
    assert_eq!(archive_worker.models(), Some(Models::default()));
    assert!(!folder.path().join("packs").exists());
}

#[test]
fn packs_go_first_when_everything_is_deleted_and_a_failure_keeps_none_of_them() {
    let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
    let mut archive_worker = archive_worker(&folder, &key_store());
    archive_worker.begin();
    install(&mut archive_worker, &publisher, &publisher.pack(3)).expect("installed");
    // A file of the archive that can't be removed.
    let stuck = archive::durable::beside(&Files::in_folder(folder.path()).vault());
    fs::create_dir(&stuck).expect("made");
    archive_worker.delete_everything().expect_err("not all of it");
    assert!(!folder.path().join("packs").exists());
    fs::remove_dir(&stuck).expect("removed");
    archive_worker.delete_everything().expect("deleted");
}
