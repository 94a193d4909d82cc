//! Deleting: with its key, and then from the file.

use std::path::Path;
use std::sync::Arc;

use super::record::{Check, CheckId, Patient, PatientId, Record, RecordId, RecordKind, Spot, SpotId};
use super::store::{Changes, Store};
use super::{Archive, ArchiveError, Contents, store, with_pictures};

/// So much is written at once where everything is.
const AT_ONCE_BYTES: usize = 16 << 20;

impl Archive {
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

    /// Deletes a patient, all their spots and the checks of these, from the file too.
    ///
    /// # Errors
    /// As [`Self::delete_check`].
    pub fn delete_patient(&mut self, patient: PatientId) -> Result<(), ArchiveError> {
        let part = self.contents.of_patient(Some(patient));
        let spots = part.spots().map(|spot| (RecordKind::Spot, spot.id.number()));
        let checks = part.latest().map(|check| (RecordKind::Check, check.id.number()));
        let gone = [(RecordKind::Patient, patient.number())].into_iter().chain(spots).chain(checks);
        let gone = gone.map(|(kind, id)| RecordId { kind, id }).collect();
        let without = Contents::clone(&self.contents).without_patient(patient);
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
    pub(super) fn upgrade(&mut self) -> Result<(), ArchiveError> {
        let path = self.store.path().to_path_buf();
        let new = crate::durable::beside(&path);
        let written = self.write_anew(&new).and_then(|store| {
            // Both stay open, and so locked, until the new one is in its place.
            crate::durable::put_in_place(&new, &path).map_err(store::error_of_file)?;
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
        let patients =
            contents.patients().into_iter().map(|patient| Record::Patient(Patient::clone(patient)));
        let spots = contents.spots().map(|spot| Record::Spot(Spot::clone(spot)));
        let checks = contents.latest().map(|check| Record::Check(Box::new(Check::clone(check))));
        let records: Vec<Record> = patients.chain(spots).chain(checks).collect();
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
}
