//! Colours: what a file says of its own, as many phones' photos do (Display P3), is turned into sRGB.

use image::{GrayImage, Rgb, RgbImage};
use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    RenderingIntent, ToneReprCurve, TransferCharacteristics, TransformOptions,
};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::decode::{DecodeError, Inks, Pixels};

/// Pixels that a thread converts at a time.
const CHUNK_PIXELS: usize = 1 << 14;

/// Steps of light for which the encoded byte is looked up: so many that dark ones differ by less than one byte.
const STEPS: usize = 1 << 13;

/// What a file says of its colours.
pub(super) enum Colours {
    /// Nothing, or that they are sRGB.
    Srgb,
    /// An ICC profile.
    Profile(Vec<u8>),
    /// In words that come to a profile.
    Known(Box<ColorProfile>),
}

impl Colours {
    /// What cameras mean by Adobe RGB.
    pub(super) fn adobe_rgb() -> Self {
        Self::Known(Box::new(ColorProfile::new_adobe_rgb()))
    }

    /// What a PNG says: cICP counts before iCCP, that before sRGB, and gAMA with cHRM last (PNG 3, section 4.3).
    ///
    /// # Errors
    /// When it is in colours that can't be told in sRGB without a choice of how: those of HDR.
    pub(super) fn of_png(info: &png::Info) -> Result<Self, DecodeError> {
        if let Some(points) = &info.coding_independent_code_points
            && let Some(colours) = of_code_points(points)?
        {
            return Ok(colours);
        }
        if let Some(profile) = &info.icc_profile {
            return Ok(Self::Profile(profile.to_vec()));
        }
        if info.srgb.is_some() {
            return Ok(Self::Srgb);
        }
        Ok(info.gama_chunk.map_or(Self::Srgb, |gamma| of_gamma(gamma.into_value(), info.chrm_chunk)))
    }
}

/// Colours by the numbers of ITU-T H.273; none where they leave open what they are.
fn of_code_points(points: &png::CodingIndependentCodePoints) -> Result<Option<Colours>, DecodeError> {
    const SRGB: [u8; 2] = [1, 13];
    const HDR: [u8; 2] = [16, 18];
    let unsupported = |kind: &str| Err(DecodeError::Unsupported { kind: kind.into() });
    if HDR.contains(&points.transfer_function) {
        return unsupported("a PNG in HDR colours");
    }
    if !points.is_video_full_range_image || points.matrix_coefficients != 0 {
        return unsupported("a PNG in the colours of video");
    }
    if [points.color_primaries, points.transfer_function] == SRGB {
        return Ok(Some(Colours::Srgb));
    }
    let primaries = CicpColorPrimaries::try_from(points.color_primaries);
    let transfer = TransferCharacteristics::try_from(points.transfer_function);
    let (Ok(color_primaries), Ok(transfer_characteristics)) = (primaries, transfer) else { return Ok(None) };
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    Ok(profile.red_trc.is_some().then(|| Colours::Known(Box::new(profile))))
}

/// Colours by the exponent that light was stored with, and by primaries where they are told.
fn of_gamma(gamma: f32, primaries: Option<png::SourceChromaticities>) -> Colours {
    const USUAL: f32 = 0.45455;
    /// Within this, an exponent means what screens do.
    const NEAR: f32 = 0.01;
    if !(0.05..=5.0).contains(&gamma) {
        return Colours::Srgb;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    let mut others = false;
    if let Some(primaries) = primaries {
        let place = |(x, y): (png::ScaledFloat, png::ScaledFloat)| {
            moxcms::Chromaticity::new(x.into_value(), y.into_value())
        };
        let told = [primaries.white, primaries.red, primaries.green, primaries.blue].map(place);
        let srgb = [[0.3127, 0.329], [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
        others = told
            .iter()
            .zip(srgb)
            .any(|(told, [x, y])| (told.x - x).abs() > 0.002 || (told.y - y).abs() > 0.002);
        let [white, red, green, blue] = told;
        if others {
            profile.update_rgb_colorimetry(white.to_xyyb(), moxcms::ColorPrimaries { red, green, blue });
        }
    }
    if (gamma - USUAL).abs() <= NEAR && !others {
        return Colours::Srgb;
    }
    let curve = ToneReprCurve::Parametric(vec![1.0 / gamma]);
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve);
    Colours::Known(Box::new(profile))
}

/// Turns pixels into sRGB from what their file says. They are taken for sRGB where it says nothing that can be read: so do viewers.
///
/// # Errors
/// When a profile is sound, but none that can be converted from.
pub(super) fn to_srgb(pixels: Pixels, colours: &Colours) -> Result<RgbImage, DecodeError> {
    let read;
    let profile = match colours {
        Colours::Srgb => None,
        Colours::Known(profile) => Some(&**profile),
        Colours::Profile(bytes) => {
            read = ColorProfile::new_from_slice(bytes).ok();
            read.as_ref()
        }
    };
    match (pixels, profile) {
        (Pixels::Grey(grey), Some(profile)) if profile.color_space == DataColorSpace::Gray => {
            Ok(grey_to_srgb(&grey, grey_curve(profile)))
        }
        (Pixels::Inks(inks), Some(profile)) if profile.color_space == DataColorSpace::Cmyk => {
            tabled(&inks.bytes, 4, (inks.width, inks.height), profile)
        }
        (Pixels::Inks(inks), _) => Ok(without_profile(&inks)),
        (Pixels::Grey(grey), profile) => rgb_to_srgb(grey_to_srgb(&grey, None), profile),
        (Pixels::Rgb(pixels), profile) => rgb_to_srgb(pixels, profile),
    }
}

fn rgb_to_srgb(mut pixels: RgbImage, profile: Option<&ColorProfile>) -> Result<RgbImage, DecodeError> {
    let Some(profile) = profile.filter(|profile| profile.color_space == DataColorSpace::Rgb) else {
        return Ok(pixels);
    };
    // A table says more than a matrix beside it.
    if has_tables(profile) {
        let size = pixels.dimensions();
        return tabled(pixels.as_raw(), 3, size, profile);
    }
    if let Some(converter) = Converter::new(profile).filter(|converter| !converter.changes_nothing()) {
        pixels.par_chunks_mut(3 * CHUNK_PIXELS).for_each(|chunk| {
            for pixel in chunk.as_chunks_mut().0 {
                *pixel = converter.convert(*pixel);
            }
        });
    }
    Ok(pixels)
}

fn has_tables(profile: &ColorProfile) -> bool {
    let tables =
        [&profile.lut_a_to_b_colorimetric, &profile.lut_a_to_b_perceptual, &profile.lut_a_to_b_saturation];
    tables.iter().any(|table| table.is_some())
}

/// Pixels of three or four channels, converted by a profile's tables.
fn tabled(
    bytes: &[u8],
    channels: usize,
    (width, height): (u32, u32),
    profile: &ColorProfile,
) -> Result<RgbImage, DecodeError> {
    let rendering_intent = match (&profile.lut_a_to_b_colorimetric, &profile.lut_a_to_b_perceptual) {
        (Some(_), _) => RenderingIntent::RelativeColorimetric,
        (None, Some(_)) => RenderingIntent::Perceptual,
        (None, None) => RenderingIntent::Saturation,
    };
    let options =
        TransformOptions { rendering_intent, prefer_fixed_point: false, ..TransformOptions::default() };
    let layout = if channels == 4 { Layout::Rgba } else { Layout::Rgb };
    let unsupported =
        |_| DecodeError::Unsupported { kind: "a picture whose colour profile can't be followed".into() };
    let transform = profile
        .create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, options)
        .map_err(unsupported)?;
    let mut converted = RgbImage::new(width, height);
    let from = bytes.par_chunks(channels * CHUNK_PIXELS);
    let to = converted.par_chunks_mut(3 * CHUNK_PIXELS);
    from.zip(to).try_for_each(|(from, to)| transform.transform(from, to)).map_err(unsupported)?;
    Ok(converted)
}

/// What a grey profile's curve makes of each byte; none where it has no curve that can be read.
fn grey_curve(profile: &ColorProfile) -> Option<[u8; 256]> {
    let curve = profile.gray_trc.as_ref()?.make_linear_evaluator().ok()?;
    let mut bytes = [0; 256];
    for (byte, to) in bytes.iter_mut().enumerate() {
        let value = curve.evaluate_value(byte as f32 / 255.0);
        let light = if profile.pcs == DataColorSpace::Lab { light_of_lightness(value) } else { value };
        *to = encoded(light.clamp(0.0, 1.0));
    }
    Some(bytes)
}

/// CIE 1976 lightness, 0 to 1, as light, 0 to 1.
fn light_of_lightness(lightness: f32) -> f32 {
    let value = 100.0 * lightness;
    if value > 8.0 { ((value + 16.0) / 116.0).powi(3) } else { value / 903.3 }
}

fn grey_to_srgb(grey: &GrayImage, curve: Option<[u8; 256]>) -> RgbImage {
    let mut pixels = RgbImage::new(grey.width(), grey.height());
    for (to, from) in pixels.pixels_mut().zip(grey.as_raw()) {
        *to = Rgb([curve.map_or(*from, |curve| curve[usize::from(*from)]); 3]);
    }
    pixels
}

/// Inks as viewers show them that know nothing of the press: each takes its share of the light.
fn without_profile(inks: &Inks) -> RgbImage {
    let mut pixels = RgbImage::new(inks.width, inks.height);
    for (to, &[cyan, magenta, yellow, black]) in pixels.pixels_mut().zip(inks.bytes.as_chunks().0) {
        let left = |ink: u8| ((255 - u32::from(ink)) * (255 - u32::from(black)) + 127) / 255;
        *to = Rgb([cyan, magenta, yellow].map(|ink| left(ink) as u8));
    }
    pixels
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
    use image::{ExtendedColorType, ImageEncoder};
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
