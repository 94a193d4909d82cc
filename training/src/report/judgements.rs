//! How each validation picture was judged, beside its truth.

use std::collections::BTreeMap;

use net::diagnosis::Diagnosis;
use net::modality::Modality;

use crate::data::dataset::Dataset;
use crate::data::sample::Sample;
use crate::fit::case::{self, Case};
use crate::fit::judge::{Judged, Told, cross_judge, judge_by_other_sources};
use crate::train::predict::Answers;

/// A picture, its truth, and how it was judged.
pub struct Row {
    /// How it was judged by the photo alone.
    pub judged: Judged,
    /// How it was judged with what is known of the person.
    pub told: Judged,
    /// How it was judged by what was fitted on other sources, where there are some.
    pub elsewhere: Option<Judged>,
    /// The true class; none where it is outside the classes.
    pub class: Option<usize>,
    /// The truth about malignancy; none where nobody can say.
    pub malignant: Option<bool>,
    /// Whether anything is known of the person.
    pub knows_person: bool,
    /// Lesion or patient.
    pub group: String,
    /// What figures are broken down by.
    pub traits: BTreeMap<&'static str, String>,
}

/// The rows of one kind of picture.
pub type Judgements = (Modality, Vec<Row>);

/// Judges every validation picture of one kind, each by parameters fitted on others.
pub fn rows(
    classes: &[Diagnosis],
    dataset: &Dataset,
    samples: &[&Sample],
    answers: &Answers,
    modality: Modality,
) -> Vec<Row> {
    let truths = case::truths(dataset, classes);
    let of_modality: Vec<usize> = (0..samples.len()).filter(|&at| samples[at].modality == modality).collect();
    let cases: Vec<Case> =
        of_modality.iter().map(|&at| case::case(samples[at], answers.logits[at].clone(), &truths)).collect();
    let mut judged = cross_judge(&cases, classes, Told::Photo).into_iter();
    let mut told = cross_judge(&cases, classes, Told::Person).into_iter();
    let mut elsewhere = judge_by_other_sources(&cases, classes, Told::Photo).map(Vec::into_iter);
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
    cases.iter().zip(of_modality).filter_map(row).collect()
}
