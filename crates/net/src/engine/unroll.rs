//! Loops whose every turn is a piece of code of its own.
//!
//! Sums that are to stay in registers must have names that are known when the compiler allots registers. It also unrolls loops by
//! itself, but for large tiles too late, and then keeps the sums in memory.

/// `each!(p in P { … })`: the code for every `p` below the constant `P`, which is at most eight.
macro_rules! each {
    ($index:ident in $count:ident $body:block) => {
        each!($index in $count $body, 0, 1, 2, 3, 4, 5, 6, 7)
    };
    ($index:ident in $count:ident $body:block, $($value:literal),*) => {
        $(if $value < $count {
            #[allow(non_upper_case_globals, reason = "it reads like the variable of a loop")]
            const $index: usize = $value;
            $body
        })*
    };
}

pub(super) use each;
