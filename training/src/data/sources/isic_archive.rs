//! Dermatoscopic pictures of the ISIC archive that are not in HAM10000: those of the challenge of 2017 and later ones.

use std::collections::BTreeMap;
use std::path::Path;

use net::modality::Modality;
use serde::Deserialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::files::picture;
use crate::data::sample::{Sample, Source};
use crate::data::split::split_of;
use crate::data::table::{LABELS, age_group, class_of, index, lesion_classes, rows};

const VALIDATION_PERCENT: u64 = 20;
/// Width by height of most cameras: what a picture is taken for whose own is not known.
const USUAL_ASPECT: f32 = 4.0 / 3.0;

#[derive(Deserialize)]
struct Row {
    image_id: String,
    dx: String,
    lesion_id: String,
    /// Width by height before the picture was squashed to a square.
    aspect: Option<f32>,
}

/// Its pictures.
///
/// # Errors
/// When they can't be read, or a row of the table makes no sense.
pub fn load(folder: &Path) -> Result<Dataset, DataError> {
    let classes = lesion_classes();
    let index = index(&classes);
    let table = folder.join(LABELS);
    let mut samples = Vec::new();
    for (line, row) in rows::<Row>(&table)? {
        let Some(class) = class_of(&row.dx, &index) else {
            return Err(DataError::Row(table, line, format!("unknown diagnosis {:?}", row.dx)));
        };
        let Some(file) = picture(folder, &row.image_id) else { continue };
        samples.push(Sample {
            id: row.image_id,
            files: vec![file],
            class,
            source: Source::IsicArchive,
            split: split_of(&row.lesion_id, VALIDATION_PERCENT),
            group: row.lesion_id,
            same_as: Vec::new(),
            modality: Modality::Dermatoscope,
            squashed_from: Some(row.aspect.unwrap_or(USUAL_ASPECT)),
            age_years: None,
            traits: BTreeMap::from([("age", age_group(None)), ("reference", "unknown".into())]),
        });
    }
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), "its table names pictures, but none lies in `images`")),
        false => Ok(Dataset { classes, samples }),
    }
}
