//! Archives that are begun, closed, set aside and deleted.

mod packs;

use super::*;
use archive::Losses;
use archive::made_up::{check, spot};

fn key_store() -> Arc<CredentialStore> {
    keyring_core::mock::Store::new().expect("store")
}

fn pictures() -> Pictures {
    let picture = |name: &str| name.as_bytes().to_vec();
    Pictures {
        thumbnail: picture("thumbnail"),
        crop: picture("crop"),
        saliency: picture("saliency"),
        photo: picture("photo"),
    }
}

/// An archive worker whose new archive holds a check of one spot.
fn with_one_check(folder: &Path, store: Arc<CredentialStore>) -> (ArchiveWorker, Spot) {
    let mut archive_worker = ArchiveWorker::new(folder, Some(store));
    let spot = spot("arm");
    archive_worker.create(None).expect("made");
    archive_worker.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
    (archive_worker, spot)
}

#[test]
fn an_app_that_is_just_being_closed_is_waited_for_and_one_that_stays_open_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    let held = Files::in_folder(folder.path()).lock().expect("free");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(key_store()));
    assert_eq!(archive_worker.begin(), ArchiveState::Unusable(Trouble { key: "archive-in-use", seconds: 0 }));
    let closing = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        drop(held);
    });
    assert_eq!(archive_worker.begin(), ArchiveState::Empty { key_store: true });
    closing.join().expect("closed");
}

#[test]
fn what_can_not_be_opened_is_set_aside_whole_and_can_be_put_back() {
    let folder = tempfile::tempdir().expect("folder");
    let store = key_store();
    let (mut archive_worker, spot) = with_one_check(folder.path(), store.clone());
    assert!(archive_worker.set_aside().is_err(), "not what is open");
    drop(archive_worker);
    let vault = Files::in_folder(folder.path()).vault();
    let note = fs::read(&vault).expect("note");
    fs::remove_file(&vault).expect("lost");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(store.clone()));
    let ArchiveState::Unusable(trouble) = archive_worker.begin() else { panic!("without its key") };
    assert!(trouble.key == "archive-key-missing" && trouble.is_final());
    let aside = archive_worker.set_aside().expect("moved");
    assert_eq!(archive_worker.begin(), ArchiveState::Empty { key_store: true });
    archive_worker.create(None).expect("a new one");
    archive_worker.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
    drop(archive_worker);
    // Once the note is found again, nothing is lost.
    fs::write(aside.join("archive.vault"), note).expect("put back");
    let mut archive_worker = ArchiveWorker::new(&aside, Some(store));
    let ArchiveState::Open(page) = archive_worker.begin() else { panic!("it opens") };
    assert_eq!((page.contents.latest().len(), page.losses), (1, Losses::default()));
}

#[test]
fn a_backup_that_waits_stays_while_it_is_locked() {
    let folder = tempfile::tempdir().expect("folder");
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut archive_worker = ArchiveWorker::new(folder.path(), None);
    archive_worker.create(Some(&passphrase)).expect("made");
    archive_worker.expect_file().expect("room");
    archive_worker.append(b"what may be a backup").expect("appended");
    archive_worker.lock();
    let refused = archive_worker.import(&passphrase);
    assert!(matches!(refused, Err(ArchiveWorkerError::Vault(VaultError::Locked))), "{refused:?}");
    assert!(archive_worker.has_backup());
}

/// The app was killed between making the files and keeping the key, when there was nothing in them.
#[test]
fn an_archive_that_was_only_begun_is_begun_again() {
    let folder = tempfile::tempdir().expect("folder");
    let records = Files::in_folder(folder.path()).records();
    drop(Archive::create(&records, Key::random()).expect("made"));
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(key_store()));
    assert_eq!(archive_worker.begin(), ArchiveState::Empty { key_store: true });
    archive_worker.create(None).expect("made");
    assert!(matches!(archive_worker.begin(), ArchiveState::Open(_)));
}

/// Whoever moves the other two files away finds them useless without it.
#[test]
fn a_file_of_keys_that_was_left_alone_is_not_made_anew() {
    let folder = tempfile::tempdir().expect("folder");
    let store = key_store();
    let (archive_worker, _) = with_one_check(folder.path(), store.clone());
    drop(archive_worker);
    let files = Files::in_folder(folder.path());
    let elsewhere = tempfile::tempdir().expect("folder");
    let moved = Files::in_folder(elsewhere.path());
    fs::rename(files.records(), moved.records()).expect("moved");
    fs::rename(files.vault(), moved.vault()).expect("moved");
    let keys = Files::keys_of(&files.records());
    let before = fs::read(&keys).expect("keys");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(store.clone()));
    let ArchiveState::Unusable(trouble) = archive_worker.begin() else { panic!("keys alone") };
    assert!(trouble.key == "archive-key-missing" && trouble.is_final());
    assert!(archive_worker.create(None).is_err());
    assert!(Archive::create(&files.records(), Key::random()).is_err());
    assert_eq!(fs::read(&keys).expect("keys"), before);
    drop(archive_worker);
    // Together they open.
    fs::rename(&keys, Files::keys_of(&moved.records())).expect("moved");
    let mut archive_worker = ArchiveWorker::new(elsewhere.path(), Some(store));
    let ArchiveState::Open(page) = archive_worker.begin() else { panic!("it opens") };
    assert_eq!((page.contents.latest().len(), page.losses), (1, Losses::default()));
}

/// One of format 1 has no data keys: an empty file of them does not mean that it holds nothing.
#[test]
fn an_old_archive_without_its_note_is_never_deleted() {
    let folder = tempfile::tempdir().expect("folder");
    let records = Files::in_folder(folder.path()).records();
    fs::write(&records, include_bytes!("../../../../../tests/fixtures/archive-1-drawn.redb"))
        .expect("written");
    let other = tempfile::tempdir().expect("folder");
    let begun = Files::in_folder(other.path()).records();
    drop(Archive::create(&begun, Key::random()).expect("made"));
    fs::copy(Files::keys_of(&begun), Files::keys_of(&records)).expect("keys");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(key_store()));
    let ArchiveState::Unusable(trouble) = archive_worker.begin() else { panic!("without its note") };
    assert_eq!(trouble.key, "archive-key-missing");
    assert!(records.exists(), "and what it holds can still be taken out");
}

#[test]
fn deleting_everything_takes_what_was_set_aside_along() {
    let folder = tempfile::tempdir().expect("folder");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(key_store()));
    let spot = spot("arm");
    archive_worker.create(None).expect("made");
    archive_worker.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
    drop(archive_worker);
    fs::remove_file(Files::in_folder(folder.path()).vault()).expect("lost");
    let mut archive_worker = ArchiveWorker::new(folder.path(), Some(key_store()));
    let aside = archive_worker.set_aside().expect("moved");
    assert!(aside.join("archive.redb").exists());
    archive_worker.delete_everything().expect("deleted");
    assert!(!aside.exists());
}
