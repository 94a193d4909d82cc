//! From a trained network to a model that knows how far to trust itself.
//!
//! Everything here is fitted on held-back pictures, apart from the probes, which learn from the same
//! pictures as the network and from negatives.

use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use serde::Serialize;
use spotcheck::diagnosis::{self, Diagnosis};
use spotcheck::network::input::Normalisation;
use spotcheck::network::model::{Card, Model, ModelError, Weights};
use spotcheck::network::probes::{Probed, Probes};

use crate::data::{self, DataError, Dataset, Domain, Part, Sample};
use crate::fit::{self, Fitted};
use crate::negatives::{self, Negative};
use crate::novelty;
use crate::predict::{self, Answers, How};
use crate::probes;
use crate::run::{BestError, Run, RunError, best_weights};

/// Why calibration failed.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The pictures.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The weights.
    #[error(transparent)]
    Weights(#[from] BestError),
    /// The run's folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The result can't be written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A file of the run.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// What calibration found out, besides the model.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Share of held-back lesions that pass as lesions, by how they were taken.
    pub passed: Vec<(Domain, f64)>,
    /// How well each way of telling lesions from other pictures does, by kind of picture.
    pub novelty: Vec<novelty::Comparison>,
    /// Area under the ROC curve of plain photos against dermatoscopic pictures, held back.
    pub phone_auroc: Option<f64>,
}

/// Share of held-back lesions that each of the two tests may turn away, as no lesion and as unfamiliar: through a
/// dermatoscope, together they pass 97 %. Phone photos are few, and their share is coarser.
fn turned_away(domain: Domain) -> (f64, f64) {
    match domain {
        Domain::Dermatoscope => (0.018, 0.01),
        Domain::Phone => (0.06, 0.03),
    }
}

/// Fits everything that goes with the best weights of `run`, and writes the model to `run`/model.
///
/// # Errors
/// See [`CalibrateError`].
pub fn calibrate(
    run: &Run,
    folders: &[PathBuf],
    negatives_folder: Option<&Path>,
    side_px: u32,
    device: &Device,
) -> Result<Report, CalibrateError> {
    let dataset = data::load(folders)?;
    let net = best_weights(run, dataset.classes.len(), device)?;

    let learn = dataset.part(Part::Learn);
    let held_back = dataset.part(Part::HeldBack);
    println!("Looking at {} pictures.", learn.len() + held_back.len());
    // What is learnt from is much; what is judged is seen as the app sees it.
    let learnt = predict::samples(&net, &learn, How::plainly(side_px), device)?;
    let how = How::usually(side_px);
    let held = predict::samples(&net, &held_back, how, device)?;

    println!("Looking at negatives.");
    let negatives = negatives::gather(&dataset, negatives_folder)?;
    let negative_answers = predict::pictures(
        &net,
        negatives.iter().map(|negative| &negative.picture),
        side_px,
        how.views,
        device,
    );

    println!("Fitting.");
    let classes = diagnoses(&dataset);
    let main = main_domain(&held_back);
    let fitted = fit::fit(&fit::cases(&held_back, &held, main), &classes);
    let fitted_probes = probes::fit(&learn, &learnt, &negatives, &negative_answers, device);
    let probed = probes::apply(&fitted_probes, &held, device);
    let lines = lines(&held_back, &probed, !negatives.is_empty());
    let passes =
        |at: &usize| probed[*at].lesion >= lines.least_lesion && probed[*at].nearness >= lines.least_nearness;
    let passed = [Domain::Dermatoscope, Domain::Phone].into_iter().filter_map(|domain| {
        let all: Vec<usize> = (0..held_back.len()).filter(|&at| held_back[at].domain == domain).collect();
        (!all.is_empty())
            .then(|| (domain, all.iter().filter(|at| passes(at)).count() as f64 / all.len() as f64))
    });
    let phone_scores: Vec<f32> = probed.iter().map(|probed| probed.phone).collect();
    let is_phone: Vec<bool> = held_back.iter().map(|sample| sample.domain == Domain::Phone).collect();
    let report = Report {
        passed: passed.collect(),
        phone_auroc: crate::metrics::auroc(&phone_scores, &is_phone),
        novelty: novelty::compare(&novelty::Material {
            learnt: &learnt,
            held: &held,
            negatives: &negatives,
            answers: &negative_answers,
            probes: &fitted_probes,
            lines,
            device,
        }),
    };

    let card = card(run, &dataset, side_px, &fitted, lines)?;
    let weights = Weights { network: net, probes: fitted_probes };
    let card = Card { version: version(&weights, &card), ..card };
    let folder = run.model();
    std::fs::create_dir_all(&folder).map_err(|error| CalibrateError::File(folder.clone(), error))?;
    Model::from_parts(weights, card, device).save(&folder)?;
    let path = run.calibration();
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    std::fs::write(&path, text).map_err(|error| CalibrateError::File(path, error))?;
    Ok(report)
}

/// The lines that held-back lesions of every kind of picture pass as often as they shall.
fn lines(held_back: &[&Sample], probed: &[Probed], with_negatives: bool) -> Lines {
    let mut lines = Lines { least_lesion: f32::MAX, least_nearness: 1.0 };
    for domain in [Domain::Dermatoscope, Domain::Phone] {
        let pairs = held_back.iter().zip(probed).filter(|(sample, _)| sample.domain == domain);
        let (lesion, nearness): (Vec<f32>, Vec<f32>) =
            pairs.map(|(_, probed)| (probed.lesion, probed.nearness)).unzip();
        if !lesion.is_empty() {
            let (as_no_lesion, as_unfamiliar) = turned_away(domain);
            lines.least_lesion = lines.least_lesion.min(fit::quantile(&lesion, as_no_lesion));
            lines.least_nearness = lines.least_nearness.min(fit::quantile(&nearness, as_unfamiliar));
        }
    }
    if !with_negatives {
        lines.least_lesion = f32::MIN;
    }
    lines
}

/// The best weights of a run with everything fitted but the probes: enough for figures and plots.
///
/// # Errors
/// See [`CalibrateError`].
pub fn provisional(
    run: &Run,
    dataset: &Dataset,
    side_px: u32,
    device: &Device,
) -> Result<Model, CalibrateError> {
    let net = best_weights(run, dataset.classes.len(), device)?;
    let held_back = dataset.part(Part::HeldBack);
    let held = predict::samples(&net, &held_back, How::usually(side_px), device)?;
    let classes = diagnoses(dataset);
    let fitted = fit::fit(&fit::cases(&held_back, &held, main_domain(&held_back)), &classes);
    let lines = Lines { least_lesion: f32::MIN, least_nearness: -1.0 };
    let card = card(run, dataset, side_px, &fitted, lines)?;
    Ok(Model::from_parts(Weights { network: net, probes: Probes::new(device) }, card, device))
}

/// Lines between lesions and everything else.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// Least logit of the lesion probe.
    pub least_lesion: f32,
    /// Least nearness to a prototype.
    pub least_nearness: f32,
}

fn card(
    run: &Run,
    dataset: &Dataset,
    input_side_px: u32,
    fitted: &Fitted,
    lines: Lines,
) -> Result<Card, CalibrateError> {
    Ok(Card {
        version: "provisional".into(),
        licence: licence(dataset).into(),
        classes: diagnoses(dataset),
        input_side_px,
        normalisation: Normalisation::EFFICIENTNET_LITE,
        activation: run.read_config()?.activation,
        bias: fitted.bias.clone(),
        temperature: fitted.temperature,
        prevalence: fitted.prevalence.clone(),
        triage: fitted.triage,
        prediction_set: fitted.prediction_set.clone(),
        prediction_set_coverage: fit::COVERAGE as f32,
        least_lesion: lines.least_lesion,
        least_nearness: lines.least_nearness,
        least_phone: least_phone(dataset),
    })
}

/// A name that changes with everything that answers depend on, and with nothing else.
fn version(weights: &Weights, card: &Card) -> String {
    let mut values = Values::default();
    weights.visit(&mut values);
    values.0.extend(serde_json::to_vec(card).unwrap_or_default());
    format!("lite0-{}-{:08x}", card.input_side_px, (data::fnv1a(&values.0) >> 32) as u32)
}

/// The bytes of all parameters, in their order.
#[derive(Default)]
struct Values(Vec<u8>);

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.extend_from_slice(param.val().into_data().as_bytes());
    }
}

/// HAM10000's licence binds what is trained on it; other weights are their owner's to license.
fn licence(dataset: &Dataset) -> &'static str {
    match dataset.samples.iter().any(|sample| sample.domain == Domain::Dermatoscope) {
        true => "CC BY-NC 4.0 (not for commercial use)",
        false => "their owner's terms",
    }
}

/// Even odds, since the probe learns both kinds with equal weight. Where there was only one kind to learn, the probe
/// answers zero, and every picture is taken for that kind.
fn least_phone(dataset: &Dataset) -> f32 {
    let has = |domain| dataset.samples.iter().any(|sample| sample.domain == domain);
    match (has(Domain::Dermatoscope), has(Domain::Phone)) {
        (false, true) => -1.0,
        (true, false) => 1.0,
        _ => 0.0,
    }
}

/// The dataset's classes as diagnoses. Those of a foreign dataset count as malignant where the folder's name
/// starts with `malignant-`.
pub fn diagnoses(dataset: &Dataset) -> Vec<Diagnosis> {
    let known = |name: &String| diagnosis::HAM10000.iter().find(|known| known.key == *name).cloned();
    let foreign = |name: &String| Diagnosis {
        key: name.strip_prefix(data::MALIGNANT).unwrap_or(name).to_string().into(),
        malignant: name.starts_with(data::MALIGNANT),
    };
    dataset.classes.iter().map(|name| known(name).unwrap_or_else(|| foreign(name))).collect()
}

/// The kind of picture that thresholds are set on: dermatoscopic where there are some.
pub fn main_domain(samples: &[&Sample]) -> Domain {
    match samples.iter().any(|sample| sample.domain == Domain::Dermatoscope) {
        true => Domain::Dermatoscope,
        false => Domain::Phone,
    }
}

/// Negatives and their features, a row for each view, of one part.
pub fn of_part<'a>(
    negatives: &'a [Negative],
    answers: &'a Answers,
    part: Part,
) -> impl Iterator<Item = (&'a Negative, &'a Vec<Vec<f32>>)> {
    negatives.iter().zip(&answers.features).filter(move |(negative, _)| negative.part == part)
}
