//! Why a model can't be used.

use std::path::PathBuf;

use super::card::CARD_FILE;
use super::weights::WEIGHTS_FILE;

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
