//! Everything that fixes a training run, as one value that is stored with it.

use std::path::PathBuf;

use net::network::architecture::Architecture;
use net::network::layers::Activation;
use serde::{Deserialize, Serialize};

use crate::train::kernels::precision::Precision;

/// A stretch of training with one picture size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Epochs: in each, as many pictures are drawn as there are samples to learn from.
    pub epochs: usize,
    /// Side of the pictures, in pixels.
    pub side_px: u32,
    /// The stem and this many blocks keep their weights.
    pub frozen_blocks: usize,
}

/// A training run. Two runs with equal configurations give equal weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Folders with pictures.
    pub data: Vec<PathBuf>,
    /// ImageNet weights to start from, or the folder of a model that was trained before; random ones without.
    pub start: Option<PathBuf>,
    /// Fixes everything that is drawn.
    pub seed: u64,
    /// Which network of the family. Runs from before there was a choice trained Lite0.
    #[serde(default = "Architecture::before_choice")]
    pub architecture: Architecture,
    /// What follows each convolution. Runs from before there was a choice used ReLU6.
    #[serde(default = "Activation::before_choice")]
    pub activation: Activation,
    /// One after the other.
    pub phases: Vec<Phase>,
    /// Pictures a step.
    pub batch: usize,
    /// Highest learning rate of everything but the last layer.
    pub body_rate: f64,
    /// Highest learning rate of the last layer.
    pub head_rate: f64,
    /// Share of all steps over which the rates rise from zero.
    pub warm_up: f64,
    /// AdamW's decay of the weights.
    pub weight_decay: f32,
    /// Share of certainty that is spread over all classes.
    pub label_smoothing: f64,
    /// What stays of the averaged weights at each step.
    pub average_decay: f64,
    /// Classes are drawn in proportion to their size to this power: 1 as they are, 0 all alike.
    pub sampling_power: f64,
    /// Whether the loss adds the logarithm of the drawn class shares to the logits (Menon et al. 2021).
    pub logit_adjustment: bool,
    /// What the training pass multiplies in; pictures are judged in f32 all the same.
    #[serde(default)]
    pub precision: Precision,
    /// Epochs whose cross-entropy on validation pictures is no lower than that of the best one, after which training ends.
    pub patience: usize,
    /// Learns from and selects on at most this many samples each; all of them without.
    pub limit: Option<usize>,
}

impl Config {
    /// The full run.
    pub fn full(data: Vec<PathBuf>, start: Option<PathBuf>, seed: u64) -> Self {
        Self {
            data,
            start,
            seed,
            architecture: Architecture::LITE0,
            activation: Activation::Relu,
            phases: vec![
                Phase { epochs: 1, side_px: 128, frozen_blocks: 6 },
                Phase { epochs: 7, side_px: 128, frozen_blocks: 0 },
                Phase { epochs: 6, side_px: 160, frozen_blocks: 0 },
            ],
            batch: 32,
            body_rate: 6e-4,
            head_rate: 3e-3,
            warm_up: 0.05,
            weight_decay: 0.02,
            label_smoothing: 0.05,
            average_decay: 0.998,
            sampling_power: 0.5,
            logit_adjustment: true,
            precision: Precision::Auto,
            patience: 8,
            limit: None,
        }
    }

    /// A run of a minute or two, to see that everything works.
    pub fn quick(data: Vec<PathBuf>, start: Option<PathBuf>, seed: u64) -> Self {
        Self {
            phases: vec![
                Phase { epochs: 1, side_px: 64, frozen_blocks: 6 },
                Phase { epochs: 2, side_px: 64, frozen_blocks: 0 },
            ],
            average_decay: 0.9,
            limit: Some(640),
            ..Self::full(data, start, seed)
        }
    }

    /// The same with one setting changed.
    ///
    /// # Errors
    /// When `change` is no `setting=value`, or there is no such setting, or it takes no such value.
    pub fn with(&self, change: &str) -> Result<Self, String> {
        let (name, value) = change.split_once('=').ok_or(format!("{change:?} is not SETTING=VALUE"))?;
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let setting = all.get_mut(name).ok_or(format!("there is no setting {name:?}"))?;
        *setting = serde_json::from_str(value).map_err(|error| format!("{change:?}: {error}"))?;
        serde_json::from_value(all).map_err(|error| format!("{change:?}: {error}"))
    }

    /// Whether such a run can be: the network is one, and the phases fit it.
    ///
    /// # Errors
    /// What can't be, in words.
    pub fn check(&self) -> Result<(), String> {
        if let Some(fault) = self.architecture.fault() {
            return Err(format!("architecture: {fault}"));
        }
        if self.epochs() == 0 {
            return Err("the phases hold no epoch".into());
        }
        let blocks = self.architecture.blocks().len();
        match self.phases.iter().map(|phase| phase.frozen_blocks).find(|&frozen| frozen > blocks) {
            Some(frozen) => {
                Err(format!("a phase freezes {frozen} blocks, and {} has {blocks}", self.architecture))
            }
            None => Ok(()),
        }
    }

    /// Epochs in all phases.
    pub fn epochs(&self) -> usize {
        self.phases.iter().map(|phase| phase.epochs).sum()
    }

    /// The phase that an epoch, counted from zero, belongs to.
    pub fn phase(&self, epoch: usize) -> Phase {
        let mut left = epoch;
        for phase in &self.phases {
            match left.checked_sub(phase.epochs) {
                Some(rest) => left = rest,
                None => return *phase,
            }
        }
        self.phases[self.phases.len() - 1]
    }

    /// The share of the highest rate at `step` of `steps`: a straight rise, then half a cosine.
    pub fn rate(&self, step: usize, steps: usize) -> f64 {
        let rise = self.warm_up * steps as f64;
        let step = step as f64 + 1.0;
        match step < rise {
            true => step / rise,
            false => {
                let way = (step - rise) / (steps as f64 - rise);
                0.5 * (1.0 + (std::f64::consts::PI * way.min(1.0)).cos())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_changed_by_its_name_or_the_mistake_is_named() {
        let config = Config::full(Vec::new(), None, 1);
        assert_eq!(config.with("body_rate=2e-4"), Ok(Config { body_rate: 2e-4, ..config.clone() }));
        assert!(config.with("body_rat=1").expect_err("unknown").contains("body_rat"));
        assert!(config.with("batch=many").expect_err("no number").contains("many"));
        assert!(config.with("batch").expect_err("no value").contains("SETTING=VALUE"));
    }

    #[test]
    fn a_run_from_before_there_was_a_choice_of_networks_trained_the_smallest() {
        let mut old = serde_json::to_value(Config::full(Vec::new(), None, 1)).expect("a configuration");
        old.as_object_mut().and_then(|old| old.remove("architecture")).expect("what is new");
        let old: Config = serde_json::from_value(old).expect("a configuration");
        assert_eq!(old, Config::full(Vec::new(), None, 1));
        assert_eq!(old.architecture, Architecture::LITE0);
    }

    #[test]
    fn phases_and_multipliers_that_fit_no_network_are_named() {
        let config = |architecture, frozen_blocks| Config {
            architecture,
            phases: vec![Phase { epochs: 1, side_px: 64, frozen_blocks }],
            ..Config::full(Vec::new(), None, 1)
        };
        assert_eq!(config(Architecture::LITE0, 16).check(), Ok(()));
        assert_eq!(config(Architecture::LITE1, 17).check(), Ok(()));
        let why = config(Architecture::LITE0, 17).check().expect_err("too many");
        assert_eq!(why, "a phase freezes 17 blocks, and EfficientNet-Lite0 has 16");
        let why = config(Architecture { width: 1.0, depth: 1e9 }, 0).check().expect_err("too deep");
        assert!(why.contains("depth"), "{why}");
        let none = Config { phases: Vec::new(), ..config(Architecture::LITE0, 0) };
        assert!(none.check().is_err_and(|why| why.contains("no epoch")));
    }

    #[test]
    fn a_run_from_before_there_was_a_precision_takes_what_is_fastest() {
        let mut old = serde_json::to_value(Config::full(Vec::new(), None, 1)).expect("a configuration");
        old.as_object_mut().and_then(|old| old.remove("precision")).expect("what is new");
        assert_eq!(
            serde_json::from_value::<Config>(old).expect("a configuration").precision,
            Precision::Auto
        );
        let config = Config::full(Vec::new(), None, 1);
        assert_eq!(config.with("precision=\"f32\"").expect("a setting").precision, Precision::F32);
    }
}
