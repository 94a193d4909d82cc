//! Spots and their checks over the years, in one file that only its owner can read.
//!
//! [`Archive`] is the open file, [`vault`] keeps its key, [`backup`] moves everything to another device. Every record is sealed by
//! itself ([`seal`]) before it reaches the database, a spot or check under a data key of its own ([`keys`]): deleting it is
//! destroying that key. `docs/archive.md` describes the files.

use std::path::Path;

pub mod backup;
mod contents;
mod files;
mod keys;
pub mod models;
mod order;
pub mod record;
pub mod reminder;
mod salvage;
pub mod seal;
mod store;
#[cfg(test)]
pub mod tests;
pub mod vault;

pub use contents::Contents;
pub use files::{Files, Lock};
pub use store::StoreError;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::assessment::Assessment;
use keys::{Keys, KeysError, owner};
use models::Models;
use record::{
    Again, Census, Check, CheckId, Lineage, ParseError, Pictures, Record, RecordId, RecordKind, Spot, SpotId,
};
use seal::{Header, Key, NoPart};
use store::{Changes, Part, Store};

/// So much is written at once where everything is.
const AT_ONCE_BYTES: usize = 16 << 20;
/// There is one.
const CENSUS: RecordId = RecordId { kind: RecordKind::Census, id: 0 };

/// Why something can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file.
    #[error(transparent)]
    Store(StoreError),
    /// Nothing in the file opens under the key.
    #[error("the archive was made with another key")]
    WrongKey,
    /// A later app wrote it.
    #[error("the archive was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// A single record is damaged or gone; all others can be read.
    #[error("this part of the archive is damaged and can't be read; everything else can")]
    Lost,
    /// What was to be kept could not be read again, such as a figure that is not a number.
    #[error("this can't be kept")]
    Unkeepable,
    /// It was deleted, but its sealed bytes are still in the file.
    #[error(
        "deleted, but not yet wiped from the file ({0}); Spotcheck tries again when it next opens the archive"
    )]
    NotErased(StoreError),
    /// The file of data keys is missing, or another archive's.
    #[error(
        "the file of keys that belongs to the archive is missing or another one's; put it back beside it"
    )]
    KeysMissing,
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Newer => Self::Newer,
            error => Self::Store(error),
        }
    }
}

impl From<KeysError> for ArchiveError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Missing => Self::KeysMissing,
            KeysError::Newer => Self::Newer,
            KeysError::Store(error) => error.into(),
        }
    }
}

/// What was found damaged when the archive was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// At least so many spots and checks can't be read any more.
    pub records: u64,
    /// The file's index was broken, and was made anew from the records that were found in it.
    pub rebuilt: bool,
}

/// The open archive.
#[derive(Debug)]
pub struct Archive {
    store: Store,
    keys: Keys,
    key: Key,
    contents: Arc<Contents>,
    /// Of the checks that this archive makes.
    lineage: Lineage,
    /// What stands for the lineage of checks that know none.
    before_lineages: Lineage,
    /// Numbers of what was deleted and may still be in a file of format 1.
    deleted: Vec<RecordId>,
    /// Of models that came in packs, where there were any.
    models: Option<Models>,
    revision: u64,
    losses: Losses,
    /// Where parts are that the database does not lead to, and the revision that this holds for.
    strays: Mutex<Option<(u64, salvage::Index)>>,
}

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

    fn begin(store: Store, keys: Keys, key: Key) -> Result<Self, ArchiveError> {
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
    fn read(store: Store, keys: Keys, key: Key) -> Result<Self, ArchiveError> {
        let sealed = store.records()?;
        let (mut spots, mut checks, mut census, mut models) = (Vec::new(), Vec::new(), None, None);
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
            () if without_key > 1 && (spots.is_empty() && checks.is_empty() || keys.all_unreadable()) => {
                return Err(ArchiveError::KeysMissing);
            }
            () => {}
        }
        let mut before_lineages = census.as_ref().map(|census| census.before_lineages).unwrap_or_default();
        give_lineage(&mut checks, &mut before_lineages);
        let contents = Contents::of(spots, checks);
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
        let new = crate::files::beside(path);
        found.write(&new)?;
        crate::files::put_in_place(&new, path).map_err(store::error_of_file)?;
        let mut archive = Self::read(Store::open(path)?, keys, key)?;
        archive.losses.rebuilt = true;
        archive.deleted.clear();
        // From now on, what is lost is not missing any more.
        let orphans = archive.contents.spots_for_orphans();
        archive.adopt(orphans, Vec::new())?;
        Ok(archive)
    }

    /// Everything but the pictures.
    pub fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    /// What was damaged when it was opened.
    pub fn losses(&self) -> Losses {
        self.losses
    }

    /// What is known of models that came in packs.
    pub fn models(&self) -> Models {
        self.models.clone().unwrap_or_default()
    }

    /// Notes what is known of models that came in packs. What was seen before is never forgotten: the stricter of both ledgers is kept.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_models(&mut self, mut models: Models) -> Result<(), ArchiveError> {
        models.ledger.merge(&self.models().ledger);
        let mut changes = Changes::default();
        self.seal_models(&models, self.revision + 1, &mut changes);
        let contents = self.contents.clone();
        self.change(changes, &contents)?;
        self.models = Some(models);
        Ok(())
    }

    /// A picture of a check, as JPEG.
    ///
    /// # Errors
    /// When it is damaged, or the file can't be read.
    pub fn picture(&self, check: CheckId, kind: RecordKind) -> Result<Zeroizing<Vec<u8>>, ArchiveError> {
        let id = RecordId { kind, id: check.number() };
        let parts = self.store.picture(id);
        let mut text = parts.as_ref().ok().and_then(|parts| self.joined(id, parts));
        if text.is_none() && self.contents.check(check).is_some() {
            // The way to it may be damaged, and it may not. After one failed read the database refuses all others, too.
            text = self.stray(id);
        } else {
            parts?;
        }
        let mut text = text.ok_or(ArchiveError::Lost)?;
        let before = text.len() - record::picture(&text).map_err(|_| ArchiveError::Lost)?.len();
        text.drain(..before);
        Ok(text)
    }

    /// The text of a record in parts; `None` where one is missing or can't be opened.
    fn joined(&self, id: RecordId, parts: &[Vec<u8>]) -> Option<Zeroizing<Vec<u8>>> {
        let of = Header::parse(parts.first()?).ok()?.of;
        let mut text = Zeroizing::new(Vec::with_capacity(parts.iter().map(Vec::len).sum()));
        for at in 0..of {
            let part = parts.get(usize::from(at))?;
            let header = Header::parse(part).ok()?;
            if (header.id(), header.at, header.of) != (Some(id), at, of) {
                return None;
            }
            text.extend_from_slice(&salvage::open(&self.key, &self.keys, &header, part)?);
        }
        Some(text)
    }

    /// A record that is somewhere in the file. Where things are is looked up once for as long as nothing is written.
    fn stray(&self, id: RecordId) -> Option<Zeroizing<Vec<u8>>> {
        let mut strays = self.strays.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if strays.as_ref().is_none_or(|(revision, _)| *revision != self.revision) {
            *strays = Some((self.revision, salvage::index(self.store.path()).ok()?));
        }
        strays.as_ref()?.1.find(self.store.path(), &self.key, &self.keys, id)
    }

    /// All pictures of a check.
    ///
    /// # Errors
    /// When one is damaged, or the file can't be read.
    pub fn pictures(&self, check: CheckId) -> Result<Pictures, ArchiveError> {
        let get = |kind| self.picture(check, kind).map(|mut picture| std::mem::take(&mut *picture));
        Ok(Pictures {
            thumbnail: get(RecordKind::Thumbnail)?,
            crop: get(RecordKind::Crop)?,
            saliency: get(RecordKind::Saliency)?,
            photo: get(RecordKind::Photo)?,
        })
    }

    /// Keeps a spot, or changes it.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_spot(&mut self, spot: Spot) -> Result<(), ArchiveError> {
        self.put(vec![spot], Vec::new(), &[])
    }

    /// Keeps a new check after all others, whatever its clock says, with its pictures; and its spot, new or changed.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    ///
    /// # Panics
    /// When a picture is empty: no JPEG is.
    pub fn keep_check(
        &mut self,
        spot: Spot,
        mut check: Check,
        pictures: &Pictures,
    ) -> Result<(), ArchiveError> {
        check.lineage = self.lineage;
        check.order = self.contents.next_order(self.lineage);
        check.after = self.contents.others(self.lineage);
        let is_new = self.contents.spot(spot.id) != Some(&spot);
        let spot = is_new.then_some(spot);
        let pictures = pictures.by_kind().map(|(kind, picture)| (picture_of(check.id, kind), picture));
        assert!(pictures.iter().all(|(_, picture)| !picture.is_empty()), "no picture of a check is empty");
        self.put(spot.into_iter().collect(), vec![check], &pictures)
    }

    /// Changes what is noted of a check that is there.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn change_check(&mut self, check: Check) -> Result<(), ArchiveError> {
        self.put(Vec::new(), vec![check], &[])
    }

    /// Notes what the present model says to a photo that was kept before. The answer that was given first stays.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn add_answer(
        &mut self,
        check: CheckId,
        at: Timestamp,
        assessment: Assessment,
    ) -> Result<(), ArchiveError> {
        let Some(mut check) = self.contents.check(check).cloned() else { return Ok(()) };
        check.again.push(Again { at, assessment });
        self.change_check(check)
    }

    /// Deletes a check and its pictures, from the file too.
    ///
    /// # Errors
    /// When it can't be written; [`ArchiveError::NotErased`] when it is gone for all but the file's bytes.
    pub fn delete_check(&mut self, check: CheckId) -> Result<(), ArchiveError> {
        let without = Contents::clone(&self.contents).without_check(check);
        self.delete(without, vec![RecordId { kind: RecordKind::Check, id: check.number() }])
    }

    /// Deletes a spot and all its checks, from the file too.
    ///
    /// # Errors
    /// As [`Self::delete_check`].
    pub fn delete_spot(&mut self, spot: SpotId) -> Result<(), ArchiveError> {
        let checks = self.contents.timeline(spot).map(|check| (RecordKind::Check, check.id.number()));
        let gone = [(RecordKind::Spot, spot.number())].into_iter().chain(checks);
        let gone = gone.map(|(kind, id)| RecordId { kind, id }).collect();
        let without = Contents::clone(&self.contents).without_spot(spot);
        self.delete(without, gone)
    }

    fn delete(&mut self, without: Contents, gone: Vec<RecordId>) -> Result<(), ArchiveError> {
        let remove: Vec<RecordId> = gone.iter().copied().flat_map(with_pictures).collect();
        if self.store.version() < store::VERSION {
            let deleted = self.deleted.len();
            self.deleted.extend(&remove);
            if let Err(error) = self.change(Changes { remove, put: Vec::new() }, &without) {
                self.deleted.truncate(deleted);
                return Err(error);
            }
            self.contents = Arc::new(without);
            self.keys.destroy(&gone)?;
            self.keys.forget_destroyed(|_| false);
            return self.upgrade();
        }
        // With its key it is gone, whatever becomes of the rest.
        self.keys.destroy(&gone)?;
        self.contents = Arc::new(without);
        let contents = self.contents.clone();
        match self.change(Changes { remove, put: Vec::new() }, &contents) {
            Ok(()) => self.keys.forget_destroyed(|_| false),
            Err(error) => {
                tracing::info!("what was deleted is taken out of the file at the next start: {error}");
                self.store.reopen()?;
            }
        }
        Ok(())
    }

    /// Writes a file of format 1 anew in the present one: without what was deleted, and with data keys.
    fn upgrade(&mut self) -> Result<(), ArchiveError> {
        let path = self.store.path().to_path_buf();
        let new = crate::files::beside(&path);
        let written = self.write_anew(&new).and_then(|store| {
            // Both stay open, and so locked, until the new one is in its place.
            crate::files::put_in_place(&new, &path).map_err(store::error_of_file)?;
            Ok(store)
        });
        match written {
            Ok(store) => {
                self.store = store.moved_to(&path);
                self.deleted.clear();
                Ok(())
            }
            Err(error) => {
                let _ = std::fs::remove_file(&new);
                Err(match error {
                    ArchiveError::Store(error) => ArchiveError::NotErased(error),
                    error => error,
                })
            }
        }
    }

    fn write_anew(&mut self, path: &Path) -> Result<Store, ArchiveError> {
        let _ = std::fs::remove_file(path);
        let store = Store::create(path)?;
        let contents = self.contents.clone();
        let spots = contents.spots().map(|spot| Record::Spot(Spot::clone(spot)));
        let checks = contents.latest().map(|check| Record::Check(Box::new(Check::clone(check))));
        let records: Vec<Record> = spots.chain(checks).collect();
        self.keys.make(records.iter().map(Record::id))?;
        let mut changes = Changes::default();
        for record in records {
            self.seal(&record, &mut changes)?;
            let pictures = with_pictures(record.id()).filter(|id| id.kind.is_picture());
            for id in pictures {
                match self.picture(id.id.into(), id.kind) {
                    Ok(picture) => self.seal_picture(id, &picture, &mut changes)?,
                    // Lost before.
                    Err(ArchiveError::Lost) => {}
                    Err(error) => return Err(error),
                }
            }
            if changes.bytes() > AT_ONCE_BYTES {
                store.change(&std::mem::take(&mut changes))?;
            }
        }
        if let Some(models) = &self.models {
            self.seal_models(models, self.revision, &mut changes);
        }
        self.seal_census(&contents, Vec::new(), &mut changes);
        store.change(&changes)?;
        Ok(store)
    }

    /// Takes in spots and checks from elsewhere, all or none; of one that is there already, what is there stays, but for what
    /// can't be read of it. A picture that is empty was lost elsewhere. Returns how many spots and checks were new.
    fn adopt(
        &mut self,
        mut spots: Vec<Spot>,
        checks: Vec<(Check, Pictures)>,
    ) -> Result<(usize, usize), ArchiveError> {
        spots.retain(|spot| self.contents.spot(spot.id).is_none_or(|known| known.recovered));
        let (mut new, mut changed, mut pictures) = (Vec::new(), Vec::new(), Vec::new());
        for (check, of_check) in &checks {
            let of_check = of_check.by_kind().into_iter().filter(|(_, picture)| !picture.is_empty());
            match self.contents.check(check.id) {
                Some(known) => {
                    let lost = |kind| matches!(self.picture(check.id, kind), Err(ArchiveError::Lost));
                    let mended = of_check.filter(|(kind, _)| lost(*kind));
                    pictures.extend(mended.map(|(kind, picture)| (picture_of(check.id, kind), picture)));
                    // Answers that were given elsewhere are added, too.
                    let mut more = check.again.clone();
                    more.retain(|again| !known.again.contains(again));
                    if !more.is_empty() {
                        let mut known = known.clone();
                        known.again.extend(more);
                        known.again.sort_by_key(|again| again.at);
                        changed.push(known);
                    }
                }
                None => {
                    pictures.extend(of_check.map(|(kind, picture)| (picture_of(check.id, kind), picture)));
                    // No archive ever comes near this; a number without end would leave no place for the next check.
                    let order = check.order.min(u64::from(u32::MAX));
                    new.push(Check { order, ..check.clone() });
                }
            }
        }
        let counts = (spots.len(), new.len());
        let after = Contents::clone(&self.contents).with(spots.clone(), new.clone());
        spots.extend(after.spots_for_orphans());
        new.extend(changed);
        self.put(spots, new, &pictures)?;
        Ok(counts)
    }

    /// Writes spots and checks, in the place of those that are there, and pictures.
    fn put(
        &mut self,
        spots: Vec<Spot>,
        checks: Vec<Check>,
        pictures: &[(RecordId, &[u8])],
    ) -> Result<(), ArchiveError> {
        let after = Contents::clone(&self.contents).with(spots.clone(), checks.clone());
        let of_checks = checks.into_iter().map(|check| Record::Check(Box::new(check)));
        let records: Vec<Record> = spots.into_iter().map(Record::Spot).chain(of_checks).collect();
        if !records.iter().all(Record::can_be_kept) {
            return Err(ArchiveError::Unkeepable);
        }
        let of_pictures = pictures.iter().map(|(picture, _)| owner(*picture));
        self.keys.make(records.iter().map(Record::id).chain(of_pictures))?;
        let mut changes = Changes::default();
        for record in &records {
            self.seal(record, &mut changes)?;
        }
        for (id, picture) in pictures {
            self.seal_picture(*id, picture, &mut changes)?;
        }
        self.change(changes, &after)?;
        self.contents = Arc::new(after);
        Ok(())
    }

    /// Adds a record to what is to be written, in the place of the one that is there. Its key has been made.
    fn seal(&self, record: &Record, changes: &mut Changes) -> Result<(), ArchiveError> {
        let id = record.id();
        let key = self.keys.get(id).ok_or(ArchiveError::Lost)?;
        let sealed = seal::seal_piece(key.as_bytes(), id, [0, 1], &record.bytes(self.revision + 1));
        changes.put.push(Part { id, at: 0, sealed });
        Ok(())
    }

    /// Adds a picture to what is to be written, in pieces. Its check's key has been made.
    fn seal_picture(&self, id: RecordId, picture: &[u8], changes: &mut Changes) -> Result<(), ArchiveError> {
        let key = self.keys.get(owner(id)).ok_or(ArchiveError::Lost)?;
        let text = record::picture_bytes(picture);
        let pieces = store::pieces(text.len());
        let of = u16::try_from(pieces.len()).map_err(|_| ArchiveError::Unkeepable)?;
        let mut rest = text.as_slice();
        changes.remove.push(id);
        for (at, bytes) in (0..of).zip(pieces) {
            let (piece, others) = rest.split_at(bytes);
            rest = others;
            changes.put.push(Part { id, at, sealed: seal::seal_piece(key.as_bytes(), id, [at, of], piece) });
        }
        Ok(())
    }

    /// Writes the changes and the census that goes with them.
    fn change(&mut self, mut changes: Changes, after: &Contents) -> Result<(), ArchiveError> {
        self.revision += 1;
        self.seal_census(after, self.deleted.clone(), &mut changes);
        Ok(self.store.change(&changes)?)
    }

    fn seal_models(&self, models: &Models, revision: u64, changes: &mut Changes) {
        let record = Record::Models(models.clone());
        let (id, text) = (record.id(), record.bytes(revision));
        let sealed = seal::seal_piece(self.key.as_bytes(), id, [0, 1], &text);
        changes.put.push(Part { id, at: 0, sealed });
    }

    fn seal_census(&self, contents: &Contents, deleted: Vec<RecordId>, changes: &mut Changes) {
        let census = Census {
            deleted,
            lineage: self.lineage,
            before_lineages: self.before_lineages,
            ..contents.census()
        };
        let census = Record::Census(census).bytes(self.revision);
        let sealed = seal::seal_piece(self.key.as_bytes(), CENSUS, [0, 1], &census);
        changes.put.push(Part { id: CENSUS, at: 0, sealed });
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

/// How many spots and checks the census counts that are not there; at least one where there is no census, which every archive has.
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

fn picture_of(check: CheckId, kind: RecordKind) -> RecordId {
    RecordId { kind, id: check.number() }
}

/// A spot or check, and the check's pictures.
fn with_pictures(id: RecordId) -> impl Iterator<Item = RecordId> {
    let pictures = RecordKind::PICTURES.into_iter().filter(move |_| id.kind == RecordKind::Check);
    [id.kind].into_iter().chain(pictures).map(move |kind| RecordId { kind, ..id })
}
