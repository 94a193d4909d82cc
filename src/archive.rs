//! Spots and their checks over the years, in one file that only its owner can read.
//!
//! [`Archive`] is the open file, [`vault`] keeps its key, [`backup`] moves everything to another device. Every record is sealed by
//! itself ([`seal`]) before it reaches the database.

use std::path::Path;

pub mod backup;
mod contents;
mod files;
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

use record::{Census, Check, CheckId, Kind, ParseError, Pictures, Record, RecordId, Spot, SpotId};
use seal::Key;
use store::{Changes, Store};
use zeroize::Zeroizing;

/// There is one.
const CENSUS: RecordId = RecordId { kind: Kind::Census, id: 0 };

/// Why something can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing in the file opens under the key.
    #[error("the archive was made with another key")]
    WrongKey,
    /// A later app wrote it.
    #[error("the archive was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// A single record is damaged or gone; all others can be read.
    #[error("this part of the archive is damaged and can't be read; everything else can")]
    Lost,
    /// What was to be kept could not be read again, such as a figure that is no number.
    #[error("this can't be kept")]
    Unkeepable,
    /// It was deleted, but its sealed bytes are still in the file.
    #[error(
        "deleted, but not yet wiped from the file ({0}); Spotcheck tries again when it next opens the archive"
    )]
    NotErased(StoreError),
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
    key: Key,
    contents: Contents,
    /// Numbers of what was deleted and may still be in the file.
    deleted: Vec<RecordId>,
    revision: u64,
    losses: Losses,
}

impl Archive {
    /// Makes an empty archive in this file.
    ///
    /// # Errors
    /// When there is one already, or it can't be written.
    pub fn create(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        let store = Store::create(path)?;
        Self::begin(store, key)
    }

    fn begin(store: Store, key: Key) -> Result<Self, ArchiveError> {
        let (contents, losses) = (Contents::default(), Losses::default());
        let mut archive = Self { store, key, contents, deleted: Vec::new(), revision: 0, losses };
        // The census tells an empty archive from one whose index is lost.
        archive.change(Changes::default())?;
        Ok(archive)
    }

    /// Opens the archive in this file. What is damaged is left out and counted in [`Self::losses`].
    ///
    /// # Errors
    /// When the file is missing, in use or can't be read, the key is another one, or a newer app wrote it.
    pub fn open(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        match Self::open_whole(path, key.clone()) {
            // What a broken index says of the key may be the damage.
            Err(error @ (ArchiveError::Store(StoreError::Damaged) | ArchiveError::WrongKey)) => {
                Self::salvage(path, key).map_err(|salvage| match salvage {
                    ArchiveError::Store(StoreError::Damaged) => error,
                    salvage => salvage,
                })
            }
            Ok(archive) if archive.losses.records > 0 => {
                // Records that nothing in the database leads to may still be in the file.
                let Self { losses, .. } = archive;
                match Self::salvage(path, key.clone()) {
                    Ok(salvaged) => Ok(salvaged),
                    // Most of it can be read all the same.
                    Err(_) => Self::read(Store::open(path)?, key).map(|archive| Self { losses, ..archive }),
                }
            }
            opened => opened,
        }
    }

    fn open_whole(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        let mut archive = Self::read(Store::open(path)?, key)?;
        if archive.losses.records == 0 && archive.store.must_erase() {
            match archive.erase() {
                // Its owner was told when it failed first; the next start tries again.
                Ok(()) | Err(ArchiveError::NotErased(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(archive)
    }

    /// Reads all records but the pictures.
    fn read(store: Store, key: Key) -> Result<Self, ArchiveError> {
        let sealed = store.records()?;
        let (mut contents, mut census) = (Contents::default(), None);
        let (mut revision, mut opened, mut newer) = (0, 0, false);
        for (at, sealed) in &sealed {
            let Some(found) = seal::open_any(&key, sealed) else { continue };
            opened += 1;
            let Some(id) = found.id() else {
                newer = true;
                continue;
            };
            if id.key() != *at {
                continue;
            }
            match Record::parse(id.kind, &found.text) {
                Ok((record, at)) => {
                    revision = revision.max(at);
                    match record {
                        Record::Spot(spot) => drop(contents.spots.insert(spot.id, spot)),
                        Record::Check(check) => drop(contents.checks.insert(check.id, *check)),
                        Record::Census(found) => census = Some(found),
                    }
                }
                Err(ParseError::Newer) => newer = true,
                Err(ParseError::Damaged) => {}
            }
        }
        match () {
            () if newer => return Err(ArchiveError::Newer),
            () if opened == 0 && !sealed.is_empty() => return Err(ArchiveError::WrongKey),
            () => {}
        }
        let losses = Losses { records: missing(&contents, census.as_ref()), rebuilt: false };
        let deleted = census.map(|census| census.deleted).unwrap_or_default();
        Ok(Self { store, key, contents, deleted, revision, losses })
    }

    /// Makes the file anew from every record that is found in it, but for those that were deleted.
    fn salvage(path: &Path, key: Key) -> Result<Self, ArchiveError> {
        let found = salvage::scan(path, &key).map_err(store::error_of_file)?;
        if found.newer {
            return Err(ArchiveError::Newer);
        }
        if found.is_empty() {
            return Err(if found.marks > 0 { ArchiveError::WrongKey } else { StoreError::Damaged.into() });
        }
        let new = store::beside(path);
        found.write(&new)?;
        store::replace(&new, path).map_err(store::error_of_file)?;
        let mut archive = Self::read(Store::open(path)?, key)?;
        archive.losses.rebuilt = true;
        archive.deleted.clear();
        // From now on, what is lost is not missing any more.
        let orphans = archive.contents.spots_for_orphans();
        archive.adopt(orphans, Vec::new())?;
        Ok(archive)
    }

    /// Everything but the pictures.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// What was damaged when it was opened.
    pub fn losses(&self) -> Losses {
        self.losses
    }

    /// A picture of a check, as JPEG.
    ///
    /// # Errors
    /// When it is damaged, or the file can't be read.
    pub fn picture(&self, check: CheckId, kind: Kind) -> Result<Zeroizing<Vec<u8>>, ArchiveError> {
        let id = RecordId { kind, id: check.number() };
        let sealed = match self.store.picture(id) {
            // The way to it may be damaged, and it may not. After one failed read the database refuses all others, too.
            Err(_) | Ok(None) if self.contents.check(check).is_some() => {
                salvage::find(self.store.path(), &self.key, id)
            }
            sealed => sealed?,
        };
        let text = sealed.and_then(|sealed| seal::open(&self.key, id, &sealed)).ok_or(ArchiveError::Lost)?;
        let picture = record::picture(&text).map_err(|_| ArchiveError::Lost)?;
        Ok(Zeroizing::new(picture.to_vec()))
    }

    /// All pictures of a check.
    ///
    /// # Errors
    /// When one is damaged, or the file can't be read.
    pub fn pictures(&self, check: CheckId) -> Result<Pictures, ArchiveError> {
        let get = |kind| self.picture(check, kind).map(|picture| picture.to_vec());
        Ok(Pictures {
            thumbnail: get(Kind::Thumbnail)?,
            crop: get(Kind::Crop)?,
            saliency: get(Kind::Saliency)?,
            photo: get(Kind::Photo)?,
        })
    }

    /// Keeps a spot, or changes it.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_spot(&mut self, spot: Spot) -> Result<(), ArchiveError> {
        self.put(vec![Record::Spot(spot)], Vec::new())
    }

    /// Keeps a new check after all others, whatever its clock says, with its pictures; and its spot, new or changed.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_check(
        &mut self,
        spot: Spot,
        mut check: Check,
        pictures: &Pictures,
    ) -> Result<(), ArchiveError> {
        check.order = self.contents.next_order();
        let sealed = self.sealed_pictures(check.id, pictures);
        let is_new = self.contents.spot(spot.id) != Some(&spot);
        let spot = is_new.then_some(Record::Spot(spot));
        self.put(spot.into_iter().chain([Record::Check(Box::new(check))]).collect(), sealed)
    }

    /// Changes what is noted of a check that is there.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn change_check(&mut self, check: Check) -> Result<(), ArchiveError> {
        self.put(vec![Record::Check(Box::new(check))], Vec::new())
    }

    /// Deletes a check and its pictures, from the file too.
    ///
    /// # Errors
    /// When it can't be written; [`ArchiveError::NotErased`] when it is gone for all but the file's bytes.
    pub fn delete_check(&mut self, check: CheckId) -> Result<(), ArchiveError> {
        let mut contents = self.contents.clone();
        contents.checks.remove(&check);
        self.delete(contents, records_of(check).collect())
    }

    /// Deletes a spot and all its checks, from the file too.
    ///
    /// # Errors
    /// As [`Self::delete_check`].
    pub fn delete_spot(&mut self, spot: SpotId) -> Result<(), ArchiveError> {
        let mut contents = self.contents.clone();
        let checks: Vec<CheckId> = contents.timeline(spot).into_iter().map(|check| check.id).collect();
        contents.checks.retain(|_, check| check.spot != spot);
        contents.spots.remove(&spot);
        let of_spot = [RecordId { kind: Kind::Spot, id: spot.number() }];
        self.delete(contents, of_spot.into_iter().chain(checks.into_iter().flat_map(records_of)).collect())
    }

    fn delete(&mut self, without: Contents, remove: Vec<RecordId>) -> Result<(), ArchiveError> {
        let before = std::mem::replace(&mut self.contents, without);
        let deleted = self.deleted.len();
        self.deleted.extend(&remove);
        if let Err(error) = self.change(Changes { put: Vec::new(), remove }) {
            self.contents = before;
            self.deleted.truncate(deleted);
            return Err(error);
        }
        self.erase()
    }

    /// Writes the file anew without what was deleted.
    fn erase(&mut self) -> Result<(), ArchiveError> {
        let Contents { spots, checks } = &self.contents;
        let expected = [spots.len() + checks.len() + 1, Kind::PICTURES.len() * checks.len()];
        match self.store.rebuild(expected) {
            Ok(()) => {}
            Err(StoreError::Damaged) => {
                // What the database can't reach may still be there; what was deleted is left out.
                let path = self.store.path().to_path_buf();
                self.store.close();
                let mut salvaged = Self::salvage(&path, self.key.clone())?;
                if salvaged.contents == self.contents {
                    // Nothing more is lost than its owner knows of.
                    salvaged.losses = self.losses;
                }
                *self = salvaged;
                return Ok(());
            }
            Err(error) => return Err(ArchiveError::NotErased(error)),
        }
        self.deleted.clear();
        self.change(Changes::default())
    }

    /// Takes in spots and checks from elsewhere, all or none; of one that is there already, what is there stays, but for what
    /// can't be read of it. Returns how many spots and checks were new.
    fn adopt(
        &mut self,
        mut spots: Vec<Spot>,
        checks: Vec<(Check, Pictures)>,
    ) -> Result<(usize, usize), ArchiveError> {
        spots.retain(|spot| self.contents.spot(spot.id).is_none_or(|known| known.recovered));
        let (mut records, mut pictures) = (Vec::new(), Vec::new());
        let mut after = self.contents.clone();
        after.spots.extend(spots.iter().map(|spot| (spot.id, spot.clone())));
        for (mut check, of_check) in checks {
            let known = self.contents.check(check.id).is_some();
            if !known || matches!(self.pictures(check.id), Err(ArchiveError::Lost)) {
                pictures.extend(self.sealed_pictures(check.id, &of_check));
            }
            if !known {
                // No archive ever comes near this; a number without end would leave no place for the next check.
                check.order = check.order.min(u64::from(u32::MAX));
                after.checks.insert(check.id, check.clone());
                records.push(Record::Check(Box::new(check)));
            }
        }
        let counts = (spots.len(), records.len());
        let orphans = after.spots_for_orphans();
        records.extend(spots.into_iter().chain(orphans).map(Record::Spot));
        self.put(records, pictures)?;
        Ok(counts)
    }

    fn sealed_pictures(&self, check: CheckId, pictures: &Pictures) -> Vec<(RecordId, Vec<u8>)> {
        let sealed = |(kind, picture)| {
            let id = RecordId { kind, id: check.number() };
            (id, seal::seal(&self.key, id, &record::picture_bytes(picture)))
        };
        pictures.by_kind().into_iter().map(sealed).collect()
    }

    /// Writes records, in the place of those that are there, and pictures.
    fn put(&mut self, records: Vec<Record>, mut put: Vec<(RecordId, Vec<u8>)>) -> Result<(), ArchiveError> {
        let mut after = self.contents.clone();
        for record in records {
            let id = record.id();
            let bytes = record.bytes(self.revision + 1);
            if Record::parse(id.kind, &bytes).is_err() {
                return Err(ArchiveError::Unkeepable);
            }
            put.push((id, seal::seal(&self.key, id, &bytes)));
            match record {
                Record::Spot(spot) => drop(after.spots.insert(spot.id, spot)),
                Record::Check(check) => drop(after.checks.insert(check.id, *check)),
                Record::Census(_) => {}
            }
        }
        let before = std::mem::replace(&mut self.contents, after);
        let written = self.change(Changes { put, remove: Vec::new() });
        if written.is_err() {
            self.contents = before;
        }
        written
    }

    /// Writes the changes and the census that goes with them.
    fn change(&mut self, mut changes: Changes) -> Result<(), ArchiveError> {
        self.revision += 1;
        let census = Census { deleted: self.deleted.clone(), ..self.contents.census() };
        let census = Record::Census(census).bytes(self.revision);
        changes.put.push((CENSUS, seal::seal(&self.key, CENSUS, &census)));
        Ok(self.store.change(&changes)?)
    }
}

/// How many spots and checks the census counts that are not there; at least one where there is no census, which every archive has.
fn missing(contents: &Contents, census: Option<&Census>) -> u64 {
    let found = contents.census();
    match census {
        Some(census) if (census.records, census.numbers) == (found.records, found.numbers) => 0,
        Some(census) => census.records.saturating_sub(found.records).max(1),
        None => 1,
    }
}

fn records_of(check: CheckId) -> impl Iterator<Item = RecordId> {
    let kinds = [Kind::Check].into_iter().chain(Kind::PICTURES);
    kinds.map(move |kind| RecordId { kind, id: check.number() })
}
