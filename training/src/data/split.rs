//! Which pictures the weights learn from, and which are held back from them.

use crate::data::hash::fnv1a;

/// Which side of the split a sample is on. What shows the same lesion or patient is on one side: [`crate::data::groups`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The weights learn from it.
    Train,
    /// Held back from them: selection, calibration, thresholds, figures.
    Validation,
}

/// Holds back about `percent` of the groups, the same ones every time, whatever else there is.
pub fn split_of(group: &str, percent: u64) -> Split {
    if (fnv1a(group.as_bytes()) >> 32) % 100 < percent { Split::Validation } else { Split::Train }
}
