//! Bias, temperature, prevalence, triage thresholds and prediction sets, fitted on pictures that the weights never saw: of one modality,
//! from one or more sources, whose classes differ in how common they are.
//!
//! What is fitted shall hold in a clinic that is none of the sources. So probabilities hold for a mixture of the sources in which none
//! drowns the others, and lines keep their promise in every source that has enough pictures to tell.

use std::collections::BTreeMap;

use net::diagnosis::Diagnosis;
use net::network::calibration::{Calibration, class_balanced, prior_corrected, softmax};

use crate::fit::case::{Case, LEAST_IN_SOURCE, by_source};
use crate::fit::quantile::reached_by;
use crate::fit::{person, triage};

/// How often prediction sets shall hold the truth.
pub const COVERAGE: f64 = 0.9;

/// Fits everything but what tells lesions from other things.
pub fn fit(cases: &[Case], classes: &[Diagnosis]) -> Calibration {
    let known: Vec<Known> =
        cases.iter().filter_map(|case| Some(Known { case, class: case.truth.class? })).collect();
    let weights = weights(&known);
    let prevalence = prevalence(&known, classes.len());
    let bias = bias(&known, &weights, classes.len());
    let temperature = temperature(&known, &weights, &bias, &prevalence);
    let of = |case: &Case| prior_corrected(&class_balanced(&case.logits, &bias, temperature), &prevalence);
    let probabilities: Vec<Vec<f32>> = cases.iter().map(of).collect();
    let triage = triage::thresholds(cases, &probabilities, classes);
    let prediction_set = prediction_set_thresholds(cases, &probabilities, classes.len());
    let person = person::fit(cases, &probabilities, classes, &triage);
    Calibration {
        bias,
        temperature,
        prevalence,
        triage,
        prediction_set,
        least_lesion: f32::MIN,
        least_nearness: -1.0,
        person,
    }
}

/// A case of one of the model's classes.
pub(super) struct Known<'a> {
    pub(super) case: &'a Case,
    pub(super) class: usize,
}

/// How many of `items` there are of each key.
fn count<K: Ord>(items: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_insert(0) += 1);
    counts
}

/// How common each class is taken to be: its share in each source, with one more case of each, since no class is impossible because none
/// was met; a source counts by the root of its size.
pub(super) fn prevalence(cases: &[Known], classes: usize) -> Vec<f32> {
    let counts = count(cases.iter().map(|known| (known.case.source.as_str(), known.class)));
    let sizes = count(cases.iter().map(|known| known.case.source.as_str()));
    let all: f64 = sizes.values().map(|&size| (size as f64).sqrt()).sum();
    let of_class = |class| -> f64 {
        let of_source = |(&source, &size): (&&str, &usize)| {
            let own = counts.get(&(source, class)).copied().unwrap_or(0);
            (size as f64).sqrt() / all * (own + 1) as f64 / (size + classes) as f64
        };
        sizes.iter().map(of_source).sum()
    };
    match sizes.is_empty() {
        true => vec![1.0 / classes as f32; classes],
        false => (0..classes).map(|class| of_class(class) as f32).collect(),
    }
}

/// How much each case counts, so that all classes that there are count alike, and within each its sources by the root of how many they
/// have; all together one.
pub(super) fn weights(cases: &[Known]) -> Vec<f64> {
    let cells = count(cases.iter().map(|known| (known.class, known.case.source.as_str())));
    let mut of_class: BTreeMap<usize, f64> = BTreeMap::new();
    cells
        .iter()
        .for_each(|((class, _), &count)| *of_class.entry(*class).or_default() += (count as f64).sqrt());
    let weight = |known: &Known| {
        let cell = cells[&(known.class, known.case.source.as_str())] as f64;
        1.0 / (of_class.len() as f64 * of_class[&known.class] * cell.sqrt())
    };
    cases.iter().map(weight).collect()
}

/// What to add to each logit so that all classes, weighted alike, become most likely: the network knows the few pictures
/// of the rare classes by heart and names them too seldom elsewhere.
///
/// Logistic regression on the logits with one scale and a number a class (Guo et al. 2017, section 4.2, "bias corrected").
/// A penalty keeps the numbers small where a class has few pictures.
pub(super) fn bias(cases: &[Known], weights: &[f64], classes: usize) -> Vec<f32> {
    const STEPS: usize = 600;
    const RATE: f64 = 0.5;
    const PENALTY: f64 = 0.02;
    let (mut scale, mut bias) = (1.0f64, vec![0.0f64; classes]);
    for _ in 0..STEPS {
        let (mut slope, mut slopes) = (0.0, bias.iter().map(|bias| PENALTY * bias).collect::<Vec<f64>>());
        for (known, weight) in cases.iter().zip(weights) {
            let shifted: Vec<f64> =
                known.case.logits.iter().zip(&bias).map(|(&z, bias)| f64::from(z) + bias).collect();
            let scaled: Vec<f32> = shifted.iter().map(|z| (scale * z) as f32).collect();
            for (class, p) in softmax(&scaled).into_iter().enumerate() {
                let error = weight * (f64::from(p) - f64::from(u8::from(class == known.class)));
                slope += error * shifted[class];
                slopes[class] += error * scale;
            }
        }
        scale = (scale - RATE * slope).max(0.05);
        bias.iter_mut().zip(slopes).for_each(|(bias, slope)| *bias -= RATE * slope);
    }
    bias.into_iter().map(|bias| bias as f32).collect()
}

/// The temperature at which the truth is most likely, with classes as common as `prevalence` says (Guo et al. 2017, section 4.2).
pub(super) fn temperature(cases: &[Known], weights: &[f64], bias: &[f32], prevalence: &[f32]) -> f32 {
    let cross_entropy = |temperature: f32| -> f64 {
        let of = |known: &Known, weight: &f64| {
            let truth = prior_corrected(&class_balanced(&known.case.logits, bias, temperature), prevalence)
                [known.class];
            -weight * f64::from(prevalence[known.class]) * f64::from(truth.max(f32::MIN_POSITIVE)).ln()
        };
        cases.iter().zip(weights).map(|(known, weight)| of(known, weight)).sum()
    };
    // Likelihood has one hill: the interval around it shrinks by the golden section.
    let golden = (5f32.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.05f32.ln(), 20f32.ln());
    for _ in 0..40 {
        let step = golden * (high - low);
        match cross_entropy((high - step).exp()) < cross_entropy((low + step).exp()) {
            true => high = low + step,
            false => low = high - step,
        }
    }
    (0.5 * (low + high)).exp()
}

/// Class by class, the probability that all but a tenth of its own pictures reach, among all and in each source that has enough to
/// tell: split conformal prediction with a threshold for each class (Sadinle, Lei & Wasserman 2019, section 2.2; finite-sample
/// quantile).
fn prediction_set_thresholds(cases: &[Case], probabilities: &[Vec<f32>], classes: usize) -> Vec<f32> {
    (0..classes)
        .map(|class| {
            let column: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
            let sources = by_source(cases, &column, &|case| case.truth.class == Some(class));
            let all: Vec<f32> = sources.values().flatten().copied().collect();
            let large = sources.values().filter(|own| own.len() >= LEAST_IN_SOURCE);
            // Where there are too few, every set holds the class.
            let pooled = reached_by(&all, COVERAGE).unwrap_or(0.0);
            large.filter_map(|own| reached_by(own, COVERAGE)).fold(pooled, f32::min)
        })
        .collect()
}
