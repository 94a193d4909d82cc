//! What lies in a picture beside the lesion: hairs, rulers, ink, stickers, dark corners, the dermatoscope's round frame.
//!
//! Some clinics have them more than others, and some put them beside some diagnoses more than beside others; drawn into any
//! picture they tell nothing any more.

use image::{Rgb, RgbImage};
use rand::{Rng, RngExt};

/// Everything but hairs.
pub const ALL: [fn(&mut RgbImage, &mut dyn Rng); 5] = [ruler, ink, sticker, vignette, round_frame];

/// A few curved dark lines across the picture.
pub fn hairs(picture: &mut RgbImage, random: &mut impl Rng) {
    let side = picture.width() as f32;
    for _ in 0..random.random_range(1..9) {
        let mut point = || [random.random_range(-0.2..1.2) * side, random.random_range(-0.2..1.2) * side];
        let (from, bend, to) = (point(), point(), point());
        let shade = random.random_range(10.0..90.0f32);
        let colour = [shade, shade * 0.8, shade * 0.65];
        let radius = random.random_range(0.3..1.1f32) * (side / 160.0).max(0.6);
        let strength = random.random_range(0.5..0.95f32);
        let steps = (2.0 * side) as usize;
        for step in 0..=steps {
            let t = step as f32 / steps as f32;
            let place = [0, 1].map(|axis| {
                (1.0 - t) * (1.0 - t) * from[axis] + 2.0 * t * (1.0 - t) * bend[axis] + t * t * to[axis]
            });
            dab(picture, place, radius, colour, strength / 2.0);
        }
    }
}

/// Blends a soft dot into the picture.
fn dab(picture: &mut RgbImage, place: [f32; 2], radius: f32, colour: [f32; 3], strength: f32) {
    let reach = radius.ceil() as i32 + 1;
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let (x, y) = (place[0].floor() as i32 + dx, place[1].floor() as i32 + dy);
            let inside = x >= 0 && y >= 0 && (x as u32) < picture.width() && (y as u32) < picture.height();
            if !inside {
                continue;
            }
            let distance = (x as f32 + 0.5 - place[0]).hypot(y as f32 + 0.5 - place[1]);
            let cover = (radius + 0.5 - distance).clamp(0.0, 1.0) * strength;
            let pixel = picture.get_pixel_mut(x as u32, y as u32);
            for (value, colour) in pixel.0.iter_mut().zip(colour) {
                *value = (f32::from(*value) * (1.0 - cover) + colour * cover) as u8;
            }
        }
    }
}

/// A straight scale with ticks near an edge, dark or light.
fn ruler(picture: &mut RgbImage, random: &mut dyn Rng) {
    let side = picture.width() as f32;
    let (sin, cos) = random.random_range(0.0..std::f32::consts::TAU).sin_cos();
    let away = random.random_range(0.3..0.48f32) * side;
    let shade = if random.random_bool(0.7) { random.random_range(10.0..70.0) } else { 235.0 };
    let colour = [shade; 3];
    let gap = random.random_range(0.03..0.09f32) * side;
    let length = random.random_range(0.02..0.06f32) * side;
    let radius = 0.4 * (side / 160.0).max(0.6);
    let mut line = |from: [f32; 2], to: [f32; 2]| {
        let steps = ((to[0] - from[0]).hypot(to[1] - from[1]) * 2.0) as usize + 1;
        for step in 0..=steps {
            let t = step as f32 / steps as f32;
            dab(picture, [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * t), radius, colour, 0.45);
        }
    };
    // Along the edge and away from the centre.
    let place = |along: f32, out: f32| {
        [side / 2.0 + cos * along - sin * (away + out), side / 2.0 + sin * along + cos * (away + out)]
    };
    line(place(-0.6 * side, 0.0), place(0.6 * side, 0.0));
    let ticks = (1.2 * side / gap) as i32;
    for tick in 0..ticks {
        let along = -0.6 * side + tick as f32 * gap;
        let length = if tick % 5 == 0 { 1.8 * length } else { length };
        line(place(along, 0.0), place(along, length));
    }
}

/// A surgeon's pen: an arc or a stroke around or beside the lesion.
fn ink(picture: &mut RgbImage, random: &mut dyn Rng) {
    let side = picture.width() as f32;
    let colour = [
        random.random_range(40.0..110.0f32),
        random.random_range(30.0..90.0f32),
        random.random_range(110.0..190.0f32),
    ];
    let radius = random.random_range(0.006..0.014f32) * side;
    let strength = random.random_range(0.25..0.6f32);
    let around = random.random_range(0.32..0.48f32) * side;
    let start = random.random_range(0.0..std::f32::consts::TAU);
    let sweep = random.random_range(0.3..4.0f32);
    let steps = (sweep * around) as usize + 1;
    for step in 0..=steps {
        let (sin, cos) = (start + sweep * step as f32 / steps as f32).sin_cos();
        dab(picture, [side / 2.0 + around * cos, side / 2.0 + around * sin], radius, colour, strength);
    }
}

/// A coloured disc that reaches in from the edge.
fn sticker(picture: &mut RgbImage, random: &mut dyn Rng) {
    let side = picture.width() as f32;
    let radius = random.random_range(0.12..0.35f32) * side;
    let (sin, cos) = random.random_range(0.0..std::f32::consts::TAU).sin_cos();
    let away = 0.5 * side + random.random_range(0.2..0.8f32) * radius;
    let centre = [side / 2.0 + away * cos, side / 2.0 + away * sin];
    let colour = [0, 1, 2].map(|_| random.random_range(20.0..240.0f32));
    blend(
        picture,
        |x, y| {
            let distance = (x - centre[0]).hypot(y - centre[1]);
            ((radius - distance) + 0.5).clamp(0.0, 1.0)
        },
        colour,
    );
}

/// Light that falls off towards the corners.
fn vignette(picture: &mut RgbImage, random: &mut dyn Rng) {
    let side = picture.width() as f32;
    let strength = random.random_range(0.2..0.8f32);
    let centre = [0, 1].map(|_| (0.5 + random.random_range(-0.1..0.1f32)) * side);
    blend(
        picture,
        |x, y| {
            let distance = (x - centre[0]).hypot(y - centre[1]) / (0.71 * side);
            strength * (distance * distance).min(1.0)
        },
        [0.0; 3],
    );
}

/// Black outside a circle.
fn round_frame(picture: &mut RgbImage, random: &mut dyn Rng) {
    let side = picture.width() as f32;
    let radius = random.random_range(0.5..0.68f32) * side;
    let soft = random.random_range(0.5..4.0f32);
    let centre = [0, 1].map(|_| (0.5 + random.random_range(-0.04..0.04f32)) * side);
    let shade = random.random_range(0.0..25.0f32);
    blend(
        picture,
        |x, y| {
            let distance = (x - centre[0]).hypot(y - centre[1]);
            ((distance - radius) / soft + 0.5).clamp(0.0, 1.0)
        },
        [shade; 3],
    );
}

/// Covers the picture with a colour, as much as `cover` says (0 to 1) of each place.
fn blend(picture: &mut RgbImage, cover: impl Fn(f32, f32) -> f32, colour: [f32; 3]) {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let cover = cover(x as f32 + 0.5, y as f32 + 0.5);
        if cover > 0.0 {
            let mixed = [0, 1, 2].map(|c| f32::from(pixel.0[c]) * (1.0 - cover) + colour[c] * cover);
            *pixel = Rgb(mixed.map(|value| value.round() as u8));
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn skin() -> RgbImage {
        RgbImage::from_pixel(160, 160, Rgb([200, 170, 150]))
    }

    fn changed(picture: &RgbImage, inside: impl Fn(f32) -> bool) -> usize {
        let changes = picture.enumerate_pixels().filter(|(x, y, pixel)| {
            let away = (*x as f32 - 79.5).hypot(*y as f32 - 79.5);
            inside(away) && pixel.0.iter().zip([200u8, 170, 150]).any(|(&a, b)| a.abs_diff(b) > 12)
        });
        changes.count()
    }

    #[test]
    fn hairs_are_dark_and_few() {
        let mut picture = skin();
        hairs(&mut picture, &mut ChaCha8Rng::seed_from_u64(4));
        let dark = picture.pixels().filter(|pixel| pixel.0[0] < 150).count();
        assert!((20..160 * 160 / 6).contains(&dark), "{dark} dark pixels");
    }

    #[test]
    fn what_is_added_is_seen_and_leaves_the_middle_alone() {
        for (number, add) in ALL.into_iter().enumerate() {
            let mut seen = 0;
            for seed in 0..12 {
                let mut picture = skin();
                add(&mut picture, &mut ChaCha8Rng::seed_from_u64(seed));
                seen += usize::from(changed(&picture, |_| true) > 20);
                // A vignette falls off from the very centre on, where it is too weak to be seen.
                let covered = changed(&picture, |away| away < 12.0);
                assert_eq!(covered, 0, "number {number}, seed {seed}");
            }
            assert!(seen >= 9, "number {number} is seen in {seen} of 12");
        }
    }
}
