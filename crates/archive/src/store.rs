//! The archive's file: sealed parts by their record, in `redb`. Nothing here can read them.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition,
    TableError,
};

use super::record::RecordId;
use super::seal::PIECE_MORE_BYTES;
use crate::durable;

type Table = TableDefinition<'static, [u8; 17], &'static [u8]>;

/// Spots, checks and the census: small, and all read at the start.
const RECORDS: Table = TableDefinition::new("records");
/// Where the pieces of each picture begin: a number that grows with every picture.
const PLACES: TableDefinition<'static, [u8; 17], u64> = TableDefinition::new("places");
/// Pieces of pictures, read picture by picture, in the order in which they came: so that a new one goes to the end, and none of those that
/// are there has to move. The key is the picture's place, and the piece's place in it.
const PIECES: TableDefinition<'static, [u8; 10], &'static [u8]> = TableDefinition::new("pieces");
/// Holds the version of the file's format, several times, so that no changed byte makes it another; without it, that is 1.
const FORMAT: TableDefinition<'static, u8, u8> = TableDefinition::new("format");
const VERSION_COPIES: u8 = 3;
/// Whole pictures, in a file of format 1.
const PICTURES: Table = TableDefinition::new("pictures");
/// Holds an entry while deleted records may still be in a file of format 1.
const TO_ERASE: TableDefinition<'static, u8, u8> = TableDefinition::new("to_erase");

/// What new files are.
pub const VERSION: u8 = 2;

/// A key of the database, and the sealed record that it leads to.
pub type Entry = ([u8; 17], Vec<u8>);

const CACHE_BYTES: usize = 16 << 20;

/// The database keeps a value in a run of pages whose length is a power of two; so many there are at most for a piece, as a logarithm.
const MOST_PAGES_LOG2: u32 = 4;
const PAGE_BYTES: usize = 4096;
/// What a page holds besides one value: its head, the key, and where the value ends.
const PAGE_MORE_BYTES: usize = 4 + 10 + 4;

/// How long the pieces of a record with a text of so many bytes are, so that each but the last fills its run of pages. A
/// megabyte in one run may take two.
pub fn pieces(text_bytes: usize) -> Vec<usize> {
    let room = |log2: u32| (PAGE_BYTES << log2) - PAGE_MORE_BYTES - PIECE_MORE_BYTES;
    let mut pieces = Vec::new();
    let mut rest = text_bytes;
    while rest > 0 || pieces.is_empty() {
        let fits = (0..=MOST_PAGES_LOG2).rev().map(room).find(|room| *room <= rest);
        let piece = fits.unwrap_or(rest);
        pieces.push(piece);
        rest -= piece;
    }
    pieces
}

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
    /// A later app wrote it.
    #[error("the archive's file was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// The app itself failed; nothing says that the file is damaged.
    #[error("the app failed; start it again")]
    Broken,
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

/// A sealed part of a record, and its place among the pieces.
#[derive(Debug)]
pub struct Part {
    /// Whose it is.
    pub id: RecordId,
    /// Its place, from zero.
    pub at: u16,
    /// It, sealed.
    pub sealed: Vec<u8>,
}

/// What one transaction changes: all of it or nothing.
#[derive(Debug, Default)]
pub struct Changes {
    /// Records to take out, with all their parts.
    pub remove: Vec<RecordId>,
    /// Parts to put in after that, or in the place of others.
    pub put: Vec<Part>,
}

impl Changes {
    /// Bytes to be put in.
    pub fn bytes(&self) -> usize {
        self.put.iter().map(|part| part.sealed.len()).sum()
    }
}

/// An open file.
pub struct Store {
    database: Guarded,
    path: PathBuf,
    open: Box<dyn Fn() -> Result<Database, StoreError> + Send>,
    version: u8,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A database that may be damaged: closing it must not panic, either.
#[derive(Debug)]
struct Guarded(Option<Database>);

impl Guarded {
    fn open(open: impl FnOnce() -> Result<Database, StoreError>) -> Result<Self, StoreError> {
        guarded(open).map(|database| Self(Some(database)))
    }

    fn get(&self) -> Result<&Database, StoreError> {
        self.0.as_ref().ok_or_else(|| StoreError::File(io::Error::other("the file is closed")))
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
        Self::create_as(path, VERSION)
    }

    /// Makes a file of this version, for parts that an earlier one sealed.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_as(path: &Path, version: u8) -> Result<Self, StoreError> {
        durable::create_new(path).map_err(error_of_file)?;
        let of_file = path.to_path_buf();
        let open = move || -> Result<Database, StoreError> { Ok(builder().create(&of_file)?) };
        let database = Guarded::open(&open)?;
        let store = Self { database, path: path.into(), open: Box::new(open), version };
        store.make_tables()?;
        Ok(store)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// When there is none, or see [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let of_file = path.to_path_buf();
        let open = move || -> Result<Database, StoreError> { Ok(builder().open(&of_file)?) };
        let database = Guarded::open(&open)?;
        // What was begun to take its place, and did not come to its end.
        let _ = fs::remove_file(durable::beside(path));
        // An earlier version let the system choose who may read it.
        let _ = durable::make_private(path);
        Self { database, path: path.into(), open: Box::new(open), version: VERSION }.with_version()
    }

    /// A store in another place than a file.
    #[cfg(test)]
    pub fn over(backend: impl redb::StorageBackend + Clone) -> Result<Self, StoreError> {
        let is_new = backend.len().map_err(error_of_file)? == 0;
        let open =
            move || -> Result<Database, StoreError> { Ok(builder().create_with_backend(backend.clone())?) };
        let database = Guarded::open(&open)?;
        let store = Self { database, path: PathBuf::new(), open: Box::new(open), version: VERSION };
        if is_new {
            store.make_tables()?;
        }
        store.with_version()
    }

    fn make_tables(&self) -> Result<(), StoreError> {
        guarded(|| {
            let write = self.database.get()?.begin_write()?;
            if self.version > 1 {
                let mut format = write.open_table(FORMAT)?;
                for copy in 0..VERSION_COPIES {
                    format.insert(copy, self.version)?;
                }
            } else {
                write.open_table(PICTURES)?;
            }
            write.open_table(RECORDS)?;
            write.open_table(PLACES)?;
            write.open_table(PIECES)?;
            Ok(write.commit()?)
        })
    }

    fn with_version(mut self) -> Result<Self, StoreError> {
        let version = guarded(|| {
            let read = self.database.get()?.begin_read()?;
            let found = match read.open_table(FORMAT) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(1),
                table => {
                    let mut versions = Vec::new();
                    for entry in table?.iter()? {
                        versions.push(entry?.1.value());
                    }
                    versions.sort_unstable();
                    versions.get(versions.len() / 2).copied()
                }
            };
            found.ok_or(StoreError::Damaged)
        })?;
        if version > VERSION {
            return Err(StoreError::Newer);
        }
        self.version = version;
        Ok(self)
    }

    /// The same file, which is at `path` now.
    pub fn moved_to(mut self, path: &Path) -> Self {
        let of_file = path.to_path_buf();
        self.path = of_file.clone();
        self.open = Box::new(move || Ok(builder().open(&of_file)?));
        self
    }

    /// The version of the file's format.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Closes the file and opens it again: after a write that failed the database refuses everything.
    ///
    /// # Errors
    /// See [`StoreError`]; then it stays closed.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        self.database = Guarded(None);
        self.database = Guarded::open(&*self.open)?;
        Ok(())
    }

    /// Every record that is not a picture, still sealed, with its key.
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

    /// The sealed parts of a picture, in their order; none where there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn picture(&self, id: RecordId) -> Result<Vec<Vec<u8>>, StoreError> {
        guarded(|| {
            let read = self.database.get()?.begin_read()?;
            let mut parts = Vec::new();
            let place = match existing(read.open_table(PLACES))? {
                Some(places) => places.get(id.key())?.map(|place| place.value()),
                None => None,
            };
            match place {
                Some(place) => {
                    for entry in read.open_table(PIECES)?.range(pieces_at(place))? {
                        parts.push(entry?.1.value().to_vec());
                    }
                }
                None => parts.extend(whole_picture(&read, id)?),
            }
            Ok(parts)
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
                let mut places = write.open_table(PLACES)?;
                let mut pieces = write.open_table(PIECES)?;
                for id in &changes.remove {
                    if !id.kind.is_picture() {
                        records.remove(id.key())?;
                        continue;
                    }
                    let place = places.remove(id.key())?.map(|place| place.value());
                    if let Some(place) = place {
                        pieces.retain_in(pieces_at(place), |_, _| false)?;
                    }
                }
                let last = pieces.last()?.map(|(key, _)| key.value());
                let mut next = last.and_then(|key| key.first_chunk().copied()).map_or(0, u64::from_be_bytes);
                for Part { id, at, sealed } in &changes.put {
                    if !id.kind.is_picture() {
                        records.insert(id.key(), sealed.as_slice())?;
                        continue;
                    }
                    let known = places.get(id.key())?.map(|place| place.value());
                    let place = match known {
                        Some(place) => place,
                        None => {
                            next += 1;
                            places.insert(id.key(), next)?;
                            next
                        }
                    };
                    pieces.insert(piece_key(place, *at), sealed.as_slice())?;
                }
            }
            if self.version < 2 {
                let mut whole = write.open_table(PICTURES)?;
                for id in changes.remove.iter().filter(|id| id.kind.is_picture()) {
                    whole.remove(id.key())?;
                }
                // A picture alone is only taken out to be put in again.
                if changes.remove.iter().any(|id| !id.kind.is_picture()) {
                    write.open_table(TO_ERASE)?.insert(0, 0)?;
                }
            }
            Ok(write.commit()?)
        })
    }

    /// Whether records were removed whose bytes may still be in a file of format 1.
    pub fn must_erase(&self) -> bool {
        guarded(|| {
            let read = self.database.get()?.begin_read()?;
            let table = existing(read.open_table(TO_ERASE))?;
            Ok(table.map(|table| table.len()).transpose()?.unwrap_or(0) > 0)
        })
        .unwrap_or(false)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn piece_key(place: u64, at: u16) -> [u8; 10] {
    let mut key = [0; 10];
    key[..8].copy_from_slice(&place.to_be_bytes());
    key[8..].copy_from_slice(&at.to_be_bytes());
    key
}

fn pieces_at(place: u64) -> std::ops::RangeInclusive<[u8; 10]> {
    piece_key(place, 0)..=piece_key(place, u16::MAX)
}

fn existing<T>(table: Result<T, TableError>) -> Result<Option<T>, TableError> {
    match table {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        table => table.map(Some),
    }
}

fn whole_picture(read: &ReadTransaction, id: RecordId) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(table) = existing(read.open_table(PICTURES))? else { return Ok(None) };
    Ok(table.get(id.key())?.map(|value| value.value().to_vec()))
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// A database whose bytes were changed may panic. Whether that, or a fault of the app, is why: see [`is_whole`].
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Broken))
}

/// Whether every page of the file is as it was written. Reads all of it.
pub fn is_whole(path: &Path) -> bool {
    let open = || {
        let mut builder = builder();
        builder.set_check_integrity_on_open(true);
        let _database = builder.open(path)?;
        Ok(())
    };
    guarded(open).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A fault of the app must not look like damage: what is damaged is made anew.
    #[test]
    fn a_panic_is_no_damage_and_a_whole_file_is_known() {
        let panicked = guarded(|| -> Result<(), StoreError> { panic!("on purpose") });
        assert!(matches!(panicked, Err(StoreError::Broken)), "{panicked:?}");
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.redb");
        let id = RecordId { kind: crate::record::RecordKind::Spot, id: 1 };
        let put = vec![Part { id, at: 0, sealed: vec![7; 3000] }];
        Store::create(&path).expect("made").change(&Changes { put, remove: Vec::new() }).expect("put");
        assert!(is_whole(&path));
        let mut bytes = fs::read(&path).expect("file");
        let at = bytes.windows(64).position(|part| part == [7; 64]).expect("there");
        bytes[at] = 8;
        fs::write(&path, bytes).expect("written");
        assert!(!is_whole(&path));
    }

    proptest! {
        #[test]
        fn pieces_fill_their_pages_but_for_the_last(bytes in 0_usize..4_000_000) {
            let pieces = pieces(bytes);
            prop_assert_eq!(pieces.iter().sum::<usize>(), bytes);
            let run = |text: &usize| (text + PIECE_MORE_BYTES + PAGE_MORE_BYTES).next_multiple_of(PAGE_BYTES);
            for piece in &pieces {
                prop_assert!((run(piece) / PAGE_BYTES).is_power_of_two());
            }
            let pages: usize = pieces.iter().map(run).sum();
            prop_assert!(pages <= bytes + bytes / 100 + 2 * PAGE_BYTES, "{} for {}", pages, bytes);
        }
    }
}
