//! The data keys: one for each spot and check, in a file of slots that are overwritten where they lie.
//!
//! Deleting is destroying a key: that needs no room on the disk and no other file to be written anew, and what the key sealed can't be
//! read any more, wherever old copies of it may lie. The slots hold the keys sealed under the archive's own. Each slot is there
//! twice, on two pages, and the second is written when the first is on the disk, so that neither a power cut nor a damaged page
//! costs a key. See `docs/archive.md`.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use redb::StorageBackend;
use redb::backends::FileBackend;
use zeroize::Zeroizing;

use super::record::{RecordId, RecordKind};
use super::seal::{DataKey, KEY_BYTES, Key};
use super::store::{StoreError, error_of_file};
use crate::durable;

const MAGIC: &[u8; 8] = b"Spotkeys";
const VERSION: u8 = 1;
const PAGE_BYTES: usize = 4096;
const SLOT_BYTES: usize = 128;
const SLOTS_A_PAGE: usize = PAGE_BYTES / SLOT_BYTES;
/// Both copies of the header come first.
const HEADER_PAGES: usize = 2;
/// What a file without any slot has.
const EMPTY_BYTES: u64 = (HEADER_PAGES * PAGE_BYTES) as u64;
/// State, kind, number, key, and room.
const TEXT_BYTES: usize = 64;
/// The text with its nonce and tag.
const SEALED_BYTES: usize = 104;
const IN_USE: u8 = 1;
const DESTROYED: u8 = 2;

type Sealed = [u8; SEALED_BYTES];

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// There is no such file.
    #[error("there is no file of keys")]
    Missing,
    /// A later app wrote it.
    #[error("a newer version of Spotcheck wrote the keys")]
    Newer,
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether there is a file here in which keys were ever made. Where it can't be told, there is.
pub fn may_hold_some(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(about) => about.len() > EMPTY_BYTES,
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Whose key it is: a spot's own, and for a check and its pictures the check's.
pub fn owner(id: RecordId) -> RecordId {
    if id.kind.is_picture() { RecordId { kind: RecordKind::Check, ..id } } else { id }
}

/// The open file.
#[derive(Debug)]
pub struct Keys {
    backend: Box<dyn StorageBackend>,
    key: Key,
    /// Where each key is, still sealed.
    in_use: HashMap<RecordId, (u32, Sealed)>,
    destroyed: HashMap<RecordId, u32>,
    free: Vec<u32>,
    slots: u32,
    /// Slots of which neither copy can be read.
    unreadable: u32,
}

/// A place without any room.
#[derive(Debug)]
struct Full;

impl StorageBackend for Full {
    fn len(&self) -> io::Result<u64> {
        Ok(0)
    }

    fn read(&self, _: u64, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

/// What a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Empty,
    Unreadable,
    InUse(RecordId),
    Destroyed(RecordId),
}

impl Keys {
    /// Makes the file.
    ///
    /// # Errors
    /// When there is one already, or it can't be written.
    pub fn create(path: &Path, key: Key) -> Result<Self, StoreError> {
        let file = durable::create_new(path).map_err(error_of_file)?;
        Self::create_in(backend(file)?, key)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// See [`KeysError`].
    pub fn open(path: &Path, key: Key) -> Result<Self, KeysError> {
        let file = match std::fs::OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeysError::Missing),
            file => file.map_err(error_of_file)?,
        };
        Self::open_in(backend(file)?, key)
    }

    /// Without a file, for want of room: no key can be made.
    pub fn without_room(key: Key) -> Self {
        Self::over(Box::new(Full), key)
    }

    fn over(backend: Box<dyn StorageBackend>, key: Key) -> Self {
        let (in_use, destroyed) = (HashMap::new(), HashMap::new());
        Self { backend, key, in_use, destroyed, free: Vec::new(), slots: 0, unreadable: 0 }
    }

    /// As [`Self::create`], in another place than a file.
    pub(super) fn create_in(backend: Box<dyn StorageBackend>, key: Key) -> Result<Self, StoreError> {
        let mut header = [0; PAGE_BYTES];
        header[..8].copy_from_slice(MAGIC);
        header[8] = VERSION;
        let write = || {
            backend.set_len((HEADER_PAGES * PAGE_BYTES) as u64)?;
            backend.write(0, &header)?;
            backend.write(PAGE_BYTES as u64, &header)?;
            backend.sync_data()
        };
        write().map_err(error_of_backend)?;
        Ok(Self::over(backend, key))
    }

    /// As [`Self::open`], in another place than a file.
    pub(super) fn open_in(backend: Box<dyn StorageBackend>, key: Key) -> Result<Self, KeysError> {
        let bytes = backend.len().map_err(error_of_backend)? as usize;
        let mut content = vec![0; bytes];
        backend.read(0, &mut content).map_err(error_of_backend)?;
        let headers = content.chunks(PAGE_BYTES).take(HEADER_PAGES);
        // Damage may make any byte of the version; both copies have to say it.
        let newer = |page: &[u8]| page.starts_with(MAGIC) && page.get(8).is_some_and(|is| *is > VERSION);
        if headers.clone().count() == HEADER_PAGES && headers.clone().all(newer) {
            return Err(KeysError::Newer);
        }
        let pairs = content.get(HEADER_PAGES * PAGE_BYTES..).unwrap_or_default().chunks_exact(2 * PAGE_BYTES);
        let mut keys = Self::over(backend, key);
        keys.slots = (pairs.len() * SLOTS_A_PAGE) as u32;
        for (pair, pages) in pairs.enumerate() {
            let (one, other) = pages.split_at(PAGE_BYTES);
            for (at, copies) in one.chunks(SLOT_BYTES).zip(other.chunks(SLOT_BYTES)).enumerate() {
                keys.take_in((pair * SLOTS_A_PAGE + at) as u32, [copies.0, copies.1]);
            }
        }
        // What was deleted may have come again, from a backup, under another key. A key is destroyed where it lies, so the one in use
        // is the younger.
        let Self { in_use, destroyed, free, .. } = &mut keys;
        free.extend(destroyed.extract_if(|owner, _| in_use.contains_key(owner)).map(|(_, slot)| slot));
        Ok(keys)
    }

    /// What both copies of a slot say; a copy that differs is written again.
    fn take_in(&mut self, slot: u32, copies: [&[u8]; 2]) {
        let one = self.read(slot, copies[0]);
        let read = [one, if copies[0] == copies[1] { one } else { self.read(slot, copies[1]) }];
        // The first is written first: what it says is the newer. But what was begun to be destroyed is destroyed.
        let (which, says) = match read {
            [Slot::InUse(one), Slot::Destroyed(other)] if one == other => (1, read[1]),
            [Slot::Empty | Slot::Unreadable, says @ (Slot::InUse(_) | Slot::Destroyed(_))] => (1, says),
            // Torn while it was written for the first time, or damage to what holds nothing.
            [Slot::Unreadable, Slot::Empty] => (1, Slot::Empty),
            [says, _] => (0, says),
        };
        let sealed = copies[which].first_chunk::<SEALED_BYTES>().copied().unwrap_or([0; SEALED_BYTES]);
        match says {
            Slot::Empty => self.free.push(slot),
            Slot::Unreadable => self.unreadable += 1,
            Slot::InUse(id) => drop(self.in_use.insert(id, (slot, sealed))),
            Slot::Destroyed(id) => drop(self.destroyed.insert(id, slot)),
        }
        let differ = !copies.iter().all(|copy| copy.starts_with(&sealed));
        if differ && !matches!(says, Slot::Empty | Slot::Unreadable) {
            // Where that fails, the next start tries again.
            let _ = self.write(&[(slot, sealed)]);
        }
    }

    fn read(&self, slot: u32, bytes: &[u8]) -> Slot {
        if bytes.iter().all(|byte| *byte == 0) {
            return Slot::Empty;
        }
        let text = bytes.get(..SEALED_BYTES).and_then(|sealed| self.key.open(&beside(slot), sealed));
        let says = text.and_then(|text| {
            let kind = RecordKind::from_byte(*text.get(1)?)?;
            let id = RecordId { kind, id: u128::from_be_bytes(*text.get(2..)?.first_chunk()?) };
            match *text.first()? {
                IN_USE => Some(Slot::InUse(id)),
                DESTROYED => Some(Slot::Destroyed(id)),
                _ => None,
            }
        });
        says.unwrap_or(Slot::Unreadable)
    }

    /// The key of this spot or check; `None` where it has none, or none any more.
    pub fn get(&self, owner: RecordId) -> Option<DataKey> {
        let (slot, sealed) = self.in_use.get(&owner)?;
        let text = self.key.open(&beside(*slot), sealed)?;
        text.get(18..)?.first_chunk().map(DataKey::from_bytes)
    }

    /// Whether its key was destroyed.
    pub fn is_destroyed(&self, owner: RecordId) -> bool {
        self.destroyed.contains_key(&owner)
    }

    /// Whether there are slots, and none of them can be read: another archive's, or under another key.
    pub fn all_unreadable(&self) -> bool {
        self.unreadable > 0 && self.in_use.is_empty() && self.destroyed.is_empty()
    }

    /// Makes keys for those of `owners` that have none. When this returns, they outlast a power cut.
    ///
    /// # Errors
    /// When they can't be written; then nothing was changed.
    pub fn make(&mut self, owners: impl IntoIterator<Item = RecordId>) -> Result<(), StoreError> {
        let mut wanted: Vec<RecordId> =
            owners.into_iter().filter(|owner| !self.in_use.contains_key(owner)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        self.grow(wanted.len())?;
        let slots = self.free.split_off(self.free.len() - wanted.len());
        let made: Vec<(u32, Sealed)> = slots
            .iter()
            .zip(&wanted)
            .map(|(slot, owner)| (*slot, self.sealed(*slot, IN_USE, *owner, DataKey::random().as_bytes())))
            .collect();
        if let Err(error) = self.write(&made) {
            self.free.extend(slots);
            return Err(error);
        }
        self.in_use.extend(wanted.into_iter().zip(made));
        Ok(())
    }

    /// Destroys these keys: when this returns, they are in the file no more.
    ///
    /// # Errors
    /// When the file can't be written; then some may be destroyed.
    pub fn destroy(&mut self, owners: &[RecordId]) -> Result<(), StoreError> {
        let places: Vec<(RecordId, u32)> =
            owners.iter().filter_map(|owner| Some((*owner, self.in_use.get(owner)?.0))).collect();
        let marks: Vec<(u32, Sealed)> = places
            .iter()
            .map(|(owner, slot)| (*slot, self.sealed(*slot, DESTROYED, *owner, &[0; KEY_BYTES])))
            .collect();
        self.write(&marks)?;
        for (owner, slot) in places {
            self.in_use.remove(&owner);
            self.destroyed.insert(owner, slot);
        }
        Ok(())
    }

    /// Frees the slots of keys that were destroyed and whose records are out of the archive.
    pub fn forget_destroyed(&mut self, still_there: impl Fn(RecordId) -> bool) {
        let gone: Vec<RecordId> =
            self.destroyed.keys().copied().filter(|owner| !still_there(*owner)).collect();
        for owner in gone {
            self.free.extend(self.destroyed.remove(&owner));
        }
    }

    /// Destroys the keys that nothing was sealed under, which a power cut may leave, and frees their slots. They are destroyed first: else
    /// two slots might claim one owner, who came again, and the wrong one be believed.
    ///
    /// # Errors
    /// When the file can't be written; then no slot is freed.
    pub fn forget_unused(&mut self, is_used: impl Fn(RecordId) -> bool) -> Result<(), StoreError> {
        let unused: Vec<RecordId> = self.in_use.keys().copied().filter(|owner| !is_used(*owner)).collect();
        self.destroy(&unused)?;
        for owner in unused {
            self.free.extend(self.destroyed.remove(&owner));
        }
        Ok(())
    }

    fn sealed(&self, slot: u32, state: u8, owner: RecordId, key: &[u8]) -> Sealed {
        let mut text = Zeroizing::new([0; TEXT_BYTES]);
        text[0] = state;
        text[1..18].copy_from_slice(&owner.key());
        text[18..18 + KEY_BYTES].copy_from_slice(key);
        let sealed = self.key.seal(&beside(slot), text.as_slice());
        sealed.try_into().expect("a text of this length is sealed to this length")
    }

    /// Makes room for so many more keys.
    fn grow(&mut self, more: usize) -> Result<(), StoreError> {
        while self.free.len() < more {
            let end = self.slots;
            let pages = 2 * (end as usize / SLOTS_A_PAGE) + HEADER_PAGES;
            let grow = || {
                self.backend.set_len(((pages + 2) * PAGE_BYTES) as u64)?;
                // Written, so that there is room on the disk for whatever comes here.
                self.backend.write((pages * PAGE_BYTES) as u64, &[0; 2 * PAGE_BYTES])?;
                self.backend.sync_data()
            };
            grow().map_err(error_of_backend)?;
            self.slots += SLOTS_A_PAGE as u32;
            self.free.extend((end..self.slots).rev());
        }
        Ok(())
    }

    /// Writes slots: the first copies, and when they are on the disk the second ones.
    fn write(&self, slots: &[(u32, Sealed)]) -> Result<(), StoreError> {
        for copy in 0..2 {
            for (slot, sealed) in slots {
                let (pair, at) = (*slot as usize / SLOTS_A_PAGE, *slot as usize % SLOTS_A_PAGE);
                let start = (HEADER_PAGES + 2 * pair + copy) * PAGE_BYTES + at * SLOT_BYTES;
                self.backend.write(start as u64, sealed).map_err(error_of_backend)?;
            }
            self.backend.sync_data().map_err(error_of_backend)?;
        }
        Ok(())
    }
}

/// Binds a key to its slot, so that a copy of an old slot elsewhere is none.
fn beside(slot: u32) -> [u8; 16] {
    let mut beside = *b"Spotchk slot\0\0\0\0";
    beside[12..].copy_from_slice(&slot.to_be_bytes());
    beside
}

fn backend(file: std::fs::File) -> Result<Box<dyn StorageBackend>, StoreError> {
    Ok(Box::new(FileBackend::new(file).map_err(redb::Error::from)?))
}

fn error_of_backend(error: impl Into<io::Error>) -> StoreError {
    error_of_file(error.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(number: u128) -> RecordId {
        RecordId { kind: RecordKind::Check, id: number }
    }

    #[test]
    fn a_changed_byte_anywhere_costs_no_key() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.keys");
        let key = Key::random();
        let mut keys = Keys::create(&path, key.clone()).expect("made");
        keys.make((0..40).map(check)).expect("made");
        keys.destroy(&[check(7)]).expect("destroyed");
        let expected: Vec<_> =
            (0..40).map(|at| keys.get(check(at)).map(|key| key.as_bytes().to_vec())).collect();
        drop(keys);
        let whole = std::fs::read(&path).expect("file");
        for at in (0..whole.len()).step_by(97) {
            let mut changed = whole.clone();
            changed[at] ^= 0x41;
            std::fs::write(&path, &changed).expect("written");
            let keys = Keys::open(&path, key.clone()).expect("opens");
            let found: Vec<_> =
                (0..40).map(|at| keys.get(check(at)).map(|key| key.as_bytes().to_vec())).collect();
            assert_eq!(found, expected, "byte {at}");
            assert!(keys.is_destroyed(check(7)) && keys.unreadable == 0, "byte {at}");
            drop(keys);
            // And the damage is mended where it lay in a slot.
            if whole[at] != 0 && at >= HEADER_PAGES * PAGE_BYTES {
                let mended = std::fs::read(&path).expect("file");
                assert_eq!(mended[at], whole[at], "byte {at}");
            }
        }
    }

    #[test]
    fn a_whole_lost_page_costs_no_key_and_another_key_opens_none() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.keys");
        let key = Key::random();
        Keys::create(&path, key.clone()).expect("made").make((0..40).map(check)).expect("made");
        let whole = std::fs::read(&path).expect("file");
        for page in 0..whole.len() / PAGE_BYTES {
            let mut changed = whole.clone();
            changed[page * PAGE_BYTES..][..PAGE_BYTES].fill(0xee);
            std::fs::write(&path, &changed).expect("written");
            let keys = Keys::open(&path, key.clone()).expect("opens");
            assert!((0..40).all(|at| keys.get(check(at)).is_some()), "page {page}");
        }
        std::fs::write(&path, &whole).expect("written");
        let other = Keys::open(&path, Key::random()).expect("opens");
        assert!(other.all_unreadable() && other.get(check(0)).is_none());
        assert_eq!(std::fs::read(&path).expect("file"), whole, "and it is left as it was");
    }

    #[test]
    fn what_a_newer_app_wrote_is_told_apart_from_damage() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.keys");
        assert!(matches!(Keys::open(&path, Key::random()), Err(KeysError::Missing)));
        drop(Keys::create(&path, Key::random()).expect("made"));
        let mut bytes = std::fs::read(&path).expect("file");
        bytes[8] = VERSION + 1;
        std::fs::write(&path, &bytes).expect("written");
        assert!(Keys::open(&path, Key::random()).is_ok(), "one copy that says so is damage");
        bytes[PAGE_BYTES + 8] = VERSION + 1;
        bytes.truncate(2 * PAGE_BYTES);
        std::fs::write(&path, &bytes).expect("written");
        assert!(matches!(Keys::open(&path, Key::random()), Err(KeysError::Newer)));
    }

    #[test]
    fn what_comes_again_is_not_taken_for_what_was_destroyed() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.keys");
        let key = Key::random();
        let mut keys = Keys::create(&path, key.clone()).expect("made");
        keys.make([check(1), check(2)]).expect("made");
        // Deleted one after the other, and one of them taken in again from a backup: it gets the other's place.
        for number in [1, 2] {
            keys.destroy(&[check(number)]).expect("destroyed");
            keys.forget_destroyed(|_| false);
        }
        keys.make([check(1)]).expect("made");
        let made = keys.get(check(1)).map(|key| key.as_bytes().to_vec());
        drop(keys);
        let keys = Keys::open(&path, key).expect("opens");
        assert!(!keys.is_destroyed(check(1)));
        assert_eq!(keys.get(check(1)).map(|key| key.as_bytes().to_vec()), made);
    }

    #[test]
    fn a_key_that_was_never_used_does_not_come_back_in_place_of_a_later_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.keys");
        let key = Key::random();
        let mut keys = Keys::create(&path, key.clone()).expect("made");
        keys.make([check(1), check(2)]).expect("made");
        keys.forget_unused(|_| false).expect("forgotten");
        keys.make([check(3)]).expect("made");
        keys.make([check(1)]).expect("made");
        let made = keys.get(check(1)).map(|key| key.as_bytes().to_vec());
        drop(keys);
        let keys = Keys::open(&path, key).expect("opens");
        assert_eq!(keys.get(check(1)).map(|key| key.as_bytes().to_vec()), made);
        assert_eq!(keys.in_use.len(), 2);
    }

    proptest! {
        /// What the file says is what a simple model says, also after it was opened again; and slots are used again.
        #[test]
        fn keys_are_made_and_destroyed(steps in prop::collection::vec((any::<bool>(), 0_u128..50), 1..80)) {
            let folder = tempfile::tempdir().expect("folder");
            let path = folder.path().join("archive.keys");
            let key = Key::random();
            let mut keys = Keys::create(&path, key.clone()).expect("made");
            let mut model: HashMap<RecordId, Vec<u8>> = HashMap::new();
            for (make, number) in steps {
                let id = check(number);
                if make {
                    keys.make([id]).expect("made");
                    model.entry(id).or_insert_with(|| keys.get(id).expect("there").as_bytes().to_vec());
                } else {
                    keys.destroy(&[id]).expect("destroyed");
                    prop_assert_eq!(keys.is_destroyed(id), model.remove(&id).is_some() || keys.is_destroyed(id));
                    keys.forget_destroyed(|_| false);
                }
            }
            prop_assert!(keys.slots <= 64);
            let keys = { drop(keys); Keys::open(&path, key).expect("opens") };
            prop_assert_eq!(keys.in_use.len(), model.len());
            prop_assert!(model.keys().all(|id| !keys.is_destroyed(*id)));
            for (id, bytes) in model {
                prop_assert_eq!(keys.get(id).map(|key| key.as_bytes().to_vec()), Some(bytes));
            }
            // No key that was destroyed is anywhere in the file, not even sealed.
            let live: Vec<&Sealed> = keys.in_use.values().map(|(_, sealed)| sealed).collect();
            let file = std::fs::read(&path).expect("file");
            for slot in file[HEADER_PAGES * PAGE_BYTES..].chunks(SLOT_BYTES) {
                let place = slot.as_ptr() as usize - file[HEADER_PAGES * PAGE_BYTES..].as_ptr() as usize;
                let number = place / (2 * PAGE_BYTES) * SLOTS_A_PAGE + place % PAGE_BYTES / SLOT_BYTES;
                if let Slot::InUse(_) = keys.read(number as u32, slot) {
                    prop_assert!(live.iter().any(|sealed| slot.starts_with(*sealed)));
                }
            }
        }
    }
}
