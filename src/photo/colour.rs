//! Colours: a file that brings a profile of its own, as many phones' photos do (Display P3), is turned into sRGB.

use image::RgbImage;
use moxcms::ColorProfile;
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSliceMut;

/// Bytes that a thread converts at a time; whole pixels.
const CHUNK: usize = 3 << 14;

/// Steps of light for which the encoded byte is looked up: so many that dark ones differ by less than one byte.
const STEPS: usize = 1 << 13;

/// Turns pixels into sRGB from what their ICC profile says. They stay as they are where it can't be read, where it is not one of three
/// primaries with a curve each, and where it says what sRGB says.
pub(super) fn to_srgb(pixels: &mut RgbImage, profile: &[u8]) {
    let converter = ColorProfile::new_from_slice(profile).ok().and_then(|profile| Converter::new(&profile));
    let Some(converter) = converter.filter(|converter| !converter.changes_nothing()) else { return };
    pixels.par_chunks_mut(CHUNK).for_each(|chunk| {
        for pixel in chunk.as_chunks_mut().0 {
            *pixel = converter.convert(*pixel);
        }
    });
}

/// From bytes to light by the profile's curves, to sRGB's primaries, and to bytes again (ICC.1:2022, annex F.3).
struct Converter {
    light: [[f32; 256]; 3],
    /// To sRGB's primaries, row by row.
    primaries: [[f32; 3]; 3],
    bytes: Vec<u8>,
}

impl Converter {
    fn new(profile: &ColorProfile) -> Option<Self> {
        if !profile.is_matrix_shaper() {
            return None;
        }
        let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc];
        let mut light = [[0.0; 256]; 3];
        for (light, curve) in light.iter_mut().zip(curves) {
            let curve = curve.as_ref()?.make_linear_evaluator().ok()?;
            for (byte, light) in light.iter_mut().enumerate() {
                *light = curve.evaluate_value(byte as f32 / 255.0);
            }
        }
        let primaries = profile.transform_matrix(&ColorProfile::new_srgb()).v;
        let bytes = (0..STEPS).map(|step| encoded(step as f32 / (STEPS - 1) as f32)).collect();
        Some(Self { light, primaries: primaries.map(|row| row.map(|value| value as f32)), bytes })
    }

    /// What sRGB can't show is cut off at its edge.
    fn convert(&self, pixel: [u8; 3]) -> [u8; 3] {
        let [red, green, blue] =
            [0, 1, 2].map(|channel: usize| self.light[channel][usize::from(pixel[channel])]);
        self.primaries.map(|row| {
            let light = row[0] * red + row[1] * green + row[2] * blue;
            // Light that is no number, of a damaged profile, becomes none.
            let step = (light.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize;
            self.bytes[step.min(STEPS - 1)]
        })
    }

    /// Whether no byte of colours all over the cube moves by more than rounding does.
    fn changes_nothing(&self) -> bool {
        let steps = || (0..=255).step_by(51);
        let mut colours = steps()
            .flat_map(|red| steps().flat_map(move |green| steps().map(move |blue| [red, green, blue])));
        colours.all(|colour| {
            self.convert(colour).iter().zip(colour).all(|(converted, was)| converted.abs_diff(was) <= 1)
        })
    }
}

/// sRGB's curve (IEC 61966-2-1), from light, 0 to 1.
fn encoded(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder, Rgb};
    use proptest::prelude::*;

    use super::super::Photo;
    use super::*;

    fn encoded_profile(profile: &ColorProfile) -> Vec<u8> {
        profile.encode().expect("encoded")
    }

    /// A PNG of one colour with this profile.
    fn png(colour: [u8; 3], profile: Vec<u8>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(profile).expect("a profile");
        let picture = RgbImage::from_pixel(9, 7, Rgb(colour));
        encoder.write_image(&picture, 9, 7, ExtendedColorType::Rgb8).expect("encoded");
        bytes
    }

    #[test]
    fn a_jpeg_brings_its_profile_too_as_phones_write_it() {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 98);
        encoder.set_icc_profile(encoded_profile(&ColorProfile::new_display_p3())).expect("a profile");
        let picture = RgbImage::from_pixel(16, 16, Rgb([234, 51, 35]));
        encoder.write_image(&picture, 16, 16, ExtendedColorType::Rgb8).expect("encoded");
        let [red, green, blue] = Photo::decode(&bytes).expect("photo").pixels().get_pixel(8, 8).0;
        assert!(red > 248 && green < 12 && blue < 12, "{red} {green} {blue}");
    }

    fn decoded(colour: [u8; 3], profile: Vec<u8>) -> [u8; 3] {
        Photo::decode(&png(colour, profile)).expect("photo").pixels().get_pixel(8, 6).0
    }

    #[test]
    fn display_p3_becomes_srgb() {
        // What CSS Color 4 and Apple's ColorSync show for the corners of sRGB within Display P3.
        for (p3, srgb) in [
            ([234, 51, 35], [255, 0, 0]),
            ([117, 251, 76], [0, 255, 0]),
            ([0, 0, 245], [0, 0, 255]),
            ([255, 255, 255], [255, 255, 255]),
            ([128, 128, 128], [128, 128, 128]),
        ] {
            let found = decoded(p3, encoded_profile(&ColorProfile::new_display_p3()));
            let near = found.iter().zip(srgb).all(|(found, wanted)| found.abs_diff(wanted) <= 6);
            assert!(near, "{p3:?} became {found:?}, not {srgb:?}");
        }
        let skin = decoded([200, 150, 130], encoded_profile(&ColorProfile::new_display_p3()));
        assert!(skin[0] > 203 && skin[2] < 128, "more saturated in numbers, for the same light: {skin:?}");
    }

    #[test]
    fn srgb_and_what_is_no_profile_leave_every_pixel_as_it_is() {
        let grey = ColorProfile::new_gray_with_gamma(2.2);
        for profile in
            [encoded_profile(&ColorProfile::new_srgb()), encoded_profile(&grey), b"nonsense".to_vec()]
        {
            for colour in [[1, 2, 3], [200, 150, 130], [254, 0, 77]] {
                assert_eq!(decoded(colour, profile.clone()), colour);
            }
        }
    }

    proptest! {
        #[test]
        fn no_profile_however_damaged_costs_the_photo(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
            keep in 0.0f64..1.2,
        ) {
            let mut profile = encoded_profile(&ColorProfile::new_adobe_rgb());
            for (place, byte) in changes {
                let place = place.index(profile.len());
                profile[place] = byte;
            }
            profile.truncate((profile.len() as f64 * keep) as usize);
            // A PNG without a profile, where nothing is left of it.
            prop_assert!(Photo::decode(&png([200, 150, 130], profile)).is_ok());
        }
    }
}
