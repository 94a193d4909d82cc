//! From a photo to an answer, by the embedded model or one that came in a signed pack, and what was measured of it.

pub mod assessment;
pub mod evidence;
pub mod packs;
