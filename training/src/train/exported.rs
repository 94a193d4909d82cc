//! The files of an exported model beside its weights and card.

/// What calibration found out.
pub const CALIBRATION: &str = "calibration.json";
/// The configuration of the run.
pub const CONFIG: &str = "training-config.json";
/// The log of the run.
pub const LOG: &str = "training-log.jsonl";
/// How much the photo's quality matters.
pub const QUALITY: &str = "quality.json";
/// The measured figures.
pub const EVALUATION: &str = "evaluation.json";
/// What they mean, for people.
pub const MODEL_CARD: &str = "MODEL_CARD.md";
