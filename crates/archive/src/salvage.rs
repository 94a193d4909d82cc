//! Finding sealed parts in a file whose index is broken: each begins with a mark, and opens only if it is whole.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use zeroize::Zeroizing;

use super::CENSUS;
use super::keys::{Keys, owner};
use super::record::{self, Record, RecordId, RecordKind};
use super::seal::{By, Header, Key, MARK, NoPart};
use super::store::{self, Changes, Part, Store, StoreError, error_of_file};

/// So much is read, and written, at once. The file is read and not mapped into memory: where a disk fails, reading is an error, and a
/// map would end the app.
const AT_ONCE_BYTES: usize = 4 << 20;
/// No header is longer.
const HEADER_BYTES: usize = 64;
/// No part is longer.
const MOST_BYTES: usize = 64 << 20;

/// Where in the file parts may be. Nothing is opened for it, so that it is made in one quick pass.
#[derive(Debug, Default)]
pub struct Index {
    parts: HashMap<(RecordId, u16), Vec<(u64, Header)>>,
    /// How many places look like the start of a part.
    pub marks: usize,
    /// Whether some are of kinds or versions that only a later app knows.
    newer: Vec<(u64, Option<Header>)>,
    /// Whether parts under data keys are among them.
    pub has_pieces: bool,
}

/// Looks for parts everywhere in the file.
///
/// # Errors
/// When it can't be read.
pub fn index(path: &Path) -> io::Result<Index> {
    let mut file = File::open(path)?;
    let mut index = Index::default();
    // What is at the end of one read and may begin a mark or a header is looked at again with the next.
    let mut bytes = Vec::with_capacity(AT_ONCE_BYTES + HEADER_BYTES);
    let mut start = 0_u64;
    loop {
        let kept = bytes.len();
        let read = Read::by_ref(&mut file).take(AT_ONCE_BYTES as u64).read_to_end(&mut bytes)?;
        let is_end = read == 0;
        // Beyond this a header may be cut off.
        let whole = if is_end { bytes.len() } else { (kept + read).saturating_sub(HEADER_BYTES) };
        let mut from = 0;
        while let Some(at) = next_mark(&bytes, from).filter(|at| *at < whole) {
            index.take_in(start + at as u64, &bytes[at..]);
            from = at + 1;
        }
        if is_end {
            return Ok(index);
        }
        bytes.drain(..whole);
        start += whole as u64;
    }
}

fn next_mark(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, &MARK).map(|at| from + at)
}

impl Index {
    fn take_in(&mut self, at: u64, bytes: &[u8]) {
        match Header::parse(bytes) {
            Ok(header) if header.bytes() <= MOST_BYTES => {
                self.marks += 1;
                self.has_pieces |= header.by == By::Owner;
                match header.id() {
                    Some(id) => self.parts.entry((id, header.at)).or_default().push((at, header)),
                    None => self.newer.push((at, Some(header))),
                }
            }
            Err(NoPart::Newer) => self.newer.push((at, None)),
            // A changed byte in a length may ask for gigabytes.
            Ok(_) | Err(NoPart::Other) => {}
        }
    }

    /// The text of this record; `None` where some of it is not in the file any more.
    pub fn find(&self, path: &Path, key: &Key, keys: &Keys, id: RecordId) -> Option<Zeroizing<Vec<u8>>> {
        let mut file = File::open(path).ok()?;
        let mut text = Zeroizing::new(Vec::new());
        let mut at = 0;
        loop {
            // The same piece may be there several times, of several writes: those of one picture never differ but in their sealing.
            let places = self.parts.get(&(id, at))?;
            let opened = places.iter().find_map(|(place, header)| {
                let bytes = read_part(&mut file, *place, header).ok()?;
                Some((header.of, open(key, keys, header, &bytes)?))
            });
            let (of, piece) = opened?;
            text.extend_from_slice(&piece);
            at += 1;
            if at >= of {
                return Some(text);
            }
        }
    }
}

fn read_part(file: &mut File, at: u64, header: &Header) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(header.bytes() as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a part, under the key that is its own.
pub fn open(key: &Key, keys: &Keys, header: &Header, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    match header.by {
        By::Owner if !header.id()?.kind.is_of_archive() => {
            header.open(keys.get(owner(header.id()?))?.as_bytes(), bytes)
        }
        _ => header.open(key.as_bytes(), bytes),
    }
}

/// What is in a file.
#[derive(Debug)]
pub struct Found {
    file: File,
    /// The newest of each part, and where it is.
    parts: HashMap<(RecordId, u16), (u64, u64, Header)>,
    /// What was deleted, as the newest census says.
    deleted: Vec<RecordId>,
    /// How many places look like the start of a part.
    pub marks: usize,
    /// Whether a later app wrote some.
    pub newer: bool,
    /// How many parts open.
    pub opened: usize,
    /// How many wait for a data key that is not there.
    pub without_key: usize,
    /// Whether some of them are sealed as version 1 of the format does it.
    has_whole: bool,
}

/// Opens what is found in the file.
///
/// # Errors
/// When it can't be read.
pub fn scan(path: &Path, key: &Key, keys: &Keys) -> io::Result<Found> {
    let index = index(path)?;
    let mut found = Found {
        file: File::open(path)?,
        parts: HashMap::new(),
        deleted: Vec::new(),
        marks: index.marks,
        // A changed byte may look like a later version: that counts only where nothing else is found.
        newer: index.marks == 0 && !index.newer.is_empty(),
        opened: 0,
        without_key: 0,
        has_whole: false,
    };
    for (at, header) in &index.newer {
        let Some(header) = header else { continue };
        let bytes = read_part(&mut found.file, *at, header)?;
        found.newer |= header.by == By::Archive && header.open(key.as_bytes(), &bytes).is_some();
    }
    let mut census = None;
    for ((id, piece), places) in index.parts {
        for (at, header) in places {
            let has_no_key = header.by == By::Owner
                && !id.kind.is_of_archive()
                && keys.get(owner(id)).is_none()
                && !keys.is_destroyed(owner(id));
            if has_no_key {
                // The key's file may come back; until then it is kept as it is.
                found.without_key += 1;
                found.parts.entry((id, piece)).or_insert((0, at, header));
                continue;
            }
            let bytes = read_part(&mut found.file, at, &header)?;
            let Some(text) = open(key, keys, &header, &bytes) else { continue };
            // Only the first piece of a record begins with its version and revision.
            let revision = match piece {
                0 => record::revision(&text),
                _ => Ok(0),
            };
            let Ok(revision) = revision else {
                found.newer = true;
                continue;
            };
            found.opened += 1;
            found.has_whole |= header.by == By::Archive;
            if found.parts.get(&(id, piece)).is_none_or(|(known, ..)| *known <= revision) {
                if id == CENSUS {
                    census = Record::parse(id.kind, &text).ok().or(census);
                }
                found.parts.insert((id, piece), (revision, at, header));
            }
        }
    }
    if let Some((Record::Census(census), _)) = census {
        found.deleted = census.deleted;
    }
    Ok(found)
}

impl Found {
    /// Whether there is nothing that opens.
    pub fn is_empty(&self) -> bool {
        self.opened == 0
    }

    /// Makes a new file of the parts, without what was deleted and without pictures of no check.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn write(mut self, path: &Path) -> Result<(), StoreError> {
        let _ = std::fs::remove_file(path);
        let store = Store::create_as(path, if self.has_whole { 1 } else { store::VERSION })?;
        let mut changes = Changes::default();
        let parts = std::mem::take(&mut self.parts);
        let has_check = |id: RecordId| parts.contains_key(&(RecordId { kind: RecordKind::Check, ..id }, 0));
        for ((id, piece), (_, at, header)) in &parts {
            if self.deleted.contains(id) || (id.kind.is_picture() && !has_check(*id)) {
                continue;
            }
            let sealed = read_part(&mut self.file, *at, header).map_err(error_of_file)?;
            changes.put.push(Part { id: *id, at: *piece, sealed });
            if changes.bytes() > AT_ONCE_BYTES {
                store.change(&std::mem::take(&mut changes))?;
            }
        }
        store.change(&changes)
    }
}
