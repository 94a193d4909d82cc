//! MILK10k (MILK study team, ISIC 2025): each lesion as a plain close-up and through a dermatoscope, nearly all with histology.
//!
//! A thousand of its lesions are lesions of HAM10000 under other names; the column `same_lesion_as` of our table names those
//! pictures, and [`crate::data::groups`] keeps them on one side.

use std::collections::BTreeMap;
use std::path::Path;

use net::modality::Modality;
use serde::Deserialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::files::picture;
use crate::data::sample::{Sample, Source};
use crate::data::sources::site::site;
use crate::data::split::split_of;
use crate::data::table::{LABELS, age_group, class_of, index, lesion_classes, names, rows};

const VALIDATION_PERCENT: u64 = 20;

#[derive(Deserialize)]
struct Row {
    image_id: String,
    dx: String,
    /// Joins lesions whose pictures match although their names differ.
    group: String,
    modality: String,
    /// From 0, darkest, to 5, lightest.
    skin_tone: Option<u8>,
    age: Option<f32>,
    sex: String,
    site: String,
    confirmed_by: String,
    same_lesion_as: String,
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
        let modality = match row.modality.as_str() {
            "clinical" => Modality::PlainPhoto,
            "dermoscopic" => Modality::Dermatoscope,
            other => return Err(DataError::Row(table, line, format!("unknown modality {other:?}"))),
        };
        let Some(file) = picture(folder, &row.image_id) else { continue };
        let reference =
            if row.confirmed_by == "histopathology" { "histology" } else { "clinical assessment" };
        samples.push(Sample {
            id: row.image_id,
            files: vec![file],
            class,
            source: Source::Milk10k,
            split: split_of(&row.group, VALIDATION_PERCENT),
            group: row.group,
            same_as: names(&row.same_lesion_as),
            modality,
            squashed_from: None,
            age_years: row.age,
            traits: BTreeMap::from([
                ("sex", if row.sex.is_empty() { "unknown".into() } else { row.sex }),
                ("age", age_group(row.age)),
                ("site", site(&row.site).into()),
                ("skin", skin(row.skin_tone).into()),
                ("reference", reference.into()),
            ]),
        });
    }
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), "its table names pictures, but none lies in `images`")),
        false => Ok(Dataset { classes, samples }),
    }
}

/// The source's scale runs from dark to light, against Fitzpatrick's; two tones together, single ones are too few for figures.
fn skin(tone: Option<u8>) -> &'static str {
    match tone {
        Some(0 | 1) => "tone 0 or 1 (darkest)",
        Some(2 | 3) => "tone 2 or 3",
        Some(4 | 5) => "tone 4 or 5 (lightest)",
        _ => "unknown",
    }
}
