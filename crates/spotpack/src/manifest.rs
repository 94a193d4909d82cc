//! What a pack says about itself. It is JSON, and it is parsed only after its signature was checked.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{PackError, Part};
use crate::key::KeyId;
use crate::limits;
use crate::text;

/// What is in a pack. Every field must be there, and no other may.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name of the model, e.g. `lite1-240`: lower-case letters, digits, `-` and `.`.
    pub name: String,
    /// Grows with every pack that this publisher makes, whatever its key or name.
    pub version: u32,
    /// Id of the key that signs this manifest.
    pub key_id: KeyId,
    /// Who made it.
    pub publisher: String,
    /// The licence that the model is under.
    pub licence: String,
    /// The day on which it was made. No rule depends on it; people see how old the model is.
    pub date: Date,
    /// The lowest version of the app that can run it.
    pub lowest_app: AppVersion,
    /// What the network is.
    pub architecture: Architecture,
    /// What the network's outputs stand for, in their order.
    pub classes: Vec<Class>,
    /// The files, in the order in which they lie in the pack.
    pub files: Files,
    /// What must not be used any more.
    pub revoked: Vec<Revocation>,
}

/// A network as data, so that another one of its family needs no new app.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// The family, which says how the rest is read.
    pub family: Family,
    /// Multiplies the channels of every stage.
    pub width: f64,
    /// Multiplies the blocks of every stage.
    pub depth: f64,
    /// Side of the pictures that the network reads, in pixels.
    pub side: u32,
    /// What follows a convolution.
    pub activation: Activation,
}

/// Families of networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// EfficientNet-Lite: Lite0 has width 1 and depth 1, Lite4 1.4 and 1.8.
    #[serde(rename = "efficientnet-lite")]
    EfficientNetLite,
}

/// What follows a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Negative values become zero.
    Relu,
    /// And those above six become six.
    Relu6,
}

/// One output of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Short name of the diagnosis: lower-case letters, digits, `_` and `-`.
    pub key: String,
    /// Malignant or likely to become so.
    pub malignant: bool,
    /// Neither harmless nor malignant for sure: a doctor should see it.
    pub refer: bool,
}

/// The files of a pack. They have no names, so none can name a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The model's card with its calibration.
    pub card: Blob,
    /// How it did on pictures that it had never seen.
    pub evaluation: Blob,
    /// How the quality of a photo matters.
    pub quality: Blob,
    /// What it must answer to the pictures, see [`crate::KnownAnswers`].
    pub answers: Blob,
    /// The pictures that go with the known answers.
    pub pictures: Vec<Blob>,
    /// The weights.
    pub weights: Blob,
}

/// A file of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// Length in bytes.
    pub length: u64,
    /// SHA-256.
    pub sha256: Digest,
}

/// Versions that must not be used any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Fingerprint of the key that signed them.
    pub key: Digest,
    /// Which of them.
    pub versions: Versions,
}

/// Versions that one key signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versions {
    /// All, those to come too: the key itself is no longer trusted.
    All,
    /// These.
    These(BTreeSet<u32>),
}

/// A version of the app, e.g. `0.2.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppVersion([u16; 3]);

impl FromStr for AppVersion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Result<Vec<u16>, _> = text.split('.').map(str::parse).collect();
        let version = numbers.ok().and_then(|numbers| numbers.try_into().ok()).map(Self);
        version
            .filter(|version| version.to_string() == text)
            .ok_or("a version of the app is written as three numbers, as in 0.2.1")
    }
}

impl fmt::Display for AppVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(out, "{major}.{minor}.{patch}")
    }
}

/// A day, e.g. `2026-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let mut parts = text.split('-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            Some(Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? })
        };
        parse()
            .filter(|date| (2000..=9999).contains(&date.year) && (1..=date.days()).contains(&date.day))
            .filter(|date| date.to_string() == text)
            .ok_or("a day is written as in 2026-03-31")
    }
}

impl Date {
    /// How many days its month has; none where there is no such month.
    fn days(&self) -> u8 {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => 0,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl TryFrom<String> for $type {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    )*};
}
as_text!(AppVersion, Date);

/// What an architecture's numbers may be.
const MULTIPLIERS: RangeInclusive<f64> = 0.25..=2.0;
const SIDES: RangeInclusive<u32> = 64..=512;

impl Manifest {
    /// Parses and checks a manifest. Its signature is the caller's to check before.
    pub fn parse(raw: &[u8]) -> Result<Self, PackError> {
        let manifest: Self =
            serde_json::from_slice(raw).map_err(|error| PackError::Manifest(text::tame(&error)))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Whether all strings, numbers and lengths are within what a manifest may hold.
    pub fn check(&self) -> Result<(), PackError> {
        let invalid = |what: &str, why: String| PackError::Manifest(format!("{what}: {why}"));
        text::check_identifier(&self.name, 40, "-.").map_err(|why| invalid("name", why))?;
        text::check(&self.publisher, 60).map_err(|why| invalid("publisher", why))?;
        text::check(&self.licence, 120).map_err(|why| invalid("licence", why))?;
        if self.version == 0 {
            return Err(invalid("version", "it starts at 1".to_string()));
        }
        self.architecture.check().map_err(|why| invalid("architecture", why))?;
        check_classes(&self.classes).map_err(|why| invalid("classes", why))?;
        self.check_revoked().map_err(|why| invalid("revoked", why))?;
        self.files.check()
    }

    fn check_revoked(&self) -> Result<(), String> {
        let most = limits::REVOCATIONS;
        let too_long =
            |entry: &Revocation| matches!(&entry.versions, Versions::These(these) if these.len() > most);
        if self.revoked.len() > most || self.revoked.iter().any(too_long) {
            return Err(format!("there may be {most} entries with {most} versions each"));
        }
        Ok(())
    }

    /// Texts that people see.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let keys = self.classes.iter().map(|class| &class.key);
        [&self.name, &self.publisher, &self.licence].into_iter().chain(keys).map(String::as_str)
    }
}

impl Architecture {
    fn check(&self) -> Result<(), String> {
        for (what, value) in [("width", self.width), ("depth", self.depth)] {
            // Not a number is in no range.
            if !MULTIPLIERS.contains(&value) {
                return Err(format!("{what} must be {} to {}", MULTIPLIERS.start(), MULTIPLIERS.end()));
            }
        }
        if !SIDES.contains(&self.side) {
            return Err(format!("side must be {} to {}", SIDES.start(), SIDES.end()));
        }
        Ok(())
    }
}

fn check_classes(classes: &[Class]) -> Result<(), String> {
    if !(2..=limits::CLASSES).contains(&classes.len()) {
        return Err(format!("there must be 2 to {}, and there are {}", limits::CLASSES, classes.len()));
    }
    let mut keys = BTreeSet::new();
    for class in classes {
        text::check_identifier(&class.key, 32, "-_")?;
        if !keys.insert(&class.key) {
            return Err(format!("{} is there twice", class.key));
        }
        if class.malignant && class.refer {
            return Err(format!("{} is both malignant and to be referred", class.key));
        }
    }
    if !classes.iter().any(|class| class.malignant) {
        return Err("none is malignant, so that there would be no risk to tell".to_string());
    }
    if classes.iter().all(|class| class.malignant) {
        return Err("all are malignant, so that there would be no risk to tell".to_string());
    }
    Ok(())
}

impl Files {
    /// Each file with what it is and how long it may be, in the order in which they lie in a pack.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (Part, &Blob, u64)> {
        let before = [
            (Part::Card, &self.card, limits::CARD_BYTES),
            (Part::Evaluation, &self.evaluation, limits::EVALUATION_BYTES),
            (Part::Quality, &self.quality, limits::QUALITY_BYTES),
            (Part::Answers, &self.answers, limits::ANSWERS_BYTES),
        ];
        let pictures = self.pictures.iter().enumerate();
        let pictures =
            pictures.map(|(index, picture)| (Part::Picture(index + 1), picture, limits::PICTURE_BYTES));
        let weights = (Part::Weights, &self.weights, limits::WEIGHTS_BYTES);
        before.into_iter().chain(pictures).chain([weights])
    }

    fn check(&self) -> Result<(), PackError> {
        if !(1..=limits::PICTURES).contains(&self.pictures.len()) {
            let why = format!("there must be 1 to {} pictures", limits::PICTURES);
            return Err(PackError::Manifest(format!("files: {why}")));
        }
        for (part, blob, most) in self.in_order() {
            if blob.length == 0 {
                return Err(PackError::Manifest(format!("files: the {part} would be empty")));
            }
            if blob.length > most {
                return Err(PackError::TooLarge { part, length: blob.length, most });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_days_of_the_calendar() {
        for good in ["2026-03-31", "2024-02-29", "2000-02-29", "9999-12-31"] {
            assert_eq!(good.parse::<Date>().map(|date| date.to_string()), Ok(good.to_string()));
        }
        for bad in
            ["", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1", "26-01-01"]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in ["2026-04-31", "1999-01-01", "12026-01-01", "2026-01-01-01", "+2026-01-01", "2026-01-01 "]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_of_the_app_are_ordered_by_number() {
        let version = |text: &str| text.parse::<AppVersion>();
        assert!(version("0.10.0") > version("0.9.12"));
        assert_eq!(version("0.2.1").map(|version| version.to_string()), Ok("0.2.1".to_string()));
        for bad in ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "+1.2.3", "1.2.70000", "1.2.3-beta"] {
            assert!(version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let architecture = Architecture {
            family: Family::EfficientNetLite,
            width: 1.0,
            depth: 1.0,
            side: 224,
            activation: Activation::Relu,
        };
        assert_eq!(architecture.check(), Ok(()));
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            assert!(Architecture { width: bad, ..architecture }.check().is_err(), "{bad}");
            assert!(Architecture { depth: bad, ..architecture }.check().is_err(), "{bad}");
        }
        for bad in [0, 63, 513, u32::MAX] {
            assert!(Architecture { side: bad, ..architecture }.check().is_err(), "{bad}");
        }
    }
}
