//! Files for the doctor and the researcher, made from what is kept.

use std::fs::File;
use std::io::{self, BufWriter};
use std::sync::Arc;

use exchange::{Export, Format, Include, Item};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{ArchiveWorker, ArchiveWorkerError};
use crate::platform::{self, Handed, System};
use crate::report::{self, Draft};
use archive::{ArchiveError, Contents};

/// What is to be shared.
#[derive(Debug, Clone)]
pub struct Sharing {
    /// Of what.
    pub part: Arc<Contents>,
    /// As what.
    pub format: Format,
    /// What of the person.
    pub include: Include,
    /// The report for the doctor, a draft for each spot; it is made only where it is included.
    pub drafts: Vec<Draft>,
    /// What a spot without a name is called.
    pub unnamed: String,
}

impl ArchiveWorker {
    /// The report for the doctor, as PDF.
    ///
    /// # Errors
    /// When the archive is locked, a picture can't be read though it is not damaged, or the report can't be made.
    pub fn report(&mut self, drafts: Vec<Draft>) -> Result<Vec<u8>, ArchiveWorkerError> {
        let whole = |draft: Draft| draft.with_pictures(|check, kind| unless_lost(self.picture(check, kind)));
        let reports = drafts.into_iter().map(whole).collect::<Result<Vec<_>, _>>()?;
        report::pdf(&reports).map_err(|error| io::Error::other(error.to_string()).into())
    }

    /// Writes a file for others and hands it over. Returns what became of it, and how many pictures are missing because they are damaged.
    ///
    /// # Errors
    /// When the archive is locked, there is nothing to share, or the file can't be written; then no file is left.
    pub fn share(
        &mut self,
        system: &dyn System,
        sharing: Sharing,
    ) -> Result<(Handed, usize), ArchiveWorkerError> {
        let Sharing { part, format, include, drafts, unnamed } = sharing;
        let report = match include.has(Item::Report) && !drafts.is_empty() {
            true => Some(self.report(drafts)?),
            false => None,
        };
        let export = Export {
            archive: self.archive()?,
            part: &part,
            include,
            report: report.as_deref(),
            unnamed: &unnamed,
            now: Timestamp::now(),
            zone: TimeZone::system(),
        };
        let mut lost = 0;
        let handed = platform::hand_over(system, format.file_name(), |file: File| {
            let mut output = BufWriter::new(file);
            lost = export.write(format, &mut output)?.lost.len();
            output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok::<_, ArchiveWorkerError>(())
        })?;
        Ok((handed, lost))
    }
}

/// Nothing where a picture is lost for good, which the report says in its place.
fn unless_lost(picture: Result<Vec<u8>, ArchiveWorkerError>) -> Result<Option<Vec<u8>>, ArchiveWorkerError> {
    match picture {
        Ok(picture) => Ok(Some(picture)),
        Err(ArchiveWorkerError::Archive(ArchiveError::Lost)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No file at all is better than one that lacks pictures which are there.
    #[test]
    fn a_report_is_made_without_lost_pictures_but_not_without_those_that_can_not_be_read_now() {
        assert_eq!(unless_lost(Ok(vec![1])).expect("read"), Some(vec![1]));
        assert_eq!(unless_lost(Err(ArchiveError::Lost.into())).expect("lost"), None);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        for error in [ArchiveWorkerError::File(full), ArchiveError::WrongKey.into()] {
            assert!(unless_lost(Err(error)).is_err());
        }
    }
}
