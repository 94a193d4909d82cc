//! When a photo was taken, by its camera's clock.

use super::exif;
use super::jpeg;
use super::kind::{self, Format};

/// A moment as a camera notes it: the time where it was, and how far that is from UTC where the camera knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// The year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// 0 to 59.
    pub second: i8,
    /// How far the camera's clock was ahead of UTC, in minutes.
    pub offset_minutes: Option<i16>,
}

/// When the photo in a file was taken. None where it doesn't say; nothing else that it says is looked at.
pub fn taken(file: &[u8]) -> Option<Taken> {
    match kind::format(file)? {
        Format::Jpeg => exif::taken(jpeg::open(file).ok()?.exif()?),
        Format::Png => exif::taken(of_png(file)?),
        Format::WebP => exif::taken(of_webp(file)?),
        // Its directories are what the others hold as EXIF data.
        Format::Tiff => exif::taken(file),
        // A clinic's file is not asked, nor the photo that may lie in it.
        Format::Dicom | Format::Bmp => None,
    }
}

/// The EXIF data of a PNG file, wherever it stands in it.
fn of_png(file: &[u8]) -> Option<&[u8]> {
    /// Length and kind before each chunk's data, and a checksum after it.
    const AROUND: usize = 12;
    let mut rest = file.get(8..)?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        if let Some(data) = after.strip_prefix(b"eXIf") {
            return data.get(..length);
        }
        rest = rest.get(length.checked_add(AROUND)?..)?;
    }
}

/// That of a WebP file.
fn of_webp(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file.get(12..)?;
    loop {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, data) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        if kind == b"EXIF" {
            return data.get(..length);
        }
        // Each begins at an even place.
        rest = data.get(length.checked_next_multiple_of(2)?..)?;
    }
}

impl Taken {
    /// What `2024:05:31 09:26:53` says, and `+02:00`, which may be missing. None where it is no time: cameras whose clock was never
    /// set write zeros or blanks.
    pub(super) fn parse(time: &[u8], offset: Option<&[u8]>) -> Option<Self> {
        let number = |from: usize, digits: usize| -> Option<i16> {
            let digits = time.get(from..from + digits)?;
            digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
        };
        let within = |value: i16, most: i16| (value <= most).then_some(value as i8);
        let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
        if year == 0 || month == 0 || day == 0 {
            return None;
        }
        Some(Self {
            year,
            month: within(month, 12)?,
            day: within(day, 31)?,
            hour: within(number(11, 2)?, 23)?,
            minute: within(number(14, 2)?, 59)?,
            second: within(number(17, 2)?, 59)?,
            offset_minutes: offset.and_then(offset_minutes),
        })
    }
}

/// What `+02:00` says, in minutes.
fn offset_minutes(text: &[u8]) -> Option<i16> {
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = *text.first_chunk::<6>()? else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let hours = 10 * digit(h1)? + digit(h2)?;
    let minutes = 10 * digit(m1)? + digit(m2)?;
    let sum = 60 * hours + minutes;
    // No place on earth is further from UTC.
    (minutes < 60 && sum <= 14 * 60).then_some(if sign == b'-' { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_read_with_its_offset_or_without() {
        let time = b"2024:05:31 09:26:53\0";
        let taken = Taken::parse(time, None).expect("a time");
        let Taken { year, month, day, hour, minute, second, offset_minutes } = taken;
        assert_eq!((year, month, day, hour, minute, second), (2024, 5, 31, 9, 26, 53));
        assert_eq!(offset_minutes, None);
        for (offset, minutes) in [
            (&b"+02:00\0"[..], Some(120)),
            (b"-03:30\0", Some(-210)),
            (b"+14:00\0", Some(840)),
            (b"+14:01\0", None),
            (b"   :  \0", None),
            (b"Z", None),
        ] {
            assert_eq!(Taken::parse(time, Some(offset)).expect("a time").offset_minutes, minutes);
        }
    }

    #[test]
    fn a_clock_that_was_never_set_is_no_time() {
        for time in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2024:13:01 00:00:00",
            "2024:05:31",
            "",
            "2024:05:31 24:00:00",
        ] {
            assert_eq!(Taken::parse(time.as_bytes(), None), None, "{time}");
        }
    }

    /// EXIF data that say it: a directory that leads to another, which leads to the time.
    const EXIF: &[u8] = b"II\x2a\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0\
        \x01\0\x03\x90\x02\0\x14\0\0\0\x2c\0\0\0\0\0\0\02024:05:31 09:26:53\0";

    #[test]
    fn files_of_each_kind_say_it() {
        let png_chunk = |kind: &[u8; 4], data: &[u8]| {
            [&(data.len() as u32).to_be_bytes()[..], kind, data, b"sum."].concat()
        };
        let webp_chunk = |kind: &[u8; 4], data: &[u8]| {
            let padding = if data.len() % 2 == 1 { &b"\0"[..] } else { b"" };
            [kind, &(data.len() as u32).to_le_bytes()[..], data, padding].concat()
        };
        let png_start = b"\x89PNG\r\n\x1a\n";
        let png = [&png_start[..], &png_chunk(b"IHDR", &[0; 13]), &png_chunk(b"eXIf", EXIF)].concat();
        let prefixed = [b"Exif\0\0", EXIF].concat();
        let webp = [&b"RIFF\0\0\0\0WEBP"[..], &webp_chunk(b"VP8X", &[0; 9]), &webp_chunk(b"EXIF", &prefixed)]
            .concat();
        for file in [&png[..], &webp, EXIF] {
            let taken = taken(file).expect("a time");
            assert_eq!((taken.year, taken.month, taken.second), (2024, 5, 53));
            for end in 0..file.len() {
                super::taken(&file[..end]);
            }
        }
        let without = [&png_start[..], &png_chunk(b"IHDR", &[0; 13]), &png_chunk(b"IEND", b"")].concat();
        assert_eq!(taken(&without), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(time: Vec<u8>, offset: Vec<u8>) {
            Taken::parse(&time, Some(&offset));
            taken(&time);
        }

        #[test]
        fn no_chunks_make_it_panic(png: Vec<u8>, webp: Vec<u8>) {
            taken(&[&b"\x89PNG\r\n\x1a\n"[..], &png].concat());
            taken(&[&b"RIFF\0\0\0\0WEBP"[..], &webp].concat());
        }
    }
}
