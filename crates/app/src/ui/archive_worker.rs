//! The archive on a thread of its own: opening it takes a moment, and so does writing safely.

mod arriving;
mod models;
mod sharing;
mod state;
#[cfg(test)]
mod tests;
mod trouble;

pub use models::{Before, Examined, Offer};
pub use sharing::Sharing;
pub use state::{ArchiveState, OpenArchive};
pub use trouble::{ArchiveWorkerError, Trouble};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use keyring_core::CredentialStore;

use archive::record::{Check, CheckId, Patient, PatientId, Pictures, RecordKind, Spot, SpotId};
use archive::seal::{Key, Passphrase};
use archive::shelf::Shelf;
use archive::vault::{Protection, Vault, VaultError};
use archive::{Archive, ArchiveError, Files, Lock, StoreError};
use arriving::Arriving;
use assess::assessment::Assessment;

/// The archive's files, its key's vault, and the archive while it is open; and the packs that are installed.
pub struct ArchiveWorker {
    files: Files,
    vault: Vault,
    shelf: Shelf,
    lock: Option<Lock>,
    open: Option<(Archive, Key)>,
    arriving: Option<Arriving>,
}

impl ArchiveWorker {
    /// For the archive in this folder.
    pub fn new(folder: &Path, key_store: Option<Arc<CredentialStore>>) -> Self {
        let files = Files::in_folder(folder);
        let (vault, shelf) = (Vault::new(&files.vault(), key_store), Shelf::in_folder(folder));
        Self { vault, shelf, files, lock: None, open: None, arriving: None }
    }

    /// What there is. Opens it where that needs no passphrase.
    pub fn begin(&mut self) -> ArchiveState {
        match self.protection() {
            Ok(Protection::KeyStore) if self.open.is_none() => match self.unlock(None) {
                Err(error) => ArchiveState::Unusable((&error).into()),
                Ok(()) => self.archive_state(),
            },
            Ok(_) => self.archive_state(),
            Err(error) => ArchiveState::Unusable((&error).into()),
        }
    }

    /// How the key is kept, of an archive that no other app has open.
    fn protection(&mut self) -> Result<Protection, ArchiveWorkerError> {
        if self.lock.is_none() {
            self.lock = Some(locked(&self.files)?);
            // What a kill left of a file that was arriving.
            self.files.clear_arriving();
        }
        match self.vault.protection()? {
            // Begun, and interrupted before anything was kept.
            Protection::None if self.files.hold_nothing() => {
                self.files.delete()?;
                Ok(Protection::None)
            }
            // Nobody but "delete everything" deletes an archive, and that begins with the records.
            Protection::None if self.files.hold_something() => Err(VaultError::Missing.into()),
            protection => Ok(protection),
        }
    }

    /// What the screens may know now.
    pub fn archive_state(&mut self) -> ArchiveState {
        let key_store = self.vault.has_key_store();
        let protection = self.protection();
        match (&self.open, protection) {
            (Some((archive, _)), Ok(protection)) => ArchiveState::Open(OpenArchive {
                contents: archive.contents().clone(),
                losses: archive.losses(),
                protection,
                key_store,
            }),
            (None, Ok(Protection::None)) => ArchiveState::Empty { key_store },
            (None, Ok(Protection::Passphrase)) => ArchiveState::Locked,
            (None, Ok(Protection::KeyStore)) => self.begin(),
            (_, Err(error)) => ArchiveState::Unusable((&error).into()),
        }
    }

    /// Opens the archive.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file can't be used.
    pub fn unlock(&mut self, passphrase: Option<&Passphrase>) -> Result<(), ArchiveWorkerError> {
        self.protection()?;
        let key = self.vault.unlock(passphrase)?;
        self.open = None;
        self.open = Some((Archive::open(&self.files.records(), key.clone())?, key));
        Ok(())
    }

    /// Forgets everything that was read, and the key with it.
    pub fn lock(&mut self) {
        self.open = None;
    }

    /// Makes the archive, where there is none.
    ///
    /// # Errors
    /// When the key can't be kept or the file can't be made.
    pub fn create(&mut self, passphrase: Option<&Passphrase>) -> Result<(), ArchiveWorkerError> {
        if self.protection()? != Protection::None {
            return Ok(());
        }
        let key = Key::random();
        let archive = Archive::create(&self.files.records(), key.clone())?;
        if let Err(error) = self.vault.protect(&key, passphrase) {
            drop(archive);
            self.files.delete()?;
            return Err(error.into());
        }
        self.open = Some((archive, key));
        Ok(())
    }

    /// Whether this is the passphrase, asked of whoever holds the unlocked device before the lock is changed.
    ///
    /// # Errors
    /// When it is not.
    pub fn confirm(&mut self, passphrase: &Passphrase) -> Result<(), ArchiveWorkerError> {
        self.vault.unlock(Some(passphrase))?;
        Ok(())
    }

    /// Changes how the key is kept.
    ///
    /// # Errors
    /// When the archive is locked, or the key can't be kept so.
    pub fn protect(&mut self, passphrase: Option<&Passphrase>) -> Result<(), ArchiveWorkerError> {
        let (_, key) = self.open.as_ref().ok_or(VaultError::Locked)?;
        Ok(self.vault.protect(key, passphrase)?)
    }

    /// Keeps a check of a spot, and the spot where it is new or changed.
    ///
    /// # Errors
    /// When the archive is locked or can't be written.
    pub fn keep(&mut self, spot: Spot, check: Check, pictures: &Pictures) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| archive.keep_check(spot, check, pictures))
    }

    /// Keeps a patient, or changes what is known of them; makes the archive first, where there is none.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn keep_patient(&mut self, patient: Patient) -> Result<(), ArchiveWorkerError> {
        self.create(None)?;
        self.write(|archive| archive.keep_patient(patient))
    }

    /// Deletes a patient with all their spots and checks.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_patient(&mut self, patient: PatientId) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| archive.delete_patient(patient))
    }

    /// Keeps a photo from before this archive as a check of its day, of a spot that is there or of this `new` one. Returns whether it is
    /// new.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn keep_earlier(
        &mut self,
        new: Option<Spot>,
        check: Check,
        pictures: &Pictures,
    ) -> Result<bool, ArchiveWorkerError> {
        let mut is_new = false;
        self.write(|archive| {
            is_new = archive.keep_earlier(new, check, pictures)?;
            Ok(())
        })?;
        Ok(is_new)
    }

    /// Changes a spot.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_spot(
        &mut self,
        id: SpotId,
        change: impl FnOnce(&mut Spot),
    ) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| {
            let Some(mut spot) = archive.contents().spot(id).cloned() else { return Ok(()) };
            change(&mut spot);
            archive.keep_spot(spot)
        })
    }

    /// Notes what the present model says to the photo of a check. The first answer stays.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn add_answer(
        &mut self,
        check: CheckId,
        at: Timestamp,
        assessment: Assessment,
    ) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| archive.add_answer(check, at, assessment))
    }

    /// Changes what is noted of a check.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_check(
        &mut self,
        id: CheckId,
        change: impl FnOnce(&mut Check),
    ) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| {
            let Some(mut check) = archive.contents().check(id).cloned() else { return Ok(()) };
            change(&mut check);
            archive.change_check(check)
        })
    }

    /// Deletes a check.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_check(&mut self, check: CheckId) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| archive.delete_check(check))
    }

    /// Deletes a spot with its checks.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_spot(&mut self, spot: SpotId) -> Result<(), ArchiveWorkerError> {
        self.write(|archive| archive.delete_spot(spot))
    }

    fn write(
        &mut self,
        work: impl FnOnce(&mut Archive) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveWorkerError> {
        let done = work(self.archive()?);
        if let Err(ArchiveError::Store(_)) = &done {
            self.reopen();
        }
        Ok(done?)
    }

    /// After a failed write the database refuses everything until it is opened anew.
    fn reopen(&mut self) {
        if let Some((archive, key)) = self.open.take() {
            drop(archive);
            self.open = Archive::open(&self.files.records(), key.clone()).ok().map(|archive| (archive, key));
        }
    }

    /// A picture of a check.
    ///
    /// # Errors
    /// When the archive is locked, or the picture is damaged.
    pub fn picture(&mut self, check: CheckId, kind: RecordKind) -> Result<Vec<u8>, ArchiveWorkerError> {
        Ok(std::mem::take(&mut *self.archive()?.picture(check, kind)?))
    }

    /// Puts an archive that can't be opened into a folder of its own, so that a new one can be begun; its key stays where it is.
    /// Returns the folder.
    ///
    /// # Errors
    /// When the archive can be opened, or a file can't be moved.
    pub fn set_aside(&mut self) -> Result<PathBuf, ArchiveWorkerError> {
        if self.open.is_some() {
            return Err(io::Error::from(io::ErrorKind::ResourceBusy).into());
        }
        self.protection().or_else(|error| match error {
            ArchiveWorkerError::Vault(_) => Ok(Protection::None),
            error => Err(error),
        })?;
        let moved = self.files.set_aside(Timestamp::now())?;
        self.vault = Vault::new(&self.files.vault(), self.vault.key_store());
        Ok(moved)
    }

    /// Deletes the packs that are installed; and the archive and its key, and those that were set aside. The packs go first: whatever
    /// ends this in between, none answers of which no archive knows.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn delete_everything(&mut self) -> Result<(), ArchiveWorkerError> {
        self.open = None;
        if self.lock.is_none() {
            self.lock = Some(locked(&self.files)?);
        }
        // Where one can't be removed, the rest goes all the same.
        let packs = self.shelf.delete();
        for aside in self.files.aside() {
            Vault::new(&Files::in_folder(&aside).vault(), self.vault.key_store()).forget_key();
            fs::remove_dir_all(aside)?;
        }
        self.vault.forget_key();
        self.files.delete()?;
        Ok(packs?)
    }

    fn archive(&mut self) -> Result<&mut Archive, ArchiveWorkerError> {
        match &mut self.open {
            Some((archive, _)) => Ok(archive),
            None => Err(VaultError::Locked.into()),
        }
    }
}

/// How long an app that has just been closed may still be writing.
const CLOSING: Duration = Duration::from_secs(2);

/// The lock against a second app.
fn locked(files: &Files) -> Result<Lock, ArchiveError> {
    let since = Instant::now();
    loop {
        match files.lock() {
            Err(StoreError::InUse) if since.elapsed() < CLOSING => thread::sleep(Duration::from_millis(50)),
            locked => return Ok(locked?),
        }
    }
}
