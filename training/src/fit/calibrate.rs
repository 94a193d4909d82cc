//! From a trained network to a model that knows how far to trust itself.
//!
//! Everything here is fitted on validation pictures, apart from the probes, which learn from the same
//! pictures as the network and from negatives.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use net::diagnosis::Diagnosis;
use net::modality::Modality;
use net::network::calibration::{Calibration, Calibrations, TriageThresholds};
use net::network::card::Card;
use net::network::error::ModelError;
use net::network::input::Normalisation;
use net::network::model::Model;
use net::network::probes::Probes;
use net::network::weights::Weights;
use serde::Serialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::hash::fnv1a;
use crate::data::load::load;
use crate::data::negatives;
use crate::data::sample::Sample;
use crate::data::split::Split;
use crate::fit::case::{self, Truth};
use crate::fit::parameters::{self, COVERAGE};
use crate::fit::quantile::quantile;
use crate::fit::rejection::{Least, Thresholds};
use crate::fit::{novelty, probes};
use crate::metrics;
use crate::train::config::Config;
use crate::train::kept;
use crate::train::predict::{self, Answers, How};
use crate::train::run::{BestError, Run, RunError, best_weights};

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
    /// Share of validation lesions that pass as lesions, by how they were taken.
    pub passed: Vec<(Modality, f64)>,
    /// How well each way of telling lesions from other pictures does, by kind of picture.
    pub novelty: Vec<novelty::Comparison>,
    /// Area under the ROC curve of plain photos against dermatoscopic pictures, held back.
    pub phone_auroc: Option<f64>,
    /// Share of validation pictures of which it is unsure how they were taken.
    pub unsure: f64,
}

/// Fits everything that goes with the best weights of `run`, and writes the model to `run`/model. Where there is a folder for them, the
/// network's answers are kept there and taken from there.
///
/// # Errors
/// See [`CalibrateError`].
pub fn calibrate(
    run: &Run,
    folders: &[PathBuf],
    negatives_folder: Option<&Path>,
    answers: Option<&Path>,
    side_px: u32,
    device: &Device,
) -> Result<Report, CalibrateError> {
    let dataset = load(folders)?;
    let classes = classes(run, &dataset)?;
    let net = best_weights(run, classes.len(), device)?;

    let train = dataset.of(Split::Train);
    let validation = dataset.of(Split::Validation);
    println!("Looking at {} pictures.", train.len() + validation.len());
    // What is learnt from is much; what is judged is seen as the app sees it.
    let learnt = kept::samples(answers, &net, &train, How::plainly(side_px), device)?;
    let how = How::usually(side_px);
    let held = kept::samples(answers, &net, &validation, how, device)?;

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
    let fitted_probes = probes::fit(&train, &learnt, &negatives, &negative_answers, device);
    let probed = probes::apply(&fitted_probes, &held, device);
    let thresholds = Thresholds::of(&validation, &probed, !negatives.is_empty(), least_phone(&dataset));
    let passed = Modality::ALL.into_iter().filter_map(|modality| {
        let all: Vec<usize> =
            (0..validation.len()).filter(|&at| validation[at].modality == modality).collect();
        let passed = all.iter().filter(|&&at| thresholds.pass(&probed[at])).count();
        (!all.is_empty()).then(|| (modality, passed as f64 / all.len() as f64))
    });
    let phone_scores: Vec<f32> = probed.iter().map(|probed| probed.phone).collect();
    let is_phone: Vec<bool> =
        validation.iter().map(|sample| sample.modality == Modality::PlainPhoto).collect();
    let calibrations = fit_each(&validation, &held, &case::truths(&dataset, &classes), &classes, thresholds);
    let card = card(run, &dataset, classes, side_px, calibrations)?;
    let card =
        Card { unsure_modality: unsure_modality(&validation, &phone_scores, card.least_phone), ..card };
    let report = Report {
        passed: passed.collect(),
        phone_auroc: metrics::auroc(&phone_scores, &is_phone),
        unsure: phone_scores.iter().filter(|&&phone| card.is_unsure(phone)).count() as f64
            / validation.len() as f64,
        novelty: novelty::compare(&novelty::Material {
            learnt: &learnt,
            held: &held,
            negatives: &negatives,
            answers: &negative_answers,
            probes: &fitted_probes,
            thresholds,
            device,
        }),
    };

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

/// A calibration for each modality, fitted on its pictures. One without any has the other's numbers and promises nothing.
fn fit_each(
    validation: &[&Sample],
    held: &Answers,
    truths: &[Truth],
    classes: &[Diagnosis],
    thresholds: Thresholds,
) -> Calibrations {
    let fit = |modality| {
        let cases = case::cases(validation, held, modality, truths);
        let Least { least_lesion, least_nearness } = *thresholds.for_modality(modality);
        let fitted = (!cases.is_empty()).then(|| parameters::fit(&cases, classes))?;
        Some(Calibration { least_lesion, least_nearness, ..fitted })
    };
    let unproven = |other: &Calibration| {
        let triage = TriageThresholds { calms: false, ..other.triage };
        Calibration { triage, ..other.clone() }
    };
    match (fit(Modality::Dermatoscope), fit(Modality::PlainPhoto)) {
        (Some(dermatoscope), Some(plain_photo)) => Calibrations { dermatoscope, plain_photo },
        (Some(dermatoscope), None) => Calibrations { plain_photo: unproven(&dermatoscope), dermatoscope },
        (None, Some(plain_photo)) => Calibrations { dermatoscope: unproven(&plain_photo), plain_photo },
        // There are validation pictures: loading makes sure of it.
        (None, None) => Calibrations::both(parameters::fit(&[], classes)),
    }
}

/// Most validation pictures of which it may be unsure how they were taken.
const MOST_UNSURE: f64 = 0.03;

/// How far from the line nine in ten of the validation pictures lie that were taken for the wrong modality; but so near that hardly any
/// others lie within.
fn unsure_modality(validation: &[&Sample], phones: &[f32], least_phone: f32) -> f32 {
    let wrong = validation
        .iter()
        .zip(phones)
        .filter(|(sample, phone)| (sample.modality == Modality::PlainPhoto) != (**phone > least_phone));
    let distances: Vec<f32> = wrong.map(|(_, phone)| (phone - least_phone).abs()).collect();
    let all: Vec<f32> = phones.iter().map(|phone| (phone - least_phone).abs()).collect();
    match distances.is_empty() {
        true => 0.0,
        false => quantile(&distances, 0.9).min(quantile(&all, MOST_UNSURE)),
    }
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
    let classes = classes(run, dataset)?;
    let net = best_weights(run, classes.len(), device)?;
    let validation = dataset.of(Split::Validation);
    let held = predict::samples(&net, &validation, How::usually(side_px), device)?;
    let calibrations =
        fit_each(&validation, &held, &case::truths(dataset, &classes), &classes, Thresholds::NONE);
    let card = card(run, dataset, classes, side_px, calibrations)?;
    Ok(Model::from_parts(Weights { network: net, probes: Probes::new(device) }, card, device))
}

/// What a run's network tells apart: what the run says or, where it says nothing, the classes of the pictures.
fn classes(run: &Run, dataset: &Dataset) -> Result<Vec<Diagnosis>, RunError> {
    Ok(run.classes()?.unwrap_or_else(|| dataset.diagnoses()))
}

fn card(
    run: &Run,
    dataset: &Dataset,
    classes: Vec<Diagnosis>,
    input_side_px: u32,
    calibrations: Calibrations,
) -> Result<Card, CalibrateError> {
    let Config { architecture, activation, .. } = run.read_config()?;
    Ok(Card {
        version: "provisional".into(),
        licence: licence(dataset).into(),
        classes,
        input_side_px,
        normalisation: Normalisation::EFFICIENTNET_LITE,
        architecture,
        activation,
        calibrations,
        prediction_set_coverage: COVERAGE as f32,
        least_phone: least_phone(dataset),
        unsure_modality: 0.0,
    })
}

/// A name that changes with everything that answers depend on, and with nothing else.
fn version(weights: &Weights, card: &Card) -> String {
    let mut values = kept::values(weights);
    values.extend(serde_json::to_vec(card).unwrap_or_default());
    let network = card.architecture.name();
    format!("{network}-{}-{:08x}", card.input_side_px, (fnv1a(&values) >> 32) as u32)
}

/// HAM10000's licence binds what is trained on it; other weights are their owner's to license.
fn licence(dataset: &Dataset) -> &'static str {
    match dataset.samples.iter().any(|sample| sample.modality == Modality::Dermatoscope) {
        true => "CC BY-NC 4.0 (not for commercial use)",
        false => "their owner's terms",
    }
}

/// Even odds, since the probe learns both kinds with equal weight. Where there was only one kind to learn, the probe
/// answers zero, and every picture is taken for that kind.
fn least_phone(dataset: &Dataset) -> f32 {
    let has = |modality| dataset.samples.iter().any(|sample| sample.modality == modality);
    match (has(Modality::Dermatoscope), has(Modality::PlainPhoto)) {
        (false, true) => -1.0,
        (true, false) => 1.0,
        _ => 0.0,
    }
}
