//! Looking at photos on a thread of its own: decoding, measuring, assessing, and the pictures that the screen shows.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use burn::tensor::Device;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, RgbImage};

use super::work::{WorkError, Worker};
use crate::archive::record::Pictures;
use crate::assessment::{Assessment, Assessor, Look};
use crate::change::align;
use crate::change::shape::Shape;
use crate::network::model::Model;
use crate::photo::quality::Quality;
use crate::photo::{DecodeError, Photo, Square};
use crate::platform;

/// The longer side of the picture that is shown while framing, in pixels.
const PREVIEW_SIDE_PX: u32 = 1280;
/// The longer side of a photo that is kept, in pixels.
const KEPT_SIDE_PX: u32 = 1600;
/// Side of the pictures of the crop in a result, in pixels.
const CROP_SIDE_PX: u32 = 480;
/// Side of the pictures in lists, in pixels: the stylesheet shows them at half of it.
const THUMBNAIL_SIDE_PX: u32 = 128;
/// JPEG quality, 1 to 100.
const QUALITY: u8 = 88;

/// A photo, and a picture of it that the screen can show.
#[derive(Debug, Clone)]
pub struct Opened {
    /// All of it.
    pub photo: Arc<Photo>,
    /// The same smaller, as a `data:` address.
    pub preview: Arc<str>,
    /// The same as it would be kept, once it is needed.
    kept: Arc<OnceLock<Vec<u8>>>,
}

impl Opened {
    fn kept(&self) -> &Vec<u8> {
        self.kept.get_or_init(|| jpeg(&self.photo.scaled_down(KEPT_SIDE_PX), QUALITY))
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.photo, &other.photo)
    }
}

impl From<Photo> for Opened {
    fn from(photo: Photo) -> Self {
        let preview = data_address(&jpeg(&photo.scaled_down(PREVIEW_SIDE_PX), QUALITY));
        Self { photo: Arc::new(photo), preview, kept: Arc::default() }
    }
}

/// A photo that was assessed, with pictures of what was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer.
    pub assessment: Assessment,
    /// The same by the photo alone, before anything was told of the person.
    pub of_photo: Assessment,
    /// The pictures, as they would be kept.
    pub pictures: Arc<Pictures>,
}

/// The thread that looks at photos. It unpacks the weights at once, after the window was asked for.
#[derive(Clone)]
pub struct Looker(Worker<Option<Assessor>>);

impl Looker {
    /// Starts it.
    pub fn start() -> Self {
        Self(Worker::start(|| Model::embedded(&Device::flex()).map(|model| Assessor::new(&model)).ok()))
    }

    /// Decodes a file.
    ///
    /// # Errors
    /// When it is no photo.
    pub async fn open(&self, file: Vec<u8>) -> Result<Result<Opened, DecodeError>, WorkError> {
        let open = move |_: &mut _| {
            // The content is here now; what the camera left on the disk is in nobody's hands.
            platform::delete_taken_photos(platform::here());
            Ok(Photo::decode(&platform::readable(platform::here(), &file))?.into())
        };
        self.0.ask(open).await
    }

    /// Deletes what the system's camera left of a photo that will not be looked at.
    pub fn forget_taken(&self) {
        self.0.tell(|_| platform::delete_taken_photos(platform::here()));
    }

    /// Makes a photo of the camera's pixels.
    ///
    /// # Errors
    /// When that fails.
    #[cfg(feature = "camera")]
    pub async fn take(&self, pixels: RgbImage) -> Result<Opened, WorkError> {
        self.0.ask(move |_| Photo::from(pixels).into()).await
    }

    /// Measures a square of a photo.
    ///
    /// # Errors
    /// When that fails.
    pub async fn measure(&self, photo: Arc<Photo>, square: Square) -> Result<Quality, WorkError> {
        self.0.ask(move |_| Quality::measure(&photo, photo.fit(square))).await
    }

    /// Makes the picture that would be kept while the photo is framed, so that the answer need not wait for it.
    pub fn prepare(&self, opened: Opened) {
        self.0.tell(move |_| {
            opened.kept();
        });
    }

    /// Assesses a square of a photo.
    ///
    /// # Errors
    /// When the weights can't be used.
    pub async fn assess(&self, opened: Opened, look: Look) -> Result<Answer, WorkError> {
        let assess = move |assessor: &mut Option<Assessor>| {
            let photo = &opened.photo;
            let (assessment, saliency) = assessor.as_ref()?.assess(photo, look);
            let crop = photo.crop(assessment.crop, CROP_SIDE_PX);
            let pictures = Pictures {
                thumbnail: jpeg(&photo.crop(assessment.crop, THUMBNAIL_SIDE_PX), QUALITY),
                saliency: jpeg(&saliency.over(&crop), QUALITY),
                crop: jpeg(&crop, QUALITY),
                photo: opened.kept().clone(),
            };
            Some(Answer { of_photo: assessment.clone(), assessment, pictures: Arc::new(pictures) })
        };
        self.0.ask(assess).await?.ok_or(WorkError)
    }

    /// Compares two crops, given as JPEG; `None` where one can't be decoded.
    ///
    /// # Errors
    /// When that fails.
    pub async fn compare(&self, earlier: Vec<u8>, later: Vec<u8>) -> Result<Option<Compared>, WorkError> {
        self.0.ask(move |_| compare(&earlier, &later)).await
    }
}

/// Two pictures of a spot, the later one laid over the earlier one, and what was measured of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The earlier picture, as a `data:` address.
    pub earlier: Arc<str>,
    /// The later one, moved, as a `data:` address.
    pub later: Arc<str>,
    /// Both measured; nothing where an outline is not found.
    pub shapes: Option<[Shape; 2]>,
}

fn compare(earlier: &[u8], later: &[u8]) -> Option<Compared> {
    let (before, after) = (Photo::decode(earlier).ok()?, Photo::decode(later).ok()?);
    let (before, after) = (before.pixels(), after.pixels());
    let shapes = Shape::of(before).zip(Shape::of(after)).map(|(before, after)| [before, after]);
    let moved = jpeg(&align::over(before, after), QUALITY);
    Some(Compared { earlier: data_address(earlier), later: data_address(&moved), shapes })
}

/// A frame of a live picture, small enough to be shown many times a second.
#[cfg(feature = "camera")]
pub fn live(frame: &RgbImage) -> Arc<str> {
    const SIDE_PX: u32 = 480;
    const LIVE_QUALITY: u8 = 70;
    data_address(&jpeg(&Photo::from(frame.clone()).scaled_down(SIDE_PX), LIVE_QUALITY))
}

/// Pixels and nothing else: no place, no time, no camera's name.
fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture);
    debug_assert!(encoded.is_ok(), "a small RGB picture can be encoded");
    bytes
}

/// A JPEG file as a `data:` address, which needs no file and no request.
pub fn data_address(jpeg: &[u8]) -> Arc<str> {
    format!("data:{};base64,{}", ImageFormat::Jpeg.to_mime_type(), BASE64_STANDARD.encode(jpeg)).into()
}
