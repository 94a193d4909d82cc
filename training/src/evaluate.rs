//! Measuring a model on pictures that it never saw, with intervals, and by groups of people and places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use spotcheck::assessment::{Assessor, Doubt, Look, Views};
use spotcheck::diagnosis::{self, Diagnosis};
use spotcheck::network::model::{Card, Model};

use burn::tensor::Device;

use crate::data::{DataError, Dataset, Domain, Part, Rendition, Sample};
use crate::fit::{self, Case, Judged, Told, Truth};
use crate::predict::{self, Answers, How, kept};
use crate::{calibrate, metrics};

pub mod practice;
pub mod sources;

use practice::Practice;
use sources::{SourceProbe, TakenFor};

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 1000;
/// Ways to look are compared on no more pictures: some look eight times at each.
const MOST_COMPARED: usize = 1500;
/// Groups with fewer pictures get no figures of their own.
const LEAST_GROUP: usize = 20;
/// The figures that groups get.
pub const OF_GROUPS: [&str; 8] = [
    "balanced accuracy",
    "AUROC mel",
    "AUROC malignant",
    "sensitivity melanoma (look)",
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
    /// How many of them are melanomas.
    pub melanomas: usize,
    /// How many are malignant.
    pub malignant: usize,
    /// How many are benign; the others are mixtures of which nobody can say.
    pub benign: usize,
    /// Whether what reaches no line is called not suspicious: [`spotcheck::network::model::TriageThresholds::calms`].
    pub calms: bool,
    /// Figures of groups.
    pub groups: Vec<Group>,
    /// The figures of each source, with all parameters and lines fitted on the others: what to expect in another clinic.
    pub elsewhere: Vec<Group>,
    /// What it brings to know the person, on each source that tells of some.
    pub persons: Vec<KnownPersons>,
}

/// Figures with and without what is known of the persons, on the pictures of a source of whose person something is known.
#[derive(Debug, Clone, Serialize)]
pub struct KnownPersons {
    /// The source.
    pub source: String,
    /// How many pictures.
    pub count: usize,
    /// Names of figures, each by the photo alone and with what is known.
    pub figures: Vec<(String, Option<f64>, Option<f64>)>,
    /// Warnings that what is known turned into calm.
    pub calmed: usize,
    /// How many of these were malignant.
    pub calmed_malignant: usize,
    /// Calm answers that it turned into warnings.
    pub alarmed: usize,
    /// How many of these were malignant.
    pub alarmed_malignant: usize,
}

/// What [`KnownPersons`] compares.
const OF_PERSONS: [&str; 8] = [
    "AUROC mel",
    "AUROC malignant",
    "balanced accuracy",
    SEVEN,
    "calibration error of the risk",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
];
/// Of the classes of HAM10000 as the table for the challenge has them.
const SEVEN: &str = "balanced accuracy of the seven";

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
    /// What the figures mean in practice.
    pub practice: Vec<Practice>,
    /// How well the sources can be told apart by the network's features.
    pub source_probes: Vec<SourceProbe>,
    /// How often pictures are taken for a class that only some sources have.
    pub taken_for: Vec<TakenFor>,
    /// Which pictures there are, as a table in Markdown: [`crate::survey::table`].
    pub pictures: String,
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
            (Domain::PlainPhoto, _) => "phone",
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
        (Domain::PlainPhoto, Rendition::Common),
    ];
    let all = kinds.into_iter().map(ask).collect::<Result<Vec<_>, DataError>>()?;
    Ok(all.into_iter().filter(|answered| answered.count > 0).collect())
}

/// A picture, its truth, and how it was judged.
pub struct Row {
    /// How it was judged by the photo alone.
    pub judged: Judged,
    /// How it was judged with what is known of the person.
    pub told: Judged,
    /// How it was judged by what was fitted on other sources, where there are some.
    elsewhere: Option<Judged>,
    /// The true class; none where it is outside the classes.
    pub class: Option<usize>,
    /// The truth about malignancy; none where nobody can say.
    pub malignant: Option<bool>,
    knows_person: bool,
    group: String,
    traits: BTreeMap<&'static str, String>,
}

/// The rows of one kind of picture.
pub type Judgements = (Domain, Vec<Row>);

/// Judges every held-back picture of one kind, each by parameters fitted on others.
pub fn rows(
    classes: &[Diagnosis],
    dataset: &Dataset,
    samples: &[&Sample],
    answers: &Answers,
    domain: Domain,
) -> Vec<Row> {
    let truths = fit::truths(dataset, classes);
    let of_domain: Vec<usize> = (0..samples.len()).filter(|&at| samples[at].domain == domain).collect();
    let cases: Vec<Case> =
        of_domain.iter().map(|&at| fit::case(samples[at], answers.logits[at].clone(), &truths)).collect();
    let mut judged = fit::cross_judge(&cases, classes, Told::Photo).into_iter();
    let mut told = fit::cross_judge(&cases, classes, Told::Person).into_iter();
    let mut elsewhere = fit::judge_by_other_sources(&cases, classes, Told::Photo).map(Vec::into_iter);
    let row = |(case, at): (&Case, usize)| {
        let mut traits = samples[at].traits.clone();
        traits.insert("source", case.source.clone());
        Some(Row {
            judged: judged.next()?,
            told: told.next()?,
            elsewhere: elsewhere.as_mut().and_then(Iterator::next),
            class: case.truth.class,
            malignant: case.truth.malignant,
            knows_person: !case.person.is_unknown(),
            group: case.group.clone(),
            traits,
        })
    };
    cases.iter().zip(of_domain).filter_map(row).collect()
}

/// The answer of a row that figures are of.
type Which = fn(&Row) -> &Judged;

fn by_photo(row: &Row) -> &Judged {
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
fn figures(rows: &[&Row], classes: &[Diagnosis], which: Which) -> BTreeMap<String, f64> {
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
    let risks_alike: Vec<f32> =
        sure.iter().map(|(row, _)| spotcheck::assessment::risk(&which(row).likeness, classes)).collect();
    note("AUROC malignant (alike)".into(), metrics::auroc(&risks_alike, &malignant));
    let share = |wanted: &dyn Fn(&Row) -> bool, hit: &dyn Fn(&Row) -> bool| {
        let all = rows.iter().filter(|row| wanted(row)).count();
        let hits = rows.iter().filter(|row| wanted(row) && hit(row)).count();
        (all > 0).then(|| hits as f64 / all as f64)
    };
    let melanoma = fit::melanoma(classes);
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
fn with_intervals(rows: &[&Row], classes: &[Diagnosis], which: Which) -> Vec<Figure> {
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

/// Figures of all, and of groups.
pub fn table(rows: &[Row], classes: &[Diagnosis], domain: Domain, calms: bool) -> Table {
    let traits: BTreeSet<(&str, &str)> =
        rows.iter().flat_map(|row| row.traits.iter().map(|(by, group)| (*by, group.as_str()))).collect();
    let has = |row: &Row, by: &str, group: &str| row.traits.get(by).is_some_and(|value| value == group);
    let group = |(by, group): (&str, &str), which: Which| {
        let some: Vec<&Row> = rows.iter().filter(|row| has(row, by, group)).collect();
        (some.len() >= LEAST_GROUP).then(|| Group {
            by: by.into(),
            group: group.into(),
            count: some.len(),
            malignant: some.iter().filter(|row| row.malignant == Some(true)).count(),
            figures: with_intervals(&some, classes, which)
                .into_iter()
                .filter(|figure| OF_GROUPS.contains(&&*figure.name))
                .collect(),
        })
    };
    // By the photo itself where there is no other source; then there is no such table.
    let elsewhere: Which = |row| row.elsewhere.as_ref().unwrap_or(&row.judged);
    let sources = || traits.iter().copied().filter(|(by, _)| *by == "source");
    let has_others = rows.iter().any(|row| row.elsewhere.is_some());
    let melanoma = fit::melanoma(classes);
    Table {
        domain,
        count: rows.len(),
        confusion: confusion(rows, classes.len()),
        figures: with_intervals(&rows.iter().collect::<Vec<_>>(), classes, by_photo),
        melanomas: rows.iter().filter(|row| melanoma.is_some() && row.class == melanoma).count(),
        malignant: rows.iter().filter(|row| row.malignant == Some(true)).count(),
        benign: rows.iter().filter(|row| row.malignant == Some(false)).count(),
        calms,
        groups: traits.iter().filter_map(|&of| group(of, by_photo)).collect(),
        elsewhere: sources().filter(|_| has_others).filter_map(|of| group(of, elsewhere)).collect(),
        persons: sources()
            .filter_map(|(by, source)| {
                let some: Vec<&Row> =
                    rows.iter().filter(|row| row.knows_person && has(row, by, source)).collect();
                (some.len() >= LEAST_GROUP).then(|| known_persons(source, &some, classes))
            })
            .collect(),
    }
}

/// What it brings to know the persons of these rows.
fn known_persons(source: &str, rows: &[&Row], classes: &[Diagnosis]) -> KnownPersons {
    let (alone, told) = (figures(rows, classes, by_photo), figures(rows, classes, |row| &row.told));
    let find = |name: &str| (name.to_string(), alone.get(name).copied(), told.get(name).copied());
    let changed = |before: fn(&Judged) -> bool, after: fn(&Judged) -> bool| {
        let changed = rows.iter().filter(|row| before(&row.judged) && after(&row.told));
        let malignant = changed.clone().filter(|row| row.malignant == Some(true)).count();
        (changed.count(), malignant)
    };
    let (calmed, calmed_malignant) = changed(|judged| judged.look, |judged| judged.calm);
    let (alarmed, alarmed_malignant) = changed(|judged| judged.calm, |judged| judged.look);
    KnownPersons {
        source: source.into(),
        count: rows.len(),
        figures: OF_PERSONS.map(find).to_vec(),
        calmed,
        calmed_malignant,
        alarmed,
        alarmed_malignant,
    }
}

/// How often each class was taken for each, if all were equally common.
pub fn confusion(rows: &[Row], classes: usize) -> Vec<Vec<usize>> {
    let (truth, alike): (Vec<usize>, Vec<usize>) =
        rows.iter().filter_map(|row| Some((row.class?, row.judged.alike()))).unzip();
    metrics::confusion(&truth, &alike, classes)
}

/// The figures of resamples: lesions (or patients) are drawn with replacement, with all their pictures.
fn bootstrap(rows: &[&Row], classes: &[Diagnosis], which: Which) -> Vec<BTreeMap<String, f64>> {
    use rayon::prelude::*;
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

/// What is measured by looking at each held-back picture once.
pub struct Measured {
    /// One for each kind of picture.
    pub tables: Vec<Table>,
    /// How each picture was judged, for plots.
    pub judgements: Vec<Judgements>,
    /// What the features tell of the sources.
    pub source_probes: Vec<SourceProbe>,
}

/// Measures `model` on the held-back part of `dataset`.
///
/// # Errors
/// When a picture can't be read.
pub fn evaluate(
    model: &Model,
    dataset: &Dataset,
    answers: Option<&Path>,
    device: &Device,
) -> Result<Measured, DataError> {
    let card = model.card();
    let net = &model.weights().network;
    let held_back = dataset.part(Part::HeldBack);
    let answers = kept::samples(answers, net, &held_back, How::usually(card.input_side_px), device)?;
    let mut all_rows = Vec::new();
    let mut tables = Vec::new();
    for domain in Domain::ALL {
        let rows = rows(&card.classes, dataset, &held_back, &answers, domain);
        if !rows.is_empty() {
            tables.push(table(&rows, &card.classes, domain, card.calibrations.of(domain).triage.calms));
            all_rows.push((domain, rows));
        }
    }
    let probes = sources::probe(&held_back, &answers, &dataset.classes, device);
    Ok(Measured { tables, judgements: all_rows, source_probes: probes })
}

/// Other picture sizes, sharper files, and several views, on the held-back pictures of the main kind.
///
/// # Errors
/// When a picture can't be read.
pub fn variants(model: &Model, dataset: &Dataset, device: &Device) -> Result<Vec<Variant>, DataError> {
    let held_back = dataset.part(Part::HeldBack);
    let main = calibrate::main_domain(&held_back);
    let truths = fit::truths(dataset, &model.card().classes);
    let all: Vec<&Sample> = held_back
        .into_iter()
        .filter(|sample| sample.domain == main && truths[sample.class].class.is_some())
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
            let started = std::time::Instant::now();
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
    let cases = fit::cases(samples, answers, calibrate::main_domain(samples), truths);
    let judged = fit::cross_judge(&cases, classes, Told::Photo);
    let truth: Vec<usize> = cases.iter().filter_map(|case| case.truth.class).collect();
    let area = |score: &dyn Fn(&Judged) -> f32, wanted: &dyn Fn(&Diagnosis) -> bool| {
        let scores: Vec<f32> = judged.iter().map(score).collect();
        let positive: Vec<bool> = truth.iter().map(|&class| wanted(&classes[class])).collect();
        metrics::auroc(&scores, &positive)
    };
    let melanoma = fit::melanoma(classes);
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
