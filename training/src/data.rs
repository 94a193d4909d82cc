//! Which pictures there are, what they show, and who may learn from them.
//!
//! One loader a source: HAM10000 as published (or with its folds), MILK10k, PAD-UFES-20, more of the ISIC archive, and any
//! folder whose sub-folders are classes. Each yields [`Sample`]s in the same form. Pictures of one lesion or one patient never lie
//! on both sides, even where sources share a lesion under different names: see [`groups`].

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use serde::{Deserialize, Serialize};
use spotcheck::diagnosis;
pub use spotcheck::modality::Modality as Domain;
use spotcheck::photo::Photo;

mod duplicates;
mod folder;
mod groups;
mod ham10000;
mod isic_archive;
mod milk10k;
mod pad;
mod site;

pub use duplicates::near_duplicates;
pub use folder::{MALIGNANT, list};
use site::site;

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
    /// Where it comes from, as [`Source`] spells it.
    pub source: Source,
    /// Lesion or patient: what must not be split.
    pub group: String,
    /// Ids of pictures, perhaps of another source, that show the same lesion under another name.
    pub same_as: Vec<String>,
    /// How it was taken.
    pub domain: Domain,
    /// Who may see it.
    pub part: Part,
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

/// Names of what the network learns to tell apart in sources of skin lesions: the seven of HAM10000, `scc` and `other`.
fn lesion_classes() -> Vec<String> {
    let known = diagnosis::HAM10000.into_iter().chain(diagnosis::BEYOND_HAM10000);
    known.map(|diagnosis| diagnosis.key.to_string()).collect()
}

/// The class of a diagnosis as the tables of our sources spell it.
fn class_of(dx: &str, classes: &HashMap<&str, usize>) -> Option<usize> {
    let name = match dx {
        "inf" | "ben_oth" | "mal_oth" => diagnosis::OTHER,
        dx => dx,
    };
    classes.get(name).copied()
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
        let photo =
            Photo::decode(&bytes).map_err(|error| DataError::Read(path.clone(), error.to_string()))?;
        Ok(match self.squashed_from {
            Some(aspect) => stretched(&photo, aspect),
            None => photo,
        })
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
    let mut all =
        all.ok_or_else(|| DataError::Empty(PathBuf::new(), "name at least one folder with --data"))?;
    let pairs =
        folders.iter().map(|folder| duplicates::read(folder)).collect::<Result<Vec<_>, _>>()?.concat();
    groups::join(&mut all.samples, &pairs);
    match all.part(Part::Learn).is_empty() || all.part(Part::HeldBack).is_empty() {
        true => Err(DataError::OneSided(folders[0].clone())),
        false => Ok(all),
    }
}

fn load_folder(folder: &Path) -> Result<Dataset, DataError> {
    let labels = folder.join(LABELS);
    if let Some(table) = ham10000::table(folder) {
        ham10000::load(folder, &table)
    } else if folder.join(pad::TABLE).is_file() {
        pad::load(folder, pad::TABLE)
    } else if labels.is_file() {
        match columns(&labels)? {
            columns if columns.contains("skin_tone") => milk10k::load(folder),
            columns if columns.contains("fitzpatrick") => pad::load(folder, LABELS),
            columns if columns.contains("isic_2017_part") => isic_archive::load(folder),
            _ => Err(DataError::Row(labels, 1, "its columns are of no source that is known here".into())),
        }
    } else {
        folder::load(folder)
    }
}

/// The table of a source, beside its folder `images`.
const LABELS: &str = "labels.csv";

/// The names of a table's columns.
fn columns(path: &Path) -> Result<std::collections::HashSet<String>, DataError> {
    let fails = |error: csv::Error| DataError::Read(path.into(), error.to_string());
    let mut reader = csv::Reader::from_path(path).map_err(fails)?;
    Ok(reader.headers().map_err(fails)?.iter().map(String::from).collect())
}

/// The picture of this name in `folder`/images, with any ending.
fn picture(folder: &Path, name: &str) -> Option<PathBuf> {
    let paths = ["jpg", "png"].map(|ending| folder.join("images").join(format!("{name}.{ending}")));
    paths.into_iter().find(|path| path.is_file())
}

impl Dataset {
    /// The samples of one part, in their order.
    pub fn part(&self, part: Part) -> Vec<&Sample> {
        self.samples.iter().filter(|sample| sample.part == part).collect()
    }
}

/// The rows of a table that commas or tabs part, each with its line number.
fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, DataError> {
    let fails = |error: &dyn std::error::Error| DataError::Read(path.into(), error.to_string());
    let mut header = Vec::new();
    let file = File::open(path).map_err(|error| fails(&error))?;
    BufReader::new(file).read_until(b'\n', &mut header).map_err(|error| fails(&error))?;
    let delimiter = if header.contains(&b'\t') { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).map_err(|error| fails(&error))?;
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

/// Names that stand in one field, parted by semicolons.
fn names(field: &str) -> Vec<String> {
    field.split(';').filter(|name| !name.is_empty()).map(String::from).collect()
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

    use super::duplicates::NEAR_DUPLICATES;
    use super::*;

    use crate::shared::needed;

    fn assert_no_group_on_both_sides(dataset: &Dataset) {
        let groups =
            |part| dataset.part(part).iter().map(|sample| sample.group.clone()).collect::<HashSet<_>>();
        let (learn, held_back) = (groups(Part::Learn), groups(Part::HeldBack));
        assert!(!learn.is_empty() && !held_back.is_empty());
        let both: Vec<_> = learn.intersection(&held_back).collect();
        assert!(both.is_empty(), "on both sides: {both:?}");
    }

    #[test]
    #[ignore = "needs HAM10000 and PAD-UFES-20 in ../shared: ./dev test runs it where they are"]
    fn no_lesion_and_no_patient_is_on_both_sides() {
        for (name, held_back) in [("ham10000", 0.198), ("pad-ufes-20", 0.25)] {
            let folder = needed(name);
            let dataset = load(&[folder]).expect("data");
            assert_no_group_on_both_sides(&dataset);
            let share = dataset.part(Part::HeldBack).len() as f64 / dataset.samples.len() as f64;
            assert!((share - held_back).abs() < 0.05, "{name}: {share}");
        }
    }

    #[test]
    #[ignore = "needs HAM10000 in ../shared: ./dev test runs it where they are"]
    fn fold_0_is_held_back_and_nothing_else() {
        let folder = needed("ham10000");
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

    /// One is this project's, the others are what a download gives.
    #[test]
    fn the_table_may_have_any_of_its_published_names() {
        for (name, between) in [
            ("HAM10000_metadata.csv", ","),
            ("HAM10000_metadata.tab", "\t"),
            ("HAM10000_metadata", "\t"),
            ("HAM10000_metadata", ","),
        ] {
            let folder = tempfile::tempdir().expect("folder");
            let mut rows = vec!["lesion_id,image_id,dx,dx_type,age,sex,localization".to_string()];
            for number in 0..40 {
                draw(folder.path(), &format!("ISIC_{number}"));
                rows.push(format!("\"HAM_{number}\",\"ISIC_{number}\",\"mel\",\"histo\",,male,back"));
            }
            let table = rows.join("\n").replace(',', between);
            std::fs::write(folder.path().join(name), table).expect("table");
            let dataset = load(&[folder.path().into()]).expect(name);
            assert_eq!(dataset.samples.len(), 40, "{name}");
            let right =
                |sample: &Sample| sample.source == Source::Ham10000 && dataset.classes[sample.class] == "mel";
            assert!(dataset.samples.iter().all(right), "{name}");
        }
    }

    /// A picture in `folder`/images.
    pub(super) fn draw(folder: &Path, name: &str) {
        std::fs::create_dir_all(folder.join("images")).expect("folder");
        let picture = image::RgbImage::from_fn(4, 4, |x, y| {
            image::Rgb([x as u8, y as u8, fnv1a(name.as_bytes()) as u8])
        });
        picture.save(folder.join("images").join(format!("{name}.jpg"))).expect("image");
    }

    #[test]
    fn a_lesion_that_two_sources_share_lies_on_the_side_of_its_fold() {
        let folder = tempfile::tempdir().expect("folder");
        let [ham, milk] = ["ham", "milk"].map(|name| folder.path().join(name));
        let mut table = String::from("lesion_id,image_id,dx,dx_type,age,sex,localization\n");
        let mut folds = String::from("image_id,lesion_id,dx,fold\n");
        let mut twins = String::from(
            "image_id,dx,lesion_id,group,modality,skin_tone,age,sex,site,diagnosis_full,confirmed_by,same_lesion_as\n",
        );
        for number in 0..100 {
            draw(&ham, &format!("ISIC_{number}"));
            table += &format!("HAM_{number},ISIC_{number},nv,histo,40.0,male,back\n");
            folds += &format!("ISIC_{number},HAM_{number},nv,{}\n", number % 5);
            for modality in ["clinical", "dermoscopic"] {
                let id = format!("MILK_{number}_{modality}");
                draw(&milk, &id);
                let twin = if modality == "clinical" { String::new() } else { format!("ISIC_{number}") };
                twins += &format!(
                    "{id},nv,IL_{number},IL_{number},{modality},3,40,male,trunk,,histopathology,{twin}\n"
                );
            }
        }
        std::fs::write(ham.join("HAM10000_metadata.csv"), table).expect("table");
        std::fs::write(ham.join("folds.csv"), folds).expect("table");
        std::fs::write(milk.join(LABELS), twins).expect("table");
        let dataset = load(&[milk, ham]).expect("data");
        assert_eq!(dataset.samples.len(), 300);
        for sample in &dataset.samples {
            let number: usize = sample.id.split('_').nth(1).expect("number").parse().expect("number");
            assert_eq!(sample.part == Part::HeldBack, number.is_multiple_of(5), "{}", sample.id);
        }
        assert_no_group_on_both_sides(&dataset);
    }

    #[test]
    fn near_duplicates_of_the_table_beside_the_pictures_stay_together() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table = String::from("image_id,dx,lesion_id,licence,isic_2017_part,aspect\n");
        for number in 0..200 {
            draw(folder.path(), &format!("ISIC_{number}"));
            table += &format!("ISIC_{number},nv,ISIC_{number},CC0,training,1.333\n");
        }
        std::fs::write(folder.path().join(LABELS), table).expect("table");
        let part = |dataset: &Dataset, number: usize| dataset.samples[number].part;
        let apart = load(&[folder.path().into()]).expect("data");
        let other = (1..200).find(|&number| part(&apart, number) != part(&apart, 0)).expect("both sides");
        let pairs = format!("image_id,other_id\nISIC_0,ISIC_{other}\n");
        std::fs::write(folder.path().join(NEAR_DUPLICATES), pairs).expect("table");
        let together = load(&[folder.path().into()]).expect("data");
        assert_eq!(part(&together, 0), part(&together, other));
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
