//! PAD-UFES-20 (Pacheco et al. 2020): phone photos of skin lesions, without a dermatoscope; as published, or as `labels.csv`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use net::modality::Modality;
use serde::Deserialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::sample::{Sample, Source};
use crate::data::sources::site::site;
use crate::data::split::split_of;
use crate::data::table::{age_group, class_of, index, lesion_classes, names, rows};

/// The table as published.
pub const TABLE: &str = "metadata.csv";
const VALIDATION_PERCENT: u64 = 25;
/// How the published table spells our diagnoses.
const PUBLISHED: [(&str, &str); 6] =
    [("NEV", "nv"), ("MEL", "mel"), ("BCC", "bcc"), ("ACK", "akiec"), ("SEK", "bkl"), ("SCC", "scc")];

#[derive(Deserialize)]
struct Row {
    /// Named `img_id` in the published table, with the file's ending.
    #[serde(alias = "img_id")]
    image_id: String,
    patient_id: String,
    /// As published: see [`PUBLISHED`].
    diagnostic: Option<String>,
    /// As we spell it, where there is such a column.
    dx: Option<String>,
    age: Option<f32>,
    #[serde(alias = "gender")]
    sex: String,
    region: String,
    #[serde(alias = "fitspatrick")]
    fitzpatrick: Option<f32>,
    #[serde(default)]
    biopsied: String,
    /// Files of this very photo under other names.
    #[serde(default)]
    same_photo_as: String,
}

/// Its pictures.
///
/// # Errors
/// When they can't be read, or a row of the table makes no sense.
pub fn load(folder: &Path, table: &str) -> Result<Dataset, DataError> {
    let classes = lesion_classes();
    let index = index(&classes);
    let table = folder.join(table);
    let mut samples = Vec::new();
    for (line, row) in rows::<Row>(&table)? {
        let given = row.dx.as_deref().or(row.diagnostic.as_deref()).unwrap_or_default();
        let dx = PUBLISHED.iter().find(|(theirs, _)| *theirs == given).map_or(given, |(_, ours)| ours);
        let Some(class) = class_of(dx, &index) else {
            return Err(DataError::Row(table, line, format!("unknown diagnosis {given:?}")));
        };
        let name = row.image_id.trim_end_matches(".png").trim_end_matches(".jpg");
        let Some(file) = find(folder, name) else { continue };
        let sex = if row.sex.is_empty() { "unknown".into() } else { row.sex.to_lowercase() };
        let reference = match row.biopsied.to_lowercase().as_str() {
            "true" => "histology",
            "false" => "clinical assessment",
            _ => "unknown",
        };
        samples.push(Sample {
            id: name.into(),
            files: vec![file],
            class,
            source: Source::PadUfes20,
            split: split_of(&row.patient_id, VALIDATION_PERCENT),
            group: row.patient_id,
            same_as: names(&row.same_photo_as),
            modality: Modality::PlainPhoto,
            squashed_from: None,
            age_years: row.age,
            traits: BTreeMap::from([
                ("sex", sex),
                ("age", age_group(row.age)),
                ("site", site(&row.region).into()),
                ("skin", skin(row.fitzpatrick).into()),
                ("reference", reference.into()),
            ]),
        });
    }
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), "its table names images, but none lies in its folders")),
        false => Ok(Dataset { classes, samples }),
    }
}

/// Folders that may hold the images: our copy's, and the three of the published archive, beside the table or in `images`.
const FOLDERS: [&str; 7] = [
    "images",
    "imgs_part_1",
    "imgs_part_2",
    "imgs_part_3",
    "images/imgs_part_1",
    "images/imgs_part_2",
    "images/imgs_part_3",
];

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let candidates = FOLDERS
        .iter()
        .flat_map(|inner| ["jpg", "png"].map(|ending| folder.join(inner).join(format!("{name}.{ending}"))));
    candidates.into_iter().find(|path| path.is_file())
}

/// Two of Fitzpatrick's types together: single ones are too few for figures.
fn skin(fitzpatrick: Option<f32>) -> &'static str {
    match fitzpatrick.map(|kind| kind as u32) {
        Some(1 | 2) => "type 1 or 2",
        Some(3 | 4) => "type 3 or 4",
        Some(5 | 6) => "type 5 or 6",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::split::Split;

    #[test]
    fn the_published_layout_is_split_by_patient() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table =
            String::from("patient_id,lesion_id,age,gender,fitspatrick,region,diagnostic,img_id\n");
        for number in 0..60 {
            let part = folder.path().join("images").join(format!("imgs_part_{}", number % 3 + 1));
            std::fs::create_dir_all(&part).expect("folder");
            let name = format!("PAT_{}_{number}.png", number / 2);
            image::RgbImage::new(4, 4).save(part.join(&name)).expect("image");
            table += &format!("PAT_{},1,55,FEMALE,2.0,NECK,MEL,{name}\n", number / 2);
        }
        std::fs::write(folder.path().join(TABLE), table).expect("table");
        let samples = load(folder.path(), TABLE).expect("data").samples;
        assert_eq!(samples.len(), 60);
        assert!(samples.chunks(2).all(|pair| pair[0].split == pair[1].split));
        assert!(samples.iter().any(|sample| sample.split == Split::Validation));
        assert_eq!(samples[0].traits["skin"], "type 1 or 2");
        assert_eq!(samples[0].traits["sex"], "female");
        assert_eq!(samples[0].traits["site"], "head or neck");
    }
}
