//! The archive's files in the app's folder, and a lock that keeps a second app away from them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;

use super::store::{self, StoreError};

/// The files of an archive: its records, and how its key is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    folder: PathBuf,
}

/// While it lives, no other app uses the files.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing it unlocks")] File);

impl Files {
    /// Those in this folder; an empty path is no folder, and nothing can be kept there.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The sealed records.
    pub fn records(&self) -> PathBuf {
        self.folder.join("archive.redb")
    }

    /// How the key is kept.
    pub fn vault(&self) -> PathBuf {
        self.folder.join("archive.vault")
    }

    /// A backup that is being received.
    pub fn arriving(&self) -> PathBuf {
        self.folder.join("arriving.age")
    }

    /// Deletes a backup that was not received to its end.
    pub fn clear_arriving(&self) {
        let _ = fs::remove_file(self.arriving());
    }

    /// Keeps other apps away.
    ///
    /// # Errors
    /// When another app has done so, or the folder can't be written to.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        if self.folder.as_os_str().is_empty() {
            return Err(StoreError::File(io::ErrorKind::NotFound.into()));
        }
        fs::create_dir_all(&self.folder).map_err(store::error_of_file)?;
        let file = File::create(self.folder.join("archive.lock")).map_err(store::error_of_file)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            // Some file systems know no locks; the database has one of its own.
            Err(TryLockError::Error(_)) => Ok(Lock(file)),
        }
    }

    /// Deletes the records and then the rest: what is left when that is interrupted can be read by its owner or by nobody.
    ///
    /// # Errors
    /// When one is there and can't be removed.
    pub fn delete(&self) -> io::Result<()> {
        let (records, vault) = (self.records(), self.vault());
        for path in [store::beside(&records), records, store::beside(&vault), vault] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
