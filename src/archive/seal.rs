//! Sealing: what is written to the archive can be read with its key alone, and cannot be changed unnoticed.
//!
//! A sealed record is a header in the clear and a body under XChaCha20-Poly1305 (`draft-irtf-cfrg-xchacha-03`). The header is
//! associated data, so a body can't be passed off as another record. It begins with a mark by which records can be found again
//! in a file whose index is broken.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, Zeroizing};

use super::record::{Kind, RecordId};

/// What every sealed record begins with.
pub const MARK: [u8; 8] = *b"Spotchk\x01";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Mark, kind, id, length of the body.
const HEADER_BYTES: usize = MARK.len() + 1 + 16 + 4;

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
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: text, aad: beside };
        // The one error is a text of more than 256 GB.
        let body = self.cipher().encrypt(XNonce::from_slice(&nonce), payload).unwrap_or_default();
        [nonce.as_slice(), &body].concat()
    }

    /// What was sealed; `None` under another key, beside something else, or when a bit was changed.
    pub fn open(&self, beside: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: body, aad: beside };
        self.cipher().decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.as_bytes().into())
    }
}

/// A record for the file: header and body.
pub fn seal(key: &Key, id: RecordId, text: &[u8]) -> Vec<u8> {
    let header = header(id, NONCE_BYTES + text.len() + TAG_BYTES);
    let body = key.seal(&header, text);
    [header.as_slice(), &body].concat()
}

/// The text of the record `id`.
pub fn open(key: &Key, id: RecordId, record: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let opened = open_any(key, record)?;
    (opened.id() == Some(id)).then_some(opened.text)
}

/// A record that was opened.
#[derive(Debug)]
pub struct Opened {
    kind: u8,
    number: u128,
    /// Its text.
    pub text: Zeroizing<Vec<u8>>,
}

impl Opened {
    /// Its name; `None` where this version knows no such kind.
    pub fn id(&self) -> Option<RecordId> {
        Some(RecordId { kind: Kind::from_byte(self.kind)?, id: self.number })
    }
}

/// Opens whatever record `bytes` begin with.
pub fn open_any(key: &Key, bytes: &[u8]) -> Option<Opened> {
    let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
    let rest_of_header = header.strip_prefix(&MARK)?;
    let kind = *rest_of_header.first()?;
    let number = u128::from_be_bytes(rest_of_header.get(1..17)?.try_into().ok()?);
    let length = u32::from_be_bytes(rest_of_header.get(17..21)?.try_into().ok()?) as usize;
    let text = key.open(header, rest.get(..length)?)?;
    Some(Opened { kind, number, text })
}

/// How many bytes a record with a text of `text_bytes` has.
pub fn sealed_bytes(text_bytes: usize) -> usize {
    HEADER_BYTES + NONCE_BYTES + text_bytes + TAG_BYTES
}

fn header(id: RecordId, body_bytes: usize) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MARK);
    header[8] = id.kind.byte();
    header[9..25].copy_from_slice(&id.id.to_be_bytes());
    // Photos are far below 4 GB.
    header[25..].copy_from_slice(&(body_bytes as u32).to_be_bytes());
    header
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

    const ID: RecordId = RecordId { kind: Kind::Check, id: 7 };

    /// Linux says how much of a program's memory is never written to swap.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_key_stays_out_of_swap_where_the_system_allows_it() {
        let key = Key::random();
        if key.0._held.is_none() {
            println!("skipped: this system lets no program keep memory out of swap");
            return;
        }
        let status = std::fs::read_to_string("/proc/self/status").expect("status");
        let kilobytes =
            |line: &str| line.strip_prefix("VmLck:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok();
        assert!(status.lines().find_map(kilobytes).expect("a line for it") >= 4);
    }

    proptest! {
        #[test]
        fn a_record_opens_under_its_key_and_id_alone(text: Vec<u8>, other: u128) {
            let key = Key::random();
            let record = seal(&key, ID, &text);
            prop_assert_eq!(open(&key, ID, &record).map(|text| text.to_vec()), Some(text));
            prop_assert!(open(&Key::random(), ID, &record).is_none());
            prop_assume!(other != ID.id);
            let others = [RecordId { id: other, ..ID }, RecordId { kind: Kind::Spot, ..ID }];
            prop_assert!(others.iter().all(|id| open(&key, *id, &record).is_none()));
        }

        #[test]
        fn any_changed_bit_is_noticed(text: Vec<u8>, at: prop::sample::Index, bit in 0..8_u32) {
            let key = Key::random();
            let mut record = seal(&key, ID, &text);
            let at = at.index(record.len());
            record[at] ^= 1_u8 << bit;
            prop_assert!(open(&key, ID, &record).is_none());
        }

        #[test]
        fn random_bytes_are_no_record(bytes: Vec<u8>) {
            prop_assert!(open_any(&Key::random(), &bytes).is_none());
            prop_assert!(open_any(&Key::random(), &[&MARK, bytes.as_slice()].concat()).is_none());
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let key = Key::random();
        assert_ne!(seal(&key, ID, b"text"), seal(&key, ID, b"text"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = Key::from_bytes(&[b'k'; 32]).expect("key");
        let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
        assert_eq!(format!("{key:?} {passphrase:?}"), "Key(…) Passphrase(…)");
        assert_eq!(Passphrase::new("seven77".into()), None);
    }
}
