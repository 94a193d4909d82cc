//! The archive's file: sealed bytes by their key, in `redb`. Nothing here can read them.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};

use super::record::RecordId;

type Table = TableDefinition<'static, [u8; 17], &'static [u8]>;

/// Spots, checks and the census: small, and all read at the start.
const RECORDS: Table = TableDefinition::new("records");
/// Pictures: read one by one.
const PICTURES: Table = TableDefinition::new("pictures");
/// Holds an entry while deleted records may still be in the file.
const TO_ERASE: TableDefinition<'static, u8, u8> = TableDefinition::new("to_erase");

/// A key of the database, and the sealed record that it leads to.
pub type Entry = ([u8; 17], Vec<u8>);

const CACHE_BYTES: usize = 16 << 20;
/// So much is copied before it is written out.
const COPIED_AT_ONCE_BYTES: usize = 16 << 20;

/// Why the file can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses it.
    #[error("another Spotcheck has the archive open; close it and try again")]
    InUse,
    /// There is no room left.
    #[error("there is no room left on the device; make some and try again")]
    Full,
    /// The file's index contradicts itself.
    #[error("the archive's file is damaged")]
    Damaged,
    /// Anything else the system says.
    #[error("the archive's file can't be used: {0}")]
    File(io::Error),
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        match error.into() {
            redb::Error::DatabaseAlreadyOpen => Self::InUse,
            // A place beyond the file's end, or what is no database at all.
            redb::Error::Io(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
            {
                Self::Damaged
            }
            redb::Error::Io(error) => error_of_file(error),
            redb::Error::PreviousIo => Self::File(io::Error::other("an earlier write failed")),
            _ => Self::Damaged,
        }
    }
}

pub(super) fn error_of_file(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::Full
        }
        _ => StoreError::File(error),
    }
}

/// What one transaction changes: all of it or nothing.
#[derive(Debug, Default)]
pub struct Changes {
    /// Sealed records to put in, or in the place of others.
    pub put: Vec<(RecordId, Vec<u8>)>,
    /// Records to take out.
    pub remove: Vec<RecordId>,
}

/// An open file.
#[derive(Debug)]
pub struct Store {
    database: Guarded,
    path: PathBuf,
}

/// A database that may be damaged: closing it must not panic, either.
#[derive(Debug)]
struct Guarded(Option<Database>);

impl Guarded {
    fn open(open: impl FnOnce() -> Result<Database, StoreError>) -> Result<Self, StoreError> {
        guarded(open).map(|database| Self(Some(database)))
    }

    fn get(&self) -> Result<&Database, StoreError> {
        self.0.as_ref().ok_or(StoreError::Damaged)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let database = self.0.take();
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }
}

impl Store {
    /// Makes a file.
    ///
    /// # Errors
    /// When there is one already, or see [`StoreError`].
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        File::create_new(path).map_err(error_of_file)?;
        let database = Guarded::open(|| Ok(builder().create(path)?))?;
        let store = Self { database, path: path.into() };
        store.make_tables()?;
        Ok(store)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// When there is none, or see [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let database = Guarded::open(|| Ok(builder().open(path)?))?;
        // What a rebuild left that did not come to its end.
        let _ = fs::remove_file(beside(path));
        Ok(Self { database, path: path.into() })
    }

    /// A store in another place than a file.
    #[cfg(test)]
    pub fn over(backend: impl redb::StorageBackend) -> Result<Self, StoreError> {
        let is_new = backend.len().map_err(error_of_file)? == 0;
        let database = Guarded::open(|| Ok(builder().create_with_backend(backend)?))?;
        let store = Self { database, path: PathBuf::new() };
        if is_new {
            store.make_tables()?;
        }
        Ok(store)
    }

    fn make_tables(&self) -> Result<(), StoreError> {
        guarded(|| {
            let write = self.database.get()?.begin_write()?;
            write.open_table(RECORDS)?;
            write.open_table(PICTURES)?;
            Ok(write.commit()?)
        })
    }

    /// Every record that is no picture, still sealed, with its key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn records(&self) -> Result<Vec<Entry>, StoreError> {
        guarded(|| {
            let read = self.database.get()?.begin_read()?;
            let table = read.open_table(RECORDS)?;
            let mut records = Vec::new();
            for entry in table.iter()? {
                let (key, value) = entry?;
                records.push((key.value(), value.value().to_vec()));
            }
            Ok(records)
        })
    }

    /// The sealed picture; `None` where there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn picture(&self, id: RecordId) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(|| {
            let read = self.database.get()?.begin_read()?;
            let found = read.open_table(PICTURES)?.get(id.key())?;
            Ok(found.map(|value| value.value().to_vec()))
        })
    }

    /// Makes the changes. When this returns, they outlast a power cut.
    ///
    /// # Errors
    /// See [`StoreError`]; then nothing was changed.
    pub fn change(&self, changes: &Changes) -> Result<(), StoreError> {
        guarded(|| {
            let write = self.database.get()?.begin_write()?;
            {
                let mut records = write.open_table(RECORDS)?;
                let mut pictures = write.open_table(PICTURES)?;
                for (id, sealed) in &changes.put {
                    let table = if id.kind.is_picture() { &mut pictures } else { &mut records };
                    table.insert(id.key(), sealed.as_slice())?;
                }
                for id in &changes.remove {
                    let table = if id.kind.is_picture() { &mut pictures } else { &mut records };
                    table.remove(id.key())?;
                }
            }
            if !changes.remove.is_empty() {
                write.open_table(TO_ERASE)?.insert(0, 0)?;
            }
            Ok(write.commit()?)
        })
    }

    /// Whether records were removed whose bytes may still be in the file.
    pub fn must_erase(&self) -> bool {
        guarded(|| {
            let read = self.database.get()?.begin_read()?;
            Ok(read.open_table(TO_ERASE)?.len()? > 0)
        })
        .unwrap_or(false)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the file; from then on it is [`StoreError::Damaged`].
    pub fn close(&mut self) {
        self.database = Guarded(None);
    }

    /// Writes the file anew with what is in it, since a database leaves what was removed in its free pages.
    ///
    /// `expected` is how many records and how many pictures there are.
    ///
    /// # Errors
    /// See [`StoreError`]; then the old file is still the one in use. Damaged where fewer can be reached.
    pub fn rebuild(&mut self, expected: [usize; 2]) -> Result<(), StoreError> {
        let beside = beside(&self.path);
        let _ = fs::remove_file(&beside);
        let new = self.copy_to(&beside, expected).inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })?;
        // Both stay open, and so locked, until the new one is in its place.
        replace(&beside, &self.path).map_err(error_of_file)?;
        self.database = new;
        Ok(())
    }

    /// All tables in a new file.
    fn copy_to(&self, path: &Path, expected: [usize; 2]) -> Result<Guarded, StoreError> {
        guarded(|| {
            let new = Self::create(path)?.database;
            let read = self.database.get()?.begin_read()?;
            for (definition, expected) in [RECORDS, PICTURES].into_iter().zip(expected) {
                let table = read.open_table(definition)?;
                let mut write = new.get()?.begin_write()?;
                let (mut waiting, mut copied) = (0, 0);
                for entry in table.iter()? {
                    let (key, value) = entry?;
                    waiting += value.value().len();
                    copied += 1;
                    write.open_table(definition)?.insert(key.value(), value.value())?;
                    if waiting > COPIED_AT_ONCE_BYTES {
                        write.commit()?;
                        write = new.get()?.begin_write()?;
                        waiting = 0;
                    }
                }
                write.commit()?;
                if copied < expected {
                    return Err(StoreError::Damaged);
                }
            }
            Ok(new)
        })
    }
}

/// Puts a file in the place of another, so that a power cut leaves one of the two.
pub(super) fn replace(new: &Path, old: &Path) -> io::Result<()> {
    fs::rename(new, old)?;
    // The folder's entry has to reach the disk, too. By now the new file is the one, whatever this says: some file systems
    // can't do it, and see to it themselves.
    if let Some(folder) = old.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Where a file is made that takes this one's place.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// A database whose bytes were changed may panic: that is damage like any other.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Damaged))
}
