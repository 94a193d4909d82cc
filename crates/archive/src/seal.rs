//! Sealing: what is written to the archive can be read with its key alone, and cannot be changed unnoticed.
//!
//! A sealed part is a header in the clear and a body under XChaCha20-Poly1305 (`draft-irtf-cfrg-xchacha-03`). The header is
//! associated data, so a body can't be passed off as another part. It begins with a mark by which parts can be found again in a file
//! whose index is broken, and the mark ends with the version of the header. See `docs/archive.md`.

use std::sync::Arc;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, Zeroizing};

use super::record::{RecordId, RecordKind};

/// What every sealed part begins with; the version of its header follows.
pub const MARK: [u8; 7] = *b"Spotchk";
/// A whole record under the archive's key.
const WHOLE: u8 = 1;
/// A piece of a record, under its owner's data key.
const PIECE: u8 = 2;

/// Bytes of any key.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Mark, version, kind, id, length of the body.
const WHOLE_HEADER_BYTES: usize = MARK.len() + 1 + 1 + 16 + 4;
/// Mark, version, kind, id, place among the pieces, their number, length of the body.
const PIECE_HEADER_BYTES: usize = MARK.len() + 1 + 1 + 16 + 2 + 2 + 4;
/// So many bytes more than its text a sealed piece has.
pub const PIECE_MORE_BYTES: usize = PIECE_HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

/// A secret that seals and opens. It is never printed, its copies are one in memory, and that is wiped when the last of them is dropped.
#[derive(Clone)]
pub struct Key(Arc<Pinned>);

/// A page of memory of its own, so that letting go of it lets go of nothing else.
#[repr(align(4096))]
struct Page([u8; KEY_BYTES]);

/// A key on a page that the system never writes to swap, where it allows programs to ask for that.
struct Pinned {
    // Let go of before the page is.
    _held: Option<region::LockGuard>,
    page: Box<Page>,
}

impl Pinned {
    fn new(bytes: &mut [u8; KEY_BYTES]) -> Self {
        let mut page = Box::new(Page([0; KEY_BYTES]));
        let held = region::lock(page.0.as_ptr(), KEY_BYTES).ok();
        if held.is_none() {
            tracing::info!("the system does not let the archive's key be kept out of swap");
        }
        page.0.copy_from_slice(bytes);
        bytes.zeroize();
        Self { _held: held, page }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.page.0.zeroize();
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

impl Key {
    /// A fresh random one.
    pub fn random() -> Self {
        Self(Arc::new(Pinned::new(&mut rand::random())))
    }

    /// The key with these bytes; `None` when there are not 32 of them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut bytes: [u8; KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self(Arc::new(Pinned::new(&mut bytes))))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.page.0
    }

    /// Encrypts `text` so that it opens only beside the same `beside`: a random nonce and the ciphertext.
    pub fn seal(&self, beside: &[u8], text: &[u8]) -> Vec<u8> {
        encrypted(self.as_bytes(), beside, text, &[])
    }

    /// What was sealed; `None` under another key, beside something else, or when a bit was changed.
    pub fn open(&self, beside: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        decrypted(self.as_bytes(), beside, sealed)
    }
}

/// The key of one spot or check: what it sealed is gone once it is destroyed. Wiped when it is dropped, and never printed.
///
/// There are thousands of them, each in memory for a moment only, so that they are not kept out of swap as a [`Key`] is.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("DataKey(…)")
    }
}

impl DataKey {
    /// A fresh random one.
    pub fn random() -> Self {
        Self(Zeroizing::new(rand::random()))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// `front`, a random nonce, and the ciphertext with its tag.
fn encrypted(key: &[u8], beside: &[u8], text: &[u8], front: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = rand::random();
    let mut sealed = Vec::with_capacity(front.len() + NONCE_BYTES + text.len() + TAG_BYTES);
    sealed.extend_from_slice(front);
    sealed.extend_from_slice(&nonce);
    let body = sealed.len();
    sealed.extend_from_slice(text);
    let tag = cipher(key)
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), beside, &mut sealed[body..])
        .expect("the cipher's one error is a text of more than 256 GB");
    sealed.extend_from_slice(&tag);
    sealed
}

fn decrypted(key: &[u8], beside: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_BYTES)?;
    let (text, tag) = body.split_at_checked(body.len().checked_sub(TAG_BYTES)?)?;
    let mut text = Zeroizing::new(text.to_vec());
    cipher(key)
        .decrypt_in_place_detached(XNonce::from_slice(nonce), beside, text.as_mut_slice(), tag.into())
        .ok()
        .map(|()| text)
}

fn cipher(key: &[u8]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new_from_slice(key).expect("every key has 32 bytes")
}

/// A part for the file: piece `at` of `of` of this record, header and body.
///
/// # Panics
/// For more than 4 GB: no photo comes near it.
pub fn seal_piece(key: &[u8], id: RecordId, [at, of]: [u16; 2], text: &[u8]) -> Vec<u8> {
    let body = u32::try_from(NONCE_BYTES + text.len() + TAG_BYTES).expect("a piece is far below 4 GB");
    let mut front = Vec::with_capacity(PIECE_HEADER_BYTES);
    front.extend_from_slice(&MARK);
    front.push(PIECE);
    front.extend_from_slice(&id.key());
    front.extend_from_slice(&at.to_be_bytes());
    front.extend_from_slice(&of.to_be_bytes());
    front.extend_from_slice(&body.to_be_bytes());
    encrypted(key, &front, text, &front)
}

/// By which key a part is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The archive's own: version 1 of the header.
    Archive,
    /// That of the spot or check which it belongs to; for the census, which belongs to none, the archive's own.
    Owner,
}

/// What stands in the clear before a sealed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// By which key it is sealed.
    pub by: By,
    kind: u8,
    number: u128,
    /// The piece's place among those of its record, from zero.
    pub at: u16,
    /// How many pieces the record has.
    pub of: u16,
    /// Bytes of the header.
    head: usize,
    /// Bytes of the body.
    body: usize,
}

/// Why bytes are not a part that this version can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPart {
    /// They don't begin with a mark, or end within the header.
    Other,
    /// A later app wrote them.
    Newer,
}

impl Header {
    /// The header that `bytes` begin with.
    ///
    /// # Errors
    /// When they begin with none, or one of a later version.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoPart> {
        let version = bytes.strip_prefix(&MARK).and_then(|rest| rest.first()).ok_or(NoPart::Other)?;
        let (by, head) = match *version {
            WHOLE => (By::Archive, WHOLE_HEADER_BYTES),
            PIECE => (By::Owner, PIECE_HEADER_BYTES),
            0 => return Err(NoPart::Other),
            _ => return Err(NoPart::Newer),
        };
        let rest = bytes.get(MARK.len() + 1..head).ok_or(NoPart::Other)?;
        let number = |range: std::ops::Range<usize>| {
            rest[range].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
        };
        let (at, of, body) = match by {
            By::Archive => (0, 1, 17..21),
            By::Owner => (number(17..19) as u16, number(19..21) as u16, 21..25),
        };
        Ok(Self { by, kind: rest[0], number: number(1..17), at, of, head, body: number(body) as usize })
    }

    /// Whose part it is; `None` where this version knows no such kind.
    pub fn id(&self) -> Option<RecordId> {
        Some(RecordId { kind: RecordKind::from_byte(self.kind)?, id: self.number })
    }

    /// Bytes of the part, header and body.
    pub fn bytes(&self) -> usize {
        self.head + self.body
    }

    /// The text of the part that `bytes` begin with; `None` under another key or when a bit was changed.
    pub fn open(&self, key: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (header, body) = bytes.get(..self.bytes())?.split_at(self.head);
        decrypted(key, header, body)
    }
}

/// A whole record as version 1 of the format sealed it.
#[cfg(test)]
pub fn seal_whole(key: &Key, id: RecordId, text: &[u8]) -> Vec<u8> {
    let body = (NONCE_BYTES + text.len() + TAG_BYTES) as u32;
    let front = [MARK.as_slice(), &[WHOLE], &id.key(), &body.to_be_bytes()].concat();
    encrypted(key.as_bytes(), &front, text, &front)
}

/// A text that the user types in secret. It is wiped when it is dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// Fewer characters are refused: they are tried through in no time.
    pub const LEAST_CHARACTERS: usize = 8;

    /// This text; `None` when it is shorter than [`Self::LEAST_CHARACTERS`].
    pub fn new(mut text: String) -> Option<Self> {
        if text.chars().count() < Self::LEAST_CHARACTERS {
            text.zeroize();
            return None;
        }
        Some(Self(Zeroizing::new(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: RecordId = RecordId { kind: RecordKind::Check, id: 7 };

    fn sealed(key: &DataKey, id: RecordId, text: &[u8]) -> Vec<u8> {
        seal_piece(key.as_bytes(), id, [0, 1], text)
    }

    fn open(key: &DataKey, id: RecordId, record: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let header = Header::parse(record).ok().filter(|header| header.id() == Some(id))?;
        header.open(key.as_bytes(), record)
    }

    /// Linux says how much of a program's memory is never written to swap.
    #[cfg(target_os = "linux")]
    #[test]
    #[ignore = "needs the right to lock memory: ./dev test runs it where programs have it"]
    fn a_key_stays_out_of_swap() {
        let key = Key::random();
        assert!(key.0._held.is_some(), "the system lets this program lock no memory: see ulimit -l");
        let status = std::fs::read_to_string("/proc/self/status").expect("status");
        let kilobytes =
            |line: &str| line.strip_prefix("VmLck:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok();
        assert!(status.lines().find_map(kilobytes).expect("a line for it") >= 4);
    }

    proptest! {
        #[test]
        fn a_record_opens_under_its_key_and_id_alone(text: Vec<u8>, other: u128) {
            let key = DataKey::random();
            let record = sealed(&key, ID, &text);
            prop_assert_eq!(open(&key, ID, &record).map(|text| text.to_vec()), Some(text));
            prop_assert!(open(&DataKey::random(), ID, &record).is_none());
            prop_assume!(other != ID.id);
            let others = [RecordId { id: other, ..ID }, RecordId { kind: RecordKind::Spot, ..ID }];
            for id in others {
                prop_assert!(open(&key, id, &record).is_none());
                // Nor does it pass for another one's by a changed header.
                let front = sealed(&key, id, &[]);
                let forged = [&front[..PIECE_HEADER_BYTES - 4], &record[PIECE_HEADER_BYTES - 4..]].concat();
                prop_assert!(open(&key, id, &forged).is_none());
            }
        }

        #[test]
        fn any_changed_bit_is_noticed(text: Vec<u8>, at: prop::sample::Index, bit in 0..8_u32) {
            let key = DataKey::random();
            let mut record = sealed(&key, ID, &text);
            let at = at.index(record.len());
            record[at] ^= 1_u8 << bit;
            prop_assert!(open(&key, ID, &record).is_none());
        }

        #[test]
        fn random_bytes_are_no_record(bytes: Vec<u8>) {
            let marked = [&MARK[..], &bytes].concat();
            let piece = [&MARK[..], &[PIECE], &bytes].concat();
            for bytes in [bytes, marked, piece] {
                let opened = Header::parse(&bytes).ok().and_then(|header| header.open(DataKey::random().as_bytes(), &bytes));
                prop_assert!(opened.is_none());
            }
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let key = DataKey::random();
        assert_ne!(sealed(&key, ID, b"text"), sealed(&key, ID, b"text"));
    }

    #[test]
    fn the_version_is_read_before_anything_else() {
        let newer = [&MARK, &[PIECE + 1][..], b"whatever a later app may write"].concat();
        assert_eq!(Header::parse(&newer), Err(NoPart::Newer));
        assert_eq!(Header::parse(&newer[..MARK.len() + 1]), Err(NoPart::Newer));
        assert_eq!(Header::parse(b"Spotch"), Err(NoPart::Other));
        let whole = seal_whole(&Key::random(), ID, b"text");
        let header = Header::parse(&whole).expect("header");
        assert_eq!((header.by, header.id(), header.bytes()), (By::Archive, Some(ID), whole.len()));
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = Key::from_bytes(&[b'k'; 32]).expect("key");
        let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
        assert_eq!(
            format!("{key:?} {:?} {passphrase:?}", DataKey::random()),
            "Key(…) DataKey(…) Passphrase(…)"
        );
        assert_eq!(Passphrase::new("seven77".into()), None);
    }
}
