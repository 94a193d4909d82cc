//! Opening an archive: what is damaged is left out, and made anew from what can be found.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::keys::{Keys, KeysError};
use super::record::{Census, Check, Lineage, ParseError, Record, RecordId, RecordKind};
use super::seal::{Header, Key, NoPart};
use super::store::{Changes, Store};
use super::{
    Archive, ArchiveError, Contents, Files, Losses, StoreError, keys, salvage, store, with_pictures,
};

impl Archive {
    /// Makes an empty archive in this file, and beside it one for its data keys.
    ///
    /// # Errors
    /// When there is one already, or the data keys of one, or it can't be written.
    pub fn create(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        let keys = Files::keys_of(path);
        // Keys may open records that lie elsewhere, for instance in a copy.
        if path.exists() || keys::may_hold_some(&keys) {
            return Err(StoreError::File(std::io::ErrorKind::AlreadyExists.into()).into());
        }
        let _ = std::fs::remove_file(&keys);
        let keys = Keys::create(&keys, key.clone())?;
        Self::begin(Store::create(path)?, keys, key)
    }

    pub(super) fn begin(store: Store, keys: Keys, key: Key) -> Result<Self, ArchiveError> {
        let lineage = Lineage::random();
        let mut archive = Self {
            store,
            keys,
            key,
            contents: Arc::default(),
            lineage,
            before_lineages: Lineage::UNKNOWN,
            deleted: Vec::new(),
            models: None,
            revision: 0,
            losses: Losses::default(),
            strays: Mutex::default(),
        };
        // The census tells an empty archive from one whose index is lost.
        archive.change(Changes::default(), &Contents::default())?;
        Ok(archive)
    }

    /// Opens the archive in this file. What is damaged is left out and counted in [`Self::losses`].
    ///
    /// # Errors
    /// When the file is missing, in use or can't be read, the key is another one, or a newer app wrote it.
    pub fn open(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        match Self::open_whole(path, key.clone()) {
            // The app failed over a file in which nothing is damaged: that is no reason to make it anew.
            Err(error @ ArchiveError::Store(StoreError::Broken)) if store::is_whole(path) => Err(error),
            // What a broken index says of the key may be the damage.
            Err(
                error @ (ArchiveError::Store(StoreError::Damaged | StoreError::Broken)
                | ArchiveError::WrongKey),
            ) => Self::salvage(path, key).map_err(|salvage| match salvage {
                ArchiveError::Store(StoreError::Damaged) => error,
                salvage => salvage,
            }),
            Ok(archive) if archive.losses.records > 0 => {
                // Records that nothing in the database leads to may still be in the file.
                let Self { losses, .. } = archive;
                drop(archive);
                match Self::salvage(path, key.clone()) {
                    Ok(salvaged) => Ok(salvaged),
                    // Most of it can be read all the same.
                    Err(_) => {
                        let store = Store::open(path)?;
                        let keys = Self::open_keys(path, &key, store.version())?;
                        Self::read(store, keys, key).map(|archive| Self { losses, ..archive })
                    }
                }
            }
            opened => opened,
        }
    }

    fn open_whole(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        let store = Store::open(path)?;
        let keys = Self::open_keys(path, &key, store.version())?;
        let mut archive = Self::read(store, keys, key)?;
        if archive.losses.records == 0
            && archive.store.version() < store::VERSION
            && archive.store.must_erase()
        {
            match archive.upgrade() {
                // Its owner was told when it failed first; the next start tries again.
                Ok(()) | Err(ArchiveError::NotErased(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(archive)
    }

    /// The data keys; where an archive is of a format that had none, the file is made.
    fn open_keys(path: &Path, key: &Key, version: u8) -> Result<Keys, ArchiveError> {
        let path = Files::keys_of(path);
        match Keys::open(&path, key.clone()) {
            // On a full disk it can be read all the same.
            Err(KeysError::Missing) if version < 2 => Ok(match Keys::create(&path, key.clone()) {
                Err(StoreError::Full) => Keys::without_room(key.clone()),
                keys => keys?,
            }),
            keys => Ok(keys?),
        }
    }

    /// Reads all records but the pictures.
    pub(super) fn read(store: Store, keys: Keys, key: Key) -> Result<Self, ArchiveError> {
        let sealed = store.records()?;
        let (mut patients, mut spots, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut census, mut models) = (None, None);
        let (mut revision, mut opened, mut newer, mut newer_marks) = (0, 0, false, 0);
        let (mut without_key, mut destroyed) = (0, Vec::new());
        for (at, sealed) in &sealed {
            let header = match Header::parse(sealed) {
                Ok(header) => header,
                Err(NoPart::Newer) => {
                    newer_marks += 1;
                    continue;
                }
                Err(NoPart::Other) => continue,
            };
            if let Some(id) = header.id().filter(|id| id.key() == *at && keys.is_destroyed(*id)) {
                // Its key is gone, and the rest was not written any more.
                destroyed.push(id);
                continue;
            }
            let Some(text) = salvage::open(&key, &keys, &header, sealed) else {
                without_key += u32::from(
                    header.id().is_some_and(|id| !id.kind.is_of_archive() && keys.get(id).is_none()),
                );
                continue;
            };
            opened += 1;
            let Some(id) = header.id() else {
                newer = true;
                continue;
            };
            if id.key() != *at {
                continue;
            }
            match Record::parse(id.kind, &text) {
                Ok((record, at)) => {
                    revision = revision.max(at);
                    match record {
                        Record::Patient(patient) => patients.push(patient),
                        Record::Spot(spot) => spots.push(spot),
                        Record::Check(check) => checks.push(*check),
                        Record::Census(found) => census = Some(found),
                        Record::Models(found) => models = Some(found),
                    }
                }
                Err(ParseError::Newer) => newer = true,
                Err(ParseError::Damaged) => {}
            }
        }
        match () {
            // A changed byte may look like a later version: that counts only where nothing can be read.
            () if newer || (opened == 0 && newer_marks > 0) => return Err(ArchiveError::Newer),
            () if opened == 0 && !sealed.is_empty() => return Err(ArchiveError::WrongKey),
            // The keys are another archive's, or as good as lost: nothing is to be made anew without them.
            () if without_key > 1
                && (patients.is_empty() && spots.is_empty() && checks.is_empty()
                    || keys.all_unreadable()) =>
            {
                return Err(ArchiveError::KeysMissing);
            }
            () => {}
        }
        let mut before_lineages = census.as_ref().map(|census| census.before_lineages).unwrap_or_default();
        give_lineage(&mut checks, &mut before_lineages);
        let contents = Contents::of(patients, spots, checks);
        let losses = Losses { records: missing(&contents, &destroyed, census.as_ref()), rebuilt: false };
        let lineage = census.as_ref().map(|census| census.lineage).unwrap_or_default();
        let lineage = if lineage == Lineage::UNKNOWN { Lineage::random() } else { lineage };
        let deleted = census.map(|census| census.deleted).unwrap_or_default();
        let contents = Arc::new(contents);
        let strays = Mutex::default();
        let mut archive = Self {
            store,
            keys,
            key,
            contents,
            lineage,
            before_lineages,
            deleted,
            models,
            revision,
            losses,
            strays,
        };
        archive.tidy(&destroyed);
        Ok(archive)
    }

    /// Takes out what is left of what was deleted, and frees what no record needs.
    fn tidy(&mut self, destroyed: &[RecordId]) {
        if self.losses.records > 0 {
            return;
        }
        let contents = self.contents.clone();
        let remove: Vec<RecordId> = destroyed.iter().copied().flat_map(with_pictures).collect();
        if remove.is_empty() || self.change(Changes { remove, put: Vec::new() }, &contents).is_ok() {
            self.keys.forget_destroyed(|_| false);
        } else {
            // On a full disk, for one. The next start tries again.
            let _ = self.store.reopen();
        }
        // Where that fails, the next start tries again.
        let _ = self.keys.forget_unused(|id| match id.kind {
            RecordKind::Patient => contents.patient(id.id.into()).is_some(),
            RecordKind::Spot => contents.spot(id.id.into()).is_some(),
            _ => contents.check(id.id.into()).is_some(),
        });
    }

    /// Makes the file anew from every record that is found in it, but for those that were deleted.
    fn salvage(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        // What can't be read for want of the keys must not be made anew without them.
        let keys = match Keys::open(&Files::keys_of(path), key.clone()) {
            Err(KeysError::Missing) => None,
            keys => Some(keys?),
        };
        let keys = match keys {
            Some(keys) => keys,
            None if salvage::index(path).map_err(store::error_of_file)?.has_pieces => {
                return Err(ArchiveError::KeysMissing);
            }
            None => Keys::create(&Files::keys_of(path), key.clone())?,
        };
        let found = salvage::scan(path, &key, &keys).map_err(store::error_of_file)?;
        if found.newer {
            return Err(ArchiveError::Newer);
        }
        if found.is_empty() {
            return Err(if found.marks > 0 { ArchiveError::WrongKey } else { StoreError::Damaged.into() });
        }
        // Most of it waits for keys that are another archive's, or lost: it is not to be made anew without them.
        if found.without_key > found.opened {
            return Err(ArchiveError::KeysMissing);
        }
        let new = crate::durable::beside(path);
        found.write(&new)?;
        crate::durable::put_in_place(&new, path).map_err(store::error_of_file)?;
        let mut archive = Self::read(Store::open(path)?, keys, key)?;
        archive.losses.rebuilt = true;
        archive.deleted.clear();
        // From now on, what is lost is not missing any more.
        let orphans = archive.contents.spots_for_orphans();
        archive.adopt(Vec::new(), orphans, Vec::new())?;
        Ok(archive)
    }
}

/// Checks of a version before lineages are one: it is named after the first of them, so that it is the same in every backup.
fn give_lineage(checks: &mut [Check], lineage: &mut Lineage) {
    let nameless = |check: &&Check| check.lineage == Lineage::UNKNOWN;
    let first = checks.iter().filter(nameless).min_by_key(|check| (check.order, check.at, check.id));
    let Some(first) = first else { return };
    if *lineage == Lineage::UNKNOWN {
        *lineage = Lineage::from(first.id.number());
    }
    for check in checks.iter_mut().filter(|check| check.lineage == Lineage::UNKNOWN) {
        check.lineage = *lineage;
    }
}

/// How many patients, spots and checks the census counts that are not there; at least one where there is no census, which every archive has.
/// What was `destroyed` may be counted or not: whether that came to be written is not known.
fn missing(contents: &Contents, destroyed: &[RecordId], census: Option<&Census>) -> u64 {
    let Some(census) = census else { return 1 };
    let found = contents.census();
    let with_destroyed = Census {
        records: found.records + destroyed.len() as u64,
        numbers: destroyed.iter().fold(found.numbers, |numbers, id| numbers ^ id.id),
        ..Census::default()
    };
    let is_all = |found: &Census| (census.records, census.numbers) == (found.records, found.numbers);
    match is_all(&found) || is_all(&with_destroyed) {
        true => 0,
        false => census.records.saturating_sub(with_destroyed.records).max(1),
    }
}
