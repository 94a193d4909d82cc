//! Ways to tell lesions from everything else, compared on pictures that none of them learnt from.

use std::collections::BTreeSet;

use burn::tensor::Device;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use net::network::architecture::FEATURES;
use net::network::calibration::softmax;
use net::network::probes::{Probed, Probes};
use serde::Serialize;

use crate::data::negatives::Negative;
use crate::data::split::Split;
use crate::fit::probes::{self, of_split};
use crate::fit::rejection::Thresholds;
use crate::metrics;
use crate::train::predict::Answers;

/// Areas under the ROC curve for one kind of picture against all validation lesions.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// What the pictures show.
    pub kind: String,
    /// How many there are.
    pub count: usize,
    /// How many pictures they were cut from.
    pub sources: usize,
    /// Highest probability: low for what is unknown (Hendrycks & Gimpel 2017).
    pub confidence: f64,
    /// Energy of the logits (Liu et al. 2020).
    pub energy: f64,
    /// Mahalanobis distance with one mean and covariance for all classes, features of unit length.
    pub mahalanobis: f64,
    /// Nearness to the tenth nearest picture learnt from, features of unit length (Sun et al. 2022).
    pub neighbours: f64,
    /// Nearness to the nearest prototype: what the app uses in place of all neighbours.
    pub prototypes: f64,
    /// The lesion probe.
    pub probe: f64,
    /// Share of them that the app turns away.
    pub turned_away: f64,
    /// The lesion probe, had it not seen this kind while learning.
    pub probe_unseen: f64,
}

/// What is compared on.
pub struct Material<'a> {
    /// The network's answers to what it learnt from.
    pub learnt: &'a Answers,
    /// Its answers to validation lesions.
    pub held: &'a Answers,
    /// Pictures that are not of lesions.
    pub negatives: &'a [Negative],
    /// Its answers to them.
    pub answers: &'a Answers,
    /// The probes.
    pub probes: &'a Probes,
    /// The lines that the app draws.
    pub thresholds: Thresholds,
    /// Where to compute.
    pub device: &'a Device,
}

/// Neighbours are looked for among every n-th picture learnt from.
const NEIGHBOURS_EVERY: usize = 4;
const NEIGHBOUR: usize = 10;

/// One comparison for each kind of validation negative.
pub fn compare(of: &Material) -> Vec<Comparison> {
    let mut kinds: Vec<&str> = of.negatives.iter().map(|negative| negative.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if of.negatives.is_empty() {
        return Vec::new();
    }
    let bank: Vec<Vec<f32>> =
        of.learnt.features.iter().flatten().step_by(NEIGHBOURS_EVERY).map(|row| unit(row)).collect();
    let Some(mahalanobis) = Mahalanobis::of(&bank) else { return Vec::new() };
    let known = Known { probes: of.probes, bank, mahalanobis };
    let held = Scores::of(of.held, &known, of.device);
    let compare = |kind: &str| {
        let rows: Vec<usize> = (0..of.negatives.len())
            .filter(|&at| of.negatives[at].kind == kind && of.negatives[at].split == Split::Validation)
            .collect();
        let sources: BTreeSet<usize> = rows.iter().map(|&at| of.negatives[at].source).collect();
        let answers = of.answers.only(&rows);
        let other = Scores::of(&answers, &known, of.device);
        let mut unseen = of.probes.clone();
        if let Some(lesion) = probes::lesion(of.learnt, of.negatives, of.answers, Some(kind), of.device) {
            unseen.lesion = lesion;
        }
        let probe = |answers: &Answers| lesion(&probes::apply(&unseen, answers, of.device));
        let (held_unseen, other_unseen) = (probe(of.held), probe(&answers));
        Comparison {
            kind: kind.into(),
            count: rows.len(),
            sources: sources.len(),
            confidence: area(&held.confidence, &other.confidence),
            energy: area(&held.energy, &other.energy),
            mahalanobis: area(&held.mahalanobis, &other.mahalanobis),
            neighbours: area(&held.neighbours, &other.neighbours),
            prototypes: area(&held.prototypes, &other.prototypes),
            probe: area(&held.probe, &other.probe),
            turned_away: other.turned_away(of.thresholds),
            probe_unseen: area(&held_unseen, &other_unseen),
        }
    };
    let has_some =
        |kind: &&str| of_split(of.negatives, of.answers, Split::Validation).any(|(n, _)| n.kind == *kind);
    kinds.into_iter().filter(has_some).map(compare).collect()
}

/// What the ways compare a picture with.
struct Known<'a> {
    probes: &'a Probes,
    /// Some of the features learnt from, of unit length.
    bank: Vec<Vec<f32>>,
    mahalanobis: Mahalanobis,
}

/// Every way's score of every picture; higher means rather a lesion.
struct Scores {
    confidence: Vec<f32>,
    energy: Vec<f32>,
    mahalanobis: Vec<f32>,
    neighbours: Vec<f32>,
    prototypes: Vec<f32>,
    probe: Vec<f32>,
    probed: Vec<Probed>,
}

impl Scores {
    fn of(answers: &Answers, known: &Known, device: &Device) -> Self {
        let Known { probes, bank, mahalanobis } = known;
        let probed = probes::apply(probes, answers, device);
        let mean = |rows: &[Vec<Vec<f32>>], score: &dyn Fn(&[f32]) -> f32| -> Vec<f32> {
            let of =
                |views: &Vec<Vec<f32>>| views.iter().map(|row| score(row)).sum::<f32>() / views.len() as f32;
            rows.iter().map(of).collect()
        };
        let confidence = |row: &Vec<f32>| softmax(row).into_iter().fold(0.0, f32::max);
        let energy = |row: &[f32]| {
            let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            highest + row.iter().map(|logit| (logit - highest).exp()).sum::<f32>().ln()
        };
        Self {
            confidence: answers.logits.iter().map(confidence).collect(),
            // Of each view: pooled logits are logarithms of probabilities, whose energy is nothing.
            energy: mean(&answers.views, &energy),
            mahalanobis: mean(&answers.features, &|row| -mahalanobis.distance(&unit(row))),
            neighbours: mean(&answers.features, &|row| nearness(&unit(row), bank)),
            prototypes: probed.iter().map(|probed| probed.nearness).collect(),
            probe: lesion(&probed),
            probed,
        }
    }
}

/// A normal distribution of the features.
struct Mahalanobis {
    mean: DVector<f32>,
    cholesky: Cholesky<f32, Dyn>,
}

impl Mahalanobis {
    /// Added to the variances, as a share of their mean, so that directions that hardly vary don't decide.
    const SHRINKAGE: f32 = 0.1;

    fn of(rows: &[Vec<f32>]) -> Option<Self> {
        let matrix = DMatrix::from_fn(rows.len(), FEATURES, |row, column| rows[row][column]);
        let mean = matrix.row_mean();
        let mut centred = matrix;
        centred.row_iter_mut().for_each(|mut row| row -= &mean);
        let mut covariance = centred.transpose() * &centred / rows.len() as f32;
        let shrinkage = Self::SHRINKAGE * covariance.trace() / FEATURES as f32;
        (0..FEATURES).for_each(|at| covariance[(at, at)] += shrinkage);
        Some(Self { mean: mean.transpose(), cholesky: Cholesky::new(covariance)? })
    }

    fn distance(&self, row: &[f32]) -> f32 {
        let centred = DVector::from_column_slice(row) - &self.mean;
        self.cholesky.solve(&centred).dot(&centred)
    }
}

impl Scores {
    /// Share of the pictures on the far side of either line.
    fn turned_away(&self, thresholds: Thresholds) -> f64 {
        let away = self.probed.iter().filter(|probed| !thresholds.pass(probed));
        away.count() as f64 / self.probed.len() as f64
    }
}

fn lesion(probed: &[Probed]) -> Vec<f32> {
    probed.iter().map(|probed| probed.lesion).collect()
}

fn unit(row: &[f32]) -> Vec<f32> {
    let length = row.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    row.iter().map(|value| value / length).collect()
}

/// Cosine of the angle to the tenth nearest picture of the bank.
fn nearness(row: &[f32], bank: &[Vec<f32>]) -> f32 {
    let mut cosines: Vec<f32> =
        bank.iter().map(|other| row.iter().zip(other).map(|(a, b)| a * b).sum()).collect();
    let place = NEIGHBOUR.min(cosines.len()) - 1;
    *cosines.select_nth_unstable_by(place, |a, b| b.total_cmp(a)).1
}

fn area(lesions: &[f32], others: &[f32]) -> f64 {
    let scores: Vec<f32> = lesions.iter().chain(others).copied().collect();
    let positive: Vec<bool> = (0..scores.len()).map(|at| at < lesions.len()).collect();
    metrics::auroc(&scores, &positive).unwrap_or(f64::NAN)
}
