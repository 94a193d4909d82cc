//! Which numbers the training pass multiplies in.

use serde::{Deserialize, Serialize};

use crate::train::kernels::tiles::Unit;

/// What a run multiplies in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// bf16 where the processor multiplies that faster, with sums in f32; f32 elsewhere.
    #[default]
    Auto,
    /// f32 everywhere.
    F32,
}

impl Precision {
    /// Whether this processor multiplies in bf16.
    pub fn is_half(self) -> bool {
        self == Self::Auto && Unit::is_fast()
    }
}
