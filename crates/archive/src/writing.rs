//! Writing: every record is sealed, and the census with it.

use std::sync::Arc;

use super::keys::owner;
use super::models::Models;
use super::record::{Census, Record, RecordId};
use super::store::{Changes, Part};
use super::{Archive, ArchiveError, CENSUS, Contents, New, record, seal, store};

impl Archive {
    /// Writes patients, spots and checks, in the place of those that are there, and pictures.
    pub(super) fn put(&mut self, new: New, pictures: &[(RecordId, &[u8])]) -> Result<(), ArchiveError> {
        let New { patients, spots, checks } = new;
        let after = Contents::clone(&self.contents).with(patients.clone(), spots.clone(), checks.clone());
        let patients = patients.into_iter().map(Record::Patient);
        let checks = checks.into_iter().map(|check| Record::Check(Box::new(check)));
        let records: Vec<Record> =
            patients.chain(spots.into_iter().map(Record::Spot)).chain(checks).collect();
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
    pub(super) fn seal(&self, record: &Record, changes: &mut Changes) -> Result<(), ArchiveError> {
        let id = record.id();
        let key = self.keys.get(id).ok_or(ArchiveError::Lost)?;
        let sealed = seal::seal_piece(key.as_bytes(), id, [0, 1], &record.bytes(self.revision + 1));
        changes.put.push(Part { id, at: 0, sealed });
        Ok(())
    }

    /// Adds a picture to what is to be written, in pieces. Its check's key has been made.
    pub(super) fn seal_picture(
        &self,
        id: RecordId,
        picture: &[u8],
        changes: &mut Changes,
    ) -> Result<(), ArchiveError> {
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
    pub(super) fn change(&mut self, mut changes: Changes, after: &Contents) -> Result<(), ArchiveError> {
        self.revision += 1;
        self.seal_census(after, self.deleted.clone(), &mut changes);
        Ok(self.store.change(&changes)?)
    }

    pub(super) fn seal_models(&self, models: &Models, revision: u64, changes: &mut Changes) {
        let record = Record::Models(models.clone());
        let (id, text) = (record.id(), record.bytes(revision));
        let sealed = seal::seal_piece(self.key.as_bytes(), id, [0, 1], &text);
        changes.put.push(Part { id, at: 0, sealed });
    }

    pub(super) fn seal_census(&self, contents: &Contents, deleted: Vec<RecordId>, changes: &mut Changes) {
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
