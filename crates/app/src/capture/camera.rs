//! The desktop's camera, by way of nokhwa: which there are, their pictures one after the other, and what can go wrong.

use std::path::PathBuf;

use image::RgbImage;
use nokhwa::pixel_format::RgbFormat;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
};
use nokhwa::{Buffer, NokhwaError};

use super::live::CameraError;
use vision::photo::Photo;

/// Where pictures come from.
pub trait Source {
    /// The next picture; waits until the camera has it.
    ///
    /// # Errors
    /// When there is none.
    fn next_frame(&mut self) -> Result<RgbImage, CameraError>;
}

/// A camera that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number.
    pub index: u32,
    /// What it calls itself.
    pub name: String,
}

/// The cameras that the system knows.
pub fn devices() -> Vec<Device> {
    let found = nokhwa::query(ApiBackend::Auto).unwrap_or_default();
    let device = |info: &nokhwa::utils::CameraInfo| {
        Some(Device { index: info.index().as_index().ok()?, name: info.human_name() })
    };
    found.iter().filter_map(device).collect()
}

/// A camera that delivers.
pub struct Camera {
    camera: nokhwa::Camera,
}

/// Formats that frames can be read in.
const READABLE: [FrameFormat; 5] =
    [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::RAWRGB, FrameFormat::GRAY];

impl Camera {
    /// Opens camera number `index`.
    ///
    /// # Errors
    /// When it is not there, is busy, or may not be used.
    pub fn open(index: u32) -> Result<Self, CameraError> {
        let any = RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestFrameRate, &READABLE);
        let mut camera =
            nokhwa::Camera::new(CameraIndex::Index(index), any).map_err(|error| explain(&error))?;
        let formats = camera.compatible_camera_formats().unwrap_or_default();
        if let Some(best) = best(&formats) {
            let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(best), &READABLE);
            camera.set_camera_requset(exact).map_err(|error| explain(&error))?;
        }
        camera.open_stream().map_err(|error| explain(&error))?;
        Ok(Self { camera })
    }
}

/// So many pictures in a row may be broken: the first ones often are, and a bad cable spoils one now and then.
const MOST_BROKEN: usize = 30;

impl Source for Camera {
    fn next_frame(&mut self) -> Result<RgbImage, CameraError> {
        first_whole(|| {
            let frame = self.camera.frame().map_err(|error| explain(&error))?;
            Ok(decode(&frame))
        })
    }
}

/// The next picture that is whole. Half of one would be assessed like any other photo.
fn first_whole(
    mut next: impl FnMut() -> Result<Result<RgbImage, CameraError>, CameraError>,
) -> Result<RgbImage, CameraError> {
    for _ in 0..MOST_BROKEN {
        if let Ok(whole) = next()? {
            return Ok(whole);
        }
    }
    next()?
}

/// The largest format that is quick enough for a live picture: up to full HD, at least 15 pictures a second.
fn best(formats: &[CameraFormat]) -> Option<CameraFormat> {
    const WIDEST: u32 = 1920;
    const LEAST_RATE: u32 = 15;
    let fitting = formats.iter().filter(|format| {
        READABLE.contains(&format.format()) && format.width() <= WIDEST && format.frame_rate() >= LEAST_RATE
    });
    fitting.max_by_key(|format| (format.width() * format.height(), format.frame_rate())).copied()
}

fn decode(frame: &Buffer) -> Result<RgbImage, CameraError> {
    let broken = |reason: String| CameraError::Broken(reason);
    match frame.source_frame_format() {
        FrameFormat::MJPEG => {
            Photo::decode(frame.buffer()).map(Photo::into_pixels).map_err(|error| broken(error.to_string()))
        }
        _ => {
            let size = frame.resolution();
            let pixels = frame.decode_image::<RgbFormat>().map_err(|error| explain(&error))?;
            RgbImage::from_raw(size.width(), size.height(), pixels.into_raw())
                .ok_or_else(|| broken("a picture is incomplete".into()))
        }
    }
}

/// nokhwa passes on the system's own words.
fn explain(error: &NokhwaError) -> CameraError {
    let text = error.to_string();
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // EPERM, ENOENT, ENXIO, EACCES, EBUSY, ENODEV of Linux, which is the one system whose numbers it passes on.
    match os_error(&lower) {
        Some(1 | 13) => CameraError::Forbidden,
        Some(16) => CameraError::Busy,
        Some(2 | 6 | 19) => CameraError::Missing,
        Some(_) => CameraError::Broken(text),
        None if says(&["permission denied", "not permitted", "access is denied"]) => CameraError::Forbidden,
        None if says(&["busy", "in use"]) => CameraError::Busy,
        None if says(&["no such file", "no such device", "not found"]) => CameraError::Missing,
        None => CameraError::Broken(text),
    }
}

/// The number that [`std::io::Error`] puts behind the system's words: `… (os error 22)`.
fn os_error(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

/// Pictures from files, one after the other and again from the start: a camera for tests and for trying things out.
pub struct FileCamera {
    paths: Vec<PathBuf>,
    next: usize,
}

impl FileCamera {
    /// These pictures.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, next: 0 }
    }
}

impl Source for FileCamera {
    fn next_frame(&mut self) -> Result<RgbImage, CameraError> {
        let path = self.paths.get(self.next).ok_or(CameraError::Missing)?;
        self.next = (self.next + 1) % self.paths.len();
        let broken = |reason: String| CameraError::Broken(reason);
        let bytes = std::fs::read(path).map_err(|error| broken(error.to_string()))?;
        Photo::decode(&bytes).map(Photo::into_pixels).map_err(|error| broken(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;

    use super::*;

    #[test]
    fn the_systems_words_become_ours() {
        let error = |text: &str| explain(&NokhwaError::OpenDeviceError("/dev/video0".into(), text.into()));
        assert_eq!(error("Device or resource busy (os error 16)"), CameraError::Busy);
        assert_eq!(error("Permission denied (os error 13)"), CameraError::Forbidden);
        assert_eq!(error("No such file or directory (os error 2)"), CameraError::Missing);
        assert!(matches!(error("smoke"), CameraError::Broken(_)));
        assert_eq!(error("No such device (os error 19)"), CameraError::Missing);
        assert_eq!(error("No such file or directory"), CameraError::Missing);
        assert_eq!(error("Operation not permitted (os error 1)"), CameraError::Forbidden);
    }

    /// 22 begins with 2, and 168 with 16.
    #[test]
    fn other_numbers_of_the_system_are_no_missing_or_busy_camera() {
        for text in [
            "Invalid argument (os error 22)",
            "Inappropriate ioctl for device (os error 25)",
            "No space left on device (os error 28)",
            "Too many open files (os error 24)",
            "Protocol error (os error 71)",
            "Something else (os error 168)",
            "Something else (os error 130)",
            "Something else (os error 190)",
        ] {
            let error = explain(&NokhwaError::OpenDeviceError("/dev/video0".into(), text.into()));
            assert!(matches!(error, CameraError::Broken(_)), "{text}: {error:?}");
        }
    }

    /// Decoders paint what is missing grey, and the rest of it would get an answer.
    #[test]
    fn half_a_picture_of_a_camera_is_left_out() {
        let whole = include_bytes!("../../../../tests/fixtures/lesion.jpg");
        let frame = |bytes: &[u8]| decode(&Buffer::new(Resolution::new(448, 448), bytes, FrameFormat::MJPEG));
        let half = [&whole[..whole.len() / 2], b"\xff\xd9"].concat();
        let seen = frame(whole).expect("whole");
        assert!(matches!(frame(&half), Err(CameraError::Broken(_))));
        // Buffers are longer than what is in them.
        let padded = [&whole[..], &[0; 512]].concat();
        assert_eq!(frame(&padded), Ok(seen.clone()));

        let mut broken = 3;
        let next = first_whole(|| {
            broken -= 1;
            Ok(frame(if broken >= 0 { &half } else { whole }))
        });
        assert_eq!(next, Ok(seen));
        let never = first_whole(|| Ok(frame(&half)));
        assert!(matches!(never, Err(CameraError::Broken(_))));
        let gone = first_whole(|| Err(CameraError::Missing));
        assert_eq!(gone, Err(CameraError::Missing));
    }

    #[test]
    fn the_largest_format_that_is_quick_enough_is_chosen() {
        let format =
            |width, rate| CameraFormat::new(Resolution::new(width, width / 2), FrameFormat::MJPEG, rate);
        let formats = [format(640, 60), format(1280, 30), format(1920, 5), format(3840, 30)];
        assert_eq!(best(&formats), Some(format(1280, 30)));
        assert_eq!(best(&[format(3840, 30)]), None);
    }

    #[test]
    fn files_come_round_again_and_broken_ones_are_errors() {
        let folder = tempfile::tempdir().expect("folder");
        let paths: Vec<PathBuf> = (0..2).map(|number| folder.path().join(format!("{number}.png"))).collect();
        for (value, path) in [10, 20].into_iter().zip(&paths) {
            RgbImage::from_pixel(4, 4, image::Rgb([value; 3])).save(path).expect("saved");
        }
        let mut camera = FileCamera::new(paths.clone());
        let values: Vec<u8> = (0..3).map(|_| camera.next_frame().expect("picture").as_raw()[0]).collect();
        assert_eq!(values, [10, 20, 10]);
        std::fs::write(&paths[1], b"broken").expect("written");
        assert!(matches!(camera.next_frame(), Err(CameraError::Broken(_))));
        assert_eq!(FileCamera::new(Vec::new()).next_frame(), Err(CameraError::Missing));
    }
}
