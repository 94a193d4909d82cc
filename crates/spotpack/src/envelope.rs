//! The outermost layer of a pack: a header of fixed length with the signature, and the manifest as it was signed.

use std::io::{self, Read, Seek, SeekFrom};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{PackError, Part};
use crate::key::{KEY_CHARACTERS, PublicKey};
use crate::limits::MANIFEST_BYTES;

/// The format that this library reads and makes.
pub const FORMAT: u8 = 1;
/// Length of the header, after which the manifest begins.
pub const HEADER_BYTES: usize = 320;
/// The trusted comment of the signature: it is signed as well, so that a signature that the same key gave to
/// anything else, or to another format, is not one over a manifest of this format.
pub const TRUSTED_COMMENT: &str = "spotpack 1";

/// Files begin at multiples of this, so that the weights can be used where they lie.
pub(crate) const ALIGNMENT: u64 = 64;

const MAGIC: &[u8; 8] = b"Spotpack";
const UNTRUSTED_LINE: &str = "untrusted comment: signature\n";
const TRUSTED_PREFIX: &str = "trusted comment: ";
/// Lengths of the signature's lines of Base64: 74 and 64 bytes.
const SIGNATURE_CHARACTERS: usize = 100;
const GLOBAL_CHARACTERS: usize = 88;

/// Header and raw manifest of a pack. Who made it and whether it is genuine is open until [`Envelope::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    key: PublicKey,
    signature: String,
    manifest: Vec<u8>,
    total: u64,
}

/// Takes a header apart from its start.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (field, rest) = self.0.split_at(count);
        self.0 = rest;
        field
    }

    /// As [`PackError::Tampered`] unless these very bytes come next.
    fn expect(&mut self, bytes: &[u8], part: Part) -> Result<(), PackError> {
        (self.take(bytes.len()) == bytes).then_some(()).ok_or(PackError::Tampered(part))
    }

    /// Base64 of exactly so many characters and a newline. Base64 that could be written another way is refused.
    fn base64(&mut self, count: usize, part: Part) -> Result<&'a str, PackError> {
        let text = str::from_utf8(self.take(count)).map_err(|_| PackError::Tampered(part))?;
        STANDARD.decode(text).map_err(|_| PackError::Tampered(part))?;
        self.expect(b"\n", part)?;
        Ok(text)
    }
}

impl Envelope {
    /// Reads header and manifest from the start of a pack. No more than both is read, and nothing in them is
    /// believed.
    pub fn read(reader: &mut (impl Read + Seek)) -> Result<Self, PackError> {
        let total = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        reader.take(HEADER_BYTES as u64).read_to_end(&mut header)?;
        if header.len() <= MAGIC.len() || !header.starts_with(MAGIC) {
            return Err(PackError::NotAPack);
        }
        match header[MAGIC.len()] {
            FORMAT => {}
            0 => return Err(PackError::NotAPack),
            newer => return Err(PackError::NewerFormat(newer)),
        }
        if header.len() < HEADER_BYTES {
            return Err(PackError::Length { expected: HEADER_BYTES as u64, found: total });
        }
        let mut fields = Fields(&header[MAGIC.len() + 1..]);
        fields.expect(&[0; 3], Part::Header)?;
        let length = fields.take(4).try_into().expect("four bytes");
        let length = u64::from(u32::from_be_bytes(length));
        let key = fields.base64(KEY_CHARACTERS, Part::Header)?;
        let key = PublicKey::parse(key).map_err(|_| PackError::Tampered(Part::Header))?;
        let signature = signature(&mut fields)?;

        if length > MANIFEST_BYTES {
            return Err(PackError::TooLarge { part: Part::Manifest, length, most: MANIFEST_BYTES });
        }
        let expected = HEADER_BYTES as u64 + length;
        if total < expected {
            return Err(PackError::Length { expected, found: total });
        }
        let manifest = read_exactly(reader, length)?;
        Ok(Self { key, signature, manifest, total })
    }

    /// Whether the key that the pack carries signed its manifest. Whether that key is trusted is another question.
    pub fn verify(&self) -> Result<(), PackError> {
        let tampered = |_| PackError::Tampered(Part::Signature);
        let key = minisign_verify::PublicKey::from_base64(&self.key.to_string()).map_err(tampered)?;
        let signature = minisign_verify::Signature::decode(&self.signature).map_err(tampered)?;
        key.verify(&self.manifest, &signature, false).map_err(tampered)
    }

    /// The key that the pack says it was signed with.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The signature as minisign writes it: a `.minisig` file.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// The manifest, byte for byte as it was signed.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// Length of the whole pack.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

/// The four lines of a signature. Its first is not signed, so it must be the one that all packs have.
fn signature(fields: &mut Fields<'_>) -> Result<String, PackError> {
    fields.expect(UNTRUSTED_LINE.as_bytes(), Part::Signature)?;
    let signature = fields.base64(SIGNATURE_CHARACTERS, Part::Signature)?;
    fields.expect(TRUSTED_PREFIX.as_bytes(), Part::Signature)?;
    fields.expect(TRUSTED_COMMENT.as_bytes(), Part::Signature)?;
    fields.expect(b"\n", Part::Signature)?;
    let global = fields.base64(GLOBAL_CHARACTERS, Part::Signature)?;
    Ok(format!("{UNTRUSTED_LINE}{signature}\n{TRUSTED_PREFIX}{TRUSTED_COMMENT}\n{global}\n"))
}

/// Exactly so many bytes; `length` was compared with a limit and with what there is.
pub(crate) fn read_exactly(reader: &mut impl Read, length: u64) -> Result<Vec<u8>, PackError> {
    let mut bytes = Vec::new();
    let room = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory);
    let room = room.and_then(|room| bytes.try_reserve_exact(room).map_err(|_| io::ErrorKind::OutOfMemory));
    room.map_err(io::Error::from)?;
    reader.take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
    }
}

/// The header of a pack with such a manifest. The signature may have any untrusted comment, since that is replaced.
#[cfg(any(test, feature = "make"))]
pub(crate) fn header(key: &PublicKey, signature: &str, manifest_bytes: u32) -> Option<Vec<u8>> {
    let mut lines = signature.lines();
    let (_, signature, trusted, global) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
    if trusted.strip_prefix(TRUSTED_PREFIX) != Some(TRUSTED_COMMENT) {
        return None;
    }
    let mut header = MAGIC.to_vec();
    header.extend([FORMAT, 0, 0, 0]);
    header.extend(manifest_bytes.to_be_bytes());
    header.extend(format!("{key}\n{UNTRUSTED_LINE}{signature}\n{trusted}\n{global}\n").into_bytes());
    (header.len() == HEADER_BYTES).then_some(header)
}
