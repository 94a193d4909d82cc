//! Laying a later picture over an earlier one: shifted and turned, never scaled, since growth would vanish then.

use image::{Rgb, RgbImage, imageops};

use super::outline::{Outline, SIDE_PX};
use super::shape::axes;

/// Side of the pictures that are compared while turning, in pixels.
const COARSE_PX: u32 = 48;
/// Steps of a full turn that are tried.
const TURNS: u32 = 36;

/// How to move the later picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// To the right, as a share of the side.
    pub right: f32,
    /// Down, as a share of the side.
    pub down: f32,
    /// Clockwise about the lesion, in radians.
    pub turn: f32,
}

/// Lays `later` over `earlier`: lesion upon lesion, turned so that they look most alike. `later` as it is where one of them has no
/// outline.
pub fn over(earlier: &RgbImage, later: &RgbImage) -> RgbImage {
    match placement(earlier, later) {
        Some(placement) => moved(later, placement, later.width()),
        None => later.clone(),
    }
}

/// Where `later` has to go; `None` where one of the pictures has no outline.
pub fn placement(earlier: &RgbImage, later: &RgbImage) -> Option<Placement> {
    let centre = |picture: &RgbImage| {
        let ([x, y], _) = axes(&Outline::of(picture)?);
        Some([(x + 0.5) / SIDE_PX as f32, (y + 0.5) / SIDE_PX as f32])
    };
    let (from, to) = (centre(later)?, centre(earlier)?);
    let small =
        |picture: &RgbImage| imageops::resize(picture, COARSE_PX, COARSE_PX, imageops::FilterType::Triangle);
    let (earlier, later) = (small(earlier), small(later));
    let placement = |turn| Placement { right: to[0] - from[0], down: to[1] - from[1], turn };
    let difference = |turn: f32| {
        let turned = moved_about(&later, placement(turn), COARSE_PX, from);
        // Near the lesion, where the pictures must agree; corners come from outside.
        let middle = to.map(|at| at * COARSE_PX as f32);
        let (mut sum, mut count) = (0.0, 0.0);
        for (x, y, pixel) in turned.enumerate_pixels() {
            let away = (x as f32 + 0.5 - middle[0]).hypot(y as f32 + 0.5 - middle[1]);
            if away < COARSE_PX as f32 * 0.4 {
                let other = earlier.get_pixel(x, y);
                sum += (0..3).map(|c| f32::from(pixel.0[c].abs_diff(other.0[c]))).sum::<f32>();
                count += 1.0;
            }
        }
        sum / f32::max(count, 1.0)
    };
    let step = std::f32::consts::TAU / TURNS as f32;
    let best = |turns: Vec<f32>| {
        let apart = turns.into_iter().map(|turn| (difference(turn), turn));
        apart.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, turn)| turn)
    };
    let turn = best((0..TURNS).map(|turn| turn as f32 * step).collect())?;
    let turn = best((-4..=4).map(|fine| turn + fine as f32 * step / 8.0).collect())?;
    // Nobody turns a photo for nothing: a turn has to look clearly more alike.
    let turn = if difference(turn) < 0.9 * difference(0.0) { turn } else { 0.0 };
    // The turn is about the lesion; told as one about the picture's middle, the shift takes up the rest.
    Some(about_middle(placement(turn), from))
}

/// The same movement with its turn about the picture's middle.
fn about_middle(placement: Placement, from: [f32; 2]) -> Placement {
    let (sin, cos) = placement.turn.sin_cos();
    let [dx, dy] = from.map(|at| at - 0.5);
    Placement {
        right: placement.right + dx - (cos * dx - sin * dy),
        down: placement.down + dy - (sin * dx + cos * dy),
        turn: placement.turn,
    }
}

fn moved(picture: &RgbImage, placement: Placement, side: u32) -> RgbImage {
    moved_about(picture, placement, side, [0.5, 0.5])
}

/// Turns about `centre` and shifts; what comes from outside is the edge's colour.
fn moved_about(picture: &RgbImage, placement: Placement, side: u32, centre: [f32; 2]) -> RgbImage {
    let (sin, cos) = placement.turn.sin_cos();
    let length = side as f32;
    RgbImage::from_fn(side, side, |x, y| {
        let dx = (x as f32 + 0.5) / length - placement.right - centre[0];
        let dy = (y as f32 + 0.5) / length - placement.down - centre[1];
        let u = (centre[0] + cos * dx + sin * dy) * length - 0.5;
        let v = (centre[1] - sin * dx + cos * dy) * length - 0.5;
        sample(picture, u, v)
    })
}

/// Between four pixels, each moved inside where it lies outside.
fn sample(picture: &RgbImage, x: f32, y: f32) -> Rgb<u8> {
    let (width, height) = picture.dimensions();
    let get = |x: f32, y: f32| {
        let inside = |at: f32, length: u32| at.clamp(0.0, length as f32 - 1.0) as u32;
        picture.get_pixel(inside(x, width), inside(y, height)).0
    };
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let corners = [get(left, top), get(left + 1.0, top), get(left, top + 1.0), get(left + 1.0, top + 1.0)];
    let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    Rgb([0, 1, 2].map(|channel| {
        let sum: f32 =
            corners.iter().zip(weights).map(|(corner, weight)| f32::from(corner[channel]) * weight).sum();
        sum.round() as u8
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lesion that looks different from every side.
    fn lesion() -> RgbImage {
        RgbImage::from_fn(200, 200, |x, y| {
            let (dx, dy) = (x as f32 - 100.0, y as f32 - 100.0);
            match () {
                () if (dx - 22.0).hypot(dy + 8.0) < 12.0 => Rgb([40, 30, 60]),
                () if (dx / 48.0).hypot(dy / 30.0) < 1.0 => Rgb([130, 80, 60]),
                () => Rgb([226, 178, 158]),
            }
        })
    }

    #[test]
    fn a_moved_and_turned_picture_is_laid_back() {
        let earlier = lesion();
        for (right, down, turn) in
            [(0.0, 0.0, 0.0), (0.06, -0.04, 0.0), (0.05, 0.03, 0.7), (-0.04, 0.02, 2.6)]
        {
            let later = moved(&earlier, Placement { right, down, turn }, 200);
            let back = over(&earlier, &later);
            let difference = |a: &RgbImage| {
                let near = a
                    .enumerate_pixels()
                    .zip(earlier.pixels())
                    .filter(|((x, y, _), _)| (*x as f32 - 100.0).hypot(*y as f32 - 100.0) < 70.0);
                let gaps = near.map(|((.., a), b)| f32::from(a.0[1].abs_diff(b.0[1])));
                gaps.clone().sum::<f32>() / gaps.count() as f32
            };
            let (before, after) = (difference(&later), difference(&back));
            assert!(after < 4.0, "{right} {down} {turn}: {before} before, {after} after");
        }
    }

    #[test]
    fn pictures_without_a_lesion_stay_as_they_are() {
        let skin = RgbImage::from_pixel(100, 100, Rgb([226, 178, 158]));
        assert_eq!(over(&lesion(), &skin), skin);
    }
}
