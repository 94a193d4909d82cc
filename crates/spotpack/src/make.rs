//! Making and signing packs.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::answers::KnownAnswers;
use crate::digest::Digest;
use crate::envelope::{Envelope, TRUSTED_COMMENT, header};
use crate::error::PackError;
use crate::key::PublicKey;
use crate::manifest::{Blob, Files, Manifest};
use crate::pack::{Contents, gap};

/// Why a pack can't be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// What it would hold is refused when it is read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The manifest is about other files.
    #[error(
        "the manifest holds the lengths and digests of other files: make it with those that are to go into the pack"
    )]
    OtherFiles,
    /// The manifest is for another key.
    #[error("the manifest holds the id of another key: make it with the one that signs")]
    OtherKey,
    /// The signature is not over this manifest by this key, or not as a pack needs it.
    #[error(
        "this is not a signature over this manifest by the key that it is for: sign it with \
         minisign -S -s KEY -m MANIFEST -t '{TRUSTED_COMMENT}'"
    )]
    Signature,
    /// A secret key can't be used.
    #[error("this secret key cannot be used: {0}")]
    Key(String),
    /// The pack can't be written.
    #[error("the pack cannot be written: {0}")]
    Write(#[from] io::Error),
}

impl Files {
    /// Lengths and digests of these files.
    pub fn of(contents: &Contents<'_>) -> Self {
        let blob = |bytes: &[u8]| Blob { length: bytes.len() as u64, sha256: Digest::of(bytes) };
        Self {
            card: blob(&contents.card),
            evaluation: blob(&contents.evaluation),
            quality: blob(&contents.quality),
            answers: blob(&contents.answers),
            pictures: contents.pictures.iter().map(|picture| blob(picture)).collect(),
            weights: blob(&contents.weights),
        }
    }
}

/// A pack that only lacks its signature.
#[derive(Debug)]
pub struct Draft<'a> {
    key: PublicKey,
    raw: Vec<u8>,
    contents: Contents<'a>,
}

impl<'a> Draft<'a> {
    /// Checks all that can be without a signature, so that nothing is signed that no app would take.
    pub fn new(manifest: &Manifest, contents: Contents<'a>, key: PublicKey) -> Result<Self, MakeError> {
        manifest.check()?;
        if manifest.key_id != key.id() {
            return Err(MakeError::OtherKey);
        }
        if manifest.files != Files::of(&contents) {
            return Err(MakeError::OtherFiles);
        }
        KnownAnswers::parse(&contents.answers, manifest.classes.len(), contents.pictures.len())?;
        let invalid = |error: serde_json::Error| PackError::Manifest(error.to_string());
        let mut raw = serde_json::to_vec_pretty(manifest).map_err(invalid)?;
        raw.push(b'\n');
        Ok(Self { key, raw, contents })
    }

    /// The manifest, byte for byte as it has to be signed.
    pub fn manifest(&self) -> &[u8] {
        &self.raw
    }

    /// Writes the pack with a signature that was made elsewhere, as with minisign on a machine without a
    /// network. `signature` is the text of the `.minisig` file.
    pub fn write(&self, signature: &str, out: &mut impl Write) -> Result<(), MakeError> {
        let length = u32::try_from(self.raw.len()).expect("the parts of a manifest have limits");
        let mut start = header(&self.key, signature, length).ok_or(MakeError::Signature)?;
        start.extend(&self.raw);
        let envelope = Envelope::read(&mut io::Cursor::new(&start)).map_err(|_| MakeError::Signature)?;
        envelope.verify().map_err(|_| MakeError::Signature)?;
        out.write_all(&start)?;
        let mut place = start.len() as u64;
        for file in self.contents.in_order() {
            out.write_all(&vec![0; gap(place) as usize])?;
            out.write_all(file)?;
            place += gap(place) + file.len() as u64;
        }
        Ok(out.flush()?)
    }

    /// Writes the pack, signed with this key.
    pub fn sign(&self, key: &SigningKey, out: &mut impl Write) -> Result<(), MakeError> {
        let comment = Some(TRUSTED_COMMENT);
        let signature = minisign::sign(None, &key.0, self.raw.as_slice(), comment, None);
        self.write(&signature.map_err(|error| MakeError::Key(error.to_string()))?.to_string(), out)
    }
}

impl Contents<'_> {
    fn in_order(&self) -> impl Iterator<Item = &[u8]> {
        let before = [&self.card, &self.evaluation, &self.quality, &self.answers];
        before.into_iter().chain(&self.pictures).chain([&self.weights]).map(|file| &**file)
    }
}

/// A secret key without a password as the standard tool writes it: with zeros in place of a checksum, which
/// the library doesn't take.
fn without_checksum(text: &str) -> Option<minisign::SecretKey> {
    const NO_PASSWORD: &[u8] = b"Ed\0\0B2";
    let bytes: [u8; 158] = STANDARD.decode(text.lines().nth(1)?.trim()).ok()?.try_into().ok()?;
    let fits = bytes.starts_with(NO_PASSWORD) && bytes.ends_with(&[0; 32]);
    fits.then(|| minisign::SecretKey::from_bytes(&bytes).ok()).flatten()
}

/// A secret key of minisign's.
pub struct SigningKey(minisign::SecretKey);

impl SigningKey {
    /// Reads the text of a secret key as minisign writes it, which has a password or none.
    pub fn parse(text: &str, password: Option<&str>) -> Result<Self, MakeError> {
        if password.is_none()
            && let Some(key) = without_checksum(text)
        {
            return Ok(Self(key));
        }
        let key = minisign::SecretKeyBox::from(text.to_string());
        let key = match password {
            Some(password) => key.into_secret_key(Some(password.to_string())),
            None => key.into_unencrypted_secret_key(),
        };
        key.map(Self).map_err(|error| MakeError::Key(error.to_string()))
    }

    /// A new key without a password.
    pub fn generate() -> Result<Self, MakeError> {
        let pair = minisign::KeyPair::generate_unencrypted_keypair();
        pair.map(|pair| Self(pair.sk)).map_err(|error| MakeError::Key(error.to_string()))
    }

    /// The text of the key for a file, which nobody else may read. It has no password.
    pub fn to_text(&self) -> Result<String, MakeError> {
        let text = self.0.to_box(None).map_err(|error| MakeError::Key(error.to_string()))?;
        Ok(text.into_string())
    }

    /// The public key that goes with it.
    pub fn public(&self) -> Result<PublicKey, MakeError> {
        let key = minisign::PublicKey::from_secret_key(&self.0);
        let key = key.map_err(|error| MakeError::Key(error.to_string()))?;
        PublicKey::parse(&key.to_base64()).map_err(|error| MakeError::Key(error.to_string()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::manifest::{Activation, Architecture, Class, Family};
    use crate::pack::Pack;
    use crate::trust::{Policy, TrustStore};

    fn contents() -> Contents<'static> {
        let file = |text: &'static str| Cow::Borrowed(text.as_bytes());
        Contents {
            card: file("card"),
            evaluation: file("evaluation"),
            quality: file("quality"),
            answers: file(r#"{"tolerance": 0.01, "logits": [[1, 2]]}"#),
            pictures: vec![file("picture")],
            weights: file("weights"),
        }
    }

    fn manifest(key: &PublicKey) -> Manifest {
        let class = |key: &str| Class { key: key.to_string(), malignant: key == "mel", refer: false };
        Manifest {
            name: "lite0-192".to_string(),
            version: 1,
            key_id: key.id(),
            publisher: "Skin lab".to_string(),
            licence: "CC0 1.0".to_string(),
            date: "2026-03-31".parse().expect("a day"),
            lowest_app: "0.1.0".parse().expect("a version"),
            architecture: Architecture {
                family: Family::EfficientNetLite,
                width: 1.0,
                depth: 1.0,
                side: 192,
                activation: Activation::Relu,
            },
            classes: vec![class("mel"), class("nv")],
            files: Files::of(&contents()),
            revoked: Vec::new(),
        }
    }

    fn keys() -> (SigningKey, PublicKey) {
        let secret = SigningKey::generate().expect("a key");
        let public = secret.public().expect("a key");
        (secret, public)
    }

    fn open(bytes: &[u8], key: PublicKey) -> Pack<'_> {
        Pack::from_bytes(bytes, &TrustStore::new(key, keys().1, Policy::default())).expect("opened")
    }

    #[test]
    fn what_was_made_is_what_is_read() {
        let (secret, public) = keys();
        let mut bytes = Vec::new();
        let draft = Draft::new(&manifest(&public), contents(), public).expect("drafted");
        draft.sign(&secret, &mut bytes).expect("made");
        let pack = open(&bytes, public);
        assert_eq!(*pack.signed().manifest(), manifest(&public));
        assert_eq!(*pack.contents(), contents());
    }

    #[test]
    fn nothing_is_signed_that_nobody_would_take() {
        let (_, public) = keys();
        let good = manifest(&public);
        let refused =
            |manifest: Manifest, contents| Draft::new(&manifest, contents, public).expect_err("refused");
        let wrong = Manifest { version: 0, ..good.clone() };
        assert!(matches!(refused(wrong, contents()), MakeError::Pack(PackError::Manifest(_))));
        let mut wrong = good.clone();
        wrong.architecture.width = f64::NAN;
        assert!(matches!(refused(wrong, contents()), MakeError::Pack(PackError::Manifest(_))));
        let other = Contents { weights: Cow::Borrowed(b"others"), ..contents() };
        assert!(matches!(refused(good.clone(), other), MakeError::OtherFiles));
        let answers = Contents { answers: Cow::Borrowed(b"{}"), ..contents() };
        let wrong = Manifest { files: Files::of(&answers), ..good.clone() };
        assert!(matches!(refused(wrong, answers), MakeError::Pack(PackError::Answers(_))));
        assert!(matches!(Draft::new(&good, contents(), keys().1), Err(MakeError::OtherKey)));
    }

    #[test]
    fn a_signature_must_be_over_this_manifest() {
        let (secret, public) = keys();
        let draft = Draft::new(&manifest(&public), contents(), public).expect("drafted");
        let sign = |raw: &[u8], key: &SigningKey, comment| {
            minisign::sign(None, &key.0, raw, Some(comment), None).expect("signed").to_string()
        };
        let good = sign(draft.manifest(), &secret, TRUSTED_COMMENT);
        draft.write(&good, &mut Vec::new()).expect("made");
        for wrong in [
            "",
            "untrusted comment: signature\n",
            &good[..good.len() - 3],
            &sign(b"something", &secret, TRUSTED_COMMENT),
            &sign(draft.manifest(), &keys().0, TRUSTED_COMMENT),
            &sign(draft.manifest(), &secret, "timestamp:1"),
        ] {
            assert!(matches!(draft.write(wrong, &mut Vec::new()), Err(MakeError::Signature)), "{wrong}");
        }
    }

    #[test]
    fn secret_keys_are_read_with_and_without_a_password() {
        let (secret, public) = keys();
        let again = SigningKey::parse(&secret.to_text().expect("text"), None).expect("a key");
        assert_eq!(again.public().expect("a key"), public);
        let pair = minisign::KeyPair::generate_encrypted_keypair(Some("word".to_string())).expect("keys");
        let text = pair.sk.to_box(None).expect("text").to_string();
        let key = SigningKey::parse(&text, Some("word")).expect("a key");
        assert_eq!(key.public().expect("a key").to_string(), pair.pk.to_base64());
        for (text, password) in [(&*text, Some("other")), (&*text, None), ("", None), ("a\nb", Some("word"))]
        {
            assert!(
                matches!(SigningKey::parse(text, password), Err(MakeError::Key(_))),
                "{text} {password:?}"
            );
        }
        assert_eq!(format!("{secret:?}"), "SigningKey(…)");
    }

    /// Runs minisign, of the path in `MINISIGN` if that is set.
    fn minisign_tool(folder: &Path, arguments: &[&str]) {
        let program = std::env::var_os("MINISIGN").unwrap_or("minisign".into());
        let output = Command::new(&program).args(arguments).current_dir(folder).output();
        let output = output.unwrap_or_else(|error| panic!("install minisign ({program:?}: {error})"));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    #[ignore = "needs the program minisign, of the path in MINISIGN if that is set"]
    fn the_standard_tool_checks_a_pack() {
        let folder = tempfile::tempdir().expect("a folder");
        let (secret, public) = keys();
        let mut bytes = Vec::new();
        let draft = Draft::new(&manifest(&public), contents(), public).expect("drafted");
        draft.sign(&secret, &mut bytes).expect("made");
        let envelope = Envelope::read(&mut io::Cursor::new(&bytes)).expect("read");
        let write =
            |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
        write("manifest.json", envelope.manifest());
        write("manifest.json.minisig", envelope.signature().as_bytes());
        minisign_tool(folder.path(), &["-V", "-m", "manifest.json", "-P", &public.to_string()]);
    }

    #[test]
    #[ignore = "needs the program minisign, of the path in MINISIGN if that is set"]
    fn the_standard_tool_signs_a_pack() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("read");
        minisign_tool(folder.path(), &["-G", "-W", "-p", "key.pub", "-s", "key"]);
        let public = PublicKey::parse(&read("key.pub")).expect("a key");
        let draft = Draft::new(&manifest(&public), contents(), public).expect("drafted");
        std::fs::write(folder.path().join("manifest.json"), draft.manifest()).expect("written");
        minisign_tool(folder.path(), &["-S", "-s", "key", "-m", "manifest.json", "-t", TRUSTED_COMMENT]);
        let mut bytes = Vec::new();
        draft.write(&read("manifest.json.minisig"), &mut bytes).expect("made");
        assert_eq!(open(&bytes, public).signed().manifest().version, 1);
        let secret = SigningKey::parse(&read("key"), None).expect("a key");
        assert_eq!(secret.public().expect("a key"), public);
        draft.sign(&secret, &mut Vec::new()).expect("made");
    }
}
