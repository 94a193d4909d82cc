//! Why something can't be done, and what to tell the user of it.

use std::io;

use archive::backup::BackupError;
use archive::vault::VaultError;
use archive::{ArchiveError, StoreError};
use exchange::ExchangeError;
use wording::Wording;

/// Why something can't be kept, read or moved.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveWorkerError {
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A file for others.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Another file.
    #[error("the file can't be written or read: {0}")]
    File(#[from] io::Error),
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
    /// Whether nothing that the owner does will open the archive as it is; then it can be set aside.
    pub fn is_final(self) -> bool {
        const FINAL: [&str; 5] = [
            "archive-damaged",
            "archive-key-gone",
            "archive-key-damaged",
            "archive-key-missing",
            "archive-keys-missing",
        ];
        FINAL.contains(&self.key)
    }

    /// In words.
    pub fn say(self, words: &Wording) -> String {
        words.text(self.key, &[("seconds", self.seconds.into())])
    }
}

impl From<&ArchiveWorkerError> for Trouble {
    fn from(error: &ArchiveWorkerError) -> Self {
        let archive = |error: &ArchiveError| match error {
            ArchiveError::Store(StoreError::InUse) => "archive-in-use",
            ArchiveError::Store(StoreError::Full) => "archive-full",
            ArchiveError::Store(StoreError::Damaged) => "archive-damaged",
            ArchiveError::Store(StoreError::File(_)) => "archive-file",
            ArchiveError::Store(StoreError::Newer) => "archive-newer",
            ArchiveError::Store(StoreError::Broken) => "broken",
            ArchiveError::WrongKey => "archive-key-gone",
            ArchiveError::Newer => "archive-newer",
            ArchiveError::Lost => "archive-lost",
            ArchiveError::Unkeepable => "archive-unkeepable",
            ArchiveError::KeysMissing => "archive-keys-missing",
            ArchiveError::NotErased(_) => "archive-not-erased",
        };
        let key = match error {
            ArchiveWorkerError::Vault(error) => match error {
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
            ArchiveWorkerError::Archive(error)
            | ArchiveWorkerError::Backup(BackupError::Archive(error))
            | ArchiveWorkerError::Exchange(ExchangeError::Archive(error)) => archive(error),
            ArchiveWorkerError::Exchange(ExchangeError::Nothing) => "share-nothing",
            ArchiveWorkerError::Exchange(ExchangeError::File(_)) => "backup-file",
            ArchiveWorkerError::Backup(error) => match error {
                BackupError::Wrong => "backup-wrong",
                BackupError::NoBackup => "backup-none",
                BackupError::Damaged => "backup-damaged",
                BackupError::TooLarge => "backup-too-large",
                BackupError::Newer => "archive-newer",
                BackupError::File(_) | BackupError::Archive(_) => "backup-file",
            },
            ArchiveWorkerError::File(_) => "backup-file",
        };
        Self { key, seconds: 0 }
    }
}
