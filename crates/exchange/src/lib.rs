//! Files for the doctor and the researcher: what is kept, in the forms that their programs read.
//!
//! [`Export::write`] writes one file in a [`Format`]. [`personal`] says what that file holds of the person, so that it can be shown and
//! left out before the file leaves; `docs/exchange.md` describes each format.

mod body;
pub mod dicom;
pub mod fhir;
mod folder;
pub mod isic;
mod jpeg;
pub mod personal;
pub mod photos;
mod pseudonym;
#[cfg(test)]
mod tests;

use std::io::{self, Seek, Write};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use zip::result::ZipError;

use archive::record::{Check, CheckId, Patient, RecordKind, Sex, Spot, SpotId};
use archive::{Archive, ArchiveError, Contents};
pub use personal::{Include, Item};

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Pictures for a clinic's image archive: a zip file of DICOM files.
    Dicom,
    /// Answers, findings and the report for a clinic's records: a FHIR R4 bundle.
    Fhir,
    /// Pictures for researchers: a zip file with `metadata.csv` in the vocabulary of the ISIC archive.
    Isic,
    /// Pictures for anybody: a zip file.
    Photos,
}

impl Format {
    /// All.
    pub const ALL: [Self; 4] = [Self::Dicom, Self::Fhir, Self::Isic, Self::Photos];

    /// How it is spelled in commands and in the names of texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dicom => "dicom",
            Self::Fhir => "fhir",
            Self::Isic => "isic",
            Self::Photos => "photos",
        }
    }

    /// What a file of it is called where its owner chose no name. It says nothing about anybody.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Dicom => "spotcheck-dicom.zip",
            Self::Fhir => "spotcheck-fhir.json",
            Self::Isic => "spotcheck-isic.zip",
            Self::Photos => "spotcheck-photos.zip",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Fhir => "application/fhir+json",
            Self::Dicom | Self::Isic | Self::Photos => "application/zip",
        }
    }
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Export<'a> {
    /// Where the pictures are.
    pub archive: &'a Archive,
    /// Of what: everything, what is of one patient, or one spot.
    pub part: &'a Contents,
    /// What of the person.
    pub include: Include,
    /// The report for the doctor, as PDF; it is written where [`Item::Report`] is included and the format takes one.
    pub report: Option<&'a [u8]>,
    /// What a spot without a name is called in names of files, in the user's language.
    pub unnamed: &'a str,
    /// When it is written.
    pub now: Timestamp,
    /// Where: days and times are told as clocks show them there.
    pub zone: TimeZone,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// How many pictures.
    pub pictures: usize,
    /// How many checks, whether or not their pictures could be written.
    pub checks: usize,
    /// Pictures that are damaged, and so were left out.
    pub lost: Vec<Lost>,
}

/// A picture that is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// Of which spot.
    pub spot: SpotId,
    /// Of which check.
    pub check: CheckId,
    /// Which of its pictures.
    pub picture: RecordKind,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// There are no checks.
    #[error("there is nothing to write: no check is kept of this; keep one first, or choose something else")]
    Nothing,
    /// The file.
    #[error("the file can't be written: {0}")]
    File(#[from] io::Error),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl From<ZipError> for ExchangeError {
    fn from(error: ZipError) -> Self {
        Self::File(error.into())
    }
}

impl Export<'_> {
    /// Writes the file. Pictures that are damaged are left out, and named in what is returned; of the others one at a time is in memory.
    ///
    /// # Errors
    /// When there is nothing to write, the output can't be written, or the archive can't be read. What was written until then is no use.
    pub fn write(&self, format: Format, output: impl Write + Seek) -> Result<Written, ExchangeError> {
        if self.part.latest().next().is_none() {
            return Err(ExchangeError::Nothing);
        }
        match format {
            Format::Dicom => dicom::write(self, output),
            Format::Fhir => fhir::write(self, output),
            Format::Isic => isic::write(self, output),
            Format::Photos => photos::write(self, output),
        }
    }

    /// What such a file holds of the person.
    pub fn holds(&self, format: Format) -> Vec<Item> {
        personal::held(format, self.part, &self.include, self.report.is_some())
    }

    fn includes(&self, item: Item) -> bool {
        self.include.has(item)
    }

    /// All checks with their spots, oldest first. A check without a spot is found by nobody else either.
    fn checks(&self) -> impl Iterator<Item = (&Spot, &Check)> {
        let checks = self.part.latest().rev();
        checks.filter_map(|check| Some((self.part.spot(check.spot)?, &**check)))
    }

    /// Whose spot it is.
    fn patient(&self, spot: &Spot) -> Option<&Patient> {
        self.part.patient_of(spot)
    }

    /// The age at a check, in years, where that is to be told: by the year of birth, or as it was told then.
    fn age(&self, spot: &Spot, check: &Check) -> Option<u8> {
        let year = self.local(check.at).year();
        let age = self.patient(spot).and_then(|patient| patient.age_in(year)).or(check.assessment.person.age);
        age.filter(|_| self.includes(Item::BirthYear))
    }

    /// The sex, where that is to be told.
    fn sex(&self, spot: &Spot, check: &Check) -> Option<Sex> {
        let sex = self.patient(spot).and_then(|patient| patient.sex).or(check.assessment.person.sex);
        sex.filter(|_| self.includes(Item::Sex))
    }

    /// When, as the clocks show it.
    fn local(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.zone.clone())
    }

    /// A picture; none where it is damaged, which is noted.
    fn picture(
        &self,
        check: &Check,
        picture: RecordKind,
        written: &mut Written,
    ) -> Result<Option<Vec<u8>>, ExchangeError> {
        match self.archive.picture(check.id, picture) {
            Ok(mut bytes) => Ok(Some(std::mem::take(&mut *bytes))),
            Err(ArchiveError::Lost) => {
                written.lose(check, picture);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Written {
    fn lose(&mut self, check: &Check, picture: RecordKind) {
        self.lost.push(Lost { spot: check.spot, check: check.id, picture });
    }
}
