//! The archive's files in the app's folder, and a lock that keeps a second app away from them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::keys;
use super::store::{self, Store, StoreError};
use crate::durable;

/// How the names of folders begin that hold what was set aside.
const ASIDE: &str = "set-aside-";

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

    /// The data keys of the records in this file.
    pub fn keys_of(records: &Path) -> PathBuf {
        records.with_extension("keys")
    }

    /// How the key is kept.
    pub fn vault(&self) -> PathBuf {
        self.folder.join("archive.vault")
    }

    /// A backup or a model pack that is being received.
    pub fn arriving(&self) -> PathBuf {
        self.folder.join("arriving.age")
    }

    /// Deletes what was not received to its end.
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

    /// Whether an archive was begun and nothing was ever kept in it: there is no place for a data key yet, and no record but the census. An
    /// archive of format 1 had no data keys. Where it can't be told, something is held.
    pub fn hold_nothing(&self) -> bool {
        let records = self.records();
        let keys = Self::keys_of(&records);
        let no_keys = keys.exists() && !keys::may_hold_some(&keys);
        let only_census = || {
            let store = Store::open(&records);
            store.is_ok_and(|store| {
                store.version() >= 2 && store.records().is_ok_and(|records| records.len() <= 1)
            })
        };
        no_keys && (records.try_exists().is_ok_and(|there| !there) || only_census())
    }

    /// Whether there are records, or keys of records that may lie elsewhere.
    pub fn hold_something(&self) -> bool {
        let records = self.records();
        records.exists() || keys::may_hold_some(&Self::keys_of(&records))
    }

    /// The folders of archives that were set aside.
    pub fn aside(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(ASIDE));
        named.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    }

    /// Moves all files of the archive into a new folder beside them, named after this moment. Returns the folder.
    ///
    /// # Errors
    /// When one can't be moved; then those that were moved are back where they were.
    pub fn set_aside(&self, now: Timestamp) -> io::Result<PathBuf> {
        let aside = self.folder.join(format!("{ASIDE}{}", now.strftime("%Y-%m-%d-%H-%M-%S")));
        fs::create_dir(&aside)?;
        let records = self.records();
        let mut moved = Vec::new();
        for from in [Self::keys_of(&records), self.vault(), records] {
            let Some(name) = from.file_name() else { continue };
            let to = aside.join(name);
            match fs::rename(&from, &to) {
                Ok(()) => moved.push((from, to)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    for (from, to) in moved {
                        fs::rename(to, from)?;
                    }
                    let _ = fs::remove_dir(&aside);
                    return Err(error);
                }
            }
        }
        Ok(aside)
    }

    /// Deletes the records and then the rest: what is left when that is interrupted can be read by its owner or by nobody. What was set
    /// aside stays.
    ///
    /// # Errors
    /// When one is there and can't be removed.
    pub fn delete(&self) -> io::Result<()> {
        let (records, vault) = (self.records(), self.vault());
        let keys = Self::keys_of(&records);
        for path in [durable::beside(&records), records, keys, durable::beside(&vault), vault] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
