//! A validation picture with the network's answer and the truth: what everything is fitted on and judged by.

use std::collections::BTreeMap;

use net::diagnosis::{self, Diagnosis};
use net::modality::Modality;
use net::person::Person;

use crate::data::dataset::Dataset;
use crate::data::sample::Sample;
use crate::train::predict::Answers;

/// Least share of melanomas that triage may not call harmless.
pub const MELANOMA_SENSITIVITY: f64 = 0.95;
/// The same for everything malignant.
pub const MALIGNANT_SENSITIVITY: f64 = 0.95;
/// A source with so many melanomas (or malignant lesions, or pictures of a class) has its own say on lines and sets.
pub const LEAST_IN_SOURCE: usize = 20;

/// A validation picture with the network's answer.
#[derive(Debug, Clone)]
pub struct Case {
    /// The network's logits.
    pub logits: Vec<f32>,
    /// What it shows.
    pub truth: Truth,
    /// Lesion or patient.
    pub group: String,
    /// Where it comes from.
    pub source: String,
    /// Who has it.
    pub person: Person,
}

/// What a picture shows, as a model can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// The model's class; none where it has none for it.
    pub class: Option<usize>,
    /// Whether it is malignant; none for a mixture of which nobody can say.
    pub malignant: Option<bool>,
}

/// For each class of the pictures, what a model with `classes` makes of it.
pub fn truths(dataset: &Dataset, classes: &[Diagnosis]) -> Vec<Truth> {
    let of = |shown: Diagnosis| Truth {
        class: classes.iter().position(|class| class.key == shown.key),
        malignant: (!shown.refer).then_some(shown.malignant),
    };
    dataset.diagnoses().into_iter().map(of).collect()
}

/// The cases of one kind of picture; `truths` is what each class of the pictures means.
pub fn cases(samples: &[&Sample], answers: &Answers, modality: Modality, truths: &[Truth]) -> Vec<Case> {
    let pairs = samples.iter().zip(&answers.logits).filter(|(sample, _)| sample.modality == modality);
    pairs.map(|(sample, logits)| case(sample, logits.clone(), truths)).collect()
}

/// A picture with the network's answer.
pub fn case(sample: &Sample, logits: Vec<f32>, truths: &[Truth]) -> Case {
    Case {
        logits,
        truth: truths[sample.class],
        group: sample.group.clone(),
        source: sample.source.to_string(),
        person: sample.person(),
    }
}

/// The class of melanomas, where there is one.
pub fn melanoma(classes: &[Diagnosis]) -> Option<usize> {
    classes.iter().position(|class| class.key == diagnosis::MELANOMA)
}

/// Those of `values` that are wanted, by source.
pub fn by_source<'a, T: Copy>(
    cases: &'a [Case],
    values: &[T],
    wanted: &dyn Fn(&Case) -> bool,
) -> BTreeMap<&'a str, Vec<T>> {
    let mut found: BTreeMap<&str, Vec<T>> = BTreeMap::new();
    let pairs = cases.iter().zip(values).filter(|(case, _)| wanted(case));
    pairs.for_each(|(case, &value)| found.entry(&case.source).or_default().push(value));
    found
}
