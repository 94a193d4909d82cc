//! A pack that was read, whose signature held and whose files are what was signed.

use std::borrow::Cow;
use std::io::{Cursor, Read, Seek};

use crate::answers::KnownAnswers;
use crate::digest::Digest;
use crate::envelope::{ALIGNMENT, Envelope, HEADER_BYTES, read_exactly};
use crate::error::{PackError, Part};
use crate::manifest::{Files, Manifest};
use crate::trust::{Refused, Signer, TrustStore};

/// A manifest whose signature held, with who signed it. There is no other way to one than through a signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    pub(crate) manifest: Manifest,
    pub(crate) digest: Digest,
    pub(crate) signer: Signer,
}

impl Signed {
    /// Checks the signature of an envelope, whether its key is trusted, only then what its manifest says, and whether the file is as
    /// long as that says. Of the files themselves nothing is read.
    pub fn open(envelope: &Envelope, trust: &TrustStore) -> Result<Self, Refused> {
        envelope.verify()?;
        let signer = trust.signer(envelope.key())?;
        let manifest = Manifest::parse(envelope.manifest())?;
        trust.check_claims(&manifest, &signer)?;
        let start = HEADER_BYTES as u64 + envelope.manifest().len() as u64;
        let (expected, found) = (end(&manifest.files, start), envelope.total());
        if expected != found {
            return Err(PackError::Length { expected, found }.into());
        }
        Ok(Self { manifest, digest: Digest::of(envelope.manifest()), signer })
    }

    /// What was signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the raw manifest. It names the whole pack, since the manifest holds the digests of all files.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Who signed it.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }
}

/// The bytes of a pack's files: borrowed from the pack, or read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents<'a> {
    /// The model's card with its calibration.
    pub card: Cow<'a, [u8]>,
    /// How it did on pictures that it had never seen.
    pub evaluation: Cow<'a, [u8]>,
    /// How the quality of a photo matters.
    pub quality: Cow<'a, [u8]>,
    /// What it must answer to the pictures.
    pub answers: Cow<'a, [u8]>,
    /// The pictures that go with the known answers.
    pub pictures: Vec<Cow<'a, [u8]>>,
    /// The weights.
    pub weights: Cow<'a, [u8]>,
}

impl<'a> Contents<'a> {
    /// Takes each file from `next`, which gets its length, checks its digest, and that there are zeros between them.
    fn read(
        files: &Files,
        start: u64,
        mut next: impl FnMut(u64) -> Result<Cow<'a, [u8]>, PackError>,
    ) -> Result<Self, PackError> {
        let mut place = start;
        let mut all = Vec::new();
        for (part, blob, _) in files.in_order() {
            if next(gap(place))?.iter().any(|byte| *byte != 0) {
                return Err(PackError::Tampered(Part::Padding));
            }
            let bytes = next(blob.length)?;
            if Digest::of(&bytes) != blob.sha256 {
                return Err(PackError::Tampered(part));
            }
            place += gap(place) + blob.length;
            all.push(bytes);
        }
        let mut all = all.into_iter();
        let mut next = || all.next().expect("as many as there are in order");
        let (card, evaluation, quality, answers) = (next(), next(), next(), next());
        let pictures = files.pictures.iter().map(|_| next()).collect();
        Ok(Self { card, evaluation, quality, answers, pictures, weights: next() })
    }
}

/// How many zeros lie between here and the next file.
pub(crate) fn gap(place: u64) -> u64 {
    place.next_multiple_of(ALIGNMENT) - place
}

/// Where a pack with these files ends, whose manifest ends at `start`.
fn end(files: &Files, start: u64) -> u64 {
    files.in_order().fold(start, |place, (_, blob, _)| place + gap(place) + blob.length)
}

/// A pack: signed by somebody who is trusted, and nothing in it is missing or changed. Whether this version
/// may be used is [`crate::decide`]'s to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack<'a> {
    signed: Signed,
    contents: Contents<'a>,
    answers: KnownAnswers,
}

impl Pack<'static> {
    /// Reads a pack. Only what a signature vouches for gets memory, each file once.
    pub fn open(reader: &mut (impl Read + Seek), trust: &TrustStore) -> Result<Self, Refused> {
        let envelope = Envelope::read(reader)?;
        Self::build(&envelope, trust, |length| read_exactly(reader, length).map(Cow::Owned))
    }
}

impl<'a> Pack<'a> {
    /// A pack that lies in memory, of which nothing but the manifest is copied. In memory that begins at a
    /// multiple of 64 all its files do as well.
    pub fn from_bytes(bytes: &'a [u8], trust: &TrustStore) -> Result<Self, Refused> {
        let envelope = Envelope::read(&mut Cursor::new(bytes))?;
        let mut rest = &bytes[HEADER_BYTES + envelope.manifest().len()..];
        Self::build(&envelope, trust, |length| {
            let (file, behind) = rest.split_at(length as usize);
            rest = behind;
            Ok(Cow::Borrowed(file))
        })
    }

    /// `next` need not look at the end of the pack: its length is compared before.
    fn build(
        envelope: &Envelope,
        trust: &TrustStore,
        next: impl FnMut(u64) -> Result<Cow<'a, [u8]>, PackError>,
    ) -> Result<Self, Refused> {
        let signed = Signed::open(envelope, trust)?;
        let Manifest { files, classes, .. } = &signed.manifest;
        let start = HEADER_BYTES as u64 + envelope.manifest().len() as u64;
        let contents = Contents::read(files, start, next)?;
        let answers = KnownAnswers::parse(&contents.answers, classes.len(), files.pictures.len())?;
        Ok(Self { signed, contents, answers })
    }

    /// What was signed, and by whom.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The files.
    pub fn contents(&self) -> &Contents<'a> {
        &self.contents
    }

    /// What the model must answer to the pictures in [`Contents::pictures`].
    pub fn known_answers(&self) -> &KnownAnswers {
        &self.answers
    }

    /// The files themselves, without a copy.
    pub fn into_contents(self) -> Contents<'a> {
        self.contents
    }
}
