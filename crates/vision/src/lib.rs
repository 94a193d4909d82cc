//! Photos as the app needs them: read to upright sRGB pixels, judged, and compared with an earlier one of the same spot.

pub mod change;
pub mod photo;
pub mod scale;
