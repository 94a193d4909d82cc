//! A model pack is one signed file that brings a new model into the app, without a server and without the network.
//!
//! `docs/model-packs.md` tells the format to the byte and the rules of trust. The order in which a file is believed:
//!
//! 1. [`Envelope::read`]: the header of fixed length and the raw manifest, whose length is capped.
//! 2. [`Envelope::verify`]: the signature over the raw manifest, with the key that the pack carries.
//! 3. [`TrustStore`]: whether that key is one of ours, or somebody's whose fingerprint was confirmed.
//! 4. [`Manifest::parse`]: only now is the manifest parsed, and its strings, numbers and lengths are checked.
//! 5. [`Pack::open`]: the length of the whole, then the length and SHA-256 of each file.
//! 6. [`decide`]: whether this version may be used here, by what was seen before.
//!
//! Nothing in here runs a model, keeps a file or reads a clock: that is the caller's.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answers;
mod digest;
mod envelope;
mod error;
mod key;
#[cfg(any(test, feature = "make"))]
mod make;
mod manifest;
mod pack;
mod text;
mod trust;

pub use answers::{Disagreement, KnownAnswers};
pub use digest::Digest;
pub use envelope::{Envelope, FORMAT, HEADER_BYTES, TRUSTED_COMMENT};
pub use error::{PackError, Part};
pub use key::{KeyId, PublicKey};
#[cfg(any(test, feature = "make"))]
pub use make::{Draft, MakeError, SigningKey};
pub use manifest::{
    Activation, AppVersion, Architecture, Blob, Class, Date, Family, Files, Manifest, Revocation, Versions,
};
pub use pack::{Contents, Pack, Signed};
pub use text::imitates;
pub use trust::{
    Accepted, ConfirmedKey, Ledger, NotTheFingerprint, Policy, Refused, Role, Signer, TrustStore, decide,
    still_usable,
};

/// The most bytes that anything in a pack may take. They are compared before memory is set aside.
pub mod limits {
    /// The manifest.
    pub const MANIFEST_BYTES: u64 = 1 << 20;
    /// The model's card.
    pub const CARD_BYTES: u64 = 256 << 10;
    /// The evaluation.
    pub const EVALUATION_BYTES: u64 = 2 << 20;
    /// The measurements of how quality of a photo matters.
    pub const QUALITY_BYTES: u64 = 256 << 10;
    /// The known answers.
    pub const ANSWERS_BYTES: u64 = 256 << 10;
    /// One of the pictures that go with the known answers.
    pub const PICTURE_BYTES: u64 = 2 << 20;
    /// The weights.
    pub const WEIGHTS_BYTES: u64 = 96 << 20;
    /// How many pictures there may be. There must be one.
    pub const PICTURES: usize = 16;
    /// How many classes there may be. There must be two.
    pub const CLASSES: usize = 64;
    /// How many revocations one pack may bring, and how many versions each may name.
    pub const REVOCATIONS: usize = 256;
}
