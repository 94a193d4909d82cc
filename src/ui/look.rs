//! Looking at photos on a thread of its own: decoding, measuring, assessing, and the pictures that the screen shows.

use std::sync::{Arc, OnceLock};

use burn::tensor::Device;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::pictures::Picture;
use super::work::{WorkError, Worker};
use crate::archive::record::{KeptPhoto, Pictures};
use crate::assessment::{Assessment, Assessor, Look, Views};
use crate::change::align;
use crate::change::shape::Shape;
use crate::network::model::Model;
use crate::person::Person;
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
    /// The same smaller.
    pub preview: Picture,
    /// The same as it would be kept, and its size in pixels, once it is needed.
    kept: Arc<OnceLock<(Vec<u8>, [u32; 2])>>,
}

impl Opened {
    fn kept(&self) -> &(Vec<u8>, [u32; 2]) {
        self.kept.get_or_init(|| {
            let kept = self.photo.scaled_down(KEPT_SIDE_PX);
            (jpeg(&kept, QUALITY), kept.dimensions().into())
        })
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.photo, &other.photo)
    }
}

impl From<Photo> for Opened {
    fn from(photo: Photo) -> Self {
        let preview = Picture::new(jpeg(&photo.scaled_down(PREVIEW_SIDE_PX), QUALITY));
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
    /// How the photo that would be kept lies on the one that was assessed.
    pub photo: KeptPhoto,
    /// The crop, small.
    pub thumbnail: Picture,
    /// The crop.
    pub crop: Picture,
    /// The crop with where the network looked.
    pub saliency: Picture,
}

impl Answer {
    /// The answer to a photo of which nothing was told yet, with these pictures.
    pub fn new(assessment: Assessment, photo: KeptPhoto, pictures: Pictures) -> Self {
        let picture = |jpeg: &Vec<u8>| Picture::new(jpeg.clone());
        let (thumbnail, crop) = (picture(&pictures.thumbnail), picture(&pictures.crop));
        let saliency = picture(&pictures.saliency);
        let of_photo = assessment.clone();
        Self { assessment, of_photo, photo, thumbnail, crop, saliency, pictures: Arc::new(pictures) }
    }
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
    /// When it is not a photo.
    pub async fn open(&self, file: Vec<u8>) -> Result<Result<Opened, DecodeError>, WorkError> {
        let open = move |_: &mut _| {
            // The content is here now; what the system left on the disk is in nobody's hands.
            platform::delete_copies(platform::here());
            Ok(Photo::decode(&platform::readable(platform::here(), &file))?.into())
        };
        self.0.ask(open).await
    }

    /// Deletes what the system left of a file that is not needed any more.
    pub fn forget_copies(&self) {
        self.0.tell(|_| platform::delete_copies(platform::here()));
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
            let (kept, kept_px) = opened.kept();
            let pictures = Pictures {
                thumbnail: jpeg(&photo.crop(assessment.crop, THUMBNAIL_SIDE_PX), QUALITY),
                saliency: jpeg(&saliency.over(&crop), QUALITY),
                crop: jpeg(&crop, QUALITY),
                photo: kept.clone(),
            };
            let photo = KeptPhoto { original_px: photo.size().into(), kept_px: *kept_px };
            Some(Answer::new(assessment, photo, pictures))
        };
        self.0.ask(assess).await?.ok_or(WorkError)
    }

    /// Assesses a photo that was kept, given as JPEG, with the present model, with what was told of the person then; `None` where it
    /// can't be decoded. `square` is what was looked at, in its pixels; without one that is all of it.
    ///
    /// # Errors
    /// When the weights can't be used.
    pub async fn assess_again(
        &self,
        jpeg: Vec<u8>,
        square: Option<Square>,
        views: Views,
        person: Person,
    ) -> Result<Option<Assessment>, WorkError> {
        let assess = move |assessor: &mut Option<Assessor>| {
            let assessor = assessor.as_ref()?;
            let Ok(photo) = Photo::decode(&jpeg) else { return Some(None) };
            let (width, height) = photo.size();
            let square = square.unwrap_or(Square { left: 0, top: 0, side: width.min(height) });
            let look = Look { views, person, ..Look::at(square) };
            Some(Some(assessor.assess(&photo, look).0))
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
    /// The earlier picture.
    pub earlier: Picture,
    /// The later one, moved.
    pub later: Picture,
    /// Both measured; nothing where an outline is not found.
    pub shapes: Option<[Shape; 2]>,
}

fn compare(earlier: &[u8], later: &[u8]) -> Option<Compared> {
    let (before, after) = (Photo::decode(earlier).ok()?, Photo::decode(later).ok()?);
    let (before, after) = (before.pixels(), after.pixels());
    let shapes = Shape::of(before).zip(Shape::of(after)).map(|(before, after)| [before, after]);
    let moved = jpeg(&align::over(before, after), QUALITY);
    Some(Compared { earlier: Picture::new(earlier.to_vec()), later: Picture::new(moved), shapes })
}

/// A frame of a live picture, small enough to be shown many times a second.
#[cfg(feature = "camera")]
pub fn live(frame: &RgbImage) -> Picture {
    const SIDE_PX: u32 = 480;
    const LIVE_QUALITY: u8 = 70;
    Picture::new(jpeg(&Photo::from(frame.clone()).scaled_down(SIDE_PX), LIVE_QUALITY))
}

/// Pixels and nothing else: no place, no time, no camera's name.
///
/// # Panics
/// For a picture without pixels, or with more than 65,535 on a side: no photo and no crop is one. Whoever asked is told that it failed.
fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .expect("a picture of at most a kept photo's size can be encoded");
    bytes
}
