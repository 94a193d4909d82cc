//! Probabilities as the table that the ISIC challenge's scorer reads.

use std::collections::HashMap;
use std::path::Path;

use crate::assessment::Assessment;
use crate::diagnosis::{self, Diagnosis};

/// The columns of ISIC 2018 task 3, in its order.
const ISIC: [&str; 7] = ["MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"];

/// Writes one row a photo: its file name without ending, and a probability, 0 to 1, for each class, as if all were equally common: the
/// challenge's score weighs them alike.
/// A model with other classes than HAM10000's has their names as columns.
pub(super) fn write<'a>(
    path: &Path,
    classes: &[Diagnosis],
    rows: impl Iterator<Item = (&'a Path, &'a Assessment)>,
) -> csv::Result<()> {
    let mut columns: Vec<String> = classes.iter().map(|class| class.key.to_uppercase()).collect();
    if classes == diagnosis::HAM10000 {
        columns = ISIC.map(String::from).to_vec();
    }
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(std::iter::once("image").chain(columns.iter().map(String::as_str)))?;
    for (path, assessment) in rows {
        let image = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let likeness: HashMap<String, f32> = assessment
            .probabilities
            .iter()
            .map(|likelihood| (likelihood.diagnosis.to_uppercase(), likelihood.likeness))
            .collect();
        let values = columns.iter().map(|column| likeness.get(column).copied().unwrap_or(0.0).to_string());
        table.write_record(std::iter::once(image).chain(values))?;
    }
    table.flush()?;
    Ok(())
}
