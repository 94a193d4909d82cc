//! How a picture was taken: what a model's answers mean depends on it.

use serde::{Deserialize, Serialize};

/// A way to take a picture of a lesion. Each has a calibration and figures of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Through a dermatoscope.
    Dermatoscope,
    /// A plain photo, as phones take it. Files written before there was a name for both call it `phone`.
    #[serde(alias = "phone")]
    PlainPhoto,
}

impl Modality {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dermatoscope, Self::PlainPhoto];

    /// How it is spelled in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dermatoscope => "dermatoscope",
            Self::PlainPhoto => "plain_photo",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Dermatoscope => Self::PlainPhoto,
            Self::PlainPhoto => Self::Dermatoscope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_what_files_hold_and_the_old_name_is_understood() {
        for modality in Modality::ALL {
            assert_eq!(serde_json::to_value(modality).expect("JSON"), modality.key());
            assert_eq!(modality.other().other(), modality);
        }
        assert_eq!(serde_json::from_str::<Modality>("\"phone\"").expect("known"), Modality::PlainPhoto);
    }
}
