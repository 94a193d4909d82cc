//! What the network's logits mean: from logits to probabilities, and the lines that are drawn through them.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::diagnosis::Diagnosis;
use crate::modality::Modality;
use crate::person::Terms;

/// One [`Calibration`] for each way to take a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrations {
    /// Fitted on pictures through a dermatoscope.
    pub dermatoscope: Calibration,
    /// Fitted on plain photos.
    pub plain_photo: Calibration,
}

impl Calibrations {
    /// The one for pictures that were taken so.
    pub fn of(&self, modality: Modality) -> &Calibration {
        match modality {
            Modality::Dermatoscope => &self.dermatoscope,
            Modality::PlainPhoto => &self.plain_photo,
        }
    }

    /// The same one for both.
    pub fn both(one: Calibration) -> Self {
        Self { dermatoscope: one.clone(), plain_photo: one }
    }
}

/// What the network's answers mean for pictures that were taken one way. All of it was fitted on such pictures that the weights never saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Added to the logits, one a class: what the network leans too little or too much to on pictures it has not seen.
    pub bias: Vec<f32>,
    /// Divides the logits after that (Guo et al. 2017, section 4).
    pub temperature: f32,
    /// How common each class is taken to be, 0 to 1, one a class, all together one. Cards from before this was known hold none and take
    /// all classes as equally common.
    #[serde(default)]
    pub prevalence: Vec<f32>,
    /// Where triage draws its lines.
    pub triage: TriageThresholds,
    /// For each class, the least probability at which it belongs to the prediction set.
    pub prediction_set: Vec<f32>,
    /// Below this logit of [`Probes::lesion`](super::probes::Probes::lesion), a picture is taken for something else than a lesion.
    pub least_lesion: f32,
    /// Below this nearness to what the network knows, a picture is too strange for an answer.
    pub least_nearness: f32,
    /// How far what is known of the person changes the risk; none where no source told.
    #[serde(default)]
    pub person: Option<Terms>,
}

/// Lines that triage draws through the risk, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TriageThresholds {
    /// From here on a doctor should look at it.
    pub look: f32,
    /// From here on soon.
    pub soon: f32,
    /// From this probability of melanoma alone on, a doctor should look at it, whatever the risk: where most of what is malignant is
    /// carcinoma, a melanoma that resembles a mole has a small risk. Above one where there is no such line.
    #[serde(default = "never")]
    pub melanoma: f32,
    /// From this probability of the classes that are to be referred ([`Diagnosis::refer`]) on, a doctor should look at it, whatever the
    /// risk. Above one where there is no such class.
    #[serde(default = "never")]
    pub refer: f32,
    /// Whether what reaches no line may be called not suspicious. Where too few pictures were at hand to prove a line, it is not.
    #[serde(default = "yes")]
    pub calms: bool,
}

/// A line that no probability reaches.
fn never() -> f32 {
    2.0
}

fn yes() -> bool {
    true
}

/// Probabilities that sum to one, as if all classes were equally common: the softmax of `(logits + bias) / temperature`.
pub fn class_balanced(logits: &[f32], bias: &[f32], temperature: f32) -> Vec<f32> {
    softmax(&logits.iter().zip(bias).map(|(logit, bias)| (logit + bias) / temperature).collect::<Vec<_>>())
}

/// Probabilities that sum to one, for classes that are as common as `prevalence` says: Bayes' rule with another prior than the
/// equal one of `likeness` (Saerens, Latinne & Decaestecker 2002, equation 2.4). An empty `prevalence` is the equal one.
pub fn prior_corrected(likeness: &[f32], prevalence: &[f32]) -> Vec<f32> {
    if prevalence.is_empty() {
        return likeness.to_vec();
    }
    let products: Vec<f32> =
        likeness.iter().zip(prevalence).map(|(likeness, share)| likeness * share).collect();
    let sum: f32 = products.iter().sum();
    products.into_iter().map(|product| product / sum).collect()
}

/// The same probabilities with the odds of all malignant classes together multiplied by `e^shift`.
pub fn shifted(probabilities: &[f32], classes: &[Diagnosis], shift: f32) -> Vec<f32> {
    if shift == 0.0 {
        return probabilities.to_vec();
    }
    let factor = |class: &Diagnosis| if class.malignant { shift.exp() } else { 1.0 };
    prior_corrected(probabilities, &classes.iter().map(factor).collect::<Vec<_>>())
}

/// What stands in for the logits of a picture of which the network saw several views, a row each: the logarithms of the mean of what it
/// thinks of them. A single view's logits are as they are.
pub fn mean_of_views<'a>(mut views: impl ExactSizeIterator<Item = &'a Vec<f32>>) -> Vec<f32> {
    let count = views.len() as f32;
    if views.len() == 1 {
        return views.next().cloned().unwrap_or_default();
    }
    let sum = views.map(|logits| softmax(logits)).reduce(|mut sum, view| {
        sum.iter_mut().zip(view).for_each(|(sum, p)| *sum += p);
        sum
    });
    // Asked so that what is no number stays none: whoever concludes from it can tell.
    let logarithm = |p: f32| if p < f32::MIN_POSITIVE { f32::MIN_POSITIVE.ln() } else { p.ln() };
    sum.unwrap_or_default().into_iter().map(|sum| logarithm(sum / count)).collect()
}

/// Probabilities that sum to one.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

impl Calibration {
    /// From the network's logits, how probable each class would be if all were equally common.
    pub fn class_balanced(&self, logits: &[f32]) -> Vec<f32> {
        class_balanced(logits, &self.bias, self.temperature)
    }

    /// Calibrated probabilities from the network's logits, for classes as common as [`Self::prevalence`] says.
    pub fn probabilities(&self, logits: &[f32]) -> Vec<f32> {
        prior_corrected(&self.class_balanced(logits), &self.prevalence)
    }

    /// What can't be, where something can't.
    pub(super) fn fault(&self, classes: usize) -> Option<&'static str> {
        match self {
            one if one.prediction_set.len() != classes => {
                Some("prediction_set needs one threshold for each class")
            }
            one if one.bias.len() != classes => Some("bias needs one number for each class"),
            one if !one.prevalence.is_empty() && one.prevalence.len() != classes => {
                Some("prevalence needs one share for each class")
            }
            one if one.prevalence.iter().any(|&share| !positive(share)) => {
                Some("prevalence holds a share that is not above zero")
            }
            one if one.bias.iter().any(|number| !number.is_finite()) => {
                Some("bias holds what is not a number")
            }
            // Asked so that what is no number is in no range.
            one if !TEMPERATURES.contains(&one.temperature) => {
                Some("temperature is not between 0.01 and 100")
            }
            one if !one.prediction_set.iter().all(|number| number.is_finite()) => {
                Some("prediction_set holds a threshold that is no number")
            }
            one if !(one.least_lesion.is_finite() && one.least_nearness.is_finite()) => {
                Some("least_lesion or least_nearness is no number")
            }
            one if !(one.triage.look.is_finite()
                && one.triage.soon.is_finite()
                && one.triage.melanoma.is_finite()
                && one.triage.refer.is_finite()) =>
            {
                Some("triage holds a line that is no number")
            }
            one => one.person.as_ref().and_then(Terms::fault),
        }
    }
}

/// What temperatures may be: those that fits find are near one, and with others every answer would be certain, or none.
const TEMPERATURES: RangeInclusive<f32> = 0.01..=100.0;

/// Whether a number is above zero, and one at all.
pub(super) fn positive(value: f32) -> bool {
    value.is_finite() && value > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rare_becomes_less_probable_and_what_is_certain_stays_so() {
        assert_eq!(prior_corrected(&[0.5, 0.5], &[0.9, 0.1]), [0.9, 0.1]);
        assert_eq!(prior_corrected(&[0.0, 1.0], &[0.9, 0.1]), [0.0, 1.0]);
        assert_eq!(prior_corrected(&[0.3, 0.7], &[]), [0.3, 0.7]);
    }

    #[test]
    fn views_are_pooled_as_probabilities_and_what_is_no_number_stays_none() {
        let mean_of_views = |views: &[Vec<f32>]| softmax(&mean_of_views(views.iter()));
        let near =
            |found: &[f32], wanted: &[f32]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6);
        let (one, other) = (vec![0.9f32.ln(), 0.1f32.ln()], vec![7.0, 7.0]);
        assert!(near(&mean_of_views(std::slice::from_ref(&one)), &[0.9, 0.1]));
        assert!(near(&mean_of_views(&[one.clone(), other]), &[0.7, 0.3]));
        let sure = vec![0.0, -1000.0];
        assert!(near(&mean_of_views(&[sure.clone(), sure]), &[1.0, 0.0]));
        assert!(mean_of_views(&[one, vec![f32::NAN, 0.0]]).iter().all(|p| p.is_nan()));
    }
}
