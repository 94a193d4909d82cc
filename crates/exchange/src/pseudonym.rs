//! Numbers that stand for patients, spots and checks outside the archive.
//!
//! Beside a name they stay the same from one file to the next, so that what takes in two of them finds out what it has already. Without
//! one they are drawn anew for each file, so that nobody can lay two files beside each other.

use std::collections::BTreeMap;
use std::fmt;

use archive::record::PatientId;

/// What a number stands for: one check is an examination, its pictures and an answer.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    Patient,
    Spot,
    Check,
    /// All that was looked at on a day.
    Study,
    /// The pictures of one kind of a spot in a study.
    Series,
    /// Where the pictures of a series lie to one another.
    Frame,
    Crop,
    Photo,
    Finding(u8),
    Removal(u8),
    SkinType,
}

impl Role {
    fn number(self) -> u128 {
        match self {
            Self::Patient => 0,
            Self::Spot => 1,
            Self::Check => 2,
            Self::Study => 3,
            Self::Series => 4,
            Self::Crop => 5,
            Self::Photo => 6,
            Self::SkinType => 7,
            Self::Frame => 8,
            Self::Finding(at) => 0x100 | u128::from(at),
            Self::Removal(at) => 0x200 | u128::from(at),
        }
    }
}

/// The numbers of one file.
pub struct Pseudonyms {
    lasting: bool,
    drawn: BTreeMap<u128, u128>,
    /// For those whose spots are nobody's in particular.
    nobody: Uuid,
}

impl Pseudonyms {
    /// Lasting ones are the archive's own; others are drawn here.
    pub fn new(lasting: bool) -> Self {
        Self { lasting, drawn: BTreeMap::new(), nobody: Uuid::new(rand::random()) }
    }

    /// What stands for the patient, spot or check of this number in a role.
    pub fn of(&mut self, number: u128, role: Role) -> Uuid {
        let lasting = self.lasting;
        let drawn = self.drawn.entry(number).or_insert_with(|| if lasting { number } else { rand::random() });
        Uuid::new(*drawn ^ role.number())
    }

    /// What stands for a patient, or for nobody in particular.
    pub fn of_patient(&mut self, patient: Option<PatientId>) -> Uuid {
        patient.map_or(self.nobody, |patient| self.of(patient.number(), Role::Patient))
    }
}

/// A universally unique identifier, as if it had been drawn (version 4 of RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid(u128);

impl Uuid {
    pub fn new(number: u128) -> Self {
        const VERSION: u128 = 0xf << 76;
        const VARIANT: u128 = 0b11 << 62;
        Self(number & !VERSION & !VARIANT | 4 << 76 | 0b10 << 62)
    }

    /// As a DICOM UID (PS3.5, B.2).
    pub fn uid(self) -> String {
        format!("2.25.{}", self.0)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self(number) = self;
        let (low, mid, high) = (number >> 96, number >> 80 & 0xffff, number >> 64 & 0xffff);
        let (variant, node) = (number >> 48 & 0xffff, number & 0xffff_ffff_ffff);
        write!(formatter, "{low:08x}-{mid:04x}-{high:04x}-{variant:04x}-{node:012x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_of_version_4_and_fits_dicom() {
        for number in [0, u128::MAX, 0x1234_5678_9abc_def0_1234_5678_9abc_def0] {
            let uuid = Uuid::new(number);
            let text = uuid.to_string();
            assert_eq!((text.len(), &text[14..15]), (36, "4"), "{text}");
            assert!(["8", "9", "a", "b"].contains(&&text[19..20]), "{text}");
            assert!(uuid.uid().len() <= 64, "{}", uuid.uid());
        }
    }

    #[test]
    fn without_a_name_no_number_is_in_two_files() {
        let of = |lasting: bool| Pseudonyms::new(lasting).of(7, Role::Check);
        assert_eq!(of(true), of(true));
        assert_ne!(of(false), of(false));
        let mut names = Pseudonyms::new(false);
        assert_eq!(names.of(7, Role::Check), names.of(7, Role::Check), "one in one file");
        assert_ne!(names.of(7, Role::Check), names.of(7, Role::Crop));
        assert_ne!(names.of_patient(None), Pseudonyms::new(true).of_patient(None));
    }
}
