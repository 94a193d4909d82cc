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

/// When the photo in a JPEG file was taken. None where it doesn't say; nothing else that it says is looked at.
pub fn taken(file: &[u8]) -> Option<Taken> {
    // One that lies in a file of another kind, as in a clinic's, is not asked.
    (kind::format(file) == Some(Format::Jpeg)).then_some(())?;
    exif::taken(jpeg::open(file).ok()?.exif()?)
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

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(time: Vec<u8>, offset: Vec<u8>) {
            Taken::parse(&time, Some(&offset));
            taken(&time);
        }
    }
}
