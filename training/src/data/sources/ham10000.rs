//! HAM10000 (Tschandl et al. 2018): 10,015 dermatoscopic images, seven diagnoses.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use net::modality::Modality;
use serde::Deserialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::sample::{Sample, Source};
use crate::data::sources::site::site;
use crate::data::split::{Split, split_of};
use crate::data::table::{age_group, class_of, index, lesion_classes, rows};

/// What its table is called: in our prepared copy, and as the Harvard Dataverse (doi:10.7910/DVN/DBW86T) gives it out.
const TABLES: [&str; 3] = ["HAM10000_metadata.csv", "HAM10000_metadata.tab", "HAM10000_metadata"];
/// Our prepared copy's split by lesion; without it, lesions are split by a hash of their name.
const FOLDS: &str = "folds.csv";
/// Folders that may hold the images: our copy's two, and the two of the published archive.
const FOLDERS: [&str; 5] = ["square224", "images", "HAM10000_images_part_1", "HAM10000_images_part_2", "."];
const VALIDATION_FOLD: u8 = 0;
const VALIDATION_PERCENT: u64 = 20;

#[derive(Deserialize)]
struct Row {
    lesion_id: String,
    image_id: String,
    dx: String,
    #[serde(default)]
    dx_type: String,
    age: Option<f32>,
    sex: String,
    localization: String,
}

#[derive(Deserialize)]
struct Fold {
    image_id: String,
    fold: u8,
}

/// Its table, where `folder` holds one.
pub fn table(folder: &Path) -> Option<PathBuf> {
    TABLES.map(|name| folder.join(name)).into_iter().find(|path| path.is_file())
}

/// Its pictures.
///
/// # Errors
/// When they can't be read, or a row of the table makes no sense.
pub fn load(folder: &Path, table: &Path) -> Result<Dataset, DataError> {
    let classes = lesion_classes();
    let index = index(&classes);
    let folds = folder.join(FOLDS);
    let folds: HashMap<String, u8> = match folds.is_file() {
        true => rows::<Fold>(&folds)?.into_iter().map(|(_, row)| (row.image_id, row.fold)).collect(),
        false => HashMap::new(),
    };
    let mut samples = Vec::new();
    for (line, row) in rows::<Row>(table)? {
        let Some(class) = class_of(&row.dx, &index) else {
            return Err(DataError::Row(table.into(), line, format!("unknown diagnosis {:?}", row.dx)));
        };
        let files = find(folder, &row.image_id);
        if files.is_empty() {
            continue;
        }
        let split = match folds.get(&row.image_id) {
            Some(&VALIDATION_FOLD) => Split::Validation,
            Some(_) => Split::Train,
            None => split_of(&row.lesion_id, VALIDATION_PERCENT),
        };
        let traits = BTreeMap::from([
            ("sex", row.sex),
            ("age", age_group(row.age)),
            ("site", site(&row.localization).into()),
            ("reference", reference(&row.dx_type).into()),
        ]);
        samples.push(Sample {
            id: row.image_id,
            files,
            class,
            source: Source::Ham10000,
            group: row.lesion_id,
            same_as: Vec::new(),
            modality: Modality::Dermatoscope,
            split,
            squashed_from: None,
            age_years: row.age,
            traits,
        });
    }
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), "its table names images, but none lies in its folders")),
        false => Ok(Dataset { classes, samples }),
    }
}

fn find(folder: &Path, image: &str) -> Vec<PathBuf> {
    let candidates = FOLDERS.iter().map(|inner| folder.join(inner).join(format!("{image}.jpg")));
    candidates.filter(|path| path.is_file()).collect()
}

/// What the diagnosis rests on.
fn reference(dx_type: &str) -> &'static str {
    match dx_type {
        "histo" => "histology",
        "follow_up" => "follow-up",
        "consensus" => "consensus of experts",
        "confocal" => "confocal microscopy",
        _ => "unknown",
    }
}
