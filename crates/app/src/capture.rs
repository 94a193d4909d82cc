//! Getting a photo's bytes: from the phone's camera or gallery, a file, a drop, the clipboard, or a camera on the desk.

pub mod bridge;
#[cfg(feature = "camera")]
pub mod camera;
pub mod live;
