//! Spots and their checks over the years, in one file that only its owner can read.
//!
//! [`Archive`] is the open file, [`vault`] keeps its key, [`backup`] moves everything to another device. Every record is sealed by
//! itself ([`seal`]) before it reaches the database, a spot or check under a data key of its own ([`keys`]): deleting it is
//! destroying that key. `docs/archive.md` describes the files.

pub mod backup;
mod contents;
mod deleting;
pub mod durable;
mod error;
mod files;
pub mod finding;
mod keys;
#[cfg(any(test, feature = "test-util"))]
pub mod made_up;
pub mod models;
mod opening;
mod order;
pub mod record;
pub mod region;
pub mod reminder;
mod salvage;
pub mod seal;
pub mod shelf;
mod store;
#[cfg(test)]
mod tests;
pub mod vault;
mod writing;

pub use contents::Contents;
pub use error::ArchiveError;
pub use files::{Files, Lock};
pub use store::StoreError;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use zeroize::Zeroizing;

use assess::assessment::Assessment;
use keys::Keys;
use models::Models;
use record::{Again, Check, CheckId, Lineage, Patient, Pictures, RecordId, RecordKind, Spot};
use seal::{Header, Key};
use store::{Changes, Store};

/// There is one.
const CENSUS: RecordId = RecordId { kind: RecordKind::Census, id: 0 };

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

    /// Keeps a patient, or changes what is known of them.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_patient(&mut self, patient: Patient) -> Result<(), ArchiveError> {
        self.put(New { patients: vec![patient], ..New::default() }, &[])
    }

    /// Keeps a spot, or changes it.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_spot(&mut self, spot: Spot) -> Result<(), ArchiveError> {
        self.put(New { spots: vec![spot], ..New::default() }, &[])
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
        let new = New { spots: spot.into_iter().collect(), checks: vec![check], ..New::default() };
        self.put(new, &pictures)
    }

    /// Keeps a photo of a spot from before as a check, by its clock alone: it was taken elsewhere, and nothing else says which checks it
    /// comes after. A spot that is new is written with it. Returns whether the photo is new: a second one of the same spot and second is
    /// the same photo.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn keep_earlier(
        &mut self,
        new: Option<Spot>,
        mut check: Check,
        pictures: &Pictures,
    ) -> Result<bool, ArchiveError> {
        // In a line of its own, beside that of this archive, whose places are seconds: so they are in the order of their clock, in
        // whichever order they are chosen.
        check.lineage = Lineage::from(self.lineage.number().wrapping_add(1));
        check.order = u64::try_from(check.at.as_second()).unwrap_or_default();
        check.after = Default::default();
        let is_known = self
            .contents
            .timeline(check.spot)
            .any(|known| (known.lineage, known.order) == (check.lineage, check.order));
        if is_known {
            return Ok(false);
        }
        let pictures = pictures.by_kind().map(|(kind, picture)| (picture_of(check.id, kind), picture));
        self.put(New { spots: new.into_iter().collect(), checks: vec![check], ..New::default() }, &pictures)?;
        Ok(true)
    }

    /// Changes what is noted of a check that is there.
    ///
    /// # Errors
    /// When it can't be written; then nothing was changed.
    pub fn change_check(&mut self, check: Check) -> Result<(), ArchiveError> {
        self.put(New { checks: vec![check], ..New::default() }, &[])
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

    /// Takes in patients, spots and checks from elsewhere, all or none; of one that is there already, what is there stays, but for what
    /// can't be read of it, and findings and answers are added. A picture that is empty was lost elsewhere. Returns how many spots and
    /// checks were new.
    fn adopt(
        &mut self,
        mut patients: Vec<Patient>,
        spots: Vec<Spot>,
        checks: Vec<(Check, Pictures)>,
    ) -> Result<(usize, usize), ArchiveError> {
        patients.retain(|patient| self.contents.patient(patient.id).is_none());
        let (mut spots, known): (Vec<Spot>, Vec<Spot>) = spots
            .into_iter()
            .partition(|spot| self.contents.spot(spot.id).is_none_or(|known| known.recovered));
        let with_findings = known.into_iter().filter_map(|spot| {
            let mut known = self.contents.spot(spot.id)?.clone();
            let mut more = spot.findings;
            more.retain(|finding| !known.findings.contains(finding));
            known.findings.extend(more.iter().cloned());
            (!more.is_empty()).then_some(known)
        });
        let with_findings: Vec<Spot> = with_findings.collect();
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
        let after = Contents::clone(&self.contents).with([], spots.clone(), new.clone());
        spots.extend(after.spots_for_orphans());
        spots.extend(with_findings);
        new.extend(changed);
        self.put(New { patients, spots, checks: new }, &pictures)?;
        Ok(counts)
    }
}

/// What is written at once, each in the place of the one of its number.
#[derive(Debug, Default)]
struct New {
    patients: Vec<Patient>,
    spots: Vec<Spot>,
    checks: Vec<Check>,
}

fn picture_of(check: CheckId, kind: RecordKind) -> RecordId {
    RecordId { kind, id: check.number() }
}

/// A patient, spot or check, and the check's pictures.
fn with_pictures(id: RecordId) -> impl Iterator<Item = RecordId> {
    let pictures = RecordKind::PICTURES.into_iter().filter(move |_| id.kind == RecordKind::Check);
    [id.kind].into_iter().chain(pictures).map(move |kind| RecordId { kind, ..id })
}
