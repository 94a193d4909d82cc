//! Pictures beside a `metadata.csv` in the ISIC archive's own vocabulary: its downloads, and what Spotcheck exports for researchers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use net::diagnosis;
use net::modality::Modality;
use serde::Deserialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::sample::{Sample, Source};
use crate::data::sources::site::site;
use crate::data::split::split_of;
use crate::data::table::{age_group, index, lesion_classes, rows};

/// The table, and the column by which it is told from others of that name.
pub const TABLE: &str = "metadata.csv";
pub const ID: &str = "isic_id";
const VALIDATION_PERCENT: u64 = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    isic_id: String,
    age_approx: Option<f32>,
    anatom_site_general: String,
    /// From the coarsest; there are two more.
    diagnosis_2: String,
    diagnosis_3: String,
    diagnosis_confirm_type: String,
    image_type: String,
    lesion_id: String,
    patient_id: String,
    sex: String,
}

/// Its pictures; those without a diagnosis, of which nothing can be learnt, and those of larger parts of the body are left out. What is of
/// one patient stays on one side, and where no patient is named what is of one lesion.
///
/// # Errors
/// When they can't be read, or none is left.
pub fn load(folder: &Path) -> Result<Dataset, DataError> {
    let classes = lesion_classes();
    let index = index(&classes);
    let mut samples = Vec::new();
    for (_, row) in rows::<Row>(&folder.join(TABLE))? {
        let class = class(&row.diagnosis_2, &row.diagnosis_3).and_then(|key| index.get(key).copied());
        let (Some(class), Some(modality)) = (class, modality(&row.image_type)) else { continue };
        let Some(file) = find(folder, &row.isic_id) else { continue };
        let named = [&row.patient_id, &row.lesion_id, &row.isic_id].into_iter().find(|name| !name.is_empty());
        let group = named.cloned().unwrap_or_default();
        let reference = match row.diagnosis_confirm_type.as_str() {
            "histopathology" => "histology",
            "serial imaging showing no change" => "follow-up",
            "single image expert consensus" => "consensus of experts",
            "confocal microscopy with consensus dermoscopy" => "confocal microscopy",
            "single contributor clinical assessment" => "clinical assessment",
            _ => "unknown",
        };
        let sex = if row.sex.is_empty() { "unknown".into() } else { row.sex };
        samples.push(Sample {
            id: row.isic_id,
            files: vec![file],
            class,
            source: Source::Folder,
            split: split_of(&group, VALIDATION_PERCENT),
            group,
            same_as: Vec::new(),
            modality,
            squashed_from: None,
            age_years: row.age_approx,
            traits: BTreeMap::from([
                ("sex", sex),
                ("age", age_group(row.age_approx)),
                ("site", site(&row.anatom_site_general).into()),
                ("reference", reference.into()),
            ]),
        });
    }
    let none = "its table names no picture that lies beside it and has a diagnosis below benign or malignant";
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), none)),
        false => Ok(Dataset { classes, samples }),
    }
}

/// Our class of the archive's second and third level of diagnosis; none where there is no second.
fn class(second: &str, third: &str) -> Option<&'static str> {
    const BY_NAME: [(&str, &str); 10] = [
        ("Basal cell carcinoma", "bcc"),
        ("Dermatofibroma", "df"),
        ("Lichen planus like keratosis", "bkl"),
        ("Melanoma", "mel"),
        ("Nevus", "nv"),
        ("Pigmented benign keratosis", "bkl"),
        ("Seborrheic keratosis", "bkl"),
        ("Solar lentigo", "bkl"),
        ("Solar or actinic keratosis", "akiec"),
        // HAM10000 counts what has not grown into the skin yet as such.
        ("Squamous cell carcinoma in situ", "akiec"),
    ];
    let by_name = BY_NAME.into_iter().find(|(name, _)| third.starts_with(name));
    match (second, by_name) {
        ("", _) => None,
        (_, Some((_, class))) => Some(class),
        _ if third.starts_with("Squamous cell carcinoma") => Some(diagnosis::SCC),
        ("Benign soft tissue proliferations - Vascular", _) => Some("vasc"),
        _ => Some(diagnosis::OTHER),
    }
}

fn modality(image_type: &str) -> Option<Modality> {
    match image_type {
        "dermoscopic" => Some(Modality::Dermatoscope),
        "clinical: close-up" | "TBP tile: close-up" => Some(Modality::PlainPhoto),
        _ => None,
    }
}

/// The archive's downloads have pictures beside the table.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let places = [folder.to_path_buf(), folder.join("images")];
    let paths = places
        .into_iter()
        .flat_map(|place| ["jpg", "png"].map(|ending| place.join(format!("{name}.{ending}"))));
    paths.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archives_words_become_our_classes() {
        for (second, third, wanted) in [
            ("Benign melanocytic proliferations", "Nevus", Some("nv")),
            ("Malignant melanocytic proliferations (Melanoma)", "Melanoma in situ", Some("mel")),
            ("Malignant epidermal proliferations", "Squamous cell carcinoma in situ", Some("akiec")),
            ("Malignant epidermal proliferations", "Squamous cell carcinoma, NOS", Some("scc")),
            ("Benign soft tissue proliferations - Vascular", "", Some("vasc")),
            ("Cysts", "Infundibular or epidermal cyst", Some("other")),
            ("", "", None),
        ] {
            assert_eq!(class(second, third), wanted, "{second}, {third}");
        }
    }

    #[test]
    fn what_has_no_diagnosis_or_shows_more_than_a_lesion_is_left_out() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table = String::from(
            "isic_id,attribution,diagnosis_1,diagnosis_2,diagnosis_3,image_type,lesion_id,age_approx\n",
        );
        for (name, rest) in [
            ("a", "Benign,Benign melanocytic proliferations,Nevus,dermoscopic,IL_1,45"),
            ("b", "Benign,Benign melanocytic proliferations,Nevus,clinical: close-up,IL_1,"),
            ("c", "Benign,,,dermoscopic,IL_2,"),
            ("d", "Benign,Benign melanocytic proliferations,Nevus,clinical: overview,IL_3,"),
        ] {
            table += &format!("{name},somebody,{rest}\n");
            image::RgbImage::new(4, 4).save(folder.path().join(format!("{name}.jpg"))).expect("image");
        }
        std::fs::write(folder.path().join(TABLE), table).expect("table");
        let samples = load(folder.path()).expect("data").samples;
        let read: Vec<_> =
            samples.iter().map(|sample| (sample.id.as_str(), sample.modality, sample.age_years)).collect();
        assert_eq!(read, [("a", Modality::Dermatoscope, Some(45.0)), ("b", Modality::PlainPhoto, None)]);
        assert_eq!(samples[0].split, samples[1].split, "one lesion");
    }
}
