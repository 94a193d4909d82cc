//! What can be wrong with a file that should be a pack.

use std::fmt;
use std::io;

use crate::envelope::FORMAT;

/// A part of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first bytes, up to the manifest.
    Header,
    /// The signature in the header.
    Signature,
    /// What the pack is.
    Manifest,
    /// The model's card.
    Card,
    /// How the model did on pictures that it had never seen.
    Evaluation,
    /// How the quality of a photo matters.
    Quality,
    /// The answers that the model must give to the pictures.
    Answers,
    /// One of the pictures, counted from 1.
    Picture(usize),
    /// The weights.
    Weights,
    /// The zeros between two files.
    Padding,
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => out.write_str("header"),
            Self::Signature => out.write_str("signature"),
            Self::Manifest => out.write_str("manifest"),
            Self::Card => out.write_str("card"),
            Self::Evaluation => out.write_str("evaluation"),
            Self::Quality => out.write_str("quality table"),
            Self::Answers => out.write_str("known answers"),
            Self::Picture(number) => write!(out, "picture {number}"),
            Self::Weights => out.write_str("weights"),
            Self::Padding => out.write_str("space between two files"),
        }
    }
}

/// Why a file can't be read as a pack, whoever signed it.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file can't be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It begins with something else.
    #[error("this file is not a model pack; the name of a model pack ends in .spotpack")]
    NotAPack,
    /// It is of a later format than ours.
    #[error(
        "this pack has format {0}, and this version of the app knows only format {FORMAT}: update the app first"
    )]
    NewerFormat(u8),
    /// It is shorter or longer than it says.
    #[error(
        "this pack should have {expected} bytes and has {found}: it was cut off or changed on its way; get it again from \
         where it came"
    )]
    Length {
        /// By header and manifest.
        expected: u64,
        /// Those that there are.
        found: u64,
    },
    /// What is there is not what was signed.
    #[error(
        "this pack was changed after it was signed, or damaged on its way (its {0}): don't use it; get it again from where \
         it came"
    )]
    Tampered(Part),
    /// It says of a part that it takes more room than any such part may.
    #[error(
        "the {part} of this pack would take {length} bytes, and no more than {most} are allowed: don't use it"
    )]
    TooLarge {
        /// Which part.
        part: Part,
        /// How long it says it is.
        length: u64,
        /// How long it may be.
        most: u64,
    },
    /// The signature is good, but what was signed makes no sense.
    #[error("the manifest of this pack is not valid ({0}): whoever made it has to correct it")]
    Manifest(String),
    /// The known answers make no sense.
    #[error("the known answers in this pack are not valid ({0}): whoever made it has to correct them")]
    Answers(String),
}
