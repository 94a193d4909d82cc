//! Public keys of those who sign packs, as minisign writes them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What minisign calls a key's id: eight random bytes. Anybody can make a key with any id, so nothing is
/// trusted by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(u64);

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016X}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for KeyId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let id = u64::from_str_radix(&text, 16).map(KeyId).ok();
        id.filter(|id| id.to_string() == text)
            .ok_or("a key's id is written as 16 hexadecimal digits in upper case")
    }
}

/// A public key: an algorithm, an id and an Ed25519 key, 42 bytes in all, written as 56 characters of Base64.
/// It is the last line of a `.pub` file of minisign's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 42]);

/// Length of a key's Base64.
pub(crate) const KEY_CHARACTERS: usize = 56;

/// Not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a public key of minisign's: it has 56 characters and begins with RW")]
pub struct NotAKey;

impl PublicKey {
    /// From the Base64, or from the whole text of a `.pub` file.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let line = text.lines().rfind(|line| !line.trim().is_empty()).ok_or(NotAKey)?.trim();
        let bytes = STANDARD.decode(line).map_err(|_| NotAKey)?;
        let key = Self(bytes.try_into().map_err(|_| NotAKey)?);
        if !key.0.starts_with(b"Ed") {
            return Err(NotAKey);
        }
        Ok(key)
    }

    /// The id that minisign shows.
    pub fn id(&self) -> KeyId {
        KeyId(u64::from_le_bytes(self.0[2..10].try_into().expect("eight bytes")))
    }

    /// SHA-256 of the 42 bytes: `tail -1 KEY.pub | base64 -d | sha256sum` prints it.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_minisign_writes_it() {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys");
        let file = pair.pk.to_box().expect("text").to_string();
        let key = PublicKey::parse(&file).expect("a key");
        assert_eq!(key.to_string(), pair.pk.to_base64());
        assert_eq!(PublicKey::parse(&pair.pk.to_base64()), Ok(key));
        assert!(file.contains(&key.id().to_string()), "{file}");
        assert_eq!(KeyId::try_from(key.id().to_string()), Ok(key.id()));
    }

    #[test]
    fn nothing_else_is_a_key() {
        let text = minisign::KeyPair::generate_unencrypted_keypair().expect("keys").pk.to_base64();
        for wrong in ["", "\n\n", &text[4..], &format!("{text}AAAA"), &text.replacen("RW", "AA", 1)] {
            assert_eq!(PublicKey::parse(wrong), Err(NotAKey), "{wrong}");
        }
        for wrong in ["", "12", "+000000000000001", "abcdefabcdefabcd", "0123456789ABCDEFF"] {
            assert!(KeyId::try_from(wrong.to_string()).is_err(), "{wrong}");
        }
    }
}
