//! What doctors look at, as numbers: area, asymmetry, border, colours; each with how far it can be trusted.

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::outline::{Outline, SIDE_PX};

/// What was measured on one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// The lesion's share of the crop's area, 0 to 1. It depends on how the photo was framed.
    pub area: Measured,
    /// The share of the lesion that has no counterpart when it is mirrored on its main axes, 0 for a circle, below 1.
    pub asymmetry: Measured,
    /// Length of the border over that of a circle of the same area, 1 for a circle.
    pub border: Measured,
    /// How far its colours lie apart: the spread of lightness and hue inside, in units of CIELAB.
    pub colours: Measured,
}

/// A value, and how far it moves when the outline is drawn a little tighter or wider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: f32,
    /// Half the width of what it may as well be.
    pub spread: f32,
}

/// How a value has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// It became clearly smaller.
    Less,
    /// No more than what two pictures of the same thing differ by.
    Same,
    /// It became clearly larger.
    More,
}

impl Measured {
    /// What `later` is against this one: a change counts only when it is larger than both spreads together, and than what a
    /// slightly different photo does anyway (`least`, as a share of the value).
    pub fn trend(self, later: Self, least: f32) -> Trend {
        let change = later.value - self.value;
        let doubt = self.spread + later.spread + least * self.value.abs();
        match () {
            () if change > doubt => Trend::More,
            () if change < -doubt => Trend::Less,
            () => Trend::Same,
        }
    }
}

/// The factors by which the outline's threshold is moved to see what depends on it.
const FACTORS: [f32; 3] = [0.8, 1.0, 1.25];

impl Shape {
    /// Measures the lesion on a square crop; `None` where no outline is found, or the lesion is cut off.
    pub fn of(crop: &RgbImage) -> Option<Self> {
        let small = imageops::resize(crop, SIDE_PX, SIDE_PX, FilterType::Triangle);
        let mut values = Vec::new();
        for factor in FACTORS {
            let outline = Outline::at(crop, factor).filter(|outline| !outline.touches_edge());
            match outline {
                Some(outline) => values.push(measure(&outline, &small)),
                // The middle one is the one that is shown.
                None if factor == 1.0 => return None,
                None => {}
            }
        }
        let middle = measure(&Outline::of(crop)?, &small);
        let measured = |at: usize| {
            let all = values.iter().map(|values| values[at]);
            let (low, high) = (all.clone().fold(f32::MAX, f32::min), all.fold(f32::MIN, f32::max));
            Measured { value: middle[at], spread: (high - low) / 2.0 }
        };
        Some(Self { area: measured(0), asymmetry: measured(1), border: measured(2), colours: measured(3) })
    }
}

/// Area, asymmetry, border, colours.
fn measure(outline: &Outline, picture: &RgbImage) -> [f32; 4] {
    let area = outline.pixels().count() as f32;
    let whole = (outline.side() * outline.side()) as f32;
    [
        area / whole,
        asymmetry(outline),
        perimeter(outline) / (4.0 * std::f32::consts::PI * area.max(1.0)).sqrt(),
        colours(outline, picture),
    ]
}

/// Centre of gravity and direction of the longer axis, in pixels and radians.
pub fn axes(outline: &Outline) -> ([f32; 2], f32) {
    let count = outline.pixels().count().max(1) as f32;
    let sum = outline.pixels().fold([0.0, 0.0], |[a, b], (x, y)| [a + x as f32, b + y as f32]);
    let centre = sum.map(|sum| sum / count);
    let [xx, xy, yy] = outline.pixels().fold([0.0; 3], |[xx, xy, yy], (x, y)| {
        let (dx, dy) = (x as f32 - centre[0], y as f32 - centre[1]);
        [xx + dx * dx, xy + dx * dy, yy + dy * dy]
    });
    (centre, 0.5 * (2.0 * xy).atan2(xx - yy))
}

/// The mean over both axes of the share that does not meet itself when mirrored (as the A of ABCD is scored).
fn asymmetry(outline: &Outline) -> f32 {
    let (centre, angle) = axes(outline);
    let count = outline.pixels().count().max(1) as f32;
    let unmet = |angle: f32| {
        let (sin, cos) = (2.0 * angle).sin_cos();
        let misses = outline.pixels().filter(|(x, y)| {
            let (dx, dy) = (*x as f32 - centre[0], *y as f32 - centre[1]);
            let mirrored = [centre[0] + cos * dx + sin * dy, centre[1] + sin * dx - cos * dy];
            !outline.holds(mirrored[0].round() as i32, mirrored[1].round() as i32)
        });
        misses.count() as f32 / count
    };
    (unmet(angle) + unmet(angle + std::f32::consts::FRAC_PI_2)) / 2.0
}

/// Length of the border by the Cauchy-Crofton formula over four directions: counting steps of pixels alone would call every
/// slanting border ragged.
fn perimeter(outline: &Outline) -> f32 {
    let side = outline.side() as i32;
    let crossings = |dx: i32, dy: i32| {
        let mut count = 0;
        for y in -1..=side {
            for x in -1..=side {
                count += i32::from(outline.holds(x, y) != outline.holds(x + dx, y + dy));
            }
        }
        count as f32
    };
    let straight = crossings(1, 0) + crossings(0, 1);
    let slanting = crossings(1, 1) + crossings(1, -1);
    std::f32::consts::PI / 8.0 * (straight + slanting / std::f32::consts::SQRT_2)
}

/// The root of the summed variances of lightness and both colour axes inside.
fn colours(outline: &Outline, picture: &RgbImage) -> f32 {
    let values: Vec<[f32; 3]> =
        outline.pixels().map(|(x, y)| lab(picture.get_pixel(x as u32, y as u32).0)).collect();
    let count = values.len().max(1) as f32;
    let variance = |channel: usize| {
        let mean = values.iter().map(|value| value[channel]).sum::<f32>() / count;
        values.iter().map(|value| (value[channel] - mean).powi(2)).sum::<f32>() / count
    };
    (variance(0) + variance(1) + variance(2)).sqrt()
}

/// sRGB as CIELAB with white point D65 (IEC 61966-2-1, CIE 15).
fn lab(pixel: [u8; 3]) -> [f32; 3] {
    let [red, green, blue] = pixel.map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089;
    let f = |t: f32| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let (x, y, z) = (f(x), f(y), f(z));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = SIDE_PX as usize;

    fn outline(inside: impl Fn(f32, f32) -> bool) -> Outline {
        let middle = SIDE as f32 / 2.0 - 0.5;
        let inside =
            (0..SIDE * SIDE).map(|at| inside((at % SIDE) as f32 - middle, (at / SIDE) as f32 - middle));
        Outline::from_mask(SIDE, inside.collect())
    }

    #[test]
    fn a_circle_is_even_and_round() {
        let circle = outline(|x, y| x.hypot(y) < 40.0);
        assert!(asymmetry(&circle) < 0.02);
        let length = perimeter(&circle);
        assert!((length / (2.0 * std::f32::consts::PI * 40.0) - 1.0).abs() < 0.03, "{length}");
    }

    #[test]
    fn an_ellipse_is_symmetric_whichever_way_it_lies_and_half_a_disc_is_not() {
        for angle in [0.0_f32, 0.4, 1.1] {
            let (sin, cos) = angle.sin_cos();
            let ellipse =
                outline(|x, y| ((x * cos + y * sin) / 45.0).hypot((y * cos - x * sin) / 20.0) < 1.0);
            assert!(asymmetry(&ellipse) < 0.05, "{angle}: {}", asymmetry(&ellipse));
            let (centre, found) = axes(&ellipse);
            assert!((found - angle).sin().abs() < 0.05 && centre.iter().all(|at| (at - 63.5).abs() < 0.5));
        }
        let wedge = outline(|x, y| x.hypot(y) < 45.0 && (x > 0.0 || y > 20.0));
        assert!(asymmetry(&wedge) > 0.1, "{}", asymmetry(&wedge));
    }

    #[test]
    fn teeth_make_the_border_longer() {
        let ragged = outline(|x, y| x.hypot(y) < 36.0 + 5.0 * (9.0 * y.atan2(x)).sin());
        let smooth = outline(|x, y| x.hypot(y) < 36.0);
        let relative = |outline: &Outline| measure(outline, &RgbImage::new(SIDE_PX, SIDE_PX))[2];
        assert!(relative(&ragged) > 1.15 * relative(&smooth));
    }

    #[test]
    fn known_colours_have_known_places() {
        let near = |found: [f32; 3], wanted: [f32; 3]| {
            found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 0.5)
        };
        assert!(near(lab([255, 255, 255]), [100.0, 0.0, 0.0]));
        assert!(near(lab([255, 0, 0]), [53.2, 80.1, 67.2]));
        assert!(near(lab([0, 0, 0]), [0.0, 0.0, 0.0]));
    }

    #[test]
    fn a_change_within_the_doubt_is_none() {
        let measured = |value, spread| Measured { value, spread };
        assert_eq!(measured(0.2, 0.02).trend(measured(0.23, 0.02), 0.1), Trend::Same);
        assert_eq!(measured(0.2, 0.02).trend(measured(0.3, 0.02), 0.1), Trend::More);
        assert_eq!(measured(0.3, 0.02).trend(measured(0.2, 0.02), 0.1), Trend::Less);
    }
}
