//! One picture with everything known about it: where it comes from, what it shows, and who may learn from it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use image::imageops::FilterType;
use net::modality::Modality;
use net::person::{Person, Sex, Site};
use serde::Serialize;
use vision::photo::Photo;

use crate::data::error::DataError;
use crate::data::split::Split;

/// Which file of a picture to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rendition {
    /// The best there is.
    Sharpest,
    /// The kind that all pictures have. Sharper files exist for some diagnoses more often than for others, so figures on
    /// them would be flattered.
    Common,
}

/// One picture with everything known about it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Name in the source, without an ending.
    pub id: String,
    /// The same picture in one or more files, the sharpest first; the last is of a kind that all pictures of the source
    /// have. Training picks one at random.
    pub files: Vec<PathBuf>,
    /// Index into [`crate::data::dataset::Dataset::classes`].
    pub class: usize,
    /// Where it comes from, as [`Source`] spells it.
    pub source: Source,
    /// Lesion or patient: what must not be split.
    pub group: String,
    /// Ids of pictures, perhaps of another source, that show the same lesion under another name.
    pub same_as: Vec<String>,
    /// How it was taken.
    pub modality: Modality,
    /// Which side of the split it is on.
    pub split: Split,
    /// Width by height before the file was squashed to a square; none for files that are as the camera saw.
    pub squashed_from: Option<f32>,
    /// Age of the person, in years; of most sources in steps of five.
    pub age_years: Option<f32>,
    /// What figures are broken down by, e.g. `sex` → `female`.
    pub traits: BTreeMap<&'static str, String>,
}

/// Where pictures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Source {
    /// Tschandl et al. 2018: dermatoscopic.
    #[serde(rename = "HAM10000")]
    Ham10000,
    /// MILK study team, ISIC 2025: each lesion once plain and once through a dermatoscope.
    #[serde(rename = "MILK10k")]
    Milk10k,
    /// Pacheco et al. 2020: phone photos.
    #[serde(rename = "PAD-UFES-20")]
    PadUfes20,
    /// ISIC 2017 and later, without HAM10000: dermatoscopic.
    #[serde(rename = "ISIC archive")]
    IsicArchive,
    /// Somebody's own pictures.
    #[serde(rename = "own pictures")]
    Folder,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ham10000 => "HAM10000",
            Self::Milk10k => "MILK10k",
            Self::PadUfes20 => "PAD-UFES-20",
            Self::IsicArchive => "ISIC archive",
            Self::Folder => "own pictures",
        })
    }
}

impl Sample {
    /// The number of a file in [`Self::files`].
    pub fn file(&self, rendition: Rendition) -> usize {
        match rendition {
            Rendition::Sharpest => 0,
            Rendition::Common => self.files.len() - 1,
        }
    }

    /// What the source tells of the person.
    pub fn person(&self) -> Person {
        let told = |name: &str| self.traits.get(name).map(String::as_str);
        Person {
            age: self.age_years.filter(|age| (0.0..=120.0).contains(age)).map(|age| age as u8),
            sex: Sex::ALL.into_iter().find(|sex| told("sex") == Some(sex.key())),
            site: match told("site") {
                Some("head or neck") => Some(Site::HeadOrNeck),
                Some("trunk") => Some(Site::Trunk),
                Some("arm") => Some(Site::Arm),
                Some("leg") => Some(Site::Leg),
                Some("hand") => Some(Site::Hand),
                Some("foot") => Some(Site::Foot),
                _ => None,
            },
            ..Person::default()
        }
    }

    /// Reads and decodes file number `file` of [`Sample::files`].
    ///
    /// # Errors
    /// When it can't be read or isn't a photo; the message names the file.
    pub fn load(&self, file: usize) -> Result<Photo, DataError> {
        let path = &self.files[file];
        let bytes = std::fs::read(path).map_err(|error| DataError::Read(path.clone(), error.to_string()))?;
        let photo =
            Photo::decode(&bytes).map_err(|error| DataError::Read(path.clone(), error.to_string()))?;
        Ok(match self.squashed_from {
            Some(aspect) => stretched(&photo, aspect),
            None => photo,
        })
    }

    /// The mask of a HAM10000 image in our prepared copy: white where the lesion is.
    pub fn mask(&self) -> Option<PathBuf> {
        let folder = self.files.first()?.parent()?.parent()?;
        let path = folder.join("masks").join(format!("{}.png", self.id));
        path.is_file().then_some(path)
    }
}

/// A squashed photo as wide as it was, by its height.
fn stretched(photo: &Photo, aspect: f32) -> Photo {
    let (width, height) = photo.size();
    let wide = ((height as f32 * aspect).round() as u32).max(1);
    match wide == width {
        true => photo.pixels().clone().into(),
        false => image::imageops::resize(photo.pixels(), wide, height, FilterType::Triangle).into(),
    }
}
