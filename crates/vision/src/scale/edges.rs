//! Where a picture's colours change abruptly, to a fraction of a pixel: Canny's edges (1986) without his linking.
//!
//! A copper coin is about as bright as skin, a silver one about as red: in each place the colour that changes most counts.

use image::RgbImage;

/// A place on an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// In pixels of the picture; the middle of the first one is (0.5, 0.5).
    pub at: [f32; 2],
    /// Where the colour grows, of length one.
    pub normal: [f32; 2],
    /// How steeply, in levels of 255 for each pixel.
    pub strength: f32,
}

/// What makes an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contrast {
    /// Colour, whatever the light: a shadow's edge is none, since all channels grow alike there.
    Colour,
    /// Anything: a silver coin on a grey cloth has no other edge.
    Any,
}

impl Contrast {
    /// Less than this is grain, in levels for each pixel.
    fn least(self) -> f32 {
        match self {
            Self::Colour => 1.2,
            Self::Any => 3.0,
        }
    }
}

/// The picture's edges, strongest first, `most` of them.
pub(super) fn edges(picture: &RgbImage, contrast: Contrast, most: usize) -> Vec<Edge> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width < 8 || height < 8 {
        return Vec::new();
    }
    let smooth = smoothed(picture);
    let at = |x: usize, y: usize| (y * width + x) * 3;
    let mut slopes = vec![[0.0_f32; 2]; width * height];
    let mut strengths = vec![0.0_f32; width * height];
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let (left, right, up, down) = (at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1));
            let mut most = 0.0;
            let mut slope = [0.0; 2];
            let grown = |channel: usize| {
                [
                    smooth[right + channel] - smooth[left + channel],
                    smooth[down + channel] - smooth[up + channel],
                ]
            };
            let colour = [0, 1, 2].map(|channel| smooth[at(x, y) + channel]);
            let grown = [grown(0), grown(1), grown(2)];
            // How much of it more or less light explains.
            let light = match contrast {
                Contrast::Colour => {
                    let square = colour.iter().map(|value| value * value).sum::<f32>().max(1.0);
                    [0, 1].map(|way| {
                        (0..3).map(|channel| grown[channel][way] * colour[channel]).sum::<f32>() / square
                    })
                }
                Contrast::Any => [0.0; 2],
            };
            for (grown, colour) in grown.iter().zip(colour) {
                let [across, along] = [0, 1].map(|way| grown[way] - light[way] * colour);
                let strength = across * across + along * along;
                if strength > most {
                    (most, slope) = (strength, [across, along]);
                }
            }
            slopes[y * width + x] = slope;
            strengths[y * width + x] = most.sqrt() / 2.0;
        }
    }
    let mut found = Vec::new();
    for y in 2..height - 2 {
        for x in 2..width - 2 {
            let strength = strengths[y * width + x];
            if strength >= contrast.least()
                && let Some(edge) = ridge(&strengths, width, [x, y], slopes[y * width + x], strength)
            {
                found.push(edge);
            }
        }
    }
    if found.len() > most {
        found.select_nth_unstable_by(most, |a, b| b.strength.total_cmp(&a.strength));
        found.truncate(most);
    }
    found.sort_unstable_by(|a, b| b.strength.total_cmp(&a.strength));
    found
}

/// The edge at a pixel, where it is steepest there across the edge; between pixels by a parabola.
fn ridge(
    strengths: &[f32],
    width: usize,
    [x, y]: [usize; 2],
    slope: [f32; 2],
    strength: f32,
) -> Option<Edge> {
    let [across, along] = slope;
    let is_flat = across.abs() >= along.abs();
    let tilt = if is_flat { along / across } else { across / along };
    // The neighbour one step along the steeper axis, between two pixels of the other.
    let beside = |step: isize| {
        let aside = tilt * step as f32;
        let (whole, part) = (aside.floor() as isize, aside - aside.floor());
        let get = |aside: isize| {
            let (dx, dy) = if is_flat { (step, aside) } else { (aside, step) };
            strengths[(y as isize + dy) as usize * width + (x as isize + dx) as usize]
        };
        get(whole) * (1.0 - part) + get(whole + 1) * part
    };
    let (before, after) = (beside(-1), beside(1));
    if strength < before || strength <= after {
        return None;
    }
    let bend = before + after - 2.0 * strength;
    let step = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    let (dx, dy) = if is_flat { (step, step * tilt) } else { (step * tilt, step) };
    let length = across.hypot(along);
    Some(Edge {
        at: [x as f32 + 0.5 + dx, y as f32 + 0.5 + dy],
        normal: [across / length, along / length],
        strength,
    })
}

/// Smoothed by (1 4 6 4 1) / 16 both ways, a Gaussian of one pixel.
fn smoothed(picture: &RgbImage) -> Vec<f32> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let row = width * 3;
    let mut across = vec![0.0_f32; row * height];
    for (to, from) in across.chunks_exact_mut(row).zip(picture.as_raw().chunks_exact(row)) {
        let get = |at: usize| f32::from(from[at]);
        for at in 6..row - 6 {
            to[at] = (get(at - 6) + get(at + 6) + 4.0 * (get(at - 3) + get(at + 3)) + 6.0 * get(at)) / 16.0;
        }
        for at in (0..6).chain(row - 6..row) {
            to[at] = get(at);
        }
    }
    let mut both = across.clone();
    for y in 2..height - 2 {
        let line = |dy: usize| &across[(y + dy - 2) * row..(y + dy - 1) * row];
        let lines = [line(0), line(1), line(2), line(3), line(4)];
        for (at, to) in both[y * row..(y + 1) * row].iter_mut().enumerate() {
            let [a, b, c, d, e] = lines.map(|line| line[at]);
            *to = (a + e + 4.0 * (b + d) + 6.0 * c) / 16.0;
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_discs_edge_is_found_to_a_fraction_of_a_pixel() {
        // As a camera sees it: each pixel is what falls on it.
        let picture = RgbImage::from_fn(100, 90, |x, y| {
            let (dx, dy) = (x as f32 + 0.5 - 48.3, y as f32 + 0.5 - 44.6);
            let inside = (30.4 - dx.hypot(dy) + 0.5).clamp(0.0, 1.0);
            Rgb([200, (180.0 - 90.0 * inside) as u8, 150])
        });
        let found = edges(&picture, Contrast::Any, 10_000);
        assert!(found.len() > 150, "{}", found.len());
        for edge in &found {
            let [dx, dy] = [edge.at[0] - 48.3, edge.at[1] - 44.6];
            let away = dx.hypot(dy);
            assert!((away - 30.4).abs() < 0.3, "{edge:?}: {away}");
            let outwards = (edge.normal[0] * dx + edge.normal[1] * dy) / away;
            assert!(outwards > 0.98, "{edge:?}: {outwards}");
        }
        assert_eq!(edges(&picture, Contrast::Any, 20).len(), 20);
    }

    #[test]
    fn an_even_picture_and_a_tiny_one_have_none() {
        assert!(edges(&RgbImage::from_pixel(50, 50, Rgb([10, 20, 30])), Contrast::Any, 100).is_empty());
        assert!(
            edges(&RgbImage::from_fn(7, 7, |x, _| Rgb([x as u8 * 30; 3])), Contrast::Any, 100).is_empty()
        );
    }
}
