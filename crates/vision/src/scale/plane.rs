//! From pixels to millimetres: the plane that the coin lies on, and how far a length on it may be wrong.
//!
//! A circle seen from the side is an ellipse whose longest diameter is the circle's own; along any direction the ellipse's diameter is as long
//! as the coin's (weak perspective: everything is about as far away as the coin is). What that leaves out goes into the interval.

use super::ellipse::Ellipse;
use super::reference::{Marked, Reference};

/// A length or an area, and the interval that holds the true one nine times out of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// In millimetres, or square millimetres.
    pub value: f32,
    /// Lower and upper end, in the same unit.
    pub interval: [f32; 2],
}

/// What a photo is measured with: made of a [`Reference`], and of nothing else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// What is taken as the coin: for a ruler, a circle.
    ellipse: Ellipse,
    /// The diameter of that.
    diameter_mm: f32,
    /// One standard deviation of lengths by how the reference was marked, as a share.
    marking: f32,
    /// One standard deviation of lengths because the tilt is not known, as a share.
    unknown_tilt: f32,
    /// The focal length, in pixels of the photo.
    focal_px: f32,
}

/// Why something can't be measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// Too few pixels.
    #[error("The coin is too small in the picture. Move closer, so that coin and spot fill most of it.")]
    CoinTooSmall,
    /// Seen too much from the side.
    #[error("The coin is seen too much from the side. Take the photo from straight above.")]
    TooTilted,
    /// Ends too close together.
    #[error("The two marks on the ruler are too close together. Choose a longer part of it.")]
    MarksTooClose,
    /// Numbers that nothing on a photo has.
    #[error("The reference is not complete. Mark the coin or the ruler again.")]
    Unsound,
}

/// The shortest coin and ruler that are measured by, as a share of the photo's longer side.
const LEAST_COIN: f32 = 0.04;
const LEAST_RULER: f32 = 0.05;
/// The least share that the coin's shortest diameter may be of its longest: 50 degrees.
const LEAST_RATIO: f32 = 0.64;

/// The focal length over the photo's longer side: that of phones' main cameras, 26 mm for 36. A longer one bends less, so that the interval
/// holds for it as well; for an ultra-wide one it does not.
const FOCAL: f32 = 0.72;
/// An edge that was found, one standard deviation, as a share of the coin's radius; and in thousandths of the photo's longer side, which are
/// about the pixels that it was found on.
const FOUND: [f32; 2] = [0.006, 0.4];
/// The same for one that a person has marked.
const BY_HAND: [f32; 2] = [0.012, 1.5];
/// A coin's thickness over its diameter. Its upper face is nearer to the camera than the skin, and where it is tilted, its side is seen, too.
const THICKNESS: f32 = 0.085;
/// How far the skin at the spot leans against the coin's plane, one standard deviation, in radians.
const SKIN_LEANS_RAD: f32 = 0.09;
/// What of a length is lost or won by skin that is not flat, even from straight above, and by the coin's height, as a share.
const SKIN: f32 = 0.015;
/// Nobody holds a phone quite parallel to a ruler: of about 15 degrees, unknown in their direction.
const RULER_TILT: f32 = 0.025;
/// Of a normal distribution, nine tenths lie within so many standard deviations.
const NINE_TENTHS: f32 = 1.645;

impl Scale {
    /// What a photo of this size is measured with, given something of known size on it.
    ///
    /// # Errors
    /// Where that is too small, seen too much from the side, or not complete.
    pub fn of(reference: &Reference, photo_px: (u32, u32)) -> Result<Self, ScaleError> {
        let longer = photo_px.0.max(photo_px.1) as f32;
        let (focal_px, thousandth) = (FOCAL * longer, longer / 1000.0);
        match reference {
            Reference::Coin { diameter_mm, ellipse, marked, .. } => {
                let ellipse = ellipse.ordered();
                if !ellipse.is_sound() || !is_length(*diameter_mm) || longer == 0.0 {
                    return Err(ScaleError::Unsound);
                }
                let [a, b] = ellipse.semi_axes_px;
                match () {
                    () if 2.0 * a < LEAST_COIN * longer => return Err(ScaleError::CoinTooSmall),
                    () if b < LEAST_RATIO * a => return Err(ScaleError::TooTilted),
                    () => {}
                }
                let [share, px] = if *marked == Marked::Found { FOUND } else { BY_HAND };
                let marking = share.hypot(px * thousandth / a);
                Ok(Self { ellipse, diameter_mm: *diameter_mm, marking, unknown_tilt: 0.0, focal_px })
            }
            Reference::Ruler { ends_px: [[x, y], [to_x, to_y]], length_mm } => {
                let length = (to_x - x).hypot(to_y - y);
                if !length.is_finite() || !is_length(*length_mm) || longer == 0.0 {
                    return Err(ScaleError::Unsound);
                }
                if length < LEAST_RULER * longer {
                    return Err(ScaleError::MarksTooClose);
                }
                let middle = [(x + to_x) / 2.0, (y + to_y) / 2.0];
                Ok(Self {
                    ellipse: Ellipse::circle(middle, length / 2.0),
                    diameter_mm: *length_mm,
                    // Both ends are marked.
                    marking: std::f32::consts::SQRT_2 * BY_HAND[1] * thousandth / length,
                    unknown_tilt: RULER_TILT,
                    focal_px,
                })
            }
        }
    }

    /// A step on the photo as one on the coin's plane, in millimetres: along the longest diameter and across it.
    pub fn step_mm(&self, step_px: [f32; 2]) -> [f32; 2] {
        self.ellipse.in_axes(step_px).map(|units| units * self.diameter_mm / 2.0)
    }

    /// How far apart two points are, in millimetres.
    pub fn length(&self, from_px: [f32; 2], to_px: [f32; 2]) -> Estimate {
        let step = [to_px[0] - from_px[0], to_px[1] - from_px[1]];
        let [along, across] = self.step_mm(step);
        let middle = [from_px[0] + step[0] / 2.0, from_px[1] + step[1] / 2.0];
        self.estimate(along.hypot(across), [along, across], middle, 0.0, 1.0)
    }

    /// The camera's angle from straight above, in radians, as the ellipse says: 0 for a circle.
    pub fn tilt_rad(&self) -> f32 {
        let [a, b] = self.ellipse.semi_axes_px;
        (b / a).clamp(0.0, 1.0).acos()
    }

    /// How much larger or smaller things are at a point than at the coin, at most, as a share: the photo does not say whether the camera leans
    /// towards it or away.
    pub fn perspective(&self, at_px: [f32; 2]) -> f32 {
        let step = [at_px[0] - self.ellipse.centre_px[0], at_px[1] - self.ellipse.centre_px[1]];
        let across_px = self.ellipse.in_axes(step)[1].abs() * self.ellipse.semi_axes_px[1];
        // A near-circle may as well be tilted by what its marking leaves open.
        let tilt = self.tilt_rad().max((2.0 * self.marking).sqrt().min(0.2) * 0.5);
        across_px * tilt.tan() / self.focal_px
    }

    /// A length in the direction of `step`, or the `power` of one, with its interval; `outline` is its own error, one standard deviation, as a share.
    pub(super) fn estimate(
        &self,
        value: f32,
        [along, across]: [f32; 2],
        at_px: [f32; 2],
        outline: f32,
        power: f32,
    ) -> Estimate {
        let slope = self.tilt_rad().tan();
        // Only what lies across the longest diameter is foreshortened.
        let part = across * across / (along * along + across * across).max(1e-12);
        let side = THICKNESS * slope * part / 2.0;
        let lean = SKIN_LEANS_RAD * slope;
        let squares = [self.marking, self.unknown_tilt, side, lean, SKIN].map(|share| share * share);
        let share = squares.iter().sum::<f32>().sqrt() * power;
        let half = NINE_TENTHS * share.hypot(outline) + power * self.perspective(at_px) * 0.8;
        Estimate { value, interval: [value * (-half).exp(), value * half.exp()] }
    }
}

/// Whether it is the length of something, in millimetres, that lies on skin.
fn is_length(mm: f32) -> bool {
    (0.5..500.0).contains(&mm)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: (u32, u32) = (1200, 900);

    fn coin(ellipse: Ellipse) -> Reference {
        Reference::Coin { key: "eur-1".into(), diameter_mm: 23.25, ellipse, marked: Marked::Found }
    }

    #[test]
    fn every_diameter_of_the_coin_is_its_diameter() {
        let ellipse = Ellipse { centre_px: [400.0, 300.0], semi_axes_px: [90.0, 75.0], angle_rad: 0.7 };
        let scale = Scale::of(&coin(ellipse), PHOTO).expect("a scale");
        for step in 0..12 {
            let turn = step as f32 * 0.27;
            let length = scale.length(ellipse.point(turn), ellipse.point(turn + std::f32::consts::PI));
            assert!((length.value - 23.25).abs() < 0.01, "{length:?}");
            assert!(length.interval[0] < 23.0 && length.interval[1] > 23.5, "{length:?}");
        }
    }

    #[test]
    fn the_order_of_the_axes_does_not_matter() {
        let ellipse = Ellipse { centre_px: [400.0, 300.0], semi_axes_px: [75.0, 90.0], angle_rad: 0.7 };
        let one = Scale::of(&coin(ellipse), PHOTO).expect("a scale");
        assert_eq!(Ok(one), Scale::of(&coin(ellipse.ordered()), PHOTO));
    }

    #[test]
    fn the_interval_grows_with_the_tilt_the_distance_and_the_hand() {
        let width = |reference: &Reference, x: f32| {
            let [low, high] =
                Scale::of(reference, PHOTO).expect("a scale").length([x, 300.0], [x, 360.0]).interval;
            high / low
        };
        let straight = Ellipse::circle([400.0, 300.0], 90.0);
        // The shorter diameter lies along x, so that what is beside the coin is nearer or farther.
        let tilted = Ellipse { semi_axes_px: [90.0, 78.0], angle_rad: 1.57, ..straight };
        let of = |ellipse| coin(ellipse);
        assert!(width(&of(tilted), 600.0) > 1.02 * width(&of(straight), 600.0));
        assert!(width(&of(tilted), 900.0) > 1.02 * width(&of(tilted), 600.0));
        let by_hand = Reference::Coin {
            key: "eur-1".into(),
            diameter_mm: 23.25,
            ellipse: straight,
            marked: Marked::ByHand,
        };
        assert!(width(&by_hand, 400.0) > width(&of(straight), 400.0));
    }

    #[test]
    fn a_ruler_measures_by_its_length() {
        let ruler = Reference::Ruler { ends_px: [[100.0, 100.0], [100.0, 500.0]], length_mm: 20.0 };
        let length = Scale::of(&ruler, PHOTO).expect("a scale").length([300.0, 300.0], [420.0, 460.0]);
        assert!((length.value - 10.0).abs() < 1e-3, "{length:?}");
        assert!(length.interval[0] < 9.6 && length.interval[1] > 10.4, "{length:?}");
    }

    #[test]
    fn what_cant_be_measured_by_is_refused_with_its_reason() {
        let of = |ellipse| Scale::of(&coin(ellipse), PHOTO);
        let circle = Ellipse::circle([400.0, 300.0], 90.0);
        assert_eq!(of(Ellipse::circle([400.0, 300.0], 20.0)), Err(ScaleError::CoinTooSmall));
        assert_eq!(of(Ellipse { semi_axes_px: [90.0, 40.0], ..circle }), Err(ScaleError::TooTilted));
        assert_eq!(of(Ellipse { angle_rad: f32::NAN, ..circle }), Err(ScaleError::Unsound));
        let ruler = |to, length_mm| {
            Scale::of(&Reference::Ruler { ends_px: [[100.0, 100.0], [to, 100.0]], length_mm }, PHOTO)
        };
        assert_eq!(ruler(120.0, 10.0), Err(ScaleError::MarksTooClose));
        assert_eq!(ruler(500.0, 0.0), Err(ScaleError::Unsound));
        assert_eq!(ruler(f32::INFINITY, 10.0), Err(ScaleError::Unsound));
    }
}
