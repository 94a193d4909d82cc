//! What was read: a table of the pictures by source, modality and side, and pictures that are nearly the same.

use std::collections::BTreeMap;
use std::fmt::Write;

use net::modality::Modality;

use crate::data::dataset::Dataset;
use crate::data::duplicates::near_duplicates;
use crate::data::error::DataError;
use crate::data::sample::{Sample, Source};
use crate::data::split::Split;

/// The table, in Markdown: how many pictures of each class each source has on each side.
pub fn table(dataset: &Dataset) -> String {
    let mut counts: BTreeMap<(Source, Modality, bool), Vec<usize>> = BTreeMap::new();
    for sample in &dataset.samples {
        let row = counts.entry((sample.source, sample.modality, sample.split == Split::Validation));
        row.or_insert_with(|| vec![0; dataset.classes.len()])[sample.class] += 1;
    }
    let mut text = format!("| source | modality | side | {} | all |\n", dataset.classes.join(" | "));
    let _ = writeln!(text, "|---|---|---|{}", "---|".repeat(dataset.classes.len() + 1));
    for ((source, modality, validation), counts) in counts {
        let side = if validation { "held back" } else { "learn" };
        let modality = match modality {
            Modality::Dermatoscope => "dermatoscope",
            Modality::PlainPhoto => "plain photo",
        };
        let each: Vec<String> = counts.iter().map(usize::to_string).collect();
        let all: usize = counts.iter().sum();
        let _ = writeln!(text, "| {source} | {modality} | {side} | {} | {all} |", each.join(" | "));
    }
    text
}

/// Pairs of pictures that are nearly the same, although no table joins them.
///
/// # Errors
/// When a picture can't be read.
pub fn pairs(dataset: &Dataset) -> Result<Vec<[&Sample; 2]>, DataError> {
    let pairs = near_duplicates(&dataset.samples)?;
    Ok(pairs.into_iter().map(|pair| pair.map(|at| &dataset.samples[at])).collect())
}
