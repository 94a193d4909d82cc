//! Looking at photos on a thread of its own: decoding, measuring, assessing, and the pictures that the screen shows. The thread owns the
//! model, and changes it.

use std::sync::{Arc, OnceLock};

use burn::tensor::Device;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use spotpack::{Ledger, still_usable};

use super::model::InUse;
use super::pictures::Picture;
use super::work::{WorkError, Worker};
use crate::platform;
use archive::models::Models;
use archive::record::{KeptPhoto, Pictures};
use archive::shelf::{Shelf, Source};
use assess::assessment::{Assessment, Assessor, DETAIL, Look, Views};
use assess::packs::{FLOOR, NotUsed, app_version};
use net::network::card::Card;
use net::network::model::Model;
use net::person::Person;
use vision::change::align;
use vision::change::shape::Shape;
use vision::photo::quality::Quality;
use vision::photo::{DecodeError, Photo, Square, Taken, taken};
use vision::scale::{self, Ellipse, MeasureError, Reference, Size, find};

/// The longer side of the picture that is shown while framing, in pixels.
const PREVIEW_SIDE_PX: u32 = 1280;
/// The longer side of a photo that is kept, in pixels.
const KEPT_SIDE_PX: u32 = DETAIL.longer_px;
/// Side of the pictures of the crop in a result, in pixels.
const CROP_SIDE_PX: u32 = DETAIL.shorter_px;
/// Side of the pictures in lists, in pixels: the stylesheet shows them at half of it.
const THUMBNAIL_SIDE_PX: u32 = 128;
/// JPEG quality, 1 to 100.
const QUALITY: u8 = 88;

/// A photo, and a picture of it that the screen can show.
#[derive(Debug, Clone)]
pub struct Opened {
    /// As much of it as is kept and shown.
    pub photo: Arc<Photo>,
    /// All of it, where a square needs more.
    whole: Arc<Whole>,
    /// The same smaller.
    pub preview: Picture,
    /// The same as it would be kept, and its size in pixels, once it is needed.
    kept: Arc<OnceLock<(Vec<u8>, [u32; 2])>>,
}

/// A photo in every detail, once that is needed.
#[derive(Debug, Default)]
struct Whole {
    /// The file; nothing where the photo never had more detail than is held.
    file: Vec<u8>,
    photo: OnceLock<Option<Photo>>,
}

impl Opened {
    /// A file's photo.
    fn read(file: &[u8]) -> Result<Self, DecodeError> {
        let photo = Photo::decode_reduced(file, DETAIL)?;
        let file = if photo.is_whole() { Vec::new() } else { file.to_vec() };
        Ok(Self { whole: Arc::new(Whole { file, ..Whole::default() }), ..photo.into() })
    }

    /// The photo with all the detail of this square that its pictures show. Of a small one that is more than is held: then all of the photo is
    /// decoded, once. None where that fails: no answer is given from fewer pixels.
    fn detailed(&self, square: Square) -> Option<&Photo> {
        if !self.photo.is_too_coarse(square, CROP_SIDE_PX) {
            return Some(&self.photo);
        }
        let decode = || {
            let whole = Photo::decode(&self.whole.file);
            whole.inspect_err(|error| tracing::warn!("a photo can't be read in every detail: {error}")).ok()
        };
        self.whole.photo.get_or_init(decode).as_ref()
    }

    /// Whether this answer is to this photo: what is kept of both is the same to the last byte.
    pub fn was_answered(&self, answer: &Answer) -> bool {
        self.kept.get().is_some_and(|(jpeg, _)| *jpeg == answer.pictures.photo)
    }

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
        Self { photo: Arc::new(photo), whole: Arc::default(), preview, kept: Arc::default() }
    }
}

/// A photo that was assessed, with pictures of what was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer.
    pub assessment: Assessment,
    /// The same by the photo alone, before anything was told of the person.
    pub of_photo: Assessment,
    /// The card of the model that gave it, whichever answers by now.
    pub card: Arc<Card>,
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
    /// How large the spot is, where that was measured.
    pub size: Option<Size>,
}

impl Answer {
    /// The answer to a photo of which nothing was told yet, with these pictures.
    pub fn new(assessment: Assessment, card: Arc<Card>, photo: KeptPhoto, pictures: Pictures) -> Self {
        let picture = |jpeg: &Vec<u8>| Picture::new(jpeg.clone());
        let (thumbnail, crop) = (picture(&pictures.thumbnail), picture(&pictures.crop));
        let saliency = picture(&pictures.saliency);
        let of_photo = assessment.clone();
        Self {
            assessment,
            of_photo,
            card,
            photo,
            thumbnail,
            crop,
            saliency,
            pictures: Arc::new(pictures),
            size: None,
        }
    }
}

/// The model that answers: there is never more than one in memory.
struct Seat {
    shelf: Shelf,
    /// None where not even the app's own can be used.
    assessor: Option<Assessor>,
    /// Where it came from, if not from the app.
    source: Option<Source>,
    in_use: InUse,
}

impl Seat {
    /// The model that was in use when the app ended, as what can be read without unlocking anything says.
    fn begin(shelf: Shelf) -> Self {
        let mut seat = Self { shelf, assessor: None, source: None, in_use: InUse::default() };
        match seat.shelf.noted() {
            Ok(None) => seat.take_own(None),
            Ok(Some(source)) => seat.take_or_fall(source, &Ledger::default()),
            Err(why) => seat.take_own(Some(why)),
        }
        seat
    }

    /// The app's own model, and why another one does not answer.
    fn take_own(&mut self, fallen: Option<NotUsed>) {
        if self.assessor.is_none() || self.source.is_some() {
            self.assessor = None;
            self.assessor = Model::embedded(&Device::flex()).map(|model| Assessor::new(&model)).ok();
        }
        self.source = None;
        self.in_use = InUse { pack: None, fallen: fallen.map(Arc::new) };
    }

    /// Puts the model of a pack here. The weights that are here go first, so that there are never two.
    fn take(&mut self, source: Source, ledger: &Ledger) -> Result<(), NotUsed> {
        self.assessor = None;
        let (assessor, from) = self.shelf.load(&source, ledger, &Device::flex())?;
        self.assessor = Some(assessor);
        self.source = Some(source);
        self.in_use = InUse { pack: Some(Arc::new(from)), fallen: None };
        Ok(())
    }

    /// The same; where it can't be, the app's own. One over which the app ended is not tried again before somebody asks for it: else there
    /// would be no way out.
    fn take_or_fall(&mut self, source: Source, ledger: &Ledger) {
        if self.shelf.ended_over(&source.digest) {
            return self.take_own(Some(NotUsed::Ended));
        }
        if let Err(why) = self.take(source, ledger) {
            self.take_own(Some(why));
        }
    }

    /// The same; where it can't be, what was here. Returns where that came from.
    fn try_on(&mut self, source: Option<Source>, ledger: &Ledger) -> Result<Option<Source>, NotUsed> {
        let before = self.source.clone();
        let Some(source) = source else {
            self.take_own(None);
            return Ok(before);
        };
        match self.take(source, ledger) {
            Ok(()) => Ok(before),
            Err(why) => {
                match before {
                    Some(before) => self.take_or_fall(before, ledger),
                    None => {
                        let fallen = self.in_use.fallen.take();
                        self.take_own(None);
                        self.in_use.fallen = fallen;
                    }
                }
                Err(why)
            }
        }
    }

    /// Goes by what is sealed in the archive, now that it can be read.
    fn settle(&mut self, models: &Models) {
        let wanted = models.in_use.map(|digest| self.shelf.source(digest, &models.confirmed));
        let present = self.in_use.pack.clone();
        match (wanted, present) {
            (None, None) => self.take_own(None),
            (None, Some(_)) => self.take_own(Some(NotUsed::Unnoted)),
            (Some(source), Some(pack)) if *pack.signed.digest() == source.digest => {
                match still_usable(&pack.signed, &models.ledger, FLOOR, app_version()) {
                    Ok(_) => self.source = Some(source),
                    Err(why) => self.take_own(Some(why.into())),
                }
            }
            (Some(source), _) => self.take_or_fall(source, &models.ledger),
        }
    }
}

/// The thread that looks at photos. It unpacks the weights at once, after the window was asked for.
#[derive(Clone)]
pub struct VisionWorker(Worker<Seat>);

impl VisionWorker {
    /// Starts it, with the model that was in use when the app ended.
    pub fn start(shelf: Shelf) -> Self {
        Self(Worker::start(|| Seat::begin(shelf)))
    }

    /// Which model answers.
    ///
    /// # Errors
    /// When that fails.
    pub async fn in_use(&self) -> Result<InUse, WorkError> {
        self.0.ask(|seat| seat.in_use.clone()).await
    }

    /// Puts the model of a pack, or the app's own, in the place of the present one, if it may be used and gives its known answers; else the
    /// present one stays. Returns where that one came from.
    ///
    /// # Errors
    /// When that fails.
    pub async fn try_on(
        &self,
        source: Option<Source>,
        ledger: Ledger,
    ) -> Result<Result<Option<Source>, NotUsed>, WorkError> {
        self.0.ask(move |seat| seat.try_on(source, &ledger)).await
    }

    /// Goes by what is sealed in the archive, now that it can be read, and returns which model answers then.
    ///
    /// # Errors
    /// When that fails.
    pub async fn settle(&self, models: Models) -> Result<InUse, WorkError> {
        let settle = move |seat: &mut Seat| {
            seat.settle(&models);
            seat.in_use.clone()
        };
        self.0.ask(settle).await
    }

    /// Decodes a file.
    ///
    /// # Errors
    /// When it is not a photo.
    pub async fn open(&self, file: Vec<u8>) -> Result<Result<Opened, DecodeError>, WorkError> {
        let open = move |_: &mut _| {
            // The content is here now; what the system left on the disk is in nobody's hands.
            platform::delete_copies(platform::here());
            Opened::read(&platform::readable(platform::here(), &file))
        };
        self.0.ask(open).await
    }

    /// Decodes a file, and says when it was taken.
    ///
    /// # Errors
    /// When that fails; within it, when the file is not a photo.
    pub async fn open_earlier(
        &self,
        file: Vec<u8>,
    ) -> Result<(Option<Taken>, Result<Opened, DecodeError>), WorkError> {
        let open = move |_: &mut _| {
            platform::delete_copies(platform::here());
            (taken(&file), Opened::read(&platform::readable(platform::here(), &file)))
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
    pub async fn measure(&self, opened: Opened, square: Square) -> Result<Quality, WorkError> {
        let measure = move |_: &mut _| {
            let photo = opened.detailed(square)?;
            Some(Quality::measure(photo, photo.fit(square)))
        };
        self.0.ask(measure).await?.ok_or(WorkError)
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
    /// When the weights can't be used, or the square is so small that the whole photo is needed, and that can't be read.
    pub async fn assess(&self, opened: Opened, look: Look) -> Result<Answer, WorkError> {
        let assess = move |seat: &mut Seat| {
            let photo = opened.detailed(look.square)?;
            let assessor = seat.assessor.as_ref()?;
            let (assessment, saliency) = assessor.assess(photo, look);
            let crop = photo.crop(assessment.crop, CROP_SIDE_PX);
            let (kept, kept_px) = opened.kept();
            let pictures = Pictures {
                thumbnail: jpeg(&photo.crop(assessment.crop, THUMBNAIL_SIDE_PX), QUALITY),
                saliency: jpeg(&saliency.over(&crop), QUALITY),
                crop: jpeg(&crop, QUALITY),
                photo: kept.clone(),
            };
            let photo = KeptPhoto { original_px: photo.size().into(), kept_px: *kept_px };
            Some(Answer::new(assessment, Arc::new(assessor.card().clone()), photo, pictures))
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
        let assess = move |seat: &mut Seat| {
            let assessor = seat.assessor.as_ref()?;
            let Ok(photo) = Photo::decode(&jpeg) else { return Some(None) };
            let (width, height) = photo.size();
            let square = square.unwrap_or(Square { left: 0, top: 0, side: width.min(height) });
            let look = Look { views, person, ..Look::at(square) };
            Some(Some(assessor.assess(&photo, look).0))
        };
        self.0.ask(assess).await?.ok_or(WorkError)
    }

    /// The outlines of what may be coins on a photo, the likeliest first, but for the spot itself.
    ///
    /// # Errors
    /// When that fails.
    pub async fn find_coins(&self, opened: Opened, spot: Square) -> Result<Vec<Ellipse>, WorkError> {
        let found = move |_: &mut _| find::find(&opened.photo, Some(spot));
        Ok(self.0.ask(found).await?.into_iter().map(|candidate| candidate.ellipse).collect())
    }

    /// Measures the spot in this square, by what was marked.
    ///
    /// # Errors
    /// When that fails; within it, where the spot can't be measured so.
    pub async fn measure_size(
        &self,
        opened: Opened,
        square: Square,
        reference: Reference,
    ) -> Result<Result<Size, MeasureError>, WorkError> {
        let measure = move |_: &mut _| Some(scale::measure(opened.detailed(square)?, square, &reference));
        self.0.ask(measure).await?.ok_or(WorkError)
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

#[cfg(test)]
mod tests;
