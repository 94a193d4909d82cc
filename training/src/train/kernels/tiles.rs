//! Products of matrices of bf16 with sums in f32, on whatever the processor has for them: AMX tiles, AVX-512's pairwise products, or
//! neither.
//!
//! Intel's manual for AMX (Software Developer's Manual, volume 1, chapter 18) calls a tile what is 16 rows of 64 bytes here. The right
//! operand lies in pairs: two values that follow each other down a column share a word.

use std::sync::OnceLock;

/// Rows, columns and depth of a product are multiples of this.
pub const TILE: usize = 32;

/// Rounded up to whole [`TILE`]s.
pub const fn padded(length: usize) -> usize {
    length.next_multiple_of(TILE)
}

/// What multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `TDPBF16PS`: 16 x 16 sums of 32 products each in one instruction.
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    Amx,
    /// `VDPBF16PS`: 16 sums of two products each.
    #[cfg(target_arch = "x86_64")]
    Pairs,
    /// Single values, widened to f32: for tests.
    Plain,
}

impl Unit {
    /// All that this machine has, the fastest first.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Unit>> = OnceLock::new();
        ALL.get_or_init(|| {
            let mut all = Vec::new();
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            if amx::available() {
                all.push(Self::Amx);
            }
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bf16") {
                all.push(Self::Pairs);
            }
            all.push(Self::Plain);
            all
        })
    }

    /// Whether products of bf16 are faster here than those of f32.
    pub fn is_fast() -> bool {
        Self::all()[0] != Self::Plain
    }
}

/// The left operand: rows of bf16, `stride` values from one to the next.
#[derive(Clone, Copy)]
pub struct Left<'a> {
    /// The values.
    pub values: &'a [u16],
    /// Values from row to row.
    pub stride: usize,
}

/// The right operand in words of two values, the upper row's in the lower half.
#[derive(Clone, Copy)]
pub struct Right<'a> {
    /// The words.
    pub words: &'a [u32],
    /// Words from one pair of rows to the next.
    pub pair: usize,
    /// Words from 16 columns to the next 16.
    pub tile: usize,
}

/// Where the sums go.
pub struct Sums<'a> {
    /// The values.
    pub values: &'a mut [f32],
    /// Values from row to row.
    pub stride: usize,
    /// Whether what is there already is added to.
    pub add: bool,
}

/// `rows` x `depth` times `depth` x `columns`.
///
/// # Panics
/// When an extent is not a multiple of [`TILE`], or an operand is too short: mistakes in the caller.
pub fn product(unit: Unit, [rows, columns, depth]: [usize; 3], left: Left, right: Right, sums: Sums) {
    assert!([rows, columns, depth].iter().all(|side| side % TILE == 0 && *side > 0), "whole tiles");
    assert!(left.values.len() >= (rows - 1) * left.stride + depth);
    assert!(right.words.len() >= (columns / 16 - 1) * right.tile + (depth / 2 - 1) * right.pair + 16);
    assert!(sums.values.len() >= (rows - 1) * sums.stride + columns);
    match unit {
        // SAFETY: the unit is there, or it would not have been listed; the operands are as long as the asserts say.
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Unit::Amx => unsafe { amx::product([rows, columns, depth], left, right, sums) },
        // SAFETY: the same.
        #[cfg(target_arch = "x86_64")]
        Unit::Pairs => unsafe { pairs::product([rows, columns, depth], left, right, sums) },
        Unit::Plain => plain([rows, columns, depth], left, right, sums),
    }
}

fn plain([rows, columns, depth]: [usize; 3], left: Left, right: Right, sums: Sums) {
    let widen = |half: u32| f32::from_bits(half << 16);
    for row in 0..rows {
        for column in 0..columns {
            let start = column / 16 * right.tile + column % 16;
            let pairs = left.values[row * left.stride..][..depth].chunks_exact(2).enumerate();
            let sum: f32 = pairs
                .map(|(at, pair)| {
                    let word = right.words[start + at * right.pair];
                    widen(pair[0].into()) * widen(word & 0xffff) + widen(pair[1].into()) * widen(word >> 16)
                })
                .sum();
            let to = &mut sums.values[row * sums.stride + column];
            *to = if sums.add { *to + sum } else { sum };
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod pairs {
    use std::arch::x86_64::{
        __m512bh, _mm512_dpbf16_ps, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_set1_epi32,
        _mm512_setzero_ps, _mm512_storeu_ps,
    };

    use super::{Left, Right, Sums};

    /// Rows whose sums are in registers at once.
    const ROWS: usize = 8;

    /// # Safety
    /// The processor has AVX-512 with bf16, and the operands are as long as [`super::product`] asserts.
    #[target_feature(enable = "avx512f,avx512bf16")]
    pub unsafe fn product([rows, columns, depth]: [usize; 3], left: Left, right: Right, sums: Sums) {
        for column in (0..columns).step_by(32) {
            let words = unsafe { right.words.as_ptr().add(column / 16 * right.tile) };
            for row in (0..rows).step_by(ROWS) {
                let to = unsafe { sums.values.as_mut_ptr().add(row * sums.stride + column) };
                let from = unsafe { left.values.as_ptr().add(row * left.stride) };
                let mut totals = [[_mm512_setzero_ps(); 2]; ROWS];
                if sums.add {
                    for (row, totals) in totals.iter_mut().enumerate() {
                        let to = unsafe { to.add(row * sums.stride) };
                        *totals = unsafe { [_mm512_loadu_ps(to), _mm512_loadu_ps(to.add(16))] };
                    }
                }
                for pair in 0..depth / 2 {
                    let words = unsafe { words.add(pair * right.pair) };
                    // SAFETY: both types are 64 bytes of which every value is allowed.
                    let load = |at: *const u32| -> __m512bh {
                        unsafe { std::mem::transmute(_mm512_loadu_si512(at.cast())) }
                    };
                    let words = [load(words), load(unsafe { words.add(right.tile) })];
                    for (row, totals) in totals.iter_mut().enumerate() {
                        let two =
                            unsafe { from.add(row * left.stride + 2 * pair).cast::<i32>().read_unaligned() };
                        let two: __m512bh = unsafe { std::mem::transmute(_mm512_set1_epi32(two)) };
                        *totals = [
                            _mm512_dpbf16_ps(totals[0], two, words[0]),
                            _mm512_dpbf16_ps(totals[1], two, words[1]),
                        ];
                    }
                }
                for (row, totals) in totals.into_iter().enumerate() {
                    let to = unsafe { to.add(row * sums.stride) };
                    unsafe { _mm512_storeu_ps(to, totals[0]) };
                    unsafe { _mm512_storeu_ps(to.add(16), totals[1]) };
                }
            }
        }
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx {
    use std::arch::asm;
    use std::arch::x86_64::{__cpuid, __cpuid_count};

    use super::{Left, Right, Sums, TILE};

    /// How `LDTILECFG` wants it: all eight tiles of 16 rows and 64 bytes.
    #[repr(C, align(64))]
    struct Tiles {
        palette: u8,
        start: u8,
        reserved: [u8; 14],
        row_bytes: [u16; 16],
        rows: [u8; 16],
    }

    const EIGHT: [u16; 16] = [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0];
    static CONFIGURATION: Tiles = Tiles {
        palette: 1,
        start: 0,
        reserved: [0; 14],
        row_bytes: EIGHT,
        rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
    };

    /// Whether the processor has tiles with bf16 and the kernel lets this process use them, which it wants to be asked for.
    pub fn available() -> bool {
        const LEAVES: u32 = 7;
        const AMX_BF16: u32 = 1 << 22;
        const AMX_TILE: u32 = 1 << 24;
        let has = __cpuid(0).eax >= LEAVES
            && __cpuid_count(LEAVES, 0).edx & (AMX_BF16 | AMX_TILE) == AMX_BF16 | AMX_TILE;
        has && ask_kernel()
    }

    /// Linux, Documentation/arch/x86/xstate.rst: the tiles' room in a thread's saved state is granted to the whole process, once.
    fn ask_kernel() -> bool {
        const ARCH_PRCTL: i64 = 158;
        const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
        const XFEATURE_XTILEDATA: u64 = 18;
        let answer: i64;
        // SAFETY: a system call that reads and writes none of our memory; an old kernel answers that it doesn't know it.
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") ARCH_PRCTL => answer,
                in("rdi") ARCH_REQ_XCOMP_PERM,
                in("rsi") XFEATURE_XTILEDATA,
                lateout("rcx") _,
                lateout("r11") _,
                options(nostack)
            );
        }
        answer == 0
    }

    /// # Safety
    /// [`available`] said so, and the operands are as long as [`super::product`] asserts.
    pub unsafe fn product([rows, columns, depth]: [usize; 3], left: Left, right: Right, sums: Sums) {
        let to_bytes = |stride: usize, size: usize| stride * size;
        let (left_stride, sums_stride) = (to_bytes(left.stride, 2), to_bytes(sums.stride, 4));
        let (pair, next) = (to_bytes(right.pair, 4), to_bytes(right.pair * 16, 4));
        // SAFETY: the tiles are there. Compilers never use them, so that they keep their values from one block to the next.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const CONFIGURATION, options(nostack, readonly)) };
        for column in (0..columns).step_by(TILE) {
            for row in (0..rows).step_by(TILE) {
                // SAFETY: 32 rows from here, 32 columns, and all of the depth are within the operands; what the block writes are
                // those rows and columns of the sums.
                unsafe {
                    let from = left.values.as_ptr().add(row * left.stride).cast::<u8>();
                    let words = right.words.as_ptr().add(column / 16 * right.tile);
                    let to = sums.values.as_mut_ptr().add(row * sums.stride + column).cast::<u8>();
                    asm!(
                        "test {add:e}, {add:e}",
                        "jz 2f",
                        "tileloadd tmm0, [{to} + {sums_stride}*1]",
                        "tileloadd tmm1, [{to} + {sums_stride}*1 + 64]",
                        "tileloadd tmm2, [{to_lower} + {sums_stride}*1]",
                        "tileloadd tmm3, [{to_lower} + {sums_stride}*1 + 64]",
                        "jmp 3f",
                        "2:",
                        "tilezero tmm0",
                        "tilezero tmm1",
                        "tilezero tmm2",
                        "tilezero tmm3",
                        "3:",
                        "tileloadd tmm4, [{from} + {left_stride}*1]",
                        "tileloadd tmm6, [{words} + {pair}*1]",
                        "tdpbf16ps tmm0, tmm4, tmm6",
                        "tileloadd tmm5, [{from_lower} + {left_stride}*1]",
                        "tdpbf16ps tmm2, tmm5, tmm6",
                        "tileloadd tmm7, [{words_right} + {pair}*1]",
                        "tdpbf16ps tmm1, tmm4, tmm7",
                        "tdpbf16ps tmm3, tmm5, tmm7",
                        "add {from}, 64",
                        "add {from_lower}, 64",
                        "add {words}, {next}",
                        "add {words_right}, {next}",
                        "dec {steps}",
                        "jnz 3b",
                        "tilestored [{to} + {sums_stride}*1], tmm0",
                        "tilestored [{to} + {sums_stride}*1 + 64], tmm1",
                        "tilestored [{to_lower} + {sums_stride}*1], tmm2",
                        "tilestored [{to_lower} + {sums_stride}*1 + 64], tmm3",
                        add = in(reg) u32::from(sums.add),
                        to = in(reg) to,
                        to_lower = in(reg) to.add(16 * sums_stride),
                        sums_stride = in(reg) sums_stride,
                        from = inout(reg) from => _,
                        from_lower = inout(reg) from.add(16 * left_stride) => _,
                        left_stride = in(reg) left_stride,
                        words = inout(reg) words => _,
                        words_right = inout(reg) words.add(right.tile) => _,
                        pair = in(reg) pair,
                        next = in(reg) next,
                        steps = inout(reg) depth / TILE => _,
                        out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                        out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                        options(nostack)
                    );
                }
            }
        }
        // SAFETY: gives the tiles back, whose state the kernel would save at every switch.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, of which every sum is exact: all units must agree to the last bit.
    fn numbers(length: usize, seed: usize) -> Vec<f32> {
        (0..length).map(|at| ((at * 7919 + seed * 104_729) % 13) as f32 - 6.0).collect()
    }

    #[test]
    fn every_unit_multiplies_alike_adding_or_not_and_leaves_the_rest_alone() {
        let [rows, columns, depth] = [64, 96, 160];
        let half = |value: &f32| (value.to_bits() >> 16) as u16;
        let (left, right) = (numbers(rows * (depth + 32), 1), numbers(depth * columns, 2));
        let values: Vec<u16> = left.iter().map(half).collect();
        let mut words = vec![0; depth / 2 * columns];
        for (at, word) in words.iter_mut().enumerate() {
            let (pair, column) = (at / columns, at % columns);
            let value = |row: usize| u32::from(half(&right[row * columns + column]));
            *word = value(2 * pair) | value(2 * pair + 1) << 16;
        }
        for &unit in Unit::all() {
            for add in [false, true] {
                let stride = columns + 32;
                let mut sums = vec![5.0; rows * stride];
                product(
                    unit,
                    [rows, columns, depth],
                    Left { values: &values, stride: depth + 32 },
                    Right { words: &words, pair: columns, tile: 16 },
                    Sums { values: &mut sums, stride, add },
                );
                for (at, &found) in sums.iter().enumerate() {
                    let (row, column) = (at / stride, at % stride);
                    let sum = |column: usize| -> f32 {
                        let left = &left[row * (depth + 32)..][..depth];
                        left.iter().enumerate().map(|(k, left)| left * right[k * columns + column]).sum()
                    };
                    let expected = match column < columns {
                        true => sum(column) + if add { 5.0 } else { 0.0 },
                        false => 5.0,
                    };
                    assert_eq!(found, expected, "{unit:?}, row {row}, column {column}, add {add}");
                }
            }
        }
    }
}
