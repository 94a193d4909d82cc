//! A thread that decodes, measures and assesses, so that the screen never waits.
//!
//! Whoever asks gets a future. Dropping it cancels what has not begun.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use burn::tensor::Device;
use futures_channel::oneshot;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, RgbImage};

use crate::assessment::{Assessment, Assessor, Look};
use crate::network::model::Model;
use crate::photo::quality::Quality;
use crate::photo::{DecodeError, Photo, Square};

/// The longer side of the picture that is shown while framing, in pixels.
const PREVIEW_SIDE_PX: u32 = 1280;
/// Side of the pictures of the crop in a result, in pixels.
const CROP_SIDE_PX: u32 = 480;

/// JPEG quality, 1 to 100, of pictures that stay on the screen.
const QUALITY: u8 = 88;

/// A photo, and a picture of it that the screen can show.
#[derive(Debug, Clone)]
pub struct Opened {
    /// All of it.
    pub photo: Arc<Photo>,
    /// The same smaller, as a `data:` address.
    pub preview: Arc<str>,
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.photo, &other.photo)
    }
}

/// A photo that was assessed, with pictures of what was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The answer.
    pub assessment: Assessment,
    /// The crop, as a `data:` address.
    pub crop: Arc<str>,
    /// The crop with where the network looked, as a `data:` address.
    pub saliency: Arc<str>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The weights in the app are broken, or the thread is gone.
    #[error("the assessment failed; start the app again")]
    Broken,
}

type Job = Box<dyn FnOnce(&OnceLock<Option<Assessor>>) + Send>;

/// Where work is handed in.
#[derive(Clone)]
pub struct Worker {
    jobs: Sender<Job>,
}

impl Worker {
    /// Starts the thread. The weights are unpacked there, at once but after the window is asked for.
    pub fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::spawn(move || {
            let assessor = OnceLock::new();
            for job in queue {
                job(&assessor);
            }
        });
        let _ = jobs.send(Box::new(|assessor| {
            ready(assessor);
        }));
        Self { jobs }
    }

    fn hand_in<T: Send + 'static>(
        &self,
        work: impl FnOnce(&OnceLock<Option<Assessor>>) -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (answer, receiver) = oneshot::channel();
        let job = move |assessor: &OnceLock<Option<Assessor>>| {
            if !answer.is_canceled() {
                let _ = answer.send(work(assessor));
            }
        };
        // A thread that is gone drops the answer, and the receiver notices.
        let _ = self.jobs.send(Box::new(job));
        receiver
    }

    /// Decodes a file.
    ///
    /// # Errors
    /// When it is no photo.
    pub async fn open(&self, bytes: Vec<u8>) -> Result<Result<Opened, DecodeError>, WorkError> {
        let work = move |_: &OnceLock<Option<Assessor>>| {
            Photo::decode(&bytes).map(|photo| Opened { preview: preview(&photo), photo: Arc::new(photo) })
        };
        self.hand_in(work).await.map_err(|_| WorkError::Broken)
    }

    /// Makes a photo of the camera's pixels.
    ///
    /// # Errors
    /// When the thread is gone.
    #[cfg(feature = "camera")]
    pub async fn take(&self, pixels: RgbImage) -> Result<Opened, WorkError> {
        let work = move |_: &OnceLock<Option<Assessor>>| {
            let photo = Photo::from(pixels);
            Opened { preview: preview(&photo), photo: Arc::new(photo) }
        };
        self.hand_in(work).await.map_err(|_| WorkError::Broken)
    }

    /// Measures a square of a photo.
    ///
    /// # Errors
    /// When the thread is gone.
    pub async fn measure(&self, photo: Arc<Photo>, square: Square) -> Result<Quality, WorkError> {
        let work = move |_: &OnceLock<Option<Assessor>>| Quality::measure(&photo, photo.fit(square));
        self.hand_in(work).await.map_err(|_| WorkError::Broken)
    }

    /// Assesses a square of a photo.
    ///
    /// # Errors
    /// When the weights can't be used or the thread is gone.
    pub async fn assess(&self, photo: Arc<Photo>, look: Look) -> Result<Check, WorkError> {
        let work = move |assessor: &OnceLock<Option<Assessor>>| {
            let (assessment, saliency) = ready(assessor)?.assess(&photo, look);
            let crop = photo.crop(assessment.crop, CROP_SIDE_PX);
            let saliency = saliency.over(&crop);
            Some(Check {
                assessment,
                crop: data_address(&crop, QUALITY),
                saliency: data_address(&saliency, QUALITY),
            })
        };
        self.hand_in(work).await.ok().flatten().ok_or(WorkError::Broken)
    }
}

fn ready(assessor: &OnceLock<Option<Assessor>>) -> Option<&Assessor> {
    let load = || Model::embedded(&Device::flex()).map(Assessor::new).ok();
    assessor.get_or_init(load).as_ref()
}

fn preview(photo: &Photo) -> Arc<str> {
    data_address(&photo.scaled_down(PREVIEW_SIDE_PX), QUALITY)
}

/// A frame of a live picture, small enough to be shown many times a second.
#[cfg(feature = "camera")]
pub fn live(frame: &RgbImage) -> Arc<str> {
    const SIDE_PX: u32 = 480;
    const LIVE_QUALITY: u8 = 70;
    data_address(&Photo::from(frame.clone()).scaled_down(SIDE_PX), LIVE_QUALITY)
}

/// A picture as a `data:` address, which needs no file and no request.
fn data_address(picture: &RgbImage, quality: u8) -> Arc<str> {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture);
    debug_assert!(encoded.is_ok(), "a small RGB picture can be encoded");
    format!("data:{};base64,{}", ImageFormat::Jpeg.to_mime_type(), BASE64_STANDARD.encode(bytes)).into()
}
