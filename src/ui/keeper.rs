//! The archive on a thread of its own: opening it takes a moment, and so does writing safely.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyring_core::CredentialStore;

use crate::archive::backup::{self, BackupError, Imported};
use crate::archive::record::{Check, CheckId, Kind, Pictures, Spot, SpotId};
use crate::archive::seal::{Key, Passphrase};
use crate::archive::vault::{Protection, Vault, VaultError};
use crate::archive::{Archive, ArchiveError, Contents, Files, Lock, Losses, StoreError};
use crate::platform::{self, Handed};
use crate::wording::Wording;

/// Why something can't be kept, read or moved.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Another file.
    #[error("the file can't be written or read: {0}")]
    File(#[from] io::Error),
}

/// What the screens know of the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum Book {
    /// Nothing yet: it is being opened.
    Opening,
    /// Nothing was kept yet.
    Empty {
        /// Whether the device has a key store; else a passphrase is needed.
        key_store: bool,
    },
    /// A passphrase opens it.
    Locked,
    /// It can't be used, for this reason.
    Unusable(Trouble),
    /// Open.
    Open(Page),
}

/// The open archive at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Spots and checks.
    pub contents: Arc<Contents>,
    /// What was damaged.
    pub losses: Losses,
    /// How the key is kept.
    pub protection: Protection,
    /// Whether the device has a key store.
    pub key_store: bool,
}

/// What to tell the user: a text's key, and its number where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// The key.
    pub key: &'static str,
    /// Seconds to wait.
    pub seconds: u64,
}

impl Trouble {
    /// In words.
    pub fn say(self, words: &Wording) -> String {
        words.text(self.key, &[("seconds", self.seconds.into())])
    }
}

impl From<&KeeperError> for Trouble {
    fn from(error: &KeeperError) -> Self {
        let archive = |error: &ArchiveError| match error {
            ArchiveError::Store(StoreError::InUse) => "archive-in-use",
            ArchiveError::Store(StoreError::Full) => "archive-full",
            ArchiveError::Store(StoreError::Damaged) => "archive-damaged",
            ArchiveError::Store(StoreError::File(_)) => "archive-file",
            ArchiveError::WrongKey => "archive-key-gone",
            ArchiveError::Newer => "archive-newer",
            ArchiveError::Lost => "archive-lost",
            ArchiveError::Unkeepable => "broken",
            ArchiveError::NotErased(_) => "archive-not-erased",
        };
        let key = match error {
            KeeperError::Vault(error) => match error {
                VaultError::Wrong => "lock-wrong",
                VaultError::Wait(wait) => {
                    return Self { key: "lock-wait", seconds: wait.as_secs() + 1 };
                }
                VaultError::Locked => "lock-needed",
                VaultError::Missing => "archive-key-missing",
                VaultError::NoKeyStore => "lock-no-key-store",
                VaultError::KeyGone => "archive-key-gone",
                VaultError::Damaged => "archive-key-damaged",
                VaultError::Newer => "archive-newer",
                VaultError::KeyStore(_) => "archive-key-store",
                VaultError::File(_) => "archive-file",
            },
            KeeperError::Archive(error) | KeeperError::Backup(BackupError::Archive(error)) => archive(error),
            KeeperError::Backup(error) => match error {
                BackupError::Wrong => "backup-wrong",
                BackupError::NoBackup => "backup-none",
                BackupError::Damaged => "backup-damaged",
                BackupError::Newer => "archive-newer",
                BackupError::File(_) | BackupError::Archive(_) => "backup-file",
            },
            KeeperError::File(_) => "backup-file",
        };
        Self { key, seconds: 0 }
    }
}

/// The archive's files, its key's vault, and the archive while it is open.
pub struct Keeper {
    files: Files,
    vault: Vault,
    lock: Option<Lock>,
    open: Option<(Archive, Key)>,
    arriving: Option<Arriving>,
}

impl Keeper {
    /// For the archive in this folder.
    pub fn new(folder: &Path, key_store: Option<Arc<CredentialStore>>) -> Self {
        let files = Files::in_folder(folder);
        Self { vault: Vault::new(&files.vault(), key_store), files, lock: None, open: None, arriving: None }
    }

    /// What there is. Opens it where that needs no passphrase.
    pub fn begin(&mut self) -> Book {
        match self.protection() {
            Ok(Protection::KeyStore) if self.open.is_none() => match self.unlock(None) {
                Err(error) => Book::Unusable((&error).into()),
                Ok(()) => self.book(),
            },
            Ok(_) => self.book(),
            Err(error) => Book::Unusable((&error).into()),
        }
    }

    /// How the key is kept, of an archive that no other app has open.
    fn protection(&mut self) -> Result<Protection, KeeperError> {
        if self.lock.is_none() {
            self.lock = Some(self.files.lock().map_err(ArchiveError::from)?);
            // What a kill left of a backup that was arriving.
            self.files.clear_arriving();
        }
        match self.vault.protection()? {
            // Nobody but "delete everything" deletes an archive, and that begins with the records.
            Protection::None if self.files.records().exists() => Err(VaultError::Missing.into()),
            protection => Ok(protection),
        }
    }

    /// What the screens may know now.
    pub fn book(&mut self) -> Book {
        let key_store = self.vault.has_key_store();
        let protection = self.protection();
        match (&self.open, protection) {
            (Some((archive, _)), Ok(protection)) => Book::Open(Page {
                contents: Arc::new(archive.contents().clone()),
                losses: archive.losses(),
                protection,
                key_store,
            }),
            (None, Ok(Protection::None)) => Book::Empty { key_store },
            (None, Ok(Protection::Passphrase)) => Book::Locked,
            (None, Ok(Protection::KeyStore)) => self.begin(),
            (_, Err(error)) => Book::Unusable((&error).into()),
        }
    }

    /// Opens the archive.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file can't be used.
    pub fn unlock(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
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
    pub fn create(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
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
    pub fn confirm(&mut self, passphrase: &Passphrase) -> Result<(), KeeperError> {
        self.vault.unlock(Some(passphrase))?;
        Ok(())
    }

    /// Changes how the key is kept.
    ///
    /// # Errors
    /// When the archive is locked, or the key can't be kept so.
    pub fn protect(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
        let (_, key) = self.open.as_ref().ok_or(VaultError::Locked)?;
        Ok(self.vault.protect(key, passphrase)?)
    }

    /// Keeps a check of a spot, and the spot where it is new or changed.
    ///
    /// # Errors
    /// When the archive is locked or can't be written.
    pub fn keep(&mut self, spot: Spot, check: Check, pictures: &Pictures) -> Result<(), KeeperError> {
        self.write(|archive| archive.keep_check(spot, check, pictures))
    }

    /// Changes a spot.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_spot(&mut self, id: SpotId, change: impl FnOnce(&mut Spot)) -> Result<(), KeeperError> {
        self.write(|archive| {
            let Some(mut spot) = archive.contents().spot(id).cloned() else { return Ok(()) };
            change(&mut spot);
            archive.keep_spot(spot)
        })
    }

    /// Changes what is noted of a check.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_check(&mut self, id: CheckId, change: impl FnOnce(&mut Check)) -> Result<(), KeeperError> {
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
    pub fn delete_check(&mut self, check: CheckId) -> Result<(), KeeperError> {
        self.write(|archive| archive.delete_check(check))
    }

    /// Deletes a spot with its checks.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_spot(&mut self, spot: SpotId) -> Result<(), KeeperError> {
        self.write(|archive| archive.delete_spot(spot))
    }

    fn write(
        &mut self,
        work: impl FnOnce(&mut Archive) -> Result<(), ArchiveError>,
    ) -> Result<(), KeeperError> {
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
    pub fn picture(&mut self, check: CheckId, kind: Kind) -> Result<Vec<u8>, KeeperError> {
        Ok(self.archive()?.picture(check, kind)?.to_vec())
    }

    /// Writes everything into one file that the passphrase opens, and hands it over. Returns what became of it, and how many checks
    /// were left out because they are damaged.
    ///
    /// # Errors
    /// When the archive is locked or the file can't be written; then no file is left.
    pub fn export(&mut self, passphrase: &Passphrase, name: &str) -> Result<(Handed, usize), KeeperError> {
        let archive = self.archive()?;
        let mut left_out = 0;
        let handed = platform::hand_over(platform::here(), name, |file: File| {
            let mut output = BufWriter::new(file);
            left_out = backup::export(archive, passphrase, &mut output)?;
            output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok::<_, KeeperError>(())
        })?;
        Ok((handed, left_out))
    }

    /// Makes room for a backup that arrives in pieces.
    ///
    /// # Errors
    /// When no file can be made for it.
    pub fn expect_backup(&mut self) -> Result<(), KeeperError> {
        self.protection()?;
        self.arriving = Some(Arriving::new(self.files.arriving())?);
        Ok(())
    }

    /// Appends a piece to the backup that arrives; nothing where none is expected any more.
    ///
    /// # Errors
    /// When it can't be written; then the backup is dropped.
    pub fn append(&mut self, piece: &[u8]) -> Result<(), KeeperError> {
        let written = self.arriving.as_mut().map_or(Ok(()), |file| file.append(piece));
        Ok(written.inspect_err(|_| self.arriving = None)?)
    }

    /// Drops the backup that has arrived.
    pub fn drop_backup(&mut self) {
        self.arriving = None;
    }

    /// Takes in the backup that has arrived, and drops it, unless another passphrase may open it.
    ///
    /// # Errors
    /// When the archive is locked, or the backup can't be read.
    pub fn import(&mut self, passphrase: &Passphrase) -> Result<Imported, KeeperError> {
        self.create(None)?;
        let file = self.arriving.take().ok_or(BackupError::NoBackup)?;
        let archive = self.archive()?;
        let imported = backup::import(archive, passphrase, BufReader::new(File::open(&file.path)?));
        match &imported {
            Err(BackupError::Wrong) => self.arriving = Some(file),
            Err(BackupError::Archive(ArchiveError::Store(_))) => self.reopen(),
            _ => {}
        }
        Ok(imported?)
    }

    /// Whether a backup has arrived.
    pub fn has_backup(&self) -> bool {
        self.arriving.is_some()
    }

    /// Deletes the archive and its key.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn delete_everything(&mut self) -> Result<(), KeeperError> {
        self.open = None;
        if self.lock.is_none() {
            self.lock = Some(self.files.lock().map_err(ArchiveError::from)?);
        }
        self.vault.forget_key();
        Ok(self.files.delete()?)
    }

    fn archive(&mut self) -> Result<&mut Archive, KeeperError> {
        match &mut self.open {
            Some((archive, _)) => Ok(archive),
            None => Err(VaultError::Locked.into()),
        }
    }
}

/// A file that pieces of another are appended to as they come, in the app's own folder. It is deleted when it is dropped.
#[derive(Debug)]
struct Arriving {
    path: PathBuf,
    file: File,
}

impl Arriving {
    fn new(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: File::create(&path)?, path })
    }

    fn append(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
