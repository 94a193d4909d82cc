//! All pictures of a run, and the diagnoses that they show.

use net::diagnosis::{self, Diagnosis};
use net::modality::Modality;

use crate::data::sample::Sample;
use crate::data::split::Split;

/// What the names of folders start with whose lesions a doctor should see.
pub const MALIGNANT: &str = "malignant-";

/// All samples and the names of their classes.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Class names, in the order of the network's outputs.
    pub classes: Vec<String>,
    /// Every sample of every source.
    pub samples: Vec<Sample>,
}

impl Dataset {
    /// The samples on one side of the split, in their order.
    pub fn of(&self, split: Split) -> Vec<&Sample> {
        self.samples.iter().filter(|sample| sample.split == split).collect()
    }

    /// The classes as diagnoses. Those of a foreign dataset count as malignant where the folder's name starts with [`MALIGNANT`].
    pub fn diagnoses(&self) -> Vec<Diagnosis> {
        let known = |name: &String| diagnosis::by_key(name).cloned();
        let foreign = |name: &String| Diagnosis {
            key: name.strip_prefix(MALIGNANT).unwrap_or(name).to_string().into(),
            malignant: name.starts_with(MALIGNANT),
            refer: false,
        };
        self.classes.iter().map(|name| known(name).unwrap_or_else(|| foreign(name))).collect()
    }
}

/// The kind of picture that variants are compared on: dermatoscopic where there are some.
pub fn main_modality(samples: &[&Sample]) -> Modality {
    match samples.iter().any(|sample| sample.modality == Modality::Dermatoscope) {
        true => Modality::Dermatoscope,
        false => Modality::PlainPhoto,
    }
}
