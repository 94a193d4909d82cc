//! The tables that describe a source's pictures: reading them, and how their words become ours.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use net::diagnosis;

use crate::data::error::DataError;

/// The table of a source, beside its folder `images`.
pub const LABELS: &str = "labels.csv";

/// The names of a table's columns.
pub fn columns(path: &Path) -> Result<HashSet<String>, DataError> {
    let fails = |error: csv::Error| DataError::Read(path.into(), error.to_string());
    let mut reader = csv::Reader::from_path(path).map_err(fails)?;
    Ok(reader.headers().map_err(fails)?.iter().map(String::from).collect())
}

/// The rows of a table that commas or tabs part, each with its line number.
pub fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, DataError> {
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

/// Names of what the network learns to tell apart in sources of skin lesions: the seven of HAM10000, `scc` and `other`.
pub fn lesion_classes() -> Vec<String> {
    let known = diagnosis::HAM10000.into_iter().chain(diagnosis::BEYOND_HAM10000);
    known.map(|diagnosis| diagnosis.key.to_string()).collect()
}

/// The class of a diagnosis as the tables of our sources spell it.
pub fn class_of(dx: &str, classes: &HashMap<&str, usize>) -> Option<usize> {
    let name = match dx {
        "inf" | "ben_oth" | "mal_oth" => diagnosis::OTHER,
        dx => dx,
    };
    classes.get(name).copied()
}

/// Names that stand in one field, parted by semicolons.
pub fn names(field: &str) -> Vec<String> {
    field.split(';').filter(|name| !name.is_empty()).map(String::from).collect()
}

/// Index of each class name.
pub fn index(classes: &[String]) -> HashMap<&str, usize> {
    classes.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect()
}

/// An age as the decade-wide group that figures are broken down by.
pub fn age_group(age: Option<f32>) -> String {
    match age {
        None => "unknown".into(),
        Some(age) if age < 30.0 => "under 30".into(),
        Some(age) if age < 50.0 => "30 to 49".into(),
        Some(age) if age < 70.0 => "50 to 69".into(),
        Some(_) => "70 and over".into(),
    }
}
