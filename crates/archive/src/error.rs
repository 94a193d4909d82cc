//! Why something can't be kept or read.

use super::StoreError;
use super::keys::KeysError;

/// Why something can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file.
    #[error(transparent)]
    Store(StoreError),
    /// Nothing in the file opens under the key.
    #[error("the archive was made with another key")]
    WrongKey,
    /// A later app wrote it.
    #[error("the archive was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// A single record is damaged or gone; all others can be read.
    #[error("this part of the archive is damaged and can't be read; everything else can")]
    Lost,
    /// What was to be kept could not be read again, such as a figure that is not a number.
    #[error("this can't be kept")]
    Unkeepable,
    /// It was deleted, but its sealed bytes are still in the file.
    #[error(
        "deleted, but not yet wiped from the file ({0}); Spotcheck tries again when it next opens the archive"
    )]
    NotErased(StoreError),
    /// The file of data keys is missing, or another archive's.
    #[error(
        "the file of keys that belongs to the archive is missing or another one's; put it back beside it"
    )]
    KeysMissing,
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Newer => Self::Newer,
            error => Self::Store(error),
        }
    }
}

impl From<KeysError> for ArchiveError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Missing => Self::KeysMissing,
            KeysError::Newer => Self::Newer,
            KeysError::Store(error) => error.into(),
        }
    }
}
