//! A key under a passphrase.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;
use crate::seal::{Key, Passphrase};

const BESIDE: &[u8] = b"Spotcheck archive key";

/// The key under a passphrase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wrapped {
    /// Base64.
    salt: String,
    memory_kib: u32,
    passes: u32,
    /// Whether a secret in the key store is needed, too.
    pub with_key_store: bool,
    /// The sealed key, base64.
    key: String,
}

impl Wrapped {
    /// `key` under this passphrase and, where there is one, this secret.
    ///
    /// # Errors
    /// When there is too little memory.
    pub fn new(key: &Key, passphrase: &Passphrase, secret: Option<&Key>) -> Result<Self, VaultError> {
        let salt: [u8; 16] = rand::random();
        let mut wrapped = Self {
            salt: BASE64_STANDARD.encode(salt),
            // RFC 9106's second recommendation, with one lane.
            memory_kib: 64 << 10,
            passes: 3,
            with_key_store: secret.is_some(),
            key: String::new(),
        };
        let outer = wrapped.outer_key(passphrase, secret).ok_or(VaultError::Damaged)?;
        wrapped.key = BASE64_STANDARD.encode(outer.seal(BESIDE, key.as_bytes()));
        Ok(wrapped)
    }

    /// The key; `None` under another passphrase or secret.
    pub fn open(&self, passphrase: &Passphrase, secret: Option<&Key>) -> Option<Key> {
        let sealed = BASE64_STANDARD.decode(&self.key).ok()?;
        Key::from_bytes(&self.outer_key(passphrase, secret)?.open(BESIDE, &sealed)?)
    }

    /// The key that seals the key. `None` where a changed byte asks for the impossible.
    fn outer_key(&self, passphrase: &Passphrase, secret: Option<&Key>) -> Option<Key> {
        const MOST_MEMORY_KIB: u32 = 1 << 20;
        const MOST_PASSES: u32 = 64;
        if self.memory_kib > MOST_MEMORY_KIB || self.passes > MOST_PASSES {
            return None;
        }
        let parameters = Params::new(self.memory_kib, self.passes, 1, None).ok()?;
        let secret = secret.map_or(&[][..], Key::as_bytes);
        let argon2 = Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, parameters).ok()?;
        let salt = BASE64_STANDARD.decode(&self.salt).ok()?;
        let mut bytes = Zeroizing::new([0; 32]);
        argon2.hash_password_into(passphrase.as_str().as_bytes(), &salt, bytes.as_mut_slice()).ok()?;
        Key::from_bytes(bytes.as_slice())
    }
}
