//! From a block's coefficients to its samples, at its own size or fewer of them, and from luma and chroma to red, green and blue: in whole
//! numbers, each as libjpeg rounds it.
//!
//! Fewer samples are the means of those that there would be, which libjpeg-turbo makes in `jidctred.c`. Both directions have a size of their
//! own: where a picture is halved, chroma that is stored at half already keeps all samples, and none needs to be made up.

use std::array::from_fn;

/// What a block is multiplied by, and its coefficients: row by row, each from low to high frequencies.
pub(super) type Block = [i16; 64];

/// Binary places of the constants.
const PLACES: i32 = 13;
/// Binary places that the columns leave to the rows.
const BETWEEN: i32 = 2;

/// Writes `ACROSS` x `DOWN` samples of a block into a plane whose rows are `stride` apart. `last` is the place, in zigzag order, of the last
/// coefficient that is not zero.
fn samples<const ACROSS: usize, const DOWN: usize>(
    block: &Block,
    mean: i16,
    last: u8,
    steps: &Block,
    plane: &mut [u8],
    stride: usize,
) {
    let mean = mean.wrapping_mul(steps[0]);
    if last == 0 {
        let grey = sample((i32::from(mean) + 4) >> 3);
        for row in plane.chunks_mut(stride).take(DOWN) {
            row[..ACROSS].fill(grey);
        }
        return;
    }
    let mut scaled = [0; 64];
    for ((scaled, value), step) in scaled.iter_mut().zip(block).zip(steps) {
        *scaled = value.wrapping_mul(*step);
    }
    scaled[0] = mean;
    let mut between = [[0; DOWN]; 8];
    let shift = PLACES - BETWEEN + fewer(DOWN);
    let mut columns = [[0; 8]; DOWN];
    for column in 0..8 {
        let points: [i32; DOWN] = points(from_fn(|row| scaled[8 * row + column].into()));
        for (to, point) in columns.iter_mut().zip(points) {
            to[column] = rounded(point, shift);
        }
    }
    for (row, values) in columns.iter().enumerate() {
        for (to, value) in between.iter_mut().zip(values) {
            to[row] = *value;
        }
    }
    let shift = PLACES + BETWEEN + 3 + fewer(ACROSS);
    let mut rows = [[0; DOWN]; ACROSS];
    for row in 0..DOWN {
        let points: [i32; ACROSS] = points(from_fn(|column| between[column][row]));
        for (to, point) in rows.iter_mut().zip(points) {
            to[row] = sample(rounded(point, shift));
        }
    }
    for (row, to) in plane.chunks_mut(stride).take(DOWN).enumerate() {
        for (to, column) in to.iter_mut().zip(&rows) {
            *to = column[row];
        }
    }
}

/// [`samples`] of a size.
pub(super) type Transform = fn(&Block, i16, u8, &Block, &mut [u8], usize);

/// How to make a block into so many samples across and down; none where they are not as many as a picture held smaller has.
pub(super) fn transform(across: usize, down: usize) -> Option<Transform> {
    Some(match (across, down) {
        (8, 8) => samples::<8, 8>,
        (8, 4) => samples::<8, 4>,
        (4, 8) => samples::<4, 8>,
        (4, 4) => samples::<4, 4>,
        (4, 2) => samples::<4, 2>,
        (2, 4) => samples::<2, 4>,
        (2, 2) => samples::<2, 2>,
        (2, 1) => samples::<2, 1>,
        (1, 2) => samples::<1, 2>,
        (1, 1) => samples::<1, 1>,
        _ => return None,
    })
}

/// How many times `points` samples are half of eight.
const fn fewer(points: usize) -> i32 {
    3 - points.ilog2() as i32
}

fn rounded(value: i32, places: i32) -> i32 {
    value.wrapping_add(1 << (places - 1)) >> places
}

/// From around zero to a byte.
fn sample(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

/// One direction of the inverse transform: `N` samples of eight coefficients, times 2 to the power of [`PLACES`] and of [`fewer`].
#[inline(always)]
fn points<const N: usize>(values: [i32; 8]) -> [i32; N] {
    let all = match N {
        8 => eight(values),
        4 => four(values),
        2 => two(values),
        _ => [values[0] << (PLACES + 3); 8],
    };
    from_fn(|place| all[place])
}

/// Loeffler, Ligtenberg and Moschytz's with 11 multiplications, as in libjpeg's `jidctint.c`.
#[inline(always)]
fn eight(v: [i32; 8]) -> [i32; 8] {
    let z1 = (v[2] + v[6]).wrapping_mul(4433);
    let (t2, t3) = (z1 - v[6].wrapping_mul(15137), z1 + v[2].wrapping_mul(6270));
    let (t0, t1) = ((v[0] + v[4]) << PLACES, (v[0] - v[4]) << PLACES);
    let (e0, e3) = (t0.wrapping_add(t3), t0.wrapping_sub(t3));
    let (e1, e2) = (t1.wrapping_add(t2), t1.wrapping_sub(t2));
    let (z1, z2, z3, z4) = (v[7] + v[1], v[5] + v[3], v[7] + v[3], v[5] + v[1]);
    let z5 = (z3 + z4).wrapping_mul(9633);
    let (z1, z2) = (z1.wrapping_mul(-7373), z2.wrapping_mul(-20995));
    let z3 = z3.wrapping_mul(-16069).wrapping_add(z5);
    let z4 = z4.wrapping_mul(-3196).wrapping_add(z5);
    let sum = |value: i32, factor, one: i32, other: i32| {
        value.wrapping_mul(factor).wrapping_add(one).wrapping_add(other)
    };
    let (o0, o1) = (sum(v[7], 2446, z1, z3), sum(v[5], 16819, z2, z4));
    let (o2, o3) = (sum(v[3], 25172, z2, z3), sum(v[1], 12299, z1, z4));
    [
        e0.wrapping_add(o3),
        e1.wrapping_add(o2),
        e2.wrapping_add(o1),
        e3.wrapping_add(o0),
        e3.wrapping_sub(o0),
        e2.wrapping_sub(o1),
        e1.wrapping_sub(o2),
        e0.wrapping_sub(o3),
    ]
}

/// The means of pairs of [`eight`], but for rounding.
#[inline(always)]
fn four(v: [i32; 8]) -> [i32; 8] {
    let t0 = v[0] << (PLACES + 1);
    let t2 = products(&[(v[2], 15137), (v[6], -6270)]);
    let (e0, e1) = (t0.wrapping_add(t2), t0.wrapping_sub(t2));
    let o1 = products(&[(v[7], -1730), (v[5], 11893), (v[3], -17799), (v[1], 8697)]);
    let o0 = products(&[(v[7], -4176), (v[5], -4926), (v[3], 7373), (v[1], 20995)]);
    let [a, b] = [e0.wrapping_add(o0), e1.wrapping_add(o1)];
    [a, b, e1.wrapping_sub(o1), e0.wrapping_sub(o0), 0, 0, 0, 0]
}

/// The means of fours of [`eight`], but for rounding.
#[inline(always)]
fn two(v: [i32; 8]) -> [i32; 8] {
    let even = v[0] << (PLACES + 2);
    let odd = products(&[(v[7], -5906), (v[5], 6967), (v[3], -10426), (v[1], 29692)]);
    [even.wrapping_add(odd), even.wrapping_sub(odd), 0, 0, 0, 0, 0, 0]
}

#[inline(always)]
fn products<const N: usize>(pairs: &[(i32, i32); N]) -> i32 {
    pairs.iter().fold(0, |sum: i32, &(value, factor)| sum.wrapping_add(value.wrapping_mul(factor)))
}

/// A row of luma, blue and red chroma as red, green and blue (JFIF 1.02), as many as `rgb` holds.
pub(super) fn to_rgb(luma: &[u8], blue: &[u8], red: &[u8], rgb: &mut [u8]) {
    /// So many at a time, which fit into registers.
    const SOME: usize = 16;
    for (place, rgb) in rgb.chunks_mut(3 * SOME).enumerate() {
        let some = |plane: &[u8]| -> [i32; SOME] {
            let plane = &plane[SOME * place..];
            match plane.first_chunk::<SOME>() {
                Some(whole) => whole.map(i32::from),
                None => from_fn(|place| plane.get(place).map_or(0, |&value| value.into())),
            }
        };
        let (luma, blue, red) = (some(luma), some(blue), some(red));
        let mut mixed = [[0u8; SOME]; 3];
        for place in 0..SOME {
            let (light, blue, red) = (luma[place], blue[place] - 128, red[place] - 128);
            let byte = |value: i32| value.clamp(0, 255) as u8;
            mixed[0][place] = byte(light + ((91_881 * red + 32_768) >> 16));
            mixed[1][place] = byte(light + ((-22_554 * blue - 46_802 * red + 32_768) >> 16));
            mixed[2][place] = byte(light + ((116_130 * blue + 32_768) >> 16));
        }
        for (place, pixel) in rgb.as_chunks_mut().0.iter_mut().enumerate() {
            *pixel = [mixed[0][place], mixed[1][place], mixed[2][place]];
        }
    }
}
