//! What a file holds of the person: what may be left out, and what it would hold, to be shown before it leaves.

use std::collections::BTreeSet;

use archive::Contents;
use archive::record::{Check, Patient, Spot};

use super::Format;

/// Something of the person that a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Pictures of the spots: what was looked at, and little around it.
    Pictures,
    /// Where on the body the spots are.
    Regions,
    /// What the app answered.
    Answers,
    /// The photos as they were taken, with what is around the spots.
    WholePhotos,
    /// The person's name. Beside it, numbers stay the same from one file to the next; without it, they are drawn anew.
    Name,
    /// The year of birth, or an age.
    BirthYear,
    /// The sex.
    Sex,
    /// The skin type.
    SkinType,
    /// What the spots are called.
    SpotNames,
    /// What was noted of the spots.
    Notes,
    /// What was noticed at a check, such as itching.
    Noticed,
    /// What doctors found, and which of them.
    Findings,
    /// When: the days and times of checks and findings.
    Dates,
    /// The report for the doctor, as PDF: it holds most of the above by itself.
    Report,
}

impl Item {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 14] = [
        Self::Pictures,
        Self::Regions,
        Self::Answers,
        Self::WholePhotos,
        Self::Name,
        Self::BirthYear,
        Self::Sex,
        Self::SkinType,
        Self::SpotNames,
        Self::Notes,
        Self::Noticed,
        Self::Findings,
        Self::Dates,
        Self::Report,
    ];

    /// How it is spelled in commands and in the names of texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Regions => "regions",
            Self::Answers => "answers",
            Self::WholePhotos => "whole-photos",
            Self::Name => "name",
            Self::BirthYear => "birth-year",
            Self::Sex => "sex",
            Self::SkinType => "skin-type",
            Self::SpotNames => "spot-names",
            Self::Notes => "notes",
            Self::Noticed => "noticed",
            Self::Findings => "findings",
            Self::Dates => "dates",
            Self::Report => "report",
        }
    }

    /// The key of the text that says what it is, in each language.
    pub fn text(self) -> &'static str {
        match self {
            Self::Pictures => "holds-pictures",
            Self::Regions => "holds-regions",
            Self::Answers => "holds-answers",
            Self::WholePhotos => "holds-whole-photos",
            Self::Name => "holds-name",
            Self::BirthYear => "holds-birth-year",
            Self::Sex => "holds-sex",
            Self::SkinType => "holds-skin-type",
            Self::SpotNames => "holds-spot-names",
            Self::Notes => "holds-notes",
            Self::Noticed => "holds-noticed",
            Self::Findings => "holds-findings",
            Self::Dates => "holds-dates",
            Self::Report => "holds-report",
        }
    }

    /// The one that is spelled so.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.key() == key)
    }

    /// Whether a file may do without it. What remains is what it is a file of.
    pub fn may_be_left_out(self) -> bool {
        !matches!(self, Self::Pictures | Self::Regions | Self::Answers)
    }
}

/// What of the person is to be written: nothing but what is asked for. With nothing a file names nobody, and a number that is drawn for
/// it stands for each person. The pictures themselves may still show who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Include(BTreeSet<Item>);

impl Include {
    /// These.
    pub fn these(items: impl IntoIterator<Item = Item>) -> Self {
        Self(items.into_iter().filter(|item| item.may_be_left_out()).collect())
    }

    /// What a format is of little use without, and no more.
    pub fn usual(format: Format) -> Self {
        match format {
            Format::Dicom => Self::these([Item::Dates]),
            Format::Fhir => Self::these([Item::Dates, Item::Report]),
            Format::Isic => Self::these([Item::Findings]),
            Format::Photos => Self::these([Item::WholePhotos, Item::SpotNames, Item::Dates]),
        }
    }

    /// Whether this is to be written.
    pub fn has(&self, item: Item) -> bool {
        !item.may_be_left_out() || self.0.contains(&item)
    }

    /// The same with this one turned round, as by a switch.
    pub fn toggled(mut self, item: Item) -> Self {
        if item.may_be_left_out() && !self.0.remove(&item) {
            self.0.insert(item);
        }
        self
    }
}

/// What a file of this format has a place for.
pub fn takes(format: Format, item: Item) -> bool {
    match format {
        // No claim about a lesion belongs into a picture.
        Format::Dicom => matches!(
            item,
            Item::Pictures
                | Item::Regions
                | Item::WholePhotos
                | Item::Name
                | Item::BirthYear
                | Item::Sex
                | Item::SpotNames
                | Item::Notes
                | Item::Dates
        ),
        Format::Fhir => !matches!(item, Item::Pictures | Item::WholePhotos),
        Format::Isic => matches!(
            item,
            Item::Pictures | Item::Regions | Item::BirthYear | Item::Sex | Item::SkinType | Item::Findings
        ),
        Format::Photos => {
            matches!(item, Item::Pictures | Item::WholePhotos | Item::Name | Item::SpotNames | Item::Dates)
        }
    }
}

/// What a file of this format would hold of `part`: what is included, has a place there, and is known. A report brings along what is in it.
pub fn held(format: Format, part: &Contents, include: &Include, report: bool) -> Vec<Item> {
    let known = Known::of(part);
    let in_report = report && takes(format, Item::Report) && include.has(Item::Report);
    let is_held = |item: Item| match item {
        Item::Report => in_report,
        item => known.has(format, item) && (in_report || takes(format, item) && include.has(item)),
    };
    Item::ALL.into_iter().filter(|item| is_held(*item)).collect()
}

/// What is known in a part of the archive.
struct Known<'a> {
    checks: Vec<(&'a Spot, &'a Check)>,
    patients: Vec<&'a Patient>,
}

impl<'a> Known<'a> {
    fn of(part: &'a Contents) -> Self {
        let checks: Vec<(&Spot, &Check)> =
            part.latest().filter_map(|check| Some((part.spot(check.spot)?, &**check))).collect();
        let patients = checks.iter().filter_map(|(spot, _)| part.patient_of(spot)).collect();
        Self { checks, patients }
    }

    fn has(&self, format: Format, item: Item) -> bool {
        let patient = |is: fn(&Patient) -> bool| self.patients.iter().any(|patient| is(patient));
        let spot = |is: fn(&Spot) -> bool| self.checks.iter().any(|(spot, _)| is(spot));
        let check = |is: fn(&Check) -> bool| self.checks.iter().any(|(_, check)| is(check));
        // What was told at a check is nowhere in a bundle: a patient is there once.
        let told = |is: fn(&Check) -> bool| format != Format::Fhir && check(is);
        match item {
            Item::Name => patient(|patient| !patient.name.is_empty()),
            Item::BirthYear => {
                patient(|patient| patient.birth_year.is_some())
                    || told(|check| check.assessment.person.age.is_some())
            }
            Item::Sex => {
                patient(|patient| patient.sex.is_some())
                    || told(|check| check.assessment.person.sex.is_some())
            }
            Item::SkinType => patient(|patient| patient.skin_type.is_some()),
            Item::Regions => spot(|spot| spot.region().is_some()),
            Item::SpotNames => spot(|spot| !spot.name.is_empty()),
            Item::Notes => spot(|spot| !spot.note.is_empty()),
            Item::Findings => spot(|spot| !spot.findings.is_empty()),
            Item::Noticed => check(|check| check.remarks.any()),
            Item::Pictures | Item::WholePhotos | Item::Answers | Item::Dates | Item::Report => {
                !self.checks.is_empty()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use archive::made_up::{check, patient, spot};

    use super::*;

    /// A spot of which nothing is known but where it is.
    fn bare() -> Contents {
        let spot = Spot { note: String::new(), ..spot("") };
        let check = Check { remarks: Default::default(), ..check(spot.id) };
        Contents::of([], [spot], [check])
    }

    fn everything() -> Include {
        Include::these(Item::ALL)
    }

    #[test]
    fn what_is_listed_is_asked_for_has_a_place_and_is_known() {
        assert_eq!(held(Format::Photos, &bare(), &Include::default(), false), [Item::Pictures]);
        let all = held(Format::Photos, &bare(), &everything(), false);
        assert_eq!(all, [Item::Pictures, Item::WholePhotos, Item::Dates], "no name is known");
        let owner = patient();
        let mine = Spot { patient: Some(owner.id), ..spot("arm") };
        let check = check(mine.id);
        let part = Contents::of([owner], [mine], [check]);
        assert!(held(Format::Photos, &part, &everything(), false).contains(&Item::Name));
        let isic = held(Format::Isic, &part, &everything(), false);
        assert!(
            !isic.contains(&Item::Name) && !isic.contains(&Item::Notes) && !isic.contains(&Item::Answers)
        );
        let dicom = held(Format::Dicom, &part, &everything(), false);
        assert!(!dicom.contains(&Item::Findings) && !dicom.contains(&Item::Answers));
    }

    #[test]
    fn a_report_brings_along_what_is_in_it_and_the_list_says_so() {
        let with_report = Include::these([Item::Report]);
        let held = |report| held(Format::Fhir, &bare(), &with_report, report);
        assert!(!held(false).contains(&Item::Dates));
        for item in [Item::Dates, Item::WholePhotos, Item::Pictures, Item::Report] {
            assert!(held(true).contains(&item), "{item:?}");
        }
    }

    #[test]
    fn what_a_file_is_made_of_can_not_be_switched_off() {
        let include = Include::these([Item::Name]).toggled(Item::Name).toggled(Item::Pictures);
        assert!(include.has(Item::Pictures) && !include.has(Item::Name));
        assert_eq!(include, Include::default());
        for item in Item::ALL {
            assert_eq!(Item::from_key(item.key()), Some(item));
        }
    }
}
