//! Why pictures can't be used, in words for the person who trains.

use std::path::PathBuf;

/// Why the pictures can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that should be there isn't, or isn't readable.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, String),
    /// A table with a row that makes no sense.
    #[error("{0}, line {1}: {2}")]
    Row(PathBuf, usize, String),
    /// Nothing to learn from.
    #[error("no pictures found in {0}: {1}")]
    Empty(PathBuf, &'static str),
    /// A thread that makes batches stopped.
    #[error("a thread that makes batches stopped; its reason stands above")]
    Thread,
    /// A side of the split without pictures.
    #[error("{0}: its pictures are of one lesion or person, and so on one side of the split; add more")]
    OneSided(PathBuf),
    /// Sources that don't fit together.
    #[error("{0} has other classes than the sources before it")]
    Classes(PathBuf),
}
