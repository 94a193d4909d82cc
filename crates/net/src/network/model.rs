//! A trained network with everything that goes with it: what its answers mean and how far to trust them.

use std::cmp::Ordering;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleVisitor, Param};
use burn::store::burn_pack::Tensor as PackTensor;
use burn::store::{
    BurnpackStore, FloatCastAdapter, HalfPrecisionAdapter, ModuleAdapter, ModuleContext, ModuleSnapshot,
};
use burn::tensor::{Bytes, DType, Device, Tensor};
use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use image::RgbImage;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::architecture::{Architecture, FEATURES};
use super::efficientnet::{EfficientNetLite, global_mean};
use super::input::{Normalisation, to_tensor};
use super::layers::Activation;
use super::probes::{Probed, Probes};
use crate::diagnosis::Diagnosis;
use crate::modality::Modality;
use crate::person::Terms;

/// File name of the weights.
pub const WEIGHTS_FILE: &str = "spotcheck.bpk";
/// File name of the [`Card`].
pub const CARD_FILE: &str = "spotcheck.json";

/// Burn uses tensors where they lie and reads them as numbers: the file must start at an address that suits any of them.
#[repr(C, align(64))]
struct Aligned<T: ?Sized>(T);

static EMBEDDED_WEIGHTS: &Aligned<[u8]> = &Aligned(*include_bytes!("../../../../models/spotcheck.bpk"));
const EMBEDDED_CARD: &str = include_str!("../../../../models/spotcheck.json");

/// All weights of a model, as they lie in one file: the large ones in half precision.
#[derive(Module, Debug)]
pub struct Weights {
    /// Pixels to features and logits.
    pub network: EfficientNetLite,
    /// Features to novelty and kind of picture.
    pub probes: Probes,
}

impl Weights {
    /// Whether all of them are numbers, and none is infinite.
    pub fn are_finite(&self) -> bool {
        struct Finite(bool);

        impl ModuleVisitor for Finite {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let data = param.val().into_data();
                let values = data.as_slice::<f32>();
                self.0 &= values.is_ok_and(|values| values.iter().all(|value| value.is_finite()));
            }
        }

        let mut finite = Finite(true);
        self.visit(&mut finite);
        finite.0
    }
}

/// Stores the large tensors in half precision. The small ones, among them the stem and all depthwise filters, cost little room
/// and the most accuracy: what is rounded early passes through the whole network.
#[derive(Debug, Clone)]
struct HalveLarge;

/// Tensors of this many values are large.
const LARGE: usize = 30_000;
/// What a weight takes in the file at the least.
const LEAST_BYTES: usize = size_of::<f16>();

impl ModuleAdapter for HalveLarge {
    fn adapt(&self, tensor: PackTensor, module: ModuleContext<'_>) -> PackTensor {
        match tensor.shape.num_elements() < LARGE {
            true => tensor,
            false => HalfPrecisionAdapter::new().adapt(tensor, module),
        }
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

/// Reads the large tensors in full precision again: a slice at a time, for which processors have instructions. Burn's own adapter does
/// it number by number, and whoever waits for the first answer waits for it.
#[derive(Debug, Clone)]
struct WidenHalves;

impl ModuleAdapter for WidenHalves {
    fn adapt(&self, tensor: PackTensor, module: ModuleContext<'_>) -> PackTensor {
        if tensor.dtype != DType::F16 {
            return FloatCastAdapter::to(DType::F32).adapt(tensor, module);
        }
        let (name, shape, param_id) = (tensor.name.clone(), tensor.shape.clone(), tensor.param_id);
        let bytes = shape.num_elements() * size_of::<f32>();
        PackTensor::deferred(name, DType::F32, shape, param_id, bytes, move || {
            let halves: Vec<u16>;
            let bytes = tensor.to_bytes()?;
            let halves = match bytemuck::try_cast_slice(&bytes) {
                Ok(halves) => halves,
                Err(_) => {
                    halves = bytemuck::pod_collect_to_vec(&bytes);
                    &halves
                }
            };
            let mut whole = vec![0.0; halves.len()];
            halves.reinterpret_cast::<f16>().convert_to_f32_slice(&mut whole);
            Ok(Bytes::from_elems(whole))
        })
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

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
    /// Above this logit of [`Probes::phone`], a picture is taken for a plain photo.
    pub least_phone: f32,
    /// Within this distance of [`Self::least_phone`], in logits, it is not sure how a picture was taken: the more cautious of both
    /// calibrations counts.
    #[serde(default)]
    pub unsure_modality: f32,
}

/// The format of a card's file. It grows when one who does not know of a field would be calmer than is meant: with 2 came
/// [`TriageThresholds::melanoma`].
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
    /// Below this logit of [`Probes::lesion`], a picture is taken for something else than a lesion.
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

/// Weights ready to be used.
#[derive(Debug)]
pub struct Model {
    weights: Weights,
    card: Card,
    device: Device,
}

/// What the network saw in one crop.
#[derive(Debug, Clone)]
pub struct Output {
    /// One a class.
    pub logits: Vec<f32>,
    /// What the probes say.
    pub probed: Probed,
    /// How much each place speaks for each class, `[class][row * map_side + column]`.
    pub activation: Vec<Vec<f32>>,
    /// Rows and columns of the activation maps.
    pub map_side: usize,
}

/// Why a model can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is missing or unreadable.
    #[error("cannot read {0}: {1}; a model is a folder with {WEIGHTS_FILE} and {CARD_FILE}")]
    Read(PathBuf, std::io::Error),
    /// A later Spotcheck made it, and its card may say what this one does not understand.
    #[error("the model was made for a newer version of Spotcheck: update the app")]
    Newer,
    /// The file is not a card.
    #[error("{CARD_FILE} is not a model card: {0}")]
    Card(String),
    /// The weights don't fit the card.
    #[error("{WEIGHTS_FILE} does not hold the weights that {CARD_FILE} describes: {0}")]
    Weights(String),
    /// It can't be written.
    #[error("cannot write {0}: {1}")]
    Write(PathBuf, String),
}

/// Probabilities that sum to one, as if all classes were equally common: the softmax of `(logits + bias) / temperature`.
pub fn likeness(logits: &[f32], bias: &[f32], temperature: f32) -> Vec<f32> {
    softmax(&logits.iter().zip(bias).map(|(logit, bias)| (logit + bias) / temperature).collect::<Vec<_>>())
}

/// Probabilities that sum to one, for classes that are as common as `prevalence` says: Bayes' rule with another prior than the
/// equal one of `likeness` (Saerens, Latinne & Decaestecker 2002, equation 2.4). An empty `prevalence` is the equal one.
pub fn weighed(likeness: &[f32], prevalence: &[f32]) -> Vec<f32> {
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
    weighed(probabilities, &classes.iter().map(factor).collect::<Vec<_>>())
}

/// What stands in for the logits of a picture of which the network saw several views, a row each: the logarithms of the mean of what it
/// thinks of them. A single view's logits are as they are.
pub fn pooled<'a>(mut views: impl ExactSizeIterator<Item = &'a Vec<f32>>) -> Vec<f32> {
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

impl Model {
    /// The model that came with the app.
    ///
    /// # Errors
    /// When the app was built with a broken one: a test makes sure that it was not.
    pub fn embedded(device: &Device) -> Result<Self, ModelError> {
        let weights = &EMBEDDED_WEIGHTS.0;
        Self::build(Card::embedded()?, BurnpackStore::from_static(weights), weights.len(), device)
    }

    /// A model from a folder that `training export` wrote.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| ModelError::Read(path, error))
        };
        Self::from_bytes(Card::read(&read(CARD_FILE)?)?, read(WEIGHTS_FILE)?, device)
    }

    /// A model from its card and the bytes of its weights, as a pack brings them.
    ///
    /// # Errors
    /// When they don't fit together.
    pub fn from_bytes(card: Card, weights: Vec<u8>, device: &Device) -> Result<Self, ModelError> {
        let length = weights.len();
        let store = BurnpackStore::from_bytes(Some(Bytes::from_bytes_vec(weights)));
        Self::build(card, store, length, device)
    }

    fn build(card: Card, store: BurnpackStore, length: usize, device: &Device) -> Result<Self, ModelError> {
        card.check()?;
        let (architecture, classes) = (card.architecture, card.classes.len());
        let wrong = |why: &dyn Display| {
            // Of another network, every single tensor is told.
            let why: String = why.to_string().chars().take(200).collect();
            ModelError::Weights(format!("those of {architecture} for {classes} classes; {why}"))
        };
        // A card may claim more than its file holds: memory is set aside for no more than that.
        if length < LEAST_BYTES * architecture.parameters(classes) {
            return Err(wrong(&format_args!("it has only {length} bytes")));
        }
        let mut weights = Weights {
            network: EfficientNetLite::new(architecture, classes, card.activation, device),
            probes: Probes::new(device),
        };
        let mut store = store.with_from_adapter(WidenHalves);
        weights.load_from(&mut store).map_err(|error| wrong(&error))?;
        Ok(Self { weights: weights.valid(), card, device: device.clone() })
    }

    /// A model from parts, as training has them.
    pub fn from_parts(weights: Weights, card: Card, device: &Device) -> Self {
        Self { weights, card, device: device.clone() }
    }

    /// Writes `folder`/[`WEIGHTS_FILE`] and `folder`/[`CARD_FILE`]. The card of another model goes first: whatever ends this in between, no
    /// card stands beside weights that are not its own.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn save(&self, folder: &Path) -> Result<(), ModelError> {
        let path = folder.join(CARD_FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(ModelError::Write(path, error.to_string()));
            }
            _ => {}
        }
        let path = folder.join(WEIGHTS_FILE);
        let mut store = BurnpackStore::from_file(&path).overwrite(true).with_to_adapter(HalveLarge);
        self.weights.save_into(&mut store).map_err(|error| ModelError::Weights(error.to_string()))?;
        let format = Format { format: CARD_FORMAT };
        let mut card = serde_json::to_string_pretty(&Versioned { format, card: &self.card })
            .map_err(|error| ModelError::Card(error.to_string()))?;
        card.push('\n');
        let path = folder.join(CARD_FILE);
        std::fs::write(&path, card).map_err(|error| ModelError::Write(path, error.to_string()))
    }

    /// What goes with the weights.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Looks at crops of [`Card::input_side_px`] pixels.
    pub fn forward(&self, crops: &[RgbImage]) -> Vec<Output> {
        let x = to_tensor(crops, self.card.normalisation, &self.device);
        let maps = self.weights.network.feature_maps(x);
        let [batch, _, map_side, _] = maps.dims();
        let features = global_mean(maps.clone());
        let logits = self.weights.network.classifier.forward(features.clone());
        let probed = self.weights.probes.forward(features);

        let classes = self.card.classes.len();
        let places = map_side * map_side;
        let by_class = self.weights.network.classifier.weight.val().transpose().unsqueeze::<3>();
        let activation = by_class.matmul(maps.reshape([batch, FEATURES, places]));
        let logits: Vec<f32> = logits.into_data().iter().collect();
        let activation: Vec<f32> = activation.into_data().iter().collect();
        let rows = logits.chunks_exact(classes).zip(activation.chunks_exact(classes * places)).zip(probed);
        rows.map(|((logits, activation), probed)| Output {
            logits: logits.to_vec(),
            probed,
            activation: activation.chunks_exact(places).map(<[f32]>::to_vec).collect(),
            map_side,
        })
        .collect()
    }
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

    /// How a picture was taken, by the logit of [`Probes::phone`].
    pub fn modality(&self, phone: f32) -> Modality {
        if phone > self.least_phone { Modality::PlainPhoto } else { Modality::Dermatoscope }
    }

    /// Whether that logit leaves it open; asked so that what is no number does.
    pub fn is_unsure(&self, phone: f32) -> bool {
        let distance = (phone - self.least_phone).abs();
        distance.partial_cmp(&self.unsure_modality).is_none_or(Ordering::is_lt)
    }

    /// Whether the numbers can be what they say.
    fn check(&self) -> Result<(), ModelError> {
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

fn positive(value: f32) -> bool {
    value.is_finite() && value > 0.0
}

impl Calibration {
    /// From the network's logits, how probable each class would be if all were equally common.
    pub fn likeness(&self, logits: &[f32]) -> Vec<f32> {
        likeness(logits, &self.bias, self.temperature)
    }

    /// Calibrated probabilities from the network's logits, for classes as common as [`Self::prevalence`] says.
    pub fn probabilities(&self, logits: &[f32]) -> Vec<f32> {
        weighed(&self.likeness(logits), &self.prevalence)
    }

    /// What can't be, where something can't.
    fn fault(&self, classes: usize) -> Option<&'static str> {
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
            one if !positive(one.temperature) => Some("temperature is not above zero"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rare_becomes_less_probable_and_what_is_certain_stays_so() {
        assert_eq!(weighed(&[0.5, 0.5], &[0.9, 0.1]), [0.9, 0.1]);
        assert_eq!(weighed(&[0.0, 1.0], &[0.9, 0.1]), [0.0, 1.0]);
        assert_eq!(weighed(&[0.3, 0.7], &[]), [0.3, 0.7]);
    }

    #[test]
    fn views_are_pooled_as_probabilities_and_what_is_no_number_stays_none() {
        let pooled = |views: &[Vec<f32>]| softmax(&pooled(views.iter()));
        let near =
            |found: &[f32], wanted: &[f32]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6);
        let (one, other) = (vec![0.9f32.ln(), 0.1f32.ln()], vec![7.0, 7.0]);
        assert!(near(&pooled(std::slice::from_ref(&one)), &[0.9, 0.1]));
        assert!(near(&pooled(&[one.clone(), other]), &[0.7, 0.3]));
        let sure = vec![0.0, -1000.0];
        assert!(near(&pooled(&[sure.clone(), sure]), &[1.0, 0.0]));
        assert!(pooled(&[one, vec![f32::NAN, 0.0]]).iter().all(|p| p.is_nan()));
    }

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
            triage: TriageThresholds {
                look: 0.0625,
                soon: 0.5,
                melanoma: never(),
                refer: never(),
                calms: true,
            },
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
    fn a_model_that_could_not_be_saved_whole_has_no_card() {
        let folder = tempfile::tempdir().expect("folder");
        // In the way of the weights.
        std::fs::create_dir(folder.path().join(WEIGHTS_FILE)).expect("folder");
        let card = folder.path().join(CARD_FILE);
        std::fs::write(&card, "another one's").expect("written");
        let model = Model::embedded(&Device::flex()).expect("a model");
        assert!(model.save(folder.path()).is_err());
        assert!(!card.exists());
        std::fs::remove_dir(folder.path().join(WEIGHTS_FILE)).expect("removed");
        model.save(folder.path()).expect("saved");
        assert!(Model::load(folder.path(), &Device::flex()).is_ok());
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
    fn how_a_picture_was_taken_is_unsure_near_the_line_alone() {
        let mut card = Card::read(BEFORE.as_bytes()).expect("card");
        card.unsure_modality = 1.0;
        assert_eq!([-0.5, 0.5].map(|phone| card.modality(phone)), Modality::ALL);
        assert_eq!(
            [-1.5, -0.5, 0.5, 1.5, f32::NAN].map(|phone| card.is_unsure(phone)),
            [false, true, true, false, true]
        );
    }

    #[test]
    fn the_embedded_weights_lie_at_an_aligned_address() {
        assert_eq!(EMBEDDED_WEIGHTS.0.as_ptr().align_offset(64), 0);
    }
}
