//! What a lesion can be: the diagnoses that the network tells apart, and which of them are malignant.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One class of the network.
///
/// The app's own weights know [`HAM10000`]'s seven; weights that somebody trained for another skin
/// problem bring their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Short name: HAM10000's, or the name of the folder the class was learnt from. Wording is looked up by it.
    pub key: Cow<'static, str>,
    /// Malignant or likely to become so.
    pub malignant: bool,
}

const fn known(key: &'static str, malignant: bool) -> Diagnosis {
    Diagnosis { key: Cow::Borrowed(key), malignant }
}

/// The seven diagnoses of HAM10000 (Tschandl et al. 2018), in the order of the network's outputs.
pub const HAM10000: [Diagnosis; 7] = [
    known("akiec", true),
    known("bcc", true),
    known("bkl", false),
    known("df", false),
    known("mel", true),
    known("nv", false),
    known("vasc", false),
];
