//! Finding sealed records in a file whose index is broken: each begins with a mark, and opens only if it is whole.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use super::CENSUS;
use super::record::{self, Kind, Record, RecordId};
use super::seal::{self, Key, MARK};
use super::store::{Changes, Store, StoreError};

/// So much is written at once.
const AT_ONCE_BYTES: usize = 16 << 20;

/// What is in a file.
#[derive(Debug, Default)]
pub struct Found {
    bytes: Vec<u8>,
    /// The newest of each record, and where it is.
    records: HashMap<RecordId, (u64, Range<usize>)>,
    /// What was deleted, as the newest census says.
    deleted: Vec<RecordId>,
    /// How many places look like the start of a record.
    pub marks: usize,
    /// Whether a later app wrote some.
    pub newer: bool,
}

/// Looks for records everywhere in the file, which is read as a whole.
///
/// # Errors
/// When it can't be read.
pub fn scan(path: &Path, key: &Key) -> io::Result<Found> {
    let mut found = Found { bytes: fs::read(path)?, ..Found::default() };
    let mut from = 0;
    while let Some(at) = next_mark(&found.bytes, from) {
        found.marks += 1;
        from = at + 1;
        let Some(opened) = seal::open_any(key, &found.bytes[at..]) else { continue };
        from = at + seal::sealed_bytes(opened.text.len());
        // What opens is kept, even where this version can't make sense of it.
        let (Some(id), Ok(revision)) = (opened.id(), record::revision(&opened.text)) else {
            found.newer = true;
            continue;
        };
        if found.records.get(&id).is_none_or(|(known, _)| *known <= revision) {
            if let (CENSUS, Ok((Record::Census(census), _))) = (id, Record::parse(id.kind, &opened.text)) {
                found.deleted = census.deleted;
            }
            found.records.insert(id, (revision, at..from));
        }
    }
    Ok(found)
}

/// The sealed record `id`, wherever in the file it is: for one that the index does not lead to any more.
pub fn find(path: &Path, key: &Key, id: RecordId) -> Option<Vec<u8>> {
    let bytes = fs::read(path).ok()?;
    let mut from = 0;
    while let Some(at) = next_mark(&bytes, from) {
        from = at + 1;
        if let Some(opened) = seal::open_any(key, &bytes[at..]).filter(|opened| opened.id() == Some(id)) {
            return Some(bytes[at..at + seal::sealed_bytes(opened.text.len())].to_vec());
        }
    }
    None
}

fn next_mark(bytes: &[u8], from: usize) -> Option<usize> {
    let start = *MARK.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == start)?;
        if bytes[at..].starts_with(&MARK) {
            return Some(at);
        }
        at += 1;
    }
}

impl Found {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Makes a new file of the records, without what was deleted and without pictures of no check.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let _ = fs::remove_file(path);
        let store = Store::create(path)?;
        let has_check = |id: &RecordId| self.records.contains_key(&RecordId { kind: Kind::Check, ..*id });
        let is_wanted =
            |id: &RecordId| !self.deleted.contains(id) && (!id.kind.is_picture() || has_check(id));
        let mut put: Vec<(RecordId, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        for (id, (_, place)) in self.records.iter().filter(|(id, _)| is_wanted(id)) {
            bytes += place.len();
            put.push((*id, self.bytes[place.clone()].to_vec()));
            if bytes > AT_ONCE_BYTES {
                store.change(&Changes { put: std::mem::take(&mut put), remove: Vec::new() })?;
                bytes = 0;
            }
        }
        store.change(&Changes { put, remove: Vec::new() })
    }
}
