//! Drawn pictures for tests that must run without any real one.

use image::{Rgb, RgbImage};

/// A dark spot with a soft, uneven edge on light skin, `side` x `side` pixels. It belongs to nobody.
pub fn drawn(side: u32) -> RgbImage {
    let middle = side as f32 / 2.0;
    // A fixed, even hash of a place, -1 to 1: the same grain every time.
    let grain = |x: u32, y: u32, seed: u32| {
        let mut hash =
            x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
        hash ^= hash >> 15;
        hash = hash.wrapping_mul(0x2c1b_3c6d);
        hash ^= hash >> 12;
        (hash & 0xffff) as f32 / 32_768.0 - 1.0
    };
    // Grain of several sizes.
    let texture = |x: u32, y: u32| {
        [1, 3, 9].iter().map(|&size| grain(x / size, y / size, size) * (size as f32).sqrt()).sum::<f32>()
    };
    RgbImage::from_fn(side, side, |x, y| {
        let (dx, dy) = ((x as f32 - middle) / middle, (y as f32 - middle) / middle);
        let angle = dy.atan2(dx);
        let edge = 0.42 + 0.03 * (3.0 * angle).sin() + 0.02 * (5.0 * angle + 1.0).cos();
        let inside = 1.0 / (1.0 + ((dx.hypot(dy * 1.1) - edge) * 22.0).exp());
        let network = 0.5 + 0.5 * (x as f32 * 0.16).sin() * (y as f32 * 0.16 + 0.7).sin();
        let skin = [226.0, 178.0, 158.0];
        let spot = [128.0 + 26.0 * network, 78.0 + 18.0 * network, 56.0 + 12.0 * network];
        let noise = texture(x, y) * 2.4;
        Rgb([0, 1, 2].map(|c| (skin[c] * (1.0 - inside) + spot[c] * inside + noise).round() as u8))
    })
}
