//! Judging cases as the app would, each with parameters that it did not help to fit.

use std::collections::{BTreeMap, BTreeSet};

use assess::assessment::{Triage, prediction_set, risk, triage};
use net::diagnosis::Diagnosis;
use net::network::calibration::{Calibration, prior_corrected, shifted};

use crate::fit::case::Case;
use crate::fit::parameters::fit;
use crate::metrics;

/// A case judged with parameters that it did not help to fit.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Calibrated.
    pub probabilities: Vec<f32>,
    /// The same if all classes were equally common.
    pub likeness: Vec<f32>,
    /// See [`risk`].
    pub risk: f32,
    /// Whether it warns.
    pub look: bool,
    /// Whether it warns urgently.
    pub soon: bool,
    /// Whether it is called not suspicious.
    pub calm: bool,
    /// Whether the prediction set holds the truth.
    pub covered: bool,
    /// How many diagnoses it names.
    pub set_size: usize,
}

impl Judged {
    /// The class that would be most probable if all were equally common.
    pub fn alike(&self) -> usize {
        metrics::stated(std::slice::from_ref(&self.likeness))[0]
    }
}

/// What of a case is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The photo alone.
    Photo,
    /// The photo, and what is known of the person.
    Person,
}

/// Judges a case by these parameters.
pub fn judge(case: &Case, by: &Calibration, classes: &[Diagnosis], told: Told) -> Judged {
    let shift = match (told, &by.person) {
        (Told::Person, Some(terms)) => terms.shift(&case.person),
        _ => 0.0,
    };
    let likeness = by.class_balanced(&case.logits);
    let probabilities = shifted(&prior_corrected(&likeness, &by.prevalence), classes, shift);
    let set = prediction_set(&probabilities, &by.prediction_set);
    let triage = triage(&by.triage, &probabilities, classes);
    Judged {
        risk: risk(&probabilities, classes),
        look: triage.warns(),
        soon: triage == Triage::SeeDoctorSoon,
        calm: triage == Triage::NothingSuspicious,
        covered: case.truth.class.is_some_and(|class| set.contains(&class)),
        set_size: set.len(),
        likeness: shifted(&likeness, classes, shift),
        probabilities,
    }
}

/// Parts that validation pictures are dealt into, to be judged by parameters fitted on the others.
pub(super) const FOLDS: usize = 5;

/// Judges every case with parameters fitted on the other folds: figures that are not flattered by having been fitted on the
/// same pictures.
pub fn cross_judge(cases: &[Case], classes: &[Diagnosis], told: Told) -> Vec<Judged> {
    let folds = folds(cases, classes.len());
    let fitted: Vec<Calibration> = (0..FOLDS)
        .map(|fold| {
            let others = cases.iter().zip(&folds).filter(|(_, of)| **of != fold);
            fit(&others.map(|(case, _)| case.clone()).collect::<Vec<_>>(), classes)
        })
        .collect();
    cases.iter().zip(&folds).map(|(case, &fold)| judge(case, &fitted[fold], classes, told)).collect()
}

/// Judges every case with parameters fitted on the other sources alone: how lines hold in a clinic that is none of them. None where there
/// is one source.
pub fn judge_by_other_sources(cases: &[Case], classes: &[Diagnosis], told: Told) -> Option<Vec<Judged>> {
    let sources: BTreeSet<&str> = cases.iter().map(|case| case.source.as_str()).collect();
    let fitted = |source: &str| {
        let others: Vec<Case> = cases.iter().filter(|case| case.source != source).cloned().collect();
        fit(&others, classes)
    };
    let fitted: BTreeMap<&str, Calibration> =
        sources.iter().map(|&source| (source, fitted(source))).collect();
    (sources.len() > 1)
        .then(|| cases.iter().map(|case| judge(case, &fitted[&*case.source], classes, told)).collect())
}

/// The fold of each case: those of one lesion or patient share one, and the lesions of each class are dealt out evenly, so that no fold
/// lacks a rare one.
pub(super) fn folds(cases: &[Case], classes: usize) -> Vec<usize> {
    // What is none of the classes is dealt out as one more.
    let class = |case: &Case| case.truth.class.unwrap_or(classes);
    let groups: BTreeMap<&str, usize> = cases.iter().map(|case| (&*case.group, class(case))).collect();
    let mut dealt: Vec<usize> = (0..=classes).collect();
    let fold_of: BTreeMap<&str, usize> = groups
        .into_iter()
        .map(|(group, class)| {
            dealt[class] += 1;
            (group, dealt[class] % FOLDS)
        })
        .collect();
    cases.iter().map(|case| fold_of[&*case.group]).collect()
}
