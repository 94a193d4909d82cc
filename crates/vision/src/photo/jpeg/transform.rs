//! From a block's coefficients to its samples, at its own size or fewer of them, and from luma and chroma to red, green and blue: in whole
//! numbers, each as libjpeg rounds it.
//!
//! Fewer samples are the means of those that there would be, which libjpeg-turbo makes in `jidctred.c`. Both directions have a size of their
//! own: where a picture is halved, chroma that is stored at half already keeps all samples, and none needs to be made up.

use std::array::from_fn;
use std::ops::{Add, Sub};

/// What a block is multiplied by, and its coefficients: row by row, each from low to high frequencies.
pub(super) type Block = [i16; 64];

/// Binary places of the constants.
const PLACES: i32 = 13;
/// Binary places that the columns leave to the rows.
const BETWEEN: i32 = 2;

/// A number for each of several columns or rows, which a processor reckons with at once.
#[derive(Clone, Copy)]
struct Lanes<const L: usize>([i32; L]);

impl<const L: usize> Lanes<L> {
    #[inline(always)]
    fn with(self, other: Self, reckon: impl Fn(i32, i32) -> i32) -> Self {
        Self(from_fn(|lane| reckon(self.0[lane], other.0[lane])))
    }

    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_mul(factor)))
    }

    #[inline(always)]
    fn doubled(self, times: i32) -> Self {
        Self(from_fn(|lane| self.0[lane] << times))
    }

    /// Without so many binary places, to the nearest.
    #[inline(always)]
    fn rounded(self, places: i32) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_add(1 << (places - 1)) >> places))
    }
}

impl<const L: usize> Add for Lanes<L> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.with(other, i32::wrapping_add)
    }
}

impl<const L: usize> Sub for Lanes<L> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.with(other, i32::wrapping_sub)
    }
}

/// Writes a block as so many samples across and down into a plane whose rows are `stride` apart. `last` is the place of the last coefficient
/// that is not zero, in the order of the file.
#[inline(always)]
pub(super) fn transform(
    (across, down): (usize, usize),
    block: &Block,
    (mean, last): (i16, u8),
    steps: &Block,
    plane: &mut [u8],
    stride: usize,
) {
    if last == 0 {
        let grey = sample((i32::from(mean.wrapping_mul(steps[0])) + 4) >> 3);
        for row in plane.chunks_mut(stride).take(down) {
            row[..across].fill(grey);
        }
        return;
    }
    match (across, down) {
        (8, 8) => samples::<8, 8>(block, mean, steps, plane, stride),
        (8, 4) => samples::<8, 4>(block, mean, steps, plane, stride),
        (4, 8) => samples::<4, 8>(block, mean, steps, plane, stride),
        (4, 4) => samples::<4, 4>(block, mean, steps, plane, stride),
        (4, 2) => samples::<4, 2>(block, mean, steps, plane, stride),
        (2, 4) => samples::<2, 4>(block, mean, steps, plane, stride),
        (2, 2) => samples::<2, 2>(block, mean, steps, plane, stride),
        (2, 1) => samples::<2, 1>(block, mean, steps, plane, stride),
        (1, 2) => samples::<1, 2>(block, mean, steps, plane, stride),
        _ => samples::<1, 1>(block, mean, steps, plane, stride),
    }
}

#[inline(always)]
fn samples<const ACROSS: usize, const DOWN: usize>(
    block: &Block,
    mean: i16,
    steps: &Block,
    plane: &mut [u8],
    stride: usize,
) {
    let scaled = |place: usize| i32::from(block[place].wrapping_mul(steps[place]));
    let mut rows: [Lanes<8>; 8] = from_fn(|row| Lanes(from_fn(|column| scaled(8 * row + column))));
    rows[0].0[0] = mean.wrapping_mul(steps[0]).into();
    let between: [Lanes<8>; DOWN] = points(rows);
    let between: [_; DOWN] = from_fn(|row| between[row].rounded(PLACES - BETWEEN + fewer(DOWN)));
    let columns: [Lanes<DOWN>; 8] = from_fn(|column| Lanes(from_fn(|row| between[row].0[column])));
    let columns: [Lanes<DOWN>; ACROSS] = points(columns);
    let columns: [_; ACROSS] =
        from_fn(|column| columns[column].rounded(PLACES + BETWEEN + 3 + fewer(ACROSS)));
    for (row, to) in plane.chunks_mut(stride).take(DOWN).enumerate() {
        let values: [u8; ACROSS] = from_fn(|column| sample(columns[column].0[row]));
        to[..ACROSS].copy_from_slice(&values);
    }
}

/// How many times `points` samples are half of eight.
const fn fewer(points: usize) -> i32 {
    3 - points.ilog2() as i32
}

/// From around zero to a byte.
#[inline(always)]
fn sample(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

/// One direction of the inverse transform: `N` samples of eight coefficients, times 2 to the power of [`PLACES`] and of [`fewer`].
#[inline(always)]
fn points<const N: usize, const L: usize>(values: [Lanes<L>; 8]) -> [Lanes<L>; N] {
    let all = match N {
        8 => eight(values),
        4 => four(values),
        2 => two(values),
        _ => [values[0].doubled(PLACES + 3); 8],
    };
    from_fn(|place| all[place])
}

/// Loeffler, Ligtenberg and Moschytz's with 11 multiplications, as in libjpeg's `jidctint.c`.
#[inline(always)]
fn eight<const L: usize>(v: [Lanes<L>; 8]) -> [Lanes<L>; 8] {
    let z1 = (v[2] + v[6]).times(4433);
    let (t2, t3) = (z1 - v[6].times(15137), z1 + v[2].times(6270));
    let (t0, t1) = ((v[0] + v[4]).doubled(PLACES), (v[0] - v[4]).doubled(PLACES));
    let (e0, e3, e1, e2) = (t0 + t3, t0 - t3, t1 + t2, t1 - t2);
    let (z1, z2, z3, z4) = (v[7] + v[1], v[5] + v[3], v[7] + v[3], v[5] + v[1]);
    let z5 = (z3 + z4).times(9633);
    let (z1, z2) = (z1.times(7373), z2.times(20995));
    let (z3, z4) = (z5 - z3.times(16069), z5 - z4.times(3196));
    let (o0, o1) = (v[7].times(2446) - z1 + z3, v[5].times(16819) - z2 + z4);
    let (o2, o3) = (v[3].times(25172) - z2 + z3, v[1].times(12299) - z1 + z4);
    [e0 + o3, e1 + o2, e2 + o1, e3 + o0, e3 - o0, e2 - o1, e1 - o2, e0 - o3]
}

/// The means of pairs of [`eight`], but for rounding.
#[inline(always)]
fn four<const L: usize>(v: [Lanes<L>; 8]) -> [Lanes<L>; 8] {
    let t0 = v[0].doubled(PLACES + 1);
    let t2 = v[2].times(15137) - v[6].times(6270);
    let (e0, e1) = (t0 + t2, t0 - t2);
    let o1 = v[5].times(11893) - v[7].times(1730) - v[3].times(17799) + v[1].times(8697);
    let o0 = v[3].times(7373) - v[7].times(4176) - v[5].times(4926) + v[1].times(20995);
    let none = Lanes([0; L]);
    [e0 + o0, e1 + o1, e1 - o1, e0 - o0, none, none, none, none]
}

/// The means of fours of [`eight`], but for rounding.
#[inline(always)]
fn two<const L: usize>(v: [Lanes<L>; 8]) -> [Lanes<L>; 8] {
    let even = v[0].doubled(PLACES + 2);
    let odd = v[5].times(6967) - v[7].times(5906) - v[3].times(10426) + v[1].times(29692);
    let none = Lanes([0; L]);
    [even + odd, even - odd, none, none, none, none, none, none]
}

/// Turns rows of luma, blue and red chroma into such of red, green and blue (JFIF 1.02).
#[inline(always)]
pub(super) fn mix(luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    for ((luma, blue), red) in luma.iter_mut().zip(blue).zip(red) {
        let (light, bluish, reddish) = (i32::from(*luma), i32::from(*blue) - 128, i32::from(*red) - 128);
        let byte = |colour: i32| (light + ((colour + 32_768) >> 16)).clamp(0, 255) as u8;
        *luma = byte(91_881 * reddish);
        *blue = byte(-22_554 * bluish - 46_802 * reddish);
        *red = byte(116_130 * bluish);
    }
}
