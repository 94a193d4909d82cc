//! The lesion's longest diameter and area, in millimetres.

use image::{Rgb, RgbImage};

use super::plane::{Scale, ScaleError};
use super::reference::Reference;
use super::size::Size;
use crate::change::outline::{Outline, SIDE_PX};
use crate::photo::{Photo, Square};

/// Why a lesion's size can't be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// The reference is of no use.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// No outline, or one that depends on where one draws it.
    #[error("The spot's edge is too unclear to be measured.")]
    UnclearEdge,
    /// Part of the lesion is outside the frame.
    #[error(
        "The spot reaches over the edge of the frame. Draw the frame wider, so that there is skin all around."
    )]
    CutOff,
    /// The coin lies where the lesion should be.
    #[error(
        "The coin lies inside the frame. Draw the frame around the spot alone, or put the coin a little further away."
    )]
    CoinInFrame,
    /// Perspective would be most of the answer.
    #[error(
        "The coin is too far from the spot. Put it right beside the spot, and take the photo from straight above."
    )]
    TooFar,
}

/// Side of the crop that the outline is looked for on, in pixels: as many as it needs.
const CROP_PX: u32 = 3 * SIDE_PX;
/// The factors by which the outline's threshold is moved, to see what depends on it.
const FACTORS: [f32; 3] = [0.8, 1.0, 1.25];
/// An outline that is this much longer or shorter at another threshold, as a share, is not one.
const MOST_SPREAD: f32 = 0.35;
/// The share that perspective may be of the answer.
const MOST_PERSPECTIVE: f32 = 0.15;
/// The share of the frame that a coin may cover.
const MOST_COVERED: f32 = 0.3;
/// What an outline's longest diameter differs by from that of an expert's, one standard deviation, as a share, besides what it depends on
/// the threshold; and the same of the area.
const OUTLINE: [f32; 2] = [0.05, 0.1];

/// Measures the lesion in `square` by `reference`, whose places are in pixels of the photo.
///
/// # Errors
/// Where the lesion's outline is not found, is cut off or is unclear, and where the reference can't be measured by. The messages say what to
/// do.
pub fn measure(photo: &Photo, square: Square, reference: &Reference) -> Result<Size, MeasureError> {
    let scale = Scale::of(reference, photo.size())?;
    let square = photo.fit(square);
    let mut crop = photo.crop(square, CROP_PX);
    if let Reference::Coin { ellipse, .. } = reference {
        let factor = square.side as f32 / CROP_PX as f32;
        let is_coin = |x: u32, y: u32| {
            let at = [
                square.left as f32 + (x as f32 + 0.5) * factor,
                square.top as f32 + (y as f32 + 0.5) * factor,
            ];
            // With its shadow next to it.
            ellipse.away(at) < 1.15
        };
        paint_out(&mut crop, is_coin)?;
    }
    let middle = Outline::of(&crop).ok_or(MeasureError::UnclearEdge)?;
    if middle.touches_edge() {
        return Err(MeasureError::CutOff);
    }
    let px = square.side as f32 / middle.side() as f32;
    let extents: Vec<Extent> = FACTORS
        .iter()
        .filter_map(|factor| Outline::at(&crop, *factor).filter(|outline| !outline.touches_edge()))
        .map(|outline| Extent::of(&outline, px, &scale))
        .collect();
    let extent = Extent::of(&middle, px, &scale);
    let spread = |value: fn(&Extent) -> f32| {
        let values = extents.iter().map(value);
        let (low, high) = (values.clone().fold(f32::MAX, f32::min), values.fold(f32::MIN, f32::max));
        (high - low) / 2.0 / value(&extent)
    };
    let [of_longest, of_area] = [spread(|extent| extent.longest_mm), spread(|extent| extent.area_mm2)];
    // Where it runs into the edge at a threshold that is as good, it is as unclear.
    if extents.len() < FACTORS.len() || of_longest > MOST_SPREAD {
        return Err(MeasureError::UnclearEdge);
    }
    let at = [0, 1].map(|axis| [square.left, square.top][axis] as f32 + extent.middle_px[axis]);
    if scale.perspective(at) > MOST_PERSPECTIVE {
        return Err(MeasureError::TooFar);
    }
    let longest = scale.estimate(extent.longest_mm, extent.step_mm, at, OUTLINE[0].hypot(of_longest), 1.0);
    let area = scale.estimate(extent.area_mm2, [1.0, 1.0], at, OUTLINE[1].hypot(of_area), 2.0);
    Size::new(reference.clone(), longest, area).ok_or(MeasureError::UnclearEdge)
}

/// Gives what is the coin the colour of the skin, which is taken to be the middle one of the rest of the crop's border.
fn paint_out(crop: &mut RgbImage, is_coin: impl Fn(u32, u32) -> bool) -> Result<(), MeasureError> {
    let side = crop.width();
    let mut covered = vec![false; (side * side) as usize];
    let mut border: [Vec<u8>; 3] = Default::default();
    for (x, y, pixel) in crop.enumerate_pixels() {
        let is_coin = is_coin(x, y);
        covered[(y * side + x) as usize] = is_coin;
        if !is_coin && x.min(y).min(side - 1 - x).min(side - 1 - y) < side / 10 {
            (0..3).for_each(|channel| border[channel].push(pixel.0[channel]));
        }
    }
    let count = covered.iter().filter(|covered| **covered).count();
    if count == 0 {
        return Ok(());
    }
    let in_the_middle = covered[(side / 2 * side + side / 2) as usize];
    if in_the_middle || count as f32 > MOST_COVERED * covered.len() as f32 || border[0].is_empty() {
        return Err(MeasureError::CoinInFrame);
    }
    let skin = Rgb(border.map(|mut values| {
        let middle = values.len() / 2;
        *values.select_nth_unstable(middle).1
    }));
    crop.pixels_mut().zip(covered).filter(|(_, covered)| *covered).for_each(|(pixel, _)| *pixel = skin);
    Ok(())
}

/// How far an outline extends.
#[derive(Debug, Clone, Copy)]
struct Extent {
    longest_mm: f32,
    /// The longest diameter as a step on the coin's plane.
    step_mm: [f32; 2],
    area_mm2: f32,
    /// Centre of gravity, in pixels of the photo from the frame's corner.
    middle_px: [f32; 2],
}

impl Extent {
    /// Of an outline whose pixels are `px` pixels of the photo.
    fn of(outline: &Outline, px: f32, scale: &Scale) -> Self {
        // Of each row the first and the last pixel: no two others are further apart.
        let mut rows: Vec<Option<[usize; 2]>> = vec![None; outline.side()];
        let (mut count, mut sum) = (0.0_f32, [0.0_f32; 2]);
        for (x, y) in outline.pixels() {
            let [first, last] = rows[y].unwrap_or([x, x]);
            rows[y] = Some([first.min(x), last.max(x)]);
            count += 1.0;
            sum = [sum[0] + x as f32 + 0.5, sum[1] + y as f32 + 0.5];
        }
        let ends: Vec<[f32; 2]> = rows
            .iter()
            .enumerate()
            .filter_map(|(y, row)| {
                row.map(|[first, last]| [[first as f32, y as f32], [last as f32, y as f32]])
            })
            .flatten()
            .collect();
        let (mut longest_mm, mut step_mm) = (0.0, [0.0; 2]);
        for (at, [x, y]) in ends.iter().enumerate() {
            for [to_x, to_y] in &ends[at..] {
                // From the middle of a pixel to that of another; a pixel more with their halves at both ends.
                let [dx, dy] = [to_x - x, to_y - y];
                let stretch = px * (1.0 + 1.0 / dx.hypot(dy).max(1.0));
                let step = scale.step_mm([dx * stretch, dy * stretch]);
                let length = step[0].hypot(step[1]);
                if length > longest_mm {
                    (longest_mm, step_mm) = (length, step);
                }
            }
        }
        let [ux, uy] = [scale.step_mm([px, 0.0]), scale.step_mm([0.0, px])];
        let pixel_mm2 = (ux[0] * uy[1] - ux[1] * uy[0]).abs();
        let middle_px = sum.map(|sum| sum / count.max(1.0) * px);
        Self { longest_mm, step_mm, area_mm2: count * pixel_mm2, middle_px }
    }
}
