//! Which pictures there are, what they show, and who may learn from them.
//!
//! Three kinds of source: HAM10000 as published (or our prepared copy, with its folds and
//! sharper squares), PAD-UFES-20, and any folder whose sub-folders are classes. Each yields
//! [`Sample`]s in the same form. Pictures of one lesion or one patient never lie on both sides.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spotcheck::photo::Photo;

mod folder;
mod ham10000;
mod pad;

pub use folder::MALIGNANT;

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

/// How a picture was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Domain {
    /// Through a dermatoscope.
    Dermatoscope,
    /// With a phone, without one.
    Phone,
}

/// Who may see a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The weights learn from it.
    Learn,
    /// Held back: selection, calibration, thresholds, figures.
    HeldBack,
}

/// One picture with everything known about it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Name in the source, without an ending.
    pub id: String,
    /// The same picture in one or more files, the sharpest first; the last is of a kind that all pictures of the source
    /// have. Training picks one at random.
    pub files: Vec<PathBuf>,
    /// Index into [`Dataset::classes`].
    pub class: usize,
    /// Lesion or patient: what must not be split.
    pub group: String,
    /// How it was taken.
    pub domain: Domain,
    /// Who may see it.
    pub part: Part,
    /// Squamous cell carcinoma and the like: malignant, but none of the classes. It is learnt as its
    /// nearest class and left out of figures per class.
    pub outside_classes: bool,
    /// What figures are broken down by, e.g. `sex` → `female`.
    pub traits: BTreeMap<&'static str, String>,
}

impl Sample {
    /// The number of a file in [`Self::files`].
    pub fn file(&self, rendition: Rendition) -> usize {
        match rendition {
            Rendition::Sharpest => 0,
            Rendition::Common => self.files.len() - 1,
        }
    }

    /// Reads and decodes file number `file` of [`Sample::files`].
    ///
    /// # Errors
    /// When it can't be read or isn't a photo; the message names the file.
    pub fn load(&self, file: usize) -> Result<Photo, DataError> {
        let path = &self.files[file];
        let bytes = std::fs::read(path).map_err(|error| DataError::Read(path.clone(), error.to_string()))?;
        Photo::decode(&bytes).map_err(|error| DataError::Read(path.clone(), error.to_string()))
    }
}

/// All samples and the names of their classes.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Class names, in the order of the network's outputs.
    pub classes: Vec<String>,
    /// Every sample of every source.
    pub samples: Vec<Sample>,
}

/// Why the pictures can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that should be there isn't, or isn't readable.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, String),
    /// A table with a row that makes no sense.
    #[error("{0}, line {1}: {2}")]
    Row(PathBuf, usize, String),
    /// Nothing to learn from.
    #[error("no pictures found in {0}: {1}")]
    Empty(PathBuf, &'static str),
    /// A thread that makes batches stopped.
    #[error("a thread that makes batches stopped; its reason stands above")]
    Thread,
    /// A side of the split without pictures.
    #[error("{0}: its pictures are of one lesion or person, and so on one side of the split; add more")]
    OneSided(PathBuf),
    /// Sources that don't fit together.
    #[error("{0} has other classes than the sources before it")]
    Classes(PathBuf),
}

/// Where pictures come from: folders, of whatever kind each turns out to be.
///
/// # Errors
/// When a folder can't be read or the classes of two folders differ.
pub fn load(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let mut all: Option<Dataset> = None;
    for folder in folders {
        let found = load_folder(folder)?;
        match &mut all {
            None => all = Some(found),
            Some(all) if all.classes == found.classes => all.samples.extend(found.samples),
            Some(_) => return Err(DataError::Classes(folder.clone())),
        }
    }
    let all = all.ok_or_else(|| DataError::Empty(PathBuf::new(), "name at least one folder with --data"))?;
    match all.part(Part::Learn).is_empty() || all.part(Part::HeldBack).is_empty() {
        true => Err(DataError::OneSided(folders[0].clone())),
        false => Ok(all),
    }
}

fn load_folder(folder: &Path) -> Result<Dataset, DataError> {
    if folder.join(ham10000::TABLE).is_file() {
        ham10000::load(folder)
    } else if folder.join(pad::TABLE).is_file() {
        pad::load(folder)
    } else {
        folder::load(folder)
    }
}

impl Dataset {
    /// The samples of one part, in their order.
    pub fn part(&self, part: Part) -> Vec<&Sample> {
        self.samples.iter().filter(|sample| sample.part == part).collect()
    }

    /// How many of `samples` each class has.
    pub fn count(&self, samples: &[&Sample]) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        samples.iter().for_each(|sample| counts[sample.class] += 1);
        counts
    }
}

/// The rows of a CSV file, each with its line number.
fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, DataError> {
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| DataError::Read(path.into(), error.to_string()))?;
    let rows = reader.deserialize().enumerate();
    rows.map(|(row, value)| match value {
        Ok(value) => Ok((row + 2, value)),
        Err(error) => Err(DataError::Row(path.into(), row + 2, error.to_string())),
    })
    .collect()
}

/// Holds back about `percent` of the groups, the same ones every time, whatever else there is.
fn part_of(group: &str, percent: u64) -> Part {
    if (fnv1a(group.as_bytes()) >> 32) % 100 < percent { Part::HeldBack } else { Part::Learn }
}

/// FNV-1a: a fixed hash, unlike the standard library's, whose values may change.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Index of each class name.
fn index(classes: &[String]) -> HashMap<&str, usize> {
    classes.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect()
}

/// An age as the decade-wide group that figures are broken down by.
fn age_group(age: Option<f32>) -> String {
    match age {
        None => "unknown".into(),
        Some(age) if age < 30.0 => "under 30".into(),
        Some(age) if age < 50.0 => "30 to 49".into(),
        Some(age) if age < 70.0 => "50 to 69".into(),
        Some(_) => "70 and over".into(),
    }
}

/// The mask of a HAM10000 image in our prepared copy: white where the lesion is.
pub fn mask(sample: &Sample) -> Option<PathBuf> {
    let folder = sample.files.first()?.parent()?.parent()?;
    let path = folder.join("masks").join(format!("{}.png", sample.id));
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    use crate::shared::shared;

    fn assert_no_group_on_both_sides(dataset: &Dataset) {
        let groups =
            |part| dataset.part(part).iter().map(|sample| sample.group.clone()).collect::<HashSet<_>>();
        let (learn, held_back) = (groups(Part::Learn), groups(Part::HeldBack));
        assert!(!learn.is_empty() && !held_back.is_empty());
        let both: Vec<_> = learn.intersection(&held_back).collect();
        assert!(both.is_empty(), "on both sides: {both:?}");
    }

    #[test]
    fn no_lesion_and_no_patient_is_on_both_sides() {
        for (name, held_back) in [("ham10000", 0.198), ("pad-ufes-20", 0.25)] {
            let Some(folder) = shared(name) else { continue };
            let dataset = load(&[folder]).expect("data");
            assert_no_group_on_both_sides(&dataset);
            let share = dataset.part(Part::HeldBack).len() as f64 / dataset.samples.len() as f64;
            assert!((share - held_back).abs() < 0.05, "{name}: {share}");
        }
    }

    #[test]
    fn fold_0_is_held_back_and_nothing_else() {
        let Some(folder) = shared("ham10000") else { return };
        let table = std::fs::read_to_string(folder.join("folds.csv")).expect("folds");
        let fold: HashMap<&str, &str> = table
            .lines()
            .skip(1)
            .map(|line| (line.split(',').next().unwrap_or(""), line.rsplit(',').next().unwrap_or("")))
            .collect();
        for sample in load(&[folder]).expect("data").samples {
            assert_eq!(sample.part == Part::HeldBack, fold[sample.id.as_str()] == "0", "{}", sample.id);
        }
    }

    #[test]
    fn the_published_layout_without_folds_is_split_by_lesion() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table = String::from("lesion_id,image_id,dx,dx_type,age,sex,localization\n");
        let images = folder.path().join("HAM10000_images_part_1");
        std::fs::create_dir(&images).expect("folder");
        for number in 0..200 {
            table += &format!("HAM_{:04},ISIC_{number:04},nv,histo,40.0,male,back\n", number / 2);
            image::RgbImage::new(4, 4).save(images.join(format!("ISIC_{number:04}.jpg"))).expect("image");
        }
        std::fs::write(folder.path().join("HAM10000_metadata.csv"), table).expect("table");
        let dataset = load(&[folder.path().into()]).expect("data");
        assert_eq!(dataset.samples.len(), 200);
        assert_no_group_on_both_sides(&dataset);
    }

    #[test]
    fn an_unknown_diagnosis_is_named_with_its_line() {
        let folder = tempfile::tempdir().expect("folder");
        let table =
            "lesion_id,image_id,dx,dx_type,age,sex,localization\nHAM_1,ISIC_1,wart,histo,,male,back\n";
        std::fs::write(folder.path().join("HAM10000_metadata.csv"), table).expect("table");
        let error = load(&[folder.path().into()]).expect_err("unknown diagnosis").to_string();
        assert!(error.contains("line 2") && error.contains("wart"), "{error}");
    }

    #[test]
    fn folders_with_other_classes_do_not_mix() {
        let folder = tempfile::tempdir().expect("folder");
        for place in ["one/malignant-a", "one/b", "two/malignant-a", "two/c"] {
            std::fs::create_dir_all(folder.path().join(place)).expect("folder");
            for name in ["1.png", "2.png"] {
                image::RgbImage::new(4, 4).save(folder.path().join(place).join(name)).expect("image");
            }
        }
        let folders = ["one", "two"].map(|name| folder.path().join(name));
        assert!(matches!(load(&folders), Err(DataError::Classes(_))));
    }
}
