//! Making one picture into many: what a camera, a hand and a different skin could have changed.
//!
//! As in the paper: rotation, zoom, shift and a crop from the centre. Further: flips, brightness, contrast, the white balance of
//! phones, saturation, blur of focus and of motion, noise, JPEG compression, and what lies in the picture beside the lesion
//! ([`artefacts`]), so that neither frame nor instrument tells the class. Everything is drawn from the generator that is passed
//! in, so a seed fixes the picture.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage, imageops};
use rand::{Rng, RngExt};
use vision::photo::Photo;

mod artefacts;

/// How far each change may go; a chance is a probability in 0..=1.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Side of the seen square relative to the picture's central square, smallest and largest.
    pub zoom: (f32, f32),
    /// Largest shift, relative to the central square.
    pub shift: f32,
    /// Largest change of height against width, as a logarithm.
    pub stretch: f32,
    /// Largest change of brightness, contrast and saturation, as a logarithm.
    pub light: f32,
    /// Largest change of red and of blue against green, as a logarithm.
    pub temperature: f32,
    /// Chance of each of blur, motion, noise and compression.
    pub degrade: f64,
    /// Chance of hairs.
    pub hair: f64,
    /// Chance of each of ruler, ink, sticker, vignette and the dermatoscope's round frame.
    pub artefact: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            zoom: (0.55, 1.2),
            shift: 0.1,
            stretch: 0.12,
            light: 0.25,
            temperature: 0.1,
            degrade: 0.15,
            hair: 0.12,
            artefact: 0.06,
        }
    }
}

/// One changed view of `photo`, `side` x `side` pixels.
pub fn augment(photo: &Photo, side: u32, recipe: &Recipe, random: &mut impl Rng) -> RgbImage {
    let view = View::random(photo, side, recipe, random);
    let mut pixels = view.sample(photo.pixels());
    light(&mut pixels, recipe, random);
    let mut picture = to_bytes(&pixels, side);
    if random.random_bool(recipe.hair) {
        artefacts::hairs(&mut picture, random);
    }
    for add in artefacts::ALL {
        if random.random_bool(recipe.artefact) {
            add(&mut picture, random);
        }
    }
    if random.random_bool(recipe.degrade) {
        picture = imageops::fast_blur(&picture, random.random_range(0.4..1.6) * side as f32 / 160.0);
    }
    if random.random_bool(recipe.degrade / 2.0) {
        picture = moved(&picture, random);
    }
    if random.random_bool(recipe.degrade) {
        noise(&mut picture, random.random_range(2.0..12.0), random);
    }
    if random.random_bool(recipe.degrade) {
        picture = recompress(picture, random.random_range(35..90));
    }
    picture
}

/// An affine map from output pixels to places in the source.
struct View {
    side: u32,
    /// Source position of the output's centre, in pixels.
    centre: [f32; 2],
    /// Source steps for one output pixel to the right, and one down.
    right: [f32; 2],
    down: [f32; 2],
}

impl View {
    fn random(photo: &Photo, side: u32, recipe: &Recipe, random: &mut impl Rng) -> Self {
        let square = photo.central_square();
        let full = square.side as f32;
        let (low, high) = recipe.zoom;
        let zoom = random.random_range(low.ln()..high.ln()).exp();
        let stretch = random.random_range(-recipe.stretch..recipe.stretch).exp().sqrt();
        let step = zoom * full / side as f32;
        let (sin, cos) = random.random_range(0.0..std::f32::consts::TAU).sin_cos();
        let mirror = if random.random_bool(0.5) { -1.0 } else { 1.0 };
        let mut shift = || random.random_range(-recipe.shift..recipe.shift) * full;
        let centre = [square.left as f32 + full / 2.0 + shift(), square.top as f32 + full / 2.0 + shift()];
        Self {
            side,
            centre,
            right: [cos * step * stretch * mirror, sin * step * stretch * mirror],
            down: [-sin * step / stretch, cos * step / stretch],
        }
    }

    /// Bilinear, the mean of four samples a pixel where the source is finer, mirrored at the edges.
    fn sample(&self, source: &RgbImage) -> Vec<[f32; 3]> {
        let step = self.right[0].hypot(self.right[1]);
        let offsets: &[[f32; 2]] = match step > 1.3 {
            true => &[[-0.25, -0.25], [0.25, -0.25], [-0.25, 0.25], [0.25, 0.25]],
            false => &[[0.0, 0.0]],
        };
        let middle = self.side as f32 / 2.0;
        let mut pixels = Vec::with_capacity((self.side * self.side) as usize);
        for y in 0..self.side {
            for x in 0..self.side {
                let mut sum = [0.0; 3];
                for [dx, dy] in offsets {
                    let (x, y) = (x as f32 + 0.5 + dx - middle, y as f32 + 0.5 + dy - middle);
                    let at = [0, 1]
                        .map(|axis| self.centre[axis] + x * self.right[axis] + y * self.down[axis] - 0.5);
                    let value = bilinear(source, at);
                    (0..3).for_each(|channel| sum[channel] += value[channel]);
                }
                pixels.push(sum.map(|sum| sum / offsets.len() as f32));
            }
        }
        pixels
    }
}

/// `at` in pixels, mirrored into the picture.
fn bilinear(source: &RgbImage, at: [f32; 2]) -> [f32; 3] {
    let limits = [source.width(), source.height()];
    let mut low = [0usize; 2];
    let mut high = [0usize; 2];
    let mut part = [0.0; 2];
    for axis in 0..2 {
        let last = (limits[axis] - 1) as f32;
        let mut place = at[axis].abs();
        if place > last {
            place = (2.0 * last - place).clamp(0.0, last);
        }
        low[axis] = place as usize;
        high[axis] = (low[axis] + 1).min(limits[axis] as usize - 1);
        part[axis] = place - low[axis] as f32;
    }
    let raw = source.as_raw();
    let width = limits[0] as usize;
    let pixel = |x: usize, y: usize, channel: usize| f32::from(raw[(y * width + x) * 3 + channel]);
    [0, 1, 2].map(|channel| {
        let top =
            pixel(low[0], low[1], channel) * (1.0 - part[0]) + pixel(high[0], low[1], channel) * part[0];
        let bottom =
            pixel(low[0], high[1], channel) * (1.0 - part[0]) + pixel(high[0], high[1], channel) * part[0];
        top * (1.0 - part[1]) + bottom * part[1]
    })
}

/// Brightness, contrast, saturation and colour temperature at once: they are all linear.
fn light(pixels: &mut [[f32; 3]], recipe: &Recipe, random: &mut impl Rng) {
    let mut factor = |reach: f32| random.random_range(-reach..reach).exp();
    let (brightness, contrast, saturation) =
        (factor(recipe.light), factor(recipe.light), factor(recipe.light));
    let tint = [factor(recipe.temperature), 1.0, factor(recipe.temperature)];
    let mean = pixels.iter().map(|[r, g, b]| (r + g + b) / 3.0).sum::<f32>() / pixels.len() as f32;
    for pixel in pixels {
        let grey = pixel.iter().sum::<f32>() / 3.0;
        for (value, tint) in pixel.iter_mut().zip(tint) {
            let coloured = grey + (*value - grey) * saturation;
            *value = (mean + (coloured - mean) * contrast) * brightness * tint;
        }
    }
}

fn to_bytes(pixels: &[[f32; 3]], side: u32) -> RgbImage {
    RgbImage::from_fn(
        side,
        side,
        |x, y| Rgb(pixels[(y * side + x) as usize].map(|value| value.round() as u8)),
    )
}

/// Smeared along a short straight way, as by a hand that moves.
fn moved(picture: &RgbImage, random: &mut impl Rng) -> RgbImage {
    let (sin, cos) = random.random_range(0.0..std::f32::consts::PI).sin_cos();
    let length = random.random_range(1.5..5.0f32) * picture.width() as f32 / 160.0;
    let steps = length.ceil() as i32 + 1;
    let last = [picture.width() - 1, picture.height() - 1].map(|last| last as f32);
    let offsets: Vec<f32> =
        (0..steps).map(|step| length * (step as f32 / (steps - 1) as f32 - 0.5)).collect();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let mut sum = [0.0f32; 3];
        for offset in &offsets {
            let at = [x as f32 + cos * offset, y as f32 + sin * offset];
            let [x, y] = [0, 1].map(|axis| at[axis].round().clamp(0.0, last[axis]) as u32);
            picture.get_pixel(x, y).0.iter().zip(&mut sum).for_each(|(&value, sum)| *sum += f32::from(value));
        }
        Rgb(sum.map(|sum| (sum / steps as f32).round() as u8))
    })
}

/// Adds noise of this standard deviation, in steps of 0..=255.
fn noise(picture: &mut RgbImage, deviation: f32, random: &mut impl Rng) {
    for value in picture.iter_mut() {
        // The sum of three uniform numbers is close enough to a bell curve, and quick.
        let bell: f32 = (0..3).map(|_| random.random_range(-1.0..1.0f32)).sum();
        *value = (f32::from(*value) + bell * deviation).round() as u8;
    }
}

/// Through a JPEG file of this quality and back.
fn recompress(picture: RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&picture);
    let decoded = encoded
        .ok()
        .and_then(|()| image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).ok());
    decoded.map_or(picture, |decoded| decoded.into_rgb8())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn photo() -> Photo {
        RgbImage::from_fn(90, 70, |x, y| Rgb([(x * 2) as u8, (y * 3) as u8, 120])).into()
    }

    #[test]
    fn a_seed_fixes_the_picture_and_another_changes_it() {
        let draw = |seed| augment(&photo(), 64, &Recipe::default(), &mut ChaCha8Rng::seed_from_u64(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(draw(3).dimensions(), (64, 64));
    }

    #[test]
    fn without_any_change_the_centre_stays_where_it_is() {
        let still = Recipe {
            zoom: (0.999, 1.001),
            shift: 1e-6,
            stretch: 1e-6,
            light: 1e-6,
            temperature: 1e-6,
            degrade: 0.0,
            hair: 0.0,
            artefact: 0.0,
        };
        let centre = *photo().pixels().get_pixel(45, 35);
        for seed in 0..8 {
            let view = augment(&photo(), 70, &still, &mut ChaCha8Rng::seed_from_u64(seed));
            let found = view.get_pixel(35, 35);
            assert!(
                found.0.iter().zip(centre.0).all(|(&a, b)| a.abs_diff(b) <= 4),
                "{found:?} for {centre:?}"
            );
        }
    }
}
