//! A trained network with everything that goes with it, ready to be used.

use std::fmt::Display;
use std::path::Path;

use burn::module::Module;
use burn::store::{BurnpackStore, ModuleSnapshot};
use burn::tensor::{Bytes, Device};
use image::RgbImage;

use super::architecture::FEATURES;
use super::card::{CARD_FILE, Card};
use super::efficientnet::{EfficientNetLite, global_mean};
use super::error::ModelError;
use super::input::to_tensor;
use super::probes::{Probed, Probes};
use super::weights::{self, HalveLarge, LEAST_BYTES, WEIGHTS_FILE, Weights, WidenHalves};

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

impl Model {
    /// The model that came with the app.
    ///
    /// # Errors
    /// When the app was built with a broken one: a test makes sure that it was not.
    pub fn embedded(device: &Device) -> Result<Self, ModelError> {
        let weights = weights::embedded();
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
        let card = self.card.to_json()?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
