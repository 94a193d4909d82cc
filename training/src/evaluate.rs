//! Measuring a model on pictures that it never saw, with intervals, and by groups of people and places.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use spotcheck::assessment::{Assessor, Doubt, Look, Views};
use spotcheck::diagnosis::Diagnosis;
use spotcheck::network::model::{Card, Model};

use burn::tensor::Device;

use crate::data::{DataError, Dataset, Domain, Part, Rendition, Sample};
use crate::fit::{self, Case, Fitted, Judged};
use crate::predict::{self, Answers, How};
use crate::{calibrate, metrics};

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 1000;
/// Groups with fewer pictures get no figures of their own.
const LEAST_GROUP: usize = 20;
/// The figures that groups get.
pub const OF_GROUPS: [&str; 6] = [
    "balanced accuracy",
    "AUROC malignant",
    "sensitivity malignant (look)",
    "specificity (look)",
    "calibration error",
    "prediction set coverage",
];
/// Bins of the calibration error.
pub const BINS: usize = 15;

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

/// Figures for some of the pictures.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// What they have in common, e.g. `sex`.
    pub by: String,
    /// Their value of it, e.g. `female`.
    pub group: String,
    /// How many there are.
    pub count: usize,
    /// How many of them are malignant.
    pub malignant: usize,
    /// Those of [`OF_GROUPS`] that there are.
    pub figures: Vec<Figure>,
}

/// All figures for one kind of picture.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// How the pictures were taken.
    pub domain: Domain,
    /// How many there are.
    pub count: usize,
    /// How often each class was taken for each.
    pub confusion: Vec<Vec<usize>>,
    /// Figures with intervals.
    pub figures: Vec<Figure>,
    /// Figures of groups.
    pub groups: Vec<Group>,
}

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

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// [`spotcheck::network::model::Card::version`].
    pub model: String,
    /// One for each kind of picture.
    pub tables: Vec<Table>,
    /// Other picture sizes, and several views, on the first kind.
    pub variants: Vec<Variant>,
    /// How many pictures get an answer.
    pub answered: Vec<Answered>,
}

/// How many held-back pictures of a kind get an answer from the app, whole as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// How they were taken.
    pub domain: Domain,
    /// Which file of each was read.
    pub rendition: Rendition,
    /// How many there are.
    pub count: usize,
    /// How many are answered.
    pub answers: usize,
    /// How many of the others are turned away for this reason.
    pub no_lesion: usize,
    /// The same for this one.
    pub unfamiliar: usize,
    /// And for this one.
    pub quality: usize,
}

impl Answered {
    /// In words.
    pub fn which(&self) -> &'static str {
        match (self.domain, self.rendition) {
            (Domain::Phone, _) => "phone",
            (Domain::Dermatoscope, Rendition::Common) => "dermatoscope",
            (Domain::Dermatoscope, Rendition::Sharpest) => "dermatoscope, sharper files",
        }
    }
}

/// Asks the app about every held-back picture, and about the sharper files that some have.
///
/// # Errors
/// When a picture can't be read.
pub fn answered(model: &Model, dataset: &Dataset) -> Result<Vec<Answered>, DataError> {
    let assessor = Assessor::new(model);
    let ask = |(domain, rendition): (Domain, Rendition)| {
        let samples: Vec<&Sample> = dataset
            .part(Part::HeldBack)
            .into_iter()
            .filter(|sample| sample.domain == domain)
            .filter(|sample| rendition == Rendition::Common || sample.files.len() > 1)
            .collect();
        let mut found = Answered {
            domain,
            rendition,
            count: samples.len(),
            answers: 0,
            no_lesion: 0,
            unfamiliar: 0,
            quality: 0,
        };
        for sample in samples {
            let photo = sample.load(sample.file(rendition))?;
            let (assessment, _) = assessor.assess(&photo, Look::at(photo.central_square()));
            let for_this = |doubt| usize::from(assessment.cannot_tell.contains(&doubt));
            found.answers += usize::from(assessment.cannot_tell.is_empty());
            found.no_lesion += for_this(Doubt::NotALesion);
            found.unfamiliar += for_this(Doubt::Unfamiliar);
            found.quality += for_this(Doubt::Quality);
        }
        Ok(found)
    };
    let kinds = [
        (Domain::Dermatoscope, Rendition::Common),
        (Domain::Dermatoscope, Rendition::Sharpest),
        (Domain::Phone, Rendition::Common),
    ];
    let all = kinds.into_iter().map(ask).collect::<Result<Vec<_>, DataError>>()?;
    Ok(all.into_iter().filter(|answered| answered.count > 0).collect())
}

/// A picture, its truth, and how it was judged.
pub struct Row {
    /// How it was judged.
    pub judged: Judged,
    /// The true class; none where it is outside the classes.
    pub class: Option<usize>,
    /// The truth about malignancy.
    pub malignant: bool,
    group: String,
    traits: BTreeMap<&'static str, String>,
}

/// The rows of one kind of picture.
pub type Judgements = (Domain, Vec<Row>);

/// Judges every held-back picture of one kind. Where the model's parameters were fitted on the same pictures, each is judged by
/// parameters fitted on others.
pub fn rows(
    model: &Model,
    samples: &[&Sample],
    answers: &Answers,
    domain: Domain,
    fitted_on: Domain,
) -> Vec<Row> {
    let classes = &model.card().classes;
    let of_domain: Vec<usize> = (0..samples.len()).filter(|&at| samples[at].domain == domain).collect();
    let cases: Vec<Case> = of_domain
        .iter()
        .map(|&at| Case {
            logits: answers.logits[at].clone(),
            truth: samples[at].class,
            group: samples[at].group.clone(),
        })
        .collect();
    let card = model.card();
    let fitted = Fitted {
        bias: card.bias.clone(),
        temperature: card.temperature,
        prevalence: card.prevalence.clone(),
        triage: card.triage,
        prediction_set: card.prediction_set.clone(),
    };
    let judged = match domain == fitted_on {
        true => fit::cross_judge(&cases, classes),
        false => fit::judge(&cases, &fitted, classes),
    };
    let rows = judged.into_iter().zip(of_domain);
    rows.map(|(judged, at)| Row {
        judged,
        class: (!samples[at].outside_classes).then_some(samples[at].class),
        malignant: classes[samples[at].class].malignant,
        group: samples[at].group.clone(),
        traits: samples[at].traits.clone(),
    })
    .collect()
}

/// Every figure that these rows allow.
fn figures(rows: &[&Row], classes: &[Diagnosis]) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let mut note = |name: String, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            found.insert(name, value);
        }
    };
    let inside: Vec<(&Row, usize)> = rows.iter().filter_map(|row| Some((*row, row.class?))).collect();
    let truth: Vec<usize> = inside.iter().map(|(_, class)| *class).collect();
    let probabilities: Vec<Vec<f32>> =
        inside.iter().map(|(row, _)| row.judged.probabilities.clone()).collect();
    let stated = metrics::stated(&probabilities);
    let right: Vec<bool> = truth.iter().zip(&stated).map(|(truth, stated)| truth == stated).collect();
    let alike: Vec<usize> = inside.iter().map(|(row, _)| row.judged.alike()).collect();
    let table = metrics::confusion(&truth, &alike, classes.len());
    note("balanced accuracy".into(), Some(metrics::balanced_accuracy(&table)));
    let of_stated = metrics::confusion(&truth, &stated, classes.len());
    note("balanced accuracy (stated)".into(), Some(metrics::balanced_accuracy(&of_stated)));
    note("accuracy".into(), Some(metrics::accuracy(&of_stated)));
    for (class, diagnosis) in classes.iter().enumerate() {
        let scores: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
        let positive: Vec<bool> = truth.iter().map(|&truth| truth == class).collect();
        note(format!("AUROC {}", diagnosis.key), metrics::auroc(&scores, &positive));
        note(format!("recall {}", diagnosis.key), metrics::recalls(&table)[class]);
        let own: Vec<bool> =
            inside.iter().filter(|(_, truth)| *truth == class).map(|(row, _)| row.judged.covered).collect();
        let covered = own.iter().filter(|&&covered| covered).count() as f64 / own.len() as f64;
        note(format!("set coverage {}", diagnosis.key), Some(covered));
    }
    let risks: Vec<f32> = rows.iter().map(|row| row.judged.risk).collect();
    let malignant: Vec<bool> = rows.iter().map(|row| row.malignant).collect();
    note("AUROC malignant".into(), metrics::auroc(&risks, &malignant));
    let alike =
        |of: &dyn Fn(&[f32]) -> f32| rows.iter().map(|row| of(&row.judged.likeness)).collect::<Vec<_>>();
    let risks_alike = alike(&|likeness| spotcheck::assessment::risk(likeness, classes));
    note("AUROC malignant (alike)".into(), metrics::auroc(&risks_alike, &malignant));
    let share = |wanted: &dyn Fn(&Row) -> bool, hit: &dyn Fn(&Row) -> bool| {
        let all = rows.iter().filter(|row| wanted(row)).count();
        let hits = rows.iter().filter(|row| wanted(row) && hit(row)).count();
        (all > 0).then(|| hits as f64 / all as f64)
    };
    let melanoma = classes.iter().position(|class| class.key == "mel");
    if let Some(at) = melanoma {
        let is_melanoma: Vec<bool> = rows.iter().map(|row| row.class == melanoma).collect();
        note("AUROC mel (alike)".into(), metrics::auroc(&alike(&|likeness| likeness[at]), &is_melanoma));
    }
    note(
        "sensitivity melanoma (look)".into(),
        share(&|row| melanoma.is_some() && row.class == melanoma, &|row| row.judged.look),
    );
    note("sensitivity malignant (look)".into(), share(&|row| row.malignant, &|row| row.judged.look));
    note("specificity (look)".into(), share(&|row| !row.malignant, &|row| !row.judged.look));
    note(
        "sensitivity melanoma (soon)".into(),
        share(&|row| melanoma.is_some() && row.class == melanoma, &|row| row.judged.soon),
    );
    note("sensitivity malignant (soon)".into(), share(&|row| row.malignant, &|row| row.judged.soon));
    note("specificity (soon)".into(), share(&|row| !row.malignant, &|row| !row.judged.soon));
    let confidences: Vec<f32> =
        probabilities.iter().map(|row| row.iter().copied().fold(0.0, f32::max)).collect();
    if !right.is_empty() {
        note("calibration error".into(), Some(metrics::calibration_error(&confidences, &right, BINS)));
        note(
            "calibration error of the risk".into(),
            Some(metrics::calibration_error(&risks, &malignant, BINS)),
        );
        let covered = inside.iter().filter(|(row, _)| row.judged.covered).count();
        note("prediction set coverage".into(), Some(covered as f64 / inside.len() as f64));
        let size: usize = inside.iter().map(|(row, _)| row.judged.set_size).sum();
        note("prediction set size".into(), Some(size as f64 / inside.len() as f64));
    }
    found
}

/// Every figure with its interval.
fn with_intervals(rows: &[&Row], classes: &[Diagnosis]) -> Vec<Figure> {
    let resampled = bootstrap(rows, classes);
    let interval = |name: &str| {
        let mut found: Vec<f64> = resampled.iter().filter_map(|figures| figures.get(name).copied()).collect();
        found.sort_by(f64::total_cmp);
        let at = |share: f64| found.get((share * found.len() as f64) as usize).copied().unwrap_or(f64::NAN);
        (at(0.025), at(0.975))
    };
    let figures = figures(rows, classes).into_iter();
    figures
        .map(|(name, value)| {
            let (low, high) = interval(&name);
            Figure { name, value, low, high }
        })
        .collect()
}

/// Figures of all, and of groups.
pub fn table(rows: &[Row], classes: &[Diagnosis], domain: Domain) -> Table {
    let traits: BTreeSet<(&str, &str)> =
        rows.iter().flat_map(|row| row.traits.iter().map(|(by, group)| (*by, group.as_str()))).collect();
    let groups = traits.into_iter().filter_map(|(by, group)| {
        let some: Vec<&Row> =
            rows.iter().filter(|row| row.traits.get(by).is_some_and(|value| value == group)).collect();
        (some.len() >= LEAST_GROUP).then(|| Group {
            by: by.into(),
            group: group.into(),
            count: some.len(),
            malignant: some.iter().filter(|row| row.malignant).count(),
            figures: with_intervals(&some, classes)
                .into_iter()
                .filter(|figure| OF_GROUPS.contains(&&*figure.name))
                .collect(),
        })
    });
    Table {
        domain,
        count: rows.len(),
        confusion: confusion(rows, classes.len()),
        figures: with_intervals(&rows.iter().collect::<Vec<_>>(), classes),
        groups: groups.collect(),
    }
}

/// How often each class was taken for each, if all were equally common.
pub fn confusion(rows: &[Row], classes: usize) -> Vec<Vec<usize>> {
    let (truth, alike): (Vec<usize>, Vec<usize>) =
        rows.iter().filter_map(|row| Some((row.class?, row.judged.alike()))).unzip();
    metrics::confusion(&truth, &alike, classes)
}

/// The figures of resamples: lesions (or patients) are drawn with replacement, with all their pictures.
fn bootstrap(rows: &[&Row], classes: &[Diagnosis]) -> Vec<BTreeMap<String, f64>> {
    use rayon::prelude::*;
    let mut by_group: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| by_group.entry(&row.group).or_default().push(row));
    let by_group: Vec<Vec<&Row>> = by_group.into_values().collect();
    let resample = |number: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(number as u64);
        let drawn = (0..by_group.len())
            .flat_map(|_| by_group[random.random_range(0..by_group.len())].iter().copied());
        figures(&drawn.collect::<Vec<_>>(), classes)
    };
    (0..RESAMPLES).into_par_iter().map(resample).collect()
}

/// Measures `model` on the held-back part of `dataset`. The rows of each kind of picture come along, for plots.
///
/// # Errors
/// When a picture can't be read.
pub fn evaluate(
    model: &Model,
    dataset: &Dataset,
    device: &Device,
) -> Result<(Vec<Table>, Vec<Judgements>), DataError> {
    let card = model.card();
    let net = &model.weights().network;
    let held_back = dataset.part(Part::HeldBack);
    let main = calibrate::main_domain(&held_back);
    let answers = predict::samples(net, &held_back, How::usually(card.input_side_px), device)?;
    let mut all_rows = Vec::new();
    let mut tables = Vec::new();
    for domain in [Domain::Dermatoscope, Domain::Phone] {
        let rows = rows(model, &held_back, &answers, domain, main);
        if !rows.is_empty() {
            tables.push(table(&rows, &card.classes, domain));
            all_rows.push((domain, rows));
        }
    }
    Ok((tables, all_rows))
}

/// Other picture sizes, sharper files, and several views, on the held-back pictures of the main kind.
///
/// # Errors
/// When a picture can't be read.
pub fn variants(model: &Model, dataset: &Dataset, device: &Device) -> Result<Vec<Variant>, DataError> {
    let held_back = dataset.part(Part::HeldBack);
    let main = calibrate::main_domain(&held_back);
    let all: Vec<&Sample> =
        held_back.into_iter().filter(|sample| sample.domain == main && !sample.outside_classes).collect();
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
            let started = std::time::Instant::now();
            let answers = predict::samples(&model.weights().network, samples, how, device)?;
            let seconds = started.elapsed().as_secs_f64();
            Ok(variant(model.card(), samples, &answers, how, seconds))
        })
        .collect()
}

/// The figures of a variant, each picture judged with parameters fitted on others that were looked at alike.
fn variant(card: &Card, samples: &[&Sample], answers: &Answers, how: How, seconds: f64) -> Variant {
    let classes = &card.classes;
    let cases = fit::cases(samples, answers, calibrate::main_domain(samples));
    let judged = fit::cross_judge(&cases, classes);
    let truth: Vec<usize> = cases.iter().map(|case| case.truth).collect();
    let area = |score: &dyn Fn(&Judged) -> f32, wanted: &dyn Fn(&Diagnosis) -> bool| {
        let scores: Vec<f32> = judged.iter().map(score).collect();
        let positive: Vec<bool> = truth.iter().map(|&class| wanted(&classes[class])).collect();
        metrics::auroc(&scores, &positive)
    };
    let melanoma = classes.iter().position(|class| class.key == "mel");
    let alike: Vec<usize> = judged.iter().map(Judged::alike).collect();
    Variant {
        count: samples.len(),
        rendition: how.rendition,
        views: how.views.count(),
        side_px: how.side_px,
        images_per_s: samples.len() as f64 / seconds,
        balanced_accuracy: metrics::balanced_accuracy(&metrics::confusion(&truth, &alike, classes.len())),
        melanoma_auroc: melanoma
            .and_then(|at| area(&|row| row.probabilities[at], &|class| class.key == "mel")),
        malignant_auroc: area(&|row| row.risk, &|class| class.malignant),
    }
}
