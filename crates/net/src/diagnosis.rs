//! What a lesion can be: the diagnoses that the network tells apart, and which of them are malignant.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One class of the network.
///
/// The app's own weights know [`HAM10000`]'s seven and perhaps those of [`BEYOND_HAM10000`]; weights that somebody trained for another
/// skin problem bring their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Short name: HAM10000's, or the name of the folder the class was learnt from. Wording is looked up by it.
    pub key: Cow<'static, str>,
    /// Malignant or likely to become so.
    pub malignant: bool,
    /// Neither harmless nor malignant for sure: a mixture of what has too few pictures for a class of its own. It is no part of the risk
    /// of malignancy, but a doctor should see it, and it never leads to "nothing suspicious".
    #[serde(default)]
    pub refer: bool,
}

const fn class(key: &'static str, malignant: bool) -> Diagnosis {
    Diagnosis { key: Cow::Borrowed(key), malignant, refer: false }
}

/// The seven diagnoses of HAM10000 (Tschandl et al. 2018), in the order of the network's outputs.
pub const HAM10000: [Diagnosis; 7] = [
    class("akiec", true),
    class("bcc", true),
    class("bkl", false),
    class("df", false),
    class("mel", true),
    class("nv", false),
    class("vasc", false),
];

/// Melanoma.
pub const MELANOMA: &str = "mel";
/// Squamous cell carcinoma that grows into the skin. HAM10000's `akiec` is its forms that do not yet: actinic keratosis and
/// intraepithelial carcinoma.
pub const SCC: &str = "scc";
/// Something else: inflammation, and other benign and malignant lesions.
pub const OTHER: &str = "other";

/// What the app's own weights may know besides [`HAM10000`]'s seven.
pub const BEYOND_HAM10000: [Diagnosis; 2] =
    [class(SCC, true), Diagnosis { key: Cow::Borrowed(OTHER), malignant: false, refer: true }];

/// All diagnoses that the app knows.
pub fn known() -> impl Iterator<Item = &'static Diagnosis> {
    const KNOWN: [&[Diagnosis]; 2] = [&HAM10000, &BEYOND_HAM10000];
    KNOWN.into_iter().flatten()
}

/// The diagnosis that the app knows by this key.
pub fn by_key(key: &str) -> Option<&'static Diagnosis> {
    known().find(|diagnosis| diagnosis.key == key)
}
