//! A live picture, wherever it comes from: what the page's camera tells, its frames, and why there is none.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::GrayImage;
use serde::Deserialize;

use vision::photo::live::SIDE_PX;

/// Bytes of a frame, one a pixel.
const FRAME_BYTES: usize = (SIDE_PX * SIDE_PX) as usize;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CameraError {
    /// No such camera.
    #[error("no camera was found; plug one in")]
    Missing,
    /// Another program uses it.
    #[error("another program uses the camera; close it")]
    Busy,
    /// The user may not use it.
    #[error("Spotcheck may not use the camera; allow it in the system's settings")]
    Forbidden,
    /// Anything else.
    #[error("the camera failed: {0}")]
    Broken(String),
}

impl CameraError {
    /// What the page's error of this name means: those of `getUserMedia` in the W3C's Media Capture and Streams.
    pub fn named(name: &str) -> Self {
        match name {
            "NotAllowedError" | "SecurityError" => Self::Forbidden,
            "NotFoundError" | "OverconstrainedError" | "NotSupportedError" => Self::Missing,
            "NotReadableError" | "AbortError" => Self::Busy,
            other => Self::Broken(other.chars().take(40).collect()),
        }
    }
}

/// What the script tells of the page's camera.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It delivers.
    Opened {
        /// Whether it has a light that can be turned on.
        torch: bool,
    },
    /// It does not, by the name of the page's error.
    Failed(String),
    /// A frame, of which no other is sent before it was judged.
    Frame {
        /// Counts the frames.
        number: u64,
        /// A byte for each pixel's grey, row by row.
        base64: String,
    },
}

/// The frame in these bytes, if it is one.
pub fn frame(base64: &str) -> Option<GrayImage> {
    // Before it is decoded: whatever the page sends, no more is held than a frame.
    if base64.len() > FRAME_BYTES.div_ceil(3) * 4 {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(base64).ok().filter(|bytes| bytes.len() == FRAME_BYTES)?;
    GrayImage::from_raw(SIDE_PX, SIDE_PX, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_a_byte_for_each_pixel_and_anything_else_is_none() {
        let encoded = |count: usize| BASE64_STANDARD.encode(vec![7; count]);
        assert_eq!(frame(&encoded(FRAME_BYTES)).map(|frame| frame.get_pixel(191, 191).0), Some([7]));
        for count in [0, FRAME_BYTES - 1, FRAME_BYTES + 1, 2 * FRAME_BYTES] {
            assert_eq!(frame(&encoded(count)), None);
        }
        assert_eq!(frame("?"), None);
        assert!(super::super::bridge::SCRIPT.contains(&format!("FRAME_PX = {SIDE_PX};")));
    }

    #[test]
    fn the_pages_errors_become_ours() {
        assert_eq!(CameraError::named("NotAllowedError"), CameraError::Forbidden);
        assert_eq!(CameraError::named("NotFoundError"), CameraError::Missing);
        assert_eq!(CameraError::named("NotReadableError"), CameraError::Busy);
        assert_eq!(CameraError::named("TypeError"), CameraError::Broken("TypeError".into()));
    }
}
