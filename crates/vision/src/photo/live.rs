//! What is told before the shutter, and when a shot is due by itself: the measures of a framed photo, applied to small grey frames of a
//! live picture.

use std::time::Duration;

use image::{GrayImage, RgbImage, imageops};

use super::quality::{Aspect, MEASURED_SIDE_PX, Quality, luma};
use super::{Photo, Square};

/// Side of a frame that is judged, in pixels: that of the picture on which a photo's quality is measured.
pub const SIDE_PX: u32 = MEASURED_SIDE_PX;

/// A change is told once it has lasted so long: nobody can follow words that flicker.
const SETTLED: Duration = Duration::from_millis(500);
/// A shot is due once everything has been good for so long.
const STEADY: Duration = Duration::from_secs(1);
/// After a longer gap between two frames nothing is known of what lies between: the count begins anew.
const GAP: Duration = Duration::from_millis(1500);
/// Side of the picture that movement is seen on, in pixels: noise is averaged away.
const MOVED_SIDE_PX: u32 = 48;
/// The difference between two frames over the contrast of the later, beyond which something moves: a drawn lesion that moves by
/// about a fiftieth of the square has more.
const MOST_CHANGE: f32 = 0.25;

/// What is told of a live picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Too little light.
    Dark,
    /// Too much light, or glare.
    Bright,
    /// Out of focus.
    Blurred,
    /// Sharp, and not still.
    Moving,
    /// Sharp, still, and in good light.
    Good,
}

/// The frame of a live picture that is judged: its central square, in grey.
pub fn frame(picture: &RgbImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let square = imageops::crop_imm(picture, left, top, side, side).to_image();
    let small = imageops::resize(&square, SIDE_PX, SIDE_PX, imageops::FilterType::Triangle);
    GrayImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        image::Luma([(255.0 * luma(small.get_pixel(x, y).0)).round() as u8])
    })
}

/// Follows a live picture from frame to frame.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    last: Option<(Duration, GrayImage)>,
    told: Option<Told>,
    /// What the frames say, and since when.
    seen: Option<(Told, Duration)>,
}

impl Judge {
    /// The next frame, and when it came, counted from any fixed moment.
    pub fn see(&mut self, frame: &GrayImage, at: Duration) {
        let small = imageops::resize(frame, MOVED_SIDE_PX, MOVED_SIDE_PX, imageops::FilterType::Triangle);
        let recent = self.last.take().filter(|(before, _)| at.saturating_sub(*before) <= GAP);
        if recent.is_none() {
            self.seen = None;
        }
        let moving = recent.is_none_or(|(_, before)| change(&before, &small) > MOST_CHANGE);
        self.last = Some((at, small));
        let now = judged(frame, moving);
        let since = self.seen.filter(|(seen, _)| *seen == now).map_or(at, |(_, since)| since);
        self.seen = Some((now, since));
        if at.saturating_sub(since) >= SETTLED {
            self.told = Some(now);
        }
    }

    /// What is to be told.
    pub fn told(&self) -> Option<Told> {
        self.told
    }

    /// Whether it has been sharp, still and in good light for long enough.
    pub fn is_due(&self) -> bool {
        let now = self.last.as_ref().map(|(at, _)| *at).unwrap_or_default();
        self.seen.is_some_and(|(seen, since)| seen == Told::Good && now.saturating_sub(since) >= STEADY)
    }
}

/// The first thing that is to be put right.
fn judged(frame: &GrayImage, moving: bool) -> Told {
    let (width, height) = frame.dimensions();
    let colours = RgbImage::from_fn(width, height, |x, y| image::Rgb([frame.get_pixel(x, y).0[0]; 3]));
    let square = Square { left: 0, top: 0, side: width.min(height) };
    let quality = Quality::measure(&Photo::from(colours), square);
    let bad = |aspect: Aspect| quality.faults().any(|fault| fault.aspect == aspect);
    match () {
        () if bad(Aspect::Dark) => Told::Dark,
        () if bad(Aspect::Bright) || bad(Aspect::Glare) => Told::Bright,
        () if bad(Aspect::Focus) => Told::Blurred,
        () if moving => Told::Moving,
        () => Told::Good,
    }
}

/// The root of the mean square of the difference, over the standard deviation of the later one.
fn change(before: &GrayImage, after: &GrayImage) -> f32 {
    /// Below this, contrast is noise.
    const LEAST_DEVIATION: f32 = 2.5;
    let count = after.len() as f32;
    let mean = after.iter().map(|value| f32::from(*value)).sum::<f32>() / count;
    let squares = |differences: &mut dyn Iterator<Item = f32>| {
        (differences.map(|difference| difference * difference).sum::<f32>() / count).sqrt()
    };
    let deviation = squares(&mut after.iter().map(|value| f32::from(*value) - mean));
    let moved = squares(&mut before.iter().zip(after.iter()).map(|(a, b)| f32::from(*a) - f32::from(*b)));
    moved / deviation.max(LEAST_DEVIATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc on skin with fine texture, moved to the right, as bright as `light` says.
    fn drawn(right: f32, light: f32) -> GrayImage {
        GrayImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
            let (across, down) = (x as f32 - 96.0 - right, y as f32 - 96.0);
            let base = if across.hypot(down) < 50.0 { 80.0 } else { 180.0 };
            let texture = ((x * 7 + y * 13) % 5) as f32 * 6.0;
            image::Luma([((base + texture) * light) as u8])
        })
    }

    fn after(frames: impl IntoIterator<Item = GrayImage>) -> Judge {
        let mut judge = Judge::default();
        for (number, frame) in (0u64..).zip(frames) {
            judge.see(&frame, Duration::from_millis(200 * number));
        }
        judge
    }

    #[test]
    fn a_shot_is_due_after_a_second_of_sharp_and_still_frames_and_not_before() {
        let judge = after((0..6).map(|_| drawn(0.0, 1.0)));
        assert_eq!((judge.told(), judge.is_due()), (Some(Told::Good), false));
        let judge = after((0..8).map(|_| drawn(0.0, 1.0)));
        assert_eq!((judge.told(), judge.is_due()), (Some(Told::Good), true));
    }

    #[test]
    fn what_is_wrong_is_told_and_no_shot_is_due() {
        let blurred = GrayImage::from_pixel(SIDE_PX, SIDE_PX, image::Luma([128]));
        for (told, frame) in [
            (Told::Dark, drawn(0.0, 0.2)),
            (Told::Bright, GrayImage::from_pixel(SIDE_PX, SIDE_PX, image::Luma([254]))),
            (Told::Blurred, blurred),
        ] {
            let judge = after((0..20).map(|_| frame.clone()));
            assert_eq!((judge.told(), judge.is_due()), (Some(told), false));
        }
        let judge = after((0..20).map(|step| drawn(step as f32 * 6.0 - 60.0, 1.0)));
        assert_eq!((judge.told(), judge.is_due()), (Some(Told::Moving), false));
    }

    #[test]
    fn a_moment_of_something_else_is_not_told_and_begins_the_second_anew() {
        let mut frames = vec![drawn(0.0, 1.0); 6];
        frames.push(drawn(0.0, 0.2));
        frames.extend(vec![drawn(0.0, 1.0); 5]);
        let judge = after(frames);
        assert_eq!((judge.told(), judge.is_due()), (Some(Told::Good), false));
    }

    #[test]
    fn nothing_is_known_of_what_lies_in_a_gap() {
        let mut judge = Judge::default();
        judge.see(&drawn(0.0, 1.0), Duration::ZERO);
        judge.see(&drawn(0.0, 1.0), Duration::from_secs(60));
        assert_eq!((judge.told(), judge.is_due()), (None, false));
    }

    #[test]
    fn a_frame_is_the_central_square() {
        let wide = RgbImage::from_fn(640, 480, |x, _| {
            image::Rgb(if (80..560).contains(&x) { [90; 3] } else { [0; 3] })
        });
        let frame = frame(&wide);
        assert_eq!(frame.dimensions(), (SIDE_PX, SIDE_PX));
        assert!(frame.iter().all(|value| value.abs_diff(90) <= 1));
    }
}
