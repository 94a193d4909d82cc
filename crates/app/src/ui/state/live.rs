//! What is known of the live picture while the camera's screen is shown.

use std::time::Instant;

use dioxus::prelude::*;
use image::GrayImage;

use super::App;
use crate::capture::live::{self, CameraError};
use vision::photo::live::{Judge, Told};

/// A live picture: what it has shown, and what is decided about it.
#[derive(Debug, Clone)]
pub struct Live {
    began: Instant,
    judge: Judge,
    /// The latest frame of the page's camera that was judged, or could not be.
    pub judged: u64,
    /// Whether the camera delivers.
    pub open: bool,
    /// Whether it has a light that can be turned on.
    pub torch: bool,
    /// Why it does not deliver.
    pub failed: Option<CameraError>,
}

impl Default for Live {
    fn default() -> Self {
        let judge = Judge::default();
        Self { began: Instant::now(), judge, judged: 0, open: false, torch: false, failed: None }
    }
}

impl Live {
    /// What is to be told of the picture.
    pub fn told(&self) -> Option<Told> {
        self.judge.told()
    }

    /// Whether a photo is due by itself.
    pub fn is_due(&self) -> bool {
        self.judge.is_due()
    }
}

impl App {
    /// The live picture.
    pub fn live(self) -> Live {
        self.live.read().clone()
    }

    /// Another live picture begins, or none goes on.
    pub fn begin_live(mut self) {
        self.live.set(Live::default());
    }

    /// A frame of it.
    pub fn judge(mut self, frame: &GrayImage) {
        let mut live = self.live.write();
        let at = live.began.elapsed();
        live.judge.see(frame, at);
    }

    /// The camera delivers, and may have a light that can be turned on.
    pub fn live_opened(mut self, torch: bool) {
        let mut live = self.live.write();
        (live.open, live.torch, live.failed) = (true, torch, None);
    }

    /// It does not.
    pub fn live_failed(mut self, error: CameraError) {
        let mut live = self.live.write();
        (live.open, live.failed) = (false, Some(error));
    }

    /// The page's camera has something to tell.
    pub fn hear_camera(mut self, told: live::Told) {
        match told {
            live::Told::Opened { torch } => self.live_opened(torch),
            live::Told::Failed(name) => self.live_failed(CameraError::named(&name)),
            live::Told::Frame { number, base64 } => {
                if let Some(frame) = live::frame(&base64) {
                    self.judge(&frame);
                }
                self.live.write().judged = number;
            }
        }
    }
}
