//! PAD-UFES-20 (Pacheco et al. 2020): phone photos of skin lesions, without a dermatoscope.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use spotcheck::diagnosis;

use super::{DataError, Dataset, Domain, Sample, age_group, index, part_of, rows};

pub(super) const TABLE: &str = "metadata.csv";
const HELD_BACK_PERCENT: u64 = 25;
/// PAD-UFES-20's diagnoses and ours. Squamous cell carcinoma is none of the seven: it is learnt as akiec, which its first
/// stage, Bowen's disease, belongs to.
const DIAGNOSES: [(&str, &str); 6] =
    [("NEV", "nv"), ("MEL", "mel"), ("BCC", "bcc"), ("ACK", "akiec"), ("SEK", "bkl"), (OUTSIDE, "akiec")];
const OUTSIDE: &str = "SCC";

#[derive(Deserialize)]
struct Row {
    /// Named `img_id` in the published table, with the file's ending.
    #[serde(alias = "img_id")]
    image_id: String,
    patient_id: String,
    diagnostic: String,
    age: Option<f32>,
    #[serde(alias = "gender")]
    sex: String,
    region: String,
    #[serde(alias = "fitspatrick")]
    fitzpatrick: Option<f32>,
}

pub(super) fn load(folder: &Path) -> Result<Dataset, DataError> {
    let classes: Vec<String> =
        diagnosis::HAM10000.iter().map(|diagnosis| diagnosis.key.to_string()).collect();
    let index = index(&classes);
    let table = folder.join(TABLE);
    let mut samples = Vec::new();
    for (line, row) in rows::<Row>(&table)? {
        let known = DIAGNOSES.iter().find(|(theirs, _)| *theirs == row.diagnostic);
        let Some(&class) = known.and_then(|(_, ours)| index.get(ours)) else {
            return Err(DataError::Row(table, line, format!("unknown diagnosis {:?}", row.diagnostic)));
        };
        let outside_classes = row.diagnostic == OUTSIDE;
        let name = row.image_id.trim_end_matches(".png").trim_end_matches(".jpg");
        let candidates = ["jpg", "png"].map(|ending| folder.join("images").join(format!("{name}.{ending}")));
        let Some(file) = candidates.into_iter().find(|path| path.is_file()) else { continue };
        let skin = row.fitzpatrick.map_or("unknown".into(), |kind| format!("type {kind:.0}"));
        let sex = if row.sex.is_empty() { "unknown".into() } else { row.sex.to_lowercase() };
        samples.push(Sample {
            id: name.into(),
            files: vec![file],
            class,
            part: part_of(&row.patient_id, HELD_BACK_PERCENT),
            group: row.patient_id,
            domain: Domain::Phone,
            outside_classes,
            traits: BTreeMap::from([
                ("sex", sex),
                ("age", age_group(row.age)),
                ("site", row.region.to_lowercase()),
                ("skin", skin),
            ]),
        });
    }
    match samples.is_empty() {
        true => Err(DataError::Empty(folder.into(), "its table names images, but none lies in images/")),
        false => Ok(Dataset { classes, samples }),
    }
}
