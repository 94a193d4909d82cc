//! What is kept: patients, their spots, the checks of each and their pictures, as records with a version.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::finding::Finding;
use super::models::Models;
use assess::assessment::Assessment;
pub use net::person::{Remarks, Sex};
use vision::photo::Square;
use vision::scale::Size;

/// Version of what records hold; grows when an older app could not read them any more, or would lose some of it when it writes them
/// again. Every earlier one can be read: see [`Record::parse`].
///
/// 1. as it began.
/// 2. a check knows its lineage, what came before it, its photo's size, answers that were given later, and whose model gave them if it is
///    somebody else's.
/// 3. spots have a patient, and findings of a doctor; a check may have a size.
pub const VERSION: u8 = 3;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A [`Spot`].
    Spot,
    /// A [`Check`].
    Check,
    /// How many records there must be.
    Census,
    /// A small picture of a check's crop, for lists: JPEG.
    Thumbnail,
    /// A check's crop: JPEG.
    Crop,
    /// A check's crop with where the network looked: JPEG.
    Saliency,
    /// A check's whole photo: JPEG.
    Photo,
    /// [`Models`] that came in packs.
    Models,
    /// A [`Patient`].
    Patient,
}

impl RecordKind {
    const ALL: [Self; 9] = [
        Self::Spot,
        Self::Check,
        Self::Census,
        Self::Thumbnail,
        Self::Crop,
        Self::Saliency,
        Self::Photo,
        Self::Models,
        Self::Patient,
    ];
    /// The pictures of a check.
    pub const PICTURES: [Self; 4] = [Self::Thumbnail, Self::Crop, Self::Saliency, Self::Photo];

    /// Whether it is one of [`Self::PICTURES`].
    pub fn is_picture(self) -> bool {
        Self::PICTURES.contains(&self)
    }

    /// Whether there is one of it, which belongs to no spot or check and is sealed under the archive's own key.
    pub fn is_of_archive(self) -> bool {
        matches!(self, Self::Census | Self::Models)
    }

    /// How it is spelled in a file.
    pub fn byte(self) -> u8 {
        self as u8 + 1
    }

    /// The kind that is spelled so.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }
}

/// The name of a record: a picture has the number of its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordId {
    /// What it holds.
    pub kind: RecordKind,
    /// The number of the patient, spot or check.
    #[serde(with = "hexadecimal")]
    pub id: u128,
}

impl RecordId {
    /// Its key in the database.
    pub fn key(self) -> [u8; 17] {
        let mut key = [0; 17];
        key[0] = self.kind.byte();
        key[1..].copy_from_slice(&self.id.to_be_bytes());
        key
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// A fresh random one.
            pub fn random() -> Self {
                Self(rand::random())
            }

            /// As a number.
            pub fn number(self) -> u128 {
                self.0
            }
        }

        impl From<u128> for $name {
            fn from(number: u128) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                write!(formatter, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                u128::from_str_radix(text, 16).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

number! {
    /// The number of a [`Spot`].
    SpotId
}
number! {
    /// The number of a [`Check`].
    CheckId
}
number! {
    /// The number of a [`Patient`].
    PatientId
}
number! {
    /// The number of an archive that makes checks: a fresh one for each that is created. Zero where it is not known, as in records of
    /// version 1.
    Lineage
}

impl Lineage {
    /// Not known.
    pub const UNKNOWN: Self = Self(0);
}

impl Default for Lineage {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

/// Somebody whose spots are kept. All but the name may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Their number.
    pub id: PatientId,
    /// What they are called here.
    pub name: String,
    /// The year of their birth.
    #[serde(default)]
    pub birth_year: Option<i16>,
    /// Of the body.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// How their skin takes the sun.
    #[serde(default)]
    pub skin_type: Option<SkinType>,
}

impl Patient {
    /// How old they become in this year, in years; none where the year of birth is unknown, or makes no age that somebody has.
    pub fn age_in(&self, year: i16) -> Option<u8> {
        u8::try_from(year.checked_sub(self.birth_year?)?).ok().filter(|age| *age <= MOST_AGE)
    }
}

/// Nobody is older, in years.
pub const MOST_AGE: u8 = 120;

/// How skin takes the sun, from 1, which always burns and never tans, to 6, which never burns (Fitzpatrick 1988).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct SkinType(u8);

impl SkinType {
    /// All six.
    pub const ALL: [Self; 6] = [Self(1), Self(2), Self(3), Self(4), Self(5), Self(6)];

    /// 1 to 6.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for SkinType {
    type Error = NoSkinType;

    fn try_from(number: u8) -> Result<Self, NoSkinType> {
        Self::ALL.into_iter().find(|skin_type| skin_type.0 == number).ok_or(NoSkinType)
    }
}

impl From<SkinType> for u8 {
    fn from(skin_type: SkinType) -> Self {
        skin_type.0
    }
}

/// There are six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a skin type is a number from 1 to 6")]
pub struct NoSkinType;

/// One lesion of one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Its number.
    pub id: SpotId,
    /// What its owner calls it.
    pub name: String,
    /// What its owner wants to remember.
    pub note: String,
    /// Where it is.
    pub place: Place,
    /// When it was first kept.
    pub since: Timestamp,
    /// When to look at it again.
    pub look_again: Option<Date>,
    /// Whether the spot itself was lost and this one stands in for it, until a backup brings it back.
    #[serde(default)]
    pub recovered: bool,
    /// Whose it is, where that was said.
    #[serde(default)]
    pub patient: Option<PatientId>,
    /// What doctors found, in the order in which it was noted.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

impl Spot {
    /// Whether a doctor has removed it: then it is history, and nothing is to be looked at again.
    pub fn is_removed(&self) -> bool {
        self.findings.iter().any(|finding| finding.removed)
    }

    /// When to look at it again; never once it is removed.
    pub fn next_look(&self) -> Option<Date> {
        self.look_again.filter(|_| !self.is_removed())
    }

    /// The finding that counts: a tissue's result before what was seen, then the one seen last.
    pub fn last_finding(&self) -> Option<&Finding> {
        self.findings.iter().max_by_key(|finding| (finding.is_histology(), finding.seen_on))
    }
}

/// A place on the body map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Which of the map's two drawings.
    pub side: BodySide,
    /// From the drawing's left edge, 0 to 1 of its width.
    pub x: f32,
    /// From its top edge, 0 to 1 of its height.
    pub y: f32,
}

/// A side of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodySide {
    /// As somebody opposite sees it.
    Front,
    /// From behind.
    Back,
}

/// One dated photo of a spot, with its assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Its number.
    pub id: CheckId,
    /// Whose it is.
    pub spot: SpotId,
    /// Which archive made it.
    #[serde(default)]
    pub lineage: Lineage,
    /// Checks of one lineage are in this order, whatever the clock said.
    pub order: u64,
    /// The greatest `order` of every other lineage that was in the archive when it was made: it comes after those.
    #[serde(default)]
    pub after: BTreeMap<Lineage, u64>,
    /// When it was made, by the device's clock.
    pub at: Timestamp,
    /// The answer that was given when it was made.
    pub assessment: Assessment,
    /// How the photo that is kept lies on the one that was assessed. Not known of checks that a version before this kept.
    #[serde(default)]
    pub photo: Option<KeptPhoto>,
    /// Answers that later models gave to the kept photo, oldest first. The one that was given first stays.
    #[serde(default)]
    pub again: Vec<Again>,
    /// What its owner noticed.
    pub remarks: Remarks,
    /// How large it is, where that was measured.
    #[serde(default)]
    pub size: Option<Size>,
}

/// How the photo that is kept lies on the one that was assessed. [`Assessment::crop`] is in pixels of that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPhoto {
    /// Width and height of the upright photo that was assessed, in pixels.
    pub original_px: [u32; 2],
    /// Width and height of what is kept of it, in pixels.
    pub kept_px: [u32; 2],
}

impl KeptPhoto {
    /// How many pixels of what is kept there are for one of the original: 1 where it is kept as it was.
    pub fn scale(self) -> f64 {
        let [longer, kept] = [self.original_px, self.kept_px].map(|[width, height]| width.max(height));
        f64::from(kept) / f64::from(longer.max(1))
    }

    /// A square of the original on what is kept.
    pub fn square(self, of_original: Square) -> Square {
        let scaled = |pixels: u32| (f64::from(pixels) * self.scale()).round() as u32;
        Square {
            left: scaled(of_original.left),
            top: scaled(of_original.top),
            side: scaled(of_original.side).max(1),
        }
    }
}

/// An answer to a photo that was kept before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Again {
    /// When it was given, by the device's clock.
    pub at: Timestamp,
    /// The answer. Its crop is in pixels of the kept photo.
    pub assessment: Assessment,
}

/// The pictures of a check, as JPEG files without metadata. An empty one was lost before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// The crop, small.
    pub thumbnail: Vec<u8>,
    /// The crop.
    pub crop: Vec<u8>,
    /// The crop with where the network looked.
    pub saliency: Vec<u8>,
    /// All of the photo.
    pub photo: Vec<u8>,
}

impl Pictures {
    /// Each with its kind.
    pub fn by_kind(&self) -> [(RecordKind, &[u8]); 4] {
        let Self { thumbnail, crop, saliency, photo } = self;
        let pictures = [thumbnail, crop, saliency, photo];
        std::array::from_fn(|at| (RecordKind::PICTURES[at], pictures[at].as_slice()))
    }
}

/// The content of any record but a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A patient.
    Patient(Patient),
    /// A spot.
    Spot(Spot),
    /// A check without its pictures.
    Check(Box<Check>),
    /// What must be there.
    Census(Census),
    /// Models that came in packs.
    Models(Models),
}

/// What must be in the archive, so that a lost record is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Census {
    /// How many patients, spots and checks.
    pub records: u64,
    /// Their numbers, combined by exclusive or.
    #[serde(with = "hexadecimal")]
    pub numbers: u128,
    /// What was deleted and may still be in a file of version 1, so that nothing brings it back.
    pub deleted: Vec<RecordId>,
    /// Of the checks that this archive makes.
    #[serde(default)]
    pub lineage: Lineage,
    /// What stands for the lineage of checks that a version before lineages kept.
    #[serde(default)]
    pub before_lineages: Lineage,
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:032x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        u128::from_str_radix(&String::deserialize(deserializer)?, 16).map_err(D::Error::custom)
    }
}

/// Why a record that was opened can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A later app wrote it.
    #[error("it was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// It is not what its kind says.
    #[error("it is damaged")]
    Damaged,
}

impl Record {
    /// Its name.
    pub fn id(&self) -> RecordId {
        match self {
            Self::Patient(patient) => RecordId { kind: RecordKind::Patient, id: patient.id.number() },
            Self::Spot(spot) => RecordId { kind: RecordKind::Spot, id: spot.id.number() },
            Self::Check(check) => RecordId { kind: RecordKind::Check, id: check.id.number() },
            Self::Census(_) => RecordId { kind: RecordKind::Census, id: 0 },
            Self::Models(_) => RecordId { kind: RecordKind::Models, id: 0 },
        }
    }

    /// As bytes to be sealed: [`VERSION`], `revision`, and JSON. A greater revision of the same record is the newer one.
    pub fn bytes(&self, revision: u64) -> Zeroizing<Vec<u8>> {
        let json = match self {
            Self::Patient(patient) => serde_json::to_vec(patient),
            Self::Spot(spot) => serde_json::to_vec(spot),
            Self::Check(check) => serde_json::to_vec(check),
            Self::Census(census) => serde_json::to_vec(census),
            Self::Models(models) => serde_json::to_vec(models),
        };
        // Figures that are no numbers become `null`, which whoever keeps them notices: see [`Self::can_be_kept`].
        let json = Zeroizing::new(json.expect("numbers, texts and lists of them are always JSON"));
        versioned(revision, &json)
    }

    /// Whether what is written of it can be read again: a figure that is not a number can't.
    pub fn can_be_kept(&self) -> bool {
        Self::parse(self.id().kind, &self.bytes(0)).is_ok()
    }

    /// The record and its revision.
    ///
    /// # Errors
    /// When a newer app wrote it, or it is not such a record.
    pub fn parse(kind: RecordKind, bytes: &[u8]) -> Result<(Self, u64), ParseError> {
        let (revision, json) = parts(bytes)?;
        let record = match kind {
            RecordKind::Patient => serde_json::from_slice(json).map(Self::Patient),
            RecordKind::Spot => serde_json::from_slice(json).map(Self::Spot),
            RecordKind::Check => serde_json::from_slice(json).map(Self::Check),
            RecordKind::Census => serde_json::from_slice(json).map(Self::Census),
            RecordKind::Models => serde_json::from_slice(json).map(Self::Models),
            _ => return Err(ParseError::Damaged),
        };
        record.map(|record| (record, revision)).map_err(|_| ParseError::Damaged)
    }
}

/// The revision of any record, whether or not the rest of it can be understood.
///
/// # Errors
/// When a newer app wrote it.
pub fn revision(bytes: &[u8]) -> Result<u64, ParseError> {
    parts(bytes).map(|(revision, _)| revision)
}

/// A picture as bytes to be sealed.
pub fn picture_bytes(picture: &[u8]) -> Zeroizing<Vec<u8>> {
    versioned(0, picture)
}

/// The picture in such bytes.
///
/// # Errors
/// When a newer app wrote it.
pub fn picture(bytes: &[u8]) -> Result<&[u8], ParseError> {
    parts(bytes).map(|(_, picture)| picture)
}

fn versioned(revision: u64, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(9 + content.len()));
    bytes.push(VERSION);
    bytes.extend(revision.to_be_bytes());
    bytes.extend(content);
    bytes
}

fn parts(bytes: &[u8]) -> Result<(u64, &[u8]), ParseError> {
    let (version, rest) = bytes.split_first().ok_or(ParseError::Damaged)?;
    if *version > VERSION {
        return Err(ParseError::Newer);
    }
    let (revision, content) = rest.split_first_chunk::<8>().ok_or(ParseError::Damaged)?;
    Ok((u64::from_be_bytes(*revision), content))
}
