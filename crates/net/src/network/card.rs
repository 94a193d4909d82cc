//! The card that goes with the weights: which network and classes, the size of its pictures, and what its answers mean.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::architecture::Architecture;
use super::calibration::{Calibration, Calibrations, positive};
use super::error::ModelError;
use super::input::Normalisation;
use super::layers::Activation;
use crate::diagnosis::Diagnosis;
use crate::modality::Modality;

/// File name of the [`Card`].
pub const CARD_FILE: &str = "spotcheck.json";

const EMBEDDED_CARD: &str = include_str!("../../../../models/spotcheck.json");

/// What goes with the weights. All figures were measured on pictures that the weights never saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Names the weights, e.g. in a report.
    pub version: String,
    /// The licence that the weights are under.
    pub licence: String,
    /// What the network's outputs stand for, in their order.
    pub classes: Vec<Diagnosis>,
    /// Side of the pictures that the network reads, in pixels.
    pub input_side_px: u32,
    /// How pixels become numbers.
    pub normalisation: Normalisation,
    /// Which network the weights are of. Cards from before there was a choice mean [`Architecture::LITE0`], and those of Lite0 still say
    /// nothing.
    #[serde(default = "Architecture::before_choice", skip_serializing_if = "Architecture::is_before_choice")]
    pub architecture: Architecture,
    /// The network's activation. Cards from before there was a choice mean [`Activation::Relu6`].
    #[serde(default = "Activation::before_choice")]
    pub activation: Activation,
    /// What its answers mean, by how the picture was taken. Cards from before there were two hold the numbers of one, which then hold for
    /// both.
    pub calibrations: Calibrations,
    /// How often the prediction set holds the truth, 0 to 1.
    pub prediction_set_coverage: f32,
    /// Above this logit of [`Probes::phone`](super::probes::Probes::phone), a picture is taken for a plain photo.
    pub least_phone: f32,
    /// Within this distance of [`Self::least_phone`], in logits, it is not sure how a picture was taken: the more cautious of both
    /// calibrations counts.
    #[serde(default)]
    pub unsure_modality: f32,
}

/// The format of a card's file. It grows when one who does not know of a field would be calmer than is meant: with 2 came
/// [`TriageThresholds::melanoma`](super::calibration::TriageThresholds::melanoma).
const CARD_FORMAT: u32 = 2;

/// What is read first of a card's file; those of before there were versions say nothing.
#[derive(Serialize, Deserialize)]
struct Format {
    #[serde(default = "first_format")]
    format: u32,
}

fn first_format() -> u32 {
    1
}

/// A card as its file has it.
#[derive(Serialize)]
struct Versioned<'a> {
    #[serde(flatten)]
    format: Format,
    #[serde(flatten)]
    card: &'a Card,
}

impl Card {
    /// The card of the model that came with the app.
    ///
    /// # Errors
    /// When the app was built with a broken one.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::read(EMBEDDED_CARD.as_bytes())
    }

    /// A card from its file, also from one of before there was a calibration for each modality.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(json: &[u8]) -> Result<Self, ModelError> {
        let wrong = |error: serde_json::Error| ModelError::Card(error.to_string());
        // Before anything else of it may fail, or be passed over.
        if serde_json::from_slice::<Format>(json).map_err(wrong)?.format > CARD_FORMAT {
            return Err(ModelError::Newer);
        }
        let mut card: Value = serde_json::from_slice(json).map_err(wrong)?;
        if let Some(fields) = card.as_object_mut().filter(|fields| !fields.contains_key("calibrations")) {
            let one: Calibration = serde_json::from_value(fields.clone().into()).map_err(wrong)?;
            let both = serde_json::to_value(Calibrations::both(one)).map_err(wrong)?;
            fields.insert("calibrations".into(), both);
        }
        serde_json::from_value(card).map_err(wrong)
    }

    /// How a picture was taken, by the logit of [`Probes::phone`](super::probes::Probes::phone).
    pub fn modality(&self, phone: f32) -> Modality {
        if phone > self.least_phone { Modality::PlainPhoto } else { Modality::Dermatoscope }
    }

    /// Whether that logit leaves it open; asked so that what is no number does.
    pub fn is_unsure(&self, phone: f32) -> bool {
        let distance = (phone - self.least_phone).abs();
        distance.partial_cmp(&self.unsure_modality).is_none_or(Ordering::is_lt)
    }

    /// The text of its file.
    pub(super) fn to_json(&self) -> Result<String, ModelError> {
        let versioned = Versioned { format: Format { format: CARD_FORMAT }, card: self };
        let mut text =
            serde_json::to_string_pretty(&versioned).map_err(|error| ModelError::Card(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }

    /// Whether the numbers can be what they say.
    pub(super) fn check(&self) -> Result<(), ModelError> {
        let wrong = |reason: &str| Err(ModelError::Card(reason.into()));
        if let Some(fault) = self.architecture.fault() {
            return wrong(&format!("architecture.{fault}"));
        }
        match self {
            card if card.classes.len() < 2 => wrong("it names fewer than two classes"),
            card if !(32..=1024).contains(&card.input_side_px) => {
                wrong("input_side_px is not between 32 and 1024")
            }
            card if !positive(card.normalisation.deviation) => {
                wrong("normalisation.deviation is not above zero")
            }
            card if !card.normalisation.mean.is_finite() => wrong("normalisation.mean is no number"),
            card if !(0.0..=1.0).contains(&card.prediction_set_coverage) => {
                wrong("prediction_set_coverage is not between 0 and 1")
            }
            card if !card.least_phone.is_finite() => wrong("least_phone is no number"),
            card if !card.unsure_modality.is_finite() || card.unsure_modality < 0.0 => {
                wrong("unsure_modality is below zero")
            }
            card => Modality::ALL.into_iter().try_for_each(|modality| {
                let faults = card.calibrations.of(modality).fault(card.classes.len());
                faults.map_or(Ok(()), |fault| wrong(&format!("calibrations.{}.{fault}", modality.key())))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::calibration::TriageThresholds;

    /// What the app says of its risk holds only for a card that knows how common the classes are.
    #[test]
    fn the_embedded_card_knows_how_common_its_classes_are() {
        let card = Card::embedded().expect("card");
        for modality in Modality::ALL {
            let prevalence = &card.calibrations.of(modality).prevalence;
            assert_eq!(prevalence.len(), card.classes.len());
            assert!((prevalence.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    /// A card as it was written when there was one calibration for all pictures.
    const BEFORE: &str = r#"{
        "version": "lite0-192-c2a8dfd1", "licence": "CC BY-NC 4.0", "input_side_px": 192,
        "classes": [{ "key": "mel", "malignant": true }, { "key": "nv", "malignant": false }],
        "normalisation": { "mean": 127.0, "deviation": 128.0 },
        "bias": [0.25, -0.5], "activation": "relu", "temperature": 0.75, "prevalence": [0.125, 0.875],
        "triage": { "look": 0.0625, "soon": 0.5 }, "prediction_set": [0.03125, 0.5],
        "prediction_set_coverage": 0.9, "least_lesion": 0.25, "least_nearness": 0.625, "least_phone": 0.0
    }"#;

    #[test]
    fn a_card_from_before_modalities_means_both_and_survives_being_written_anew() {
        let card = Card::read(BEFORE.as_bytes()).expect("card");
        card.check().expect("sound");
        let wanted = Calibration {
            bias: vec![0.25, -0.5],
            temperature: 0.75,
            prevalence: vec![0.125, 0.875],
            triage: TriageThresholds { look: 0.0625, soon: 0.5, melanoma: 2.0, refer: 2.0, calms: true },
            prediction_set: vec![0.03125, 0.5],
            least_lesion: 0.25,
            least_nearness: 0.625,
            person: None,
        };
        assert_eq!(card.calibrations, Calibrations::both(wanted));
        assert!(!card.is_unsure(0.1) && !card.classes[0].refer);
        let written = serde_json::to_vec(&card).expect("JSON");
        assert_eq!(Card::read(&written).expect("card"), card);
    }

    #[test]
    fn a_card_names_its_network_unless_it_is_the_one_of_before_there_was_a_choice() {
        let mut card = Card::read(BEFORE.as_bytes()).expect("card");
        assert_eq!(card.architecture, Architecture::LITE0);
        let written = serde_json::to_string(&card).expect("JSON");
        assert!(!written.contains("architecture"), "{written}");
        card.architecture = Architecture::LITE1;
        let written = serde_json::to_string(&card).expect("JSON");
        assert!(written.contains(r#""architecture":{"width":1.0,"depth":1.1}"#), "{written}");
        assert_eq!(Card::read(written.as_bytes()).expect("card"), card);
        card.check().expect("sound");
        card.architecture.depth = 3.0;
        let error = card.check().expect_err("too deep").to_string();
        assert!(error.contains("architecture.depth"), "{error}");
    }

    #[test]
    fn a_card_of_a_later_app_is_newer_before_it_is_anything_else() {
        let later = r#"{ "format": 3, "classes": 7 }"#;
        assert!(matches!(Card::read(later.as_bytes()), Err(ModelError::Newer)));
        let card = Card::read(BEFORE.as_bytes()).expect("card of before there were versions");
        let format = Format { format: CARD_FORMAT };
        let written = serde_json::to_vec(&Versioned { format, card: &card }).expect("JSON");
        assert!(String::from_utf8_lossy(&written).starts_with("{\"format\":2,"));
        assert_eq!(Card::read(&written).expect("card"), card);
    }

    #[test]
    fn what_a_card_lacks_is_named() {
        let lacking = BEFORE.replace("\"temperature\": 0.75,", "");
        let error = Card::read(lacking.as_bytes()).expect_err("no temperature").to_string();
        assert!(error.contains("temperature"), "{error}");
        let mut card = Card::read(BEFORE.as_bytes()).expect("card");
        card.calibrations.plain_photo.bias.pop();
        let error = card.check().expect_err("too short").to_string();
        assert!(error.contains("calibrations.plain_photo.bias"), "{error}");
    }

    #[test]
    fn numbers_that_cannot_be_what_they_say_are_named() {
        type Change = fn(&mut Card, f32);
        let finite: [(&str, Change); 8] = [
            ("normalisation.mean", |card, value| card.normalisation.mean = value),
            ("least_phone", |card, value| card.least_phone = value),
            ("prediction_set_coverage", |card, value| card.prediction_set_coverage = value),
            ("plain_photo.bias", |card, value| card.calibrations.plain_photo.bias[1] = value),
            ("dermatoscope.temperature", |card, value| card.calibrations.dermatoscope.temperature = value),
            ("plain_photo.prediction_set", |card, value| {
                card.calibrations.plain_photo.prediction_set[0] = value
            }),
            ("plain_photo.least_lesion", |card, value| card.calibrations.plain_photo.least_lesion = value),
            ("least_nearness", |card, value| card.calibrations.dermatoscope.least_nearness = value),
        ];
        let [.., coverage, _, temperature, _, _, _] = finite;
        let bad = finite
            .into_iter()
            .flat_map(|one| [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(|value| (one, value)))
            .chain([1e-45, 0.009, 101.0, -1.0].map(|value| (temperature, value)))
            .chain([-0.1, 1.1].map(|value| (coverage, value)));
        for ((name, change), value) in bad {
            let mut card = Card::embedded().expect("card");
            change(&mut card, value);
            let error = card.check().expect_err(name).to_string();
            assert!(error.contains(name), "{name} of {value}: {error}");
        }
    }

    #[test]
    fn how_a_picture_was_taken_is_unsure_near_the_line_alone() {
        let mut card = Card::read(BEFORE.as_bytes()).expect("card");
        card.unsure_modality = 1.0;
        assert_eq!([-0.5, 0.5].map(|phone| card.modality(phone)), Modality::ALL);
        assert_eq!(
            [-1.5, -0.5, 0.5, 1.5, f32::NAN].map(|phone| card.is_unsure(phone)),
            [false, true, true, false, true]
        );
    }
}
