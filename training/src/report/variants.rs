//! Whether other picture sizes, sharper files or more views would do better.

use std::time::Instant;

use assess::assessment::Views;
use burn::tensor::Device;
use net::diagnosis::{self, Diagnosis};
use net::network::card::Card;
use net::network::model::Model;
use serde::Serialize;

use crate::data::dataset::{Dataset, main_modality};
use crate::data::error::DataError;
use crate::data::sample::{Rendition, Sample};
use crate::data::split::Split;
use crate::fit::case::{self, Truth};
use crate::fit::judge::{Judged, Told, cross_judge};
use crate::metrics;
use crate::train::predict::{self, Answers, How};

/// Ways to look are compared on no more pictures: some look eight times at each.
const MOST_COMPARED: usize = 1500;

/// Figures for one number of views, or one picture size.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// How many pictures.
    pub count: usize,
    /// Which file of each was read.
    pub rendition: Rendition,
    /// Pictures read and judged in a second, on the machine that measured: compare within one table.
    pub images_per_s: f64,
    /// Views that are averaged.
    pub views: usize,
    /// Side of the pictures, in pixels.
    pub side_px: u32,
    /// Mean of the recalls.
    pub balanced_accuracy: f64,
    /// Area under the ROC curve, melanoma against the rest.
    pub melanoma_auroc: Option<f64>,
    /// The same for malignant against benign.
    pub malignant_auroc: Option<f64>,
}

/// Other picture sizes, sharper files, and several views, on the validation pictures of the main kind.
///
/// # Errors
/// When a picture can't be read.
pub fn variants(model: &Model, dataset: &Dataset, device: &Device) -> Result<Vec<Variant>, DataError> {
    let validation = dataset.of(Split::Validation);
    let main = main_modality(&validation);
    let truths = case::truths(dataset, &model.card().classes);
    let all: Vec<&Sample> = validation
        .into_iter()
        .filter(|sample| sample.modality == main && truths[sample.class].class.is_some())
        .collect();
    let every = all.len().div_ceil(MOST_COMPARED).max(1);
    let all: Vec<&Sample> = all.into_iter().step_by(every).collect();
    let sharp: Vec<&Sample> = all.iter().copied().filter(|sample| sample.files.len() > 1).collect();
    let plain = How::plainly(model.card().input_side_px);
    let hows = [
        (&all, How { side_px: plain.side_px.saturating_sub(32).max(32), ..plain }),
        (&all, plain),
        (&all, How { side_px: plain.side_px + 32, ..plain }),
        (&all, How { views: Views::Four, ..plain }),
        (&all, How { views: Views::Eight, ..plain }),
        (&sharp, plain),
        (&sharp, How { rendition: Rendition::Sharpest, ..plain }),
    ];
    let filled = hows.into_iter().filter(|(samples, _)| !samples.is_empty());
    filled
        .map(|(samples, how)| {
            let started = Instant::now();
            let answers = predict::samples(&model.weights().network, samples, how, device)?;
            let seconds = started.elapsed().as_secs_f64();
            Ok(variant(model.card(), &truths, samples, &answers, how, seconds))
        })
        .collect()
}

/// The figures of a variant, each picture judged with parameters fitted on others that were looked at alike.
fn variant(
    card: &Card,
    truths: &[Truth],
    samples: &[&Sample],
    answers: &Answers,
    how: How,
    seconds: f64,
) -> Variant {
    let classes = &card.classes;
    let cases = case::cases(samples, answers, main_modality(samples), truths);
    let judged = cross_judge(&cases, classes, Told::Photo);
    let truth: Vec<usize> = cases.iter().filter_map(|case| case.truth.class).collect();
    let area = |score: &dyn Fn(&Judged) -> f32, wanted: &dyn Fn(&Diagnosis) -> bool| {
        let scores: Vec<f32> = judged.iter().map(score).collect();
        let positive: Vec<bool> = truth.iter().map(|&class| wanted(&classes[class])).collect();
        metrics::auroc(&scores, &positive)
    };
    let melanoma = case::melanoma(classes);
    let alike: Vec<usize> = judged.iter().map(Judged::alike).collect();
    Variant {
        count: samples.len(),
        rendition: how.rendition,
        views: how.views.count(),
        side_px: how.side_px,
        images_per_s: samples.len() as f64 / seconds,
        balanced_accuracy: metrics::balanced_accuracy(&metrics::confusion(&truth, &alike, classes.len())),
        melanoma_auroc: melanoma
            .and_then(|at| area(&|row| row.probabilities[at], &|class| class.key == diagnosis::MELANOMA)),
        malignant_auroc: area(&|row| row.risk, &|class| class.malignant),
    }
}
