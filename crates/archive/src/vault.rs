//! Keeping the archive's key: in the platform's key store, behind a passphrase, or both.
//!
//! Without a passphrase the key store holds the key. With one, the key lies in a file, sealed under what Argon2id (RFC 9106) makes
//! of the passphrase and, where there is a key store, of a secret in it: then the file alone is no use to somebody who guesses
//! passphrases. The key is never written in the clear.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyring_core::{CredentialStore, Entry};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::seal::{Key, Passphrase};
use crate::durable;

mod wrapped;

use wrapped::Wrapped;

const VERSION: u32 = 1;
const SERVICE: &str = "Spotcheck";

/// So many wrong passphrases are free.
const FREE_TRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It is another passphrase.
    #[error("the passphrase is wrong")]
    Wrong,
    /// Too many were wrong.
    #[error("too many wrong passphrases; try again in {} seconds", .0.as_secs().max(1))]
    Wait(Duration),
    /// A passphrase is needed.
    #[error("the archive is locked; enter its passphrase")]
    Locked,
    /// The records are there, and nothing that tells how their key is kept.
    #[error("the file that tells how the archive's key is kept is missing; put it back, or import a backup")]
    Missing,
    /// This device has no key store, so that only a passphrase can protect the archive.
    #[error("this device has no key store; choose a passphrase")]
    NoKeyStore,
    /// The key store has lost the key, or is another one.
    #[error("this device's key store does not hold the archive's key any more; import a backup")]
    KeyGone,
    /// The file that tells how the key is kept is damaged, both copies of it.
    #[error("the file that holds the archive's key is damaged; import a backup")]
    Damaged,
    /// A newer app wrote it.
    #[error("the archive was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// The key store refuses.
    #[error("the device's key store can't be used: {0}")]
    KeyStore(String),
    /// The file.
    #[error("the archive's key can't be kept: {0}")]
    File(#[from] io::Error),
}

impl From<keyring_core::Error> for VaultError {
    fn from(error: keyring_core::Error) -> Self {
        match error {
            // The second is what Android's store says when the system has made its own key anew, as after a restore on another phone.
            keyring_core::Error::NoEntry | keyring_core::Error::BadDataFormat(..) => Self::KeyGone,
            error => Self::KeyStore(error.to_string()),
        }
    }
}

/// How a key is kept at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// There is no key yet.
    None,
    /// By the key store alone.
    KeyStore,
    /// By a passphrase.
    Passphrase,
}

/// The file; two copies of it are written, so that a damaged byte does not lock its owner out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    version: u32,
    /// Names the entry in the key store: several archives may share one store. A changed protection gets a new one, so that the old
    /// one holds until the note is written.
    entry: String,
    /// Entries that are no use any more and were not seen deleted.
    stale: Vec<String>,
    /// By what the key is kept.
    kept: Kept,
    /// Wrong passphrases since the last right one.
    wrong_tries: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    KeyStore,
    Passphrase(Wrapped),
}

/// Where the key is kept.
pub struct Vault {
    path: PathBuf,
    key_store: Option<Arc<CredentialStore>>,
    not_before: Option<Instant>,
}

impl Vault {
    /// The vault in this file, with the device's key store where it has one.
    pub fn new(path: &Path, key_store: Option<Arc<CredentialStore>>) -> Self {
        let mut vault = Self { path: path.into(), key_store, not_before: None };
        // A restart is no way around the waiting, and a changed clock neither.
        let tries = vault.notes().ok().and_then(|notes| notes.iter().map(|note| note.wrong_tries).max());
        vault.wait_after(tries.unwrap_or(0));
        vault
    }

    /// The device's key store.
    pub fn key_store(&self) -> Option<Arc<CredentialStore>> {
        self.key_store.clone()
    }

    /// Whether the device has a key store.
    pub fn has_key_store(&self) -> bool {
        self.key_store.is_some()
    }

    /// How the key is kept.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn protection(&self) -> Result<Protection, VaultError> {
        match self.notes() {
            Err(VaultError::File(error)) if error.kind() == io::ErrorKind::NotFound => Ok(Protection::None),
            Err(error) => Err(error),
            Ok(notes) if notes.iter().any(|note| note.kept != Kept::KeyStore) => Ok(Protection::Passphrase),
            Ok(_) => Ok(Protection::KeyStore),
        }
    }

    /// Keeps the key in another way: behind this passphrase, or without one.
    ///
    /// # Errors
    /// When it can't be kept so; then it is kept as before.
    pub fn protect(&mut self, key: &Key, passphrase: Option<&Passphrase>) -> Result<(), VaultError> {
        let stale: Vec<String> = self
            .notes()
            .unwrap_or_default()
            .into_iter()
            .flat_map(|note| [vec![note.entry], note.stale].concat())
            .collect();
        let entry = format!("archive {:032x}", rand::random::<u128>());
        let kept = match (passphrase, &self.key_store) {
            (None, None) => return Err(VaultError::NoKeyStore),
            (None, Some(_)) => {
                self.store_secret(&entry, key)?;
                Kept::KeyStore
            }
            (Some(passphrase), None) => Kept::Passphrase(Wrapped::new(key, passphrase, None)?),
            (Some(passphrase), Some(_)) => {
                let secret = Key::random();
                self.store_secret(&entry, &secret)?;
                Kept::Passphrase(Wrapped::new(key, passphrase, Some(&secret))?)
            }
        };
        let mut note = Note { version: VERSION, entry, stale, kept, wrong_tries: 0 };
        self.write(&[note.clone()])?;
        self.not_before = None;
        self.forget_stale(&mut note);
        Ok(())
    }

    /// The key, by the key store or by this passphrase.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn unlock(&mut self, passphrase: Option<&Passphrase>) -> Result<Key, VaultError> {
        let mut notes = self.notes()?;
        if let Some(mut note) = notes.iter().find(|note| note.kept == Kept::KeyStore).cloned() {
            let key = self.secret(&note.entry)?;
            self.forget_stale(&mut note);
            return Ok(key);
        }
        let passphrase = passphrase.ok_or(VaultError::Locked)?;
        if let Some(wait) = self.not_before.and_then(|at| at.checked_duration_since(Instant::now())) {
            return Err(VaultError::Wait(wait));
        }
        let before = notes.iter().map(|note| note.wrong_tries).max().unwrap_or(0);
        let tries = before.saturating_add(1);
        // Counted before it is tried, so that ending the app does not save a try. Both copies stay as they are otherwise: which of
        // them is whole is not known yet. Where nothing can be written, on a full disk, the owner gets in all the same, and only the
        // waiting until the next start holds.
        let _ = self.count(&mut notes, tries);
        let mut trouble = VaultError::Wrong;
        for note in &notes {
            let Kept::Passphrase(wrapped) = &note.kept else { continue };
            let secret = match wrapped.with_key_store.then(|| self.secret(&note.entry)).transpose() {
                Ok(secret) => secret,
                Err(error) => {
                    trouble = error;
                    continue;
                }
            };
            if let Some(key) = wrapped.open(passphrase, secret.as_ref()) {
                let mut note = Note { wrong_tries: 0, ..note.clone() };
                let _ = self.write(&[note.clone()]);
                self.not_before = None;
                self.forget_stale(&mut note);
                return Ok(key);
            }
        }
        match trouble {
            VaultError::Wrong => self.wait_after(tries),
            // The passphrase was not tried.
            _ => drop(self.count(&mut notes, before)),
        }
        Err(trouble)
    }

    fn count(&self, notes: &mut [Note], wrong_tries: u32) -> Result<(), VaultError> {
        notes.iter_mut().for_each(|note| note.wrong_tries = wrong_tries);
        self.write(notes)
    }

    /// Forgets the key: what it sealed can never be read again.
    pub fn forget_key(&mut self) {
        for note in self.notes().unwrap_or_default() {
            for entry in note.stale.iter().chain([&note.entry]) {
                let _ = self.forget(entry);
            }
        }
        self.not_before = None;
    }

    fn wait_after(&mut self, tries: u32) {
        let wait = wait_after(tries);
        self.not_before = (!wait.is_zero()).then(|| Instant::now() + wait);
    }

    /// The copies that can be read, each once.
    fn notes(&self) -> Result<Vec<Note>, VaultError> {
        /// Read before the rest, of which a later version may have any other.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let text = fs::read(&self.path)?;
        let lines = text.split(|byte| *byte == b'\n');
        let (mut notes, mut newer): (Vec<Note>, bool) = (Vec::new(), false);
        for line in lines {
            let Ok(Versioned { version }) = serde_json::from_slice(line) else { continue };
            match version > VERSION {
                true => newer = true,
                false => notes.extend(serde_json::from_slice::<Note>(line)),
            }
        }
        notes.dedup();
        match notes.is_empty() {
            true if newer => Err(VaultError::Newer),
            true => Err(VaultError::Damaged),
            false => Ok(notes),
        }
    }

    /// Writes two lines: the same note twice, or two that differ.
    fn write(&self, notes: &[Note]) -> Result<(), VaultError> {
        let lines = [notes.first(), notes.get(1).or(notes.first())].into_iter().flatten();
        let mut text = String::new();
        for note in lines {
            text.push_str(&serde_json::to_string(note).map_err(io::Error::from)?);
            text.push('\n');
        }
        Ok(durable::replace(&self.path, text.as_bytes())?)
    }

    fn entry(&self, name: &str) -> Result<Entry, VaultError> {
        let store = self.key_store.as_ref();
        let store = store.ok_or_else(|| VaultError::KeyStore("it can't be reached".into()))?;
        Ok(Entry::new_in_store(store, SERVICE, name)?)
    }

    /// As text, since some key stores hold no other bytes; read back, since a store that only seems to keep it would cost everything.
    fn store_secret(&self, name: &str, secret: &Key) -> Result<(), VaultError> {
        let text = Zeroizing::new(BASE64_STANDARD.encode(secret.as_bytes()));
        self.entry(name)?.set_password(&text)?;
        match self.secret(name)?.as_bytes() == secret.as_bytes() {
            true => Ok(()),
            false => Err(VaultError::KeyStore("it did not keep what was put into it".into())),
        }
    }

    fn secret(&self, name: &str) -> Result<Key, VaultError> {
        let text = Zeroizing::new(self.entry(name)?.get_password()?);
        let bytes = BASE64_STANDARD.decode(text.as_bytes()).map(Zeroizing::new);
        bytes.ok().and_then(|bytes| Key::from_bytes(&bytes)).ok_or(VaultError::KeyGone)
    }

    fn forget(&self, name: &str) -> Result<(), VaultError> {
        match self.entry(name)?.delete_credential() {
            Err(keyring_core::Error::NoEntry) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes entries that are no use any more; those that can't be deleted now are tried again next time.
    fn forget_stale(&self, note: &mut Note) {
        if note.stale.is_empty() {
            return;
        }
        let entry = note.entry.clone();
        note.stale.retain(|stale| *stale != entry && self.key_store.is_some() && self.forget(stale).is_err());
        let _ = self.write(std::slice::from_ref(note));
    }
}

/// How long to wait after so many wrong passphrases: five seconds, then twice as long each time, five minutes at most.
fn wait_after(tries: u32) -> Duration {
    match tries.checked_sub(FREE_TRIES) {
        None => Duration::ZERO,
        Some(more) => FIRST_WAIT.saturating_mul(1 << more.min(6)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into()).expect("long enough")
    }

    fn key_store() -> Option<Arc<CredentialStore>> {
        Some(keyring_core::mock::Store::new().expect("store"))
    }

    #[test]
    fn a_key_that_the_system_can_no_longer_open_is_gone_and_a_store_that_fails_is_not() {
        let told = |error| VaultError::from(error);
        let remade = keyring_core::Error::BadDataFormat(vec![1, 2], "the seal is of another key".into());
        assert!(matches!(told(remade), VaultError::KeyGone));
        assert!(matches!(told(keyring_core::Error::NoEntry), VaultError::KeyGone));
        let busy = keyring_core::Error::PlatformFailure("busy".into());
        assert!(matches!(told(busy), VaultError::KeyStore(_)), "it may work the next time");
    }

    /// A new key, kept.
    fn created(vault: &mut Vault, text: Option<&str>) -> Key {
        let key = Key::random();
        vault.protect(&key, text.map(passphrase).as_ref()).expect("kept");
        key
    }

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("folder"))
        }

        fn file(&self) -> PathBuf {
            self.0.path().join("archive.vault")
        }
    }

    #[test]
    fn the_key_store_alone_gives_the_key_again() {
        let (place, store) = (Place::new(), key_store());
        let mut vault = Vault::new(&place.file(), store.clone());
        assert_eq!(vault.protection().expect("read"), Protection::None);
        let key = created(&mut vault, None);
        let mut again = Vault::new(&place.file(), store);
        assert_eq!(again.protection().expect("read"), Protection::KeyStore);
        assert_eq!(again.unlock(None).expect("key").as_bytes(), key.as_bytes());
        // Another device's key store does not have it.
        assert!(matches!(Vault::new(&place.file(), key_store()).unlock(None), Err(VaultError::KeyGone)));
        // Where there is none just now, the key is not gone.
        assert!(matches!(Vault::new(&place.file(), None).unlock(None), Err(VaultError::KeyStore(_))));
    }

    #[test]
    fn without_a_key_store_only_a_passphrase_will_do() {
        let place = Place::new();
        let mut vault = Vault::new(&place.file(), None);
        assert!(matches!(vault.protect(&Key::random(), None), Err(VaultError::NoKeyStore)));
        assert_eq!(vault.protection().expect("read"), Protection::None);
        let key = created(&mut vault, Some("correct horse"));
        let mut again = Vault::new(&place.file(), None);
        assert!(matches!(again.unlock(None), Err(VaultError::Locked)));
        assert!(matches!(again.unlock(Some(&passphrase("correct house"))), Err(VaultError::Wrong)));
        assert_eq!(again.unlock(Some(&passphrase("correct horse"))).expect("key").as_bytes(), key.as_bytes());
    }

    #[test]
    fn with_a_key_store_the_file_and_the_passphrase_are_not_enough() {
        let (place, store) = (Place::new(), key_store());
        let right = passphrase("correct horse");
        let mut vault = Vault::new(&place.file(), store.clone());
        let key = created(&mut vault, None);
        let bare = vault.notes().expect("notes")[0].entry.clone();
        vault.protect(&key, Some(&right)).expect("protected");
        assert!(
            matches!(vault.secret(&bare), Err(VaultError::KeyGone)),
            "the bare key is gone from the store"
        );
        let mut again = Vault::new(&place.file(), store);
        assert_eq!(again.unlock(Some(&right)).expect("key").as_bytes(), key.as_bytes());
        assert!(matches!(
            Vault::new(&place.file(), key_store()).unlock(Some(&right)),
            Err(VaultError::KeyGone)
        ));
        again.protect(&key, None).expect("without a passphrase");
        assert_eq!(again.unlock(None).expect("key").as_bytes(), key.as_bytes());
    }

    #[test]
    fn wrong_tries_are_slowed_down_also_after_a_restart() {
        let place = Place::new();
        let (right, wrong) = (passphrase("correct horse"), passphrase("wrong horse"));
        let mut vault = Vault::new(&place.file(), None);
        created(&mut vault, Some("correct horse"));
        for _ in 0..FREE_TRIES {
            assert!(matches!(vault.unlock(Some(&wrong)), Err(VaultError::Wrong)));
        }
        assert!(matches!(vault.unlock(Some(&right)), Err(VaultError::Wait(_))));
        let mut again = Vault::new(&place.file(), None);
        assert!(matches!(again.unlock(Some(&right)), Err(VaultError::Wait(_))));
        again.not_before = None;
        again.unlock(Some(&right)).expect("right after the wait");
        again.unlock(Some(&right)).expect("no wait any more");
        assert_eq!(wait_after(2), Duration::ZERO);
        assert!(wait_after(4) > wait_after(3));
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn a_changed_byte_anywhere_locks_nobody_out() {
        let place = Place::new();
        let right = passphrase("correct horse");
        let key = created(&mut Vault::new(&place.file(), None), Some("correct horse"));
        let whole = fs::read(place.file()).expect("file");
        let wrong = passphrase("another horse");
        for at in (0..whole.len()).step_by(29) {
            let mut changed = whole.clone();
            changed[at] ^= 2;
            fs::write(place.file(), changed).expect("written");
            let mut vault = Vault::new(&place.file(), None);
            vault.not_before = None;
            assert!(vault.unlock(Some(&wrong)).is_err());
            vault.not_before = None;
            let opened = vault.unlock(Some(&right));
            assert!(matches!(&opened, Ok(found) if found.as_bytes() == key.as_bytes()), "{at}: {opened:?}");
        }
    }

    #[test]
    fn an_owner_gets_in_where_nothing_can_be_written_and_a_missing_key_store_costs_no_try() {
        let (place, store) = (Place::new(), key_store());
        let right = passphrase("correct horse");
        let key = created(&mut Vault::new(&place.file(), store.clone()), Some("correct horse"));
        for _ in 0..=FREE_TRIES {
            let opened = Vault::new(&place.file(), None).unlock(Some(&right));
            assert!(matches!(opened, Err(VaultError::KeyStore(_))), "{opened:?}");
        }
        // In the way of every new file.
        fs::create_dir(durable::beside(&place.file())).expect("folder");
        let opened = Vault::new(&place.file(), store).unlock(Some(&right));
        assert_eq!(opened.expect("key").as_bytes(), key.as_bytes());
    }

    #[test]
    fn what_a_newer_app_wrote_is_newer_and_not_damaged() {
        let place = Place::new();
        created(&mut Vault::new(&place.file(), None), Some("correct horse"));
        let text = fs::read_to_string(place.file()).expect("file");
        let newer = |with: &str| text.replace("{\"version\":1,", with);
        for with in ["{\"version\":2,", "{\"version\":2,\"new\":[1],", "{\"new\":{},\"version\":7,"] {
            fs::write(place.file(), newer(with)).expect("written");
            let vault = Vault::new(&place.file(), None);
            assert!(matches!(vault.protection(), Err(VaultError::Newer)), "{with}");
            assert_eq!(fs::read_to_string(place.file()).expect("file"), newer(with), "and it is left alone");
        }
        fs::write(place.file(), "{\"version\":2,\"kept\":{\"by\":\"something else\"}}\n").expect("written");
        assert!(matches!(Vault::new(&place.file(), None).protection(), Err(VaultError::Newer)));
        fs::write(place.file(), "{\"version\":1,\"kept\":{\"by\":\"something else\"}}\n").expect("written");
        assert!(matches!(Vault::new(&place.file(), None).protection(), Err(VaultError::Damaged)));
    }

    #[test]
    fn two_archives_share_a_key_store_and_leave_each_other_alone() {
        let (first, second, store) = (Place::new(), Place::new(), key_store());
        let key = created(&mut Vault::new(&first.file(), store.clone()), None);
        let mut other = Vault::new(&second.file(), store.clone());
        created(&mut other, Some("correct horse"));
        other.forget_key();
        assert_eq!(Vault::new(&first.file(), store).unlock(None).expect("key").as_bytes(), key.as_bytes());
    }

    #[test]
    fn the_file_never_holds_the_key() {
        for store in [None, key_store()] {
            let place = Place::new();
            let key = created(&mut Vault::new(&place.file(), store), Some("correct horse"));
            let bytes = fs::read(place.file()).expect("file");
            let spelled = BASE64_STANDARD.encode(key.as_bytes());
            assert!(!bytes.windows(32).any(|window| window == key.as_bytes()));
            assert!(!String::from_utf8_lossy(&bytes).contains(&spelled));
        }
    }
}
