//! Every figure that some judged pictures allow, with its interval: by lesions or patients drawn with replacement.

use std::collections::BTreeMap;

use assess::assessment::risk;
use net::diagnosis::{self, Diagnosis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::fit::case::melanoma;
use crate::fit::judge::Judged;
use crate::metrics;
use crate::report::judgements::Row;

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 1000;
/// Bins of the calibration error.
pub const BINS: usize = 15;

/// Of the classes of HAM10000 as the table for the challenge has them.
pub const SEVEN: &str = "balanced accuracy of the seven";

/// A figure with its 95 % bootstrap interval.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// On all pictures.
    pub value: f64,
    /// 2.5th percentile over resamples of lesions or patients.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// The answer of a row that figures are of.
pub type Which = fn(&Row) -> &Judged;

/// The answer by the photo alone.
pub fn by_photo(row: &Row) -> &Judged {
    &row.judged
}

/// How often the classes of HAM10000 are taken for each other in the table for the challenge, where the model has them all: squamous cell
/// carcinoma stands with `akiec` there, and what is to be referred is left out.
fn balanced_accuracy_of_the_seven(
    inside: &[(&Row, usize)],
    classes: &[Diagnosis],
    which: Which,
) -> Option<f64> {
    let column = |key: &str| diagnosis::HAM10000.iter().position(|known| known.key == key);
    let columns: Vec<Option<usize>> = classes
        .iter()
        .map(|class| column(if class.key == diagnosis::SCC { "akiec" } else { &class.key }))
        .collect();
    let has_all = (0..diagnosis::HAM10000.len()).all(|at| columns.contains(&Some(at)));
    if !has_all {
        return None;
    }
    let pairs = inside.iter().filter_map(|(row, class)| {
        let truth = column(&classes[*class].key)?;
        let mut seven = vec![0.0; diagnosis::HAM10000.len()];
        let likeness = columns.iter().zip(&which(row).likeness);
        likeness.for_each(|(column, value)| column.iter().for_each(|&column| seven[column] += value));
        Some((truth, metrics::stated(std::slice::from_ref(&seven))[0]))
    });
    let (truth, stated): (Vec<usize>, Vec<usize>) = pairs.unzip();
    Some(metrics::balanced_accuracy(&metrics::confusion(&truth, &stated, diagnosis::HAM10000.len())))
}

/// Every figure that these rows allow.
pub fn figures(rows: &[&Row], classes: &[Diagnosis], which: Which) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let mut note = |name: String, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            found.insert(name, value);
        }
    };
    let inside: Vec<(&Row, usize)> = rows.iter().filter_map(|row| Some((*row, row.class?))).collect();
    let truth: Vec<usize> = inside.iter().map(|(_, class)| *class).collect();
    let probabilities: Vec<Vec<f32>> =
        inside.iter().map(|(row, _)| which(row).probabilities.clone()).collect();
    let stated = metrics::stated(&probabilities);
    let right: Vec<bool> = truth.iter().zip(&stated).map(|(truth, stated)| truth == stated).collect();
    let alike: Vec<usize> = inside.iter().map(|(row, _)| which(row).alike()).collect();
    let table = metrics::confusion(&truth, &alike, classes.len());
    note("balanced accuracy".into(), Some(metrics::balanced_accuracy(&table)));
    let of_stated = metrics::confusion(&truth, &stated, classes.len());
    note("balanced accuracy (stated)".into(), Some(metrics::balanced_accuracy(&of_stated)));
    note("accuracy".into(), Some(metrics::accuracy(&of_stated)));
    note(SEVEN.into(), balanced_accuracy_of_the_seven(&inside, classes, which));
    for (class, diagnosis) in classes.iter().enumerate() {
        let scores: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
        let positive: Vec<bool> = truth.iter().map(|&truth| truth == class).collect();
        note(format!("AUROC {}", diagnosis.key), metrics::auroc(&scores, &positive));
        note(format!("recall {}", diagnosis.key), metrics::recalls(&table)[class]);
        let own: Vec<bool> =
            inside.iter().filter(|(_, truth)| *truth == class).map(|(row, _)| which(row).covered).collect();
        let covered = own.iter().filter(|&&covered| covered).count() as f64 / own.len() as f64;
        note(format!("set coverage {}", diagnosis.key), Some(covered));
    }
    // Of a mixture nobody can say.
    let sure: Vec<(&Row, bool)> = rows.iter().filter_map(|row| Some((*row, row.malignant?))).collect();
    let malignant: Vec<bool> = sure.iter().map(|(_, malignant)| *malignant).collect();
    let risks: Vec<f32> = sure.iter().map(|(row, _)| which(row).risk).collect();
    note("AUROC malignant".into(), metrics::auroc(&risks, &malignant));
    let risks_alike: Vec<f32> = sure.iter().map(|(row, _)| risk(&which(row).likeness, classes)).collect();
    note("AUROC malignant (alike)".into(), metrics::auroc(&risks_alike, &malignant));
    let share = |wanted: &dyn Fn(&Row) -> bool, hit: &dyn Fn(&Row) -> bool| {
        let all = rows.iter().filter(|row| wanted(row)).count();
        let hits = rows.iter().filter(|row| wanted(row) && hit(row)).count();
        (all > 0).then(|| hits as f64 / all as f64)
    };
    let melanoma = melanoma(classes);
    if let Some(at) = melanoma {
        let is_melanoma: Vec<bool> = truth.iter().map(|&class| class == at).collect();
        let alike: Vec<f32> = inside.iter().map(|(row, _)| which(row).likeness[at]).collect();
        note("AUROC mel (alike)".into(), metrics::auroc(&alike, &is_melanoma));
    }
    note(
        "sensitivity melanoma (look)".into(),
        share(&|row| melanoma.is_some() && row.class == melanoma, &|row| which(row).look),
    );
    note(
        "sensitivity malignant (look)".into(),
        share(&|row| row.malignant == Some(true), &|row| which(row).look),
    );
    note("specificity (look)".into(), share(&|row| row.malignant == Some(false), &|row| !which(row).look));
    note(
        "sensitivity melanoma (soon)".into(),
        share(&|row| melanoma.is_some() && row.class == melanoma, &|row| which(row).soon),
    );
    note(
        "sensitivity malignant (soon)".into(),
        share(&|row| row.malignant == Some(true), &|row| which(row).soon),
    );
    note("specificity (soon)".into(), share(&|row| row.malignant == Some(false), &|row| !which(row).soon));
    note(
        "melanoma called not suspicious".into(),
        share(&|row| melanoma.is_some() && row.class == melanoma, &|row| which(row).calm),
    );
    note(
        "malignant called not suspicious".into(),
        share(&|row| row.malignant == Some(true), &|row| which(row).calm),
    );
    note(
        "something else called not suspicious".into(),
        share(&|row| row.malignant.is_none(), &|row| which(row).calm),
    );
    let confidences: Vec<f32> =
        probabilities.iter().map(|row| row.iter().copied().fold(0.0, f32::max)).collect();
    if !right.is_empty() {
        note("calibration error".into(), Some(metrics::calibration_error(&confidences, &right, BINS)));
        note(
            "calibration error of the risk".into(),
            Some(metrics::calibration_error(&risks, &malignant, BINS)),
        );
        let covered = inside.iter().filter(|(row, _)| which(row).covered).count();
        note("prediction set coverage".into(), Some(covered as f64 / inside.len() as f64));
        let size: usize = inside.iter().map(|(row, _)| which(row).set_size).sum();
        note("prediction set size".into(), Some(size as f64 / inside.len() as f64));
    }
    found
}

/// Every figure with its interval.
pub fn with_intervals(rows: &[&Row], classes: &[Diagnosis], which: Which) -> Vec<Figure> {
    let resampled = bootstrap(rows, classes, which);
    let interval = |name: &str| {
        let mut found: Vec<f64> = resampled.iter().filter_map(|figures| figures.get(name).copied()).collect();
        found.sort_by(f64::total_cmp);
        let at = |share: f64| found.get((share * found.len() as f64) as usize).copied().unwrap_or(f64::NAN);
        (at(0.025), at(0.975))
    };
    let figures = figures(rows, classes, which).into_iter();
    figures
        .map(|(name, value)| {
            let (low, high) = interval(&name);
            Figure { name, value, low, high }
        })
        .collect()
}

/// How often each class was taken for each, if all were equally common.
pub fn confusion(rows: &[Row], classes: usize) -> Vec<Vec<usize>> {
    let (truth, alike): (Vec<usize>, Vec<usize>) =
        rows.iter().filter_map(|row| Some((row.class?, row.judged.alike()))).unzip();
    metrics::confusion(&truth, &alike, classes)
}

/// The figures of resamples: lesions (or patients) are drawn with replacement, with all their pictures.
fn bootstrap(rows: &[&Row], classes: &[Diagnosis], which: Which) -> Vec<BTreeMap<String, f64>> {
    let mut by_group: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| by_group.entry(&row.group).or_default().push(row));
    let by_group: Vec<Vec<&Row>> = by_group.into_values().collect();
    let resample = |number: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(number as u64);
        let drawn = (0..by_group.len())
            .flat_map(|_| by_group[random.random_range(0..by_group.len())].iter().copied());
        figures(&drawn.collect::<Vec<_>>(), classes, which)
    };
    (0..RESAMPLES).into_par_iter().map(resample).collect()
}
