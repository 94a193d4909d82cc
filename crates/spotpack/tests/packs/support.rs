//! Packs that are put together by hand, byte by byte as docs/model-packs.md says, with keys that are made for
//! one test.

use std::io::Cursor;
use std::sync::LazyLock;

use minisign::KeyPair;
use serde_json::{Value, json};
use spotpack::{AppVersion, Digest, Pack, PackError, Policy, PublicKey, Refused, TrustStore};

/// The project's keys, one that is marked as for tests, and one of somebody else.
pub struct Keys {
    pub working: KeyPair,
    pub spare: KeyPair,
    pub test: KeyPair,
    pub foreign: KeyPair,
}

pub static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys { working: pair(), spare: pair(), test: pair(), foreign: pair() });

pub fn pair() -> KeyPair {
    KeyPair::generate_unencrypted_keypair().expect("keys")
}

pub fn public(pair: &KeyPair) -> PublicKey {
    PublicKey::parse(&pair.pk.to_base64()).expect("a key")
}

/// What a release trusts that takes other people's packs.
pub fn trust() -> TrustStore {
    let policy = Policy { test_keys: false, foreign_keys: true };
    TrustStore::new(public(&KEYS.working), public(&KEYS.spare), policy).with_test_keys([public(&KEYS.test)])
}

pub fn app() -> AppVersion {
    "0.1.0".parse().expect("a version")
}

/// Card, evaluation, quality, answers, two pictures, weights.
pub fn files() -> Vec<Vec<u8>> {
    let answers = br#"{"tolerance": 0.01, "logits": [[1.5, -2.5], [0.5, 3.5]]}"#;
    let weights = (0..300_u32).map(|index| (index * 7) as u8).collect();
    [&b"card"[..], b"evaluation", b"quality", answers, &[1; 64], &[2; 65]]
        .map(<[u8]>::to_vec)
        .into_iter()
        .chain([weights])
        .collect()
}

/// A manifest for these files by the owner of this key.
pub fn manifest(key: &KeyPair, files: &[Vec<u8>]) -> Value {
    let blobs: Vec<Value> = files
        .iter()
        .map(|file| json!({"length": file.len(), "sha256": Digest::of(file).to_string()}))
        .collect();
    let [card, evaluation, quality, answers, pictures @ .., weights] = &blobs[..] else { panic!("too few") };
    json!({
        "name": "lite1-240",
        "version": 7,
        "key_id": public(key).id().to_string(),
        "publisher": "Skin lab",
        "licence": "CC BY-NC 4.0 (not for commercial use)",
        "date": "2026-03-31",
        "lowest_app": "0.1.0",
        "architecture":
            {"family": "efficientnet-lite", "width": 1.0, "depth": 1.1, "side": 240, "activation": "relu"},
        "classes": [
            {"key": "mel", "malignant": true, "refer": false},
            {"key": "nv", "malignant": false, "refer": false},
        ],
        "files": {
            "card": card, "evaluation": evaluation, "quality": quality, "answers": answers,
            "pictures": pictures, "weights": weights,
        },
        "revoked": [],
    })
}

/// A signature over this manifest, as a `.minisig` file.
pub fn signature(key: &KeyPair, raw: &[u8], trusted_comment: &str) -> String {
    let signature = minisign::sign(None, &key.sk, Cursor::new(raw), Some(trusted_comment), Some("signature"));
    signature.expect("signed").to_string()
}

/// The bytes of a pack, whatever its manifest says.
pub fn assemble(key: &KeyPair, raw: &[u8], files: &[Vec<u8>]) -> Vec<u8> {
    let mut pack = b"Spotpack\x01\0\0\0".to_vec();
    pack.extend((raw.len() as u32).to_be_bytes());
    pack.extend(format!("{}\n", key.pk.to_base64()).bytes());
    pack.extend(signature(key, raw, "spotpack 1").bytes());
    assert_eq!(pack.len(), 320);
    pack.extend(raw);
    for file in files {
        pack.resize(pack.len().next_multiple_of(64), 0);
        pack.extend(file);
    }
    pack
}

/// A pack with this manifest and the usual files.
pub fn with(key: &KeyPair, manifest: &Value) -> Vec<u8> {
    assemble(key, manifest.to_string().as_bytes(), &files())
}

/// A pack with the usual files whose manifest was changed before it was signed.
pub fn changed(key: &KeyPair, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut manifest = manifest(key, &files());
    change(&mut manifest);
    with(key, &manifest)
}

/// A pack that is right.
pub fn pack(key: &KeyPair) -> Vec<u8> {
    changed(key, |_| {})
}

/// Opens a pack from a file and from memory, which must come to the same.
pub fn open(bytes: &[u8], trust: &TrustStore) -> Result<Pack<'static>, Refused> {
    let read = Pack::open(&mut Cursor::new(bytes), trust);
    match (&read, Pack::from_bytes(bytes, trust)) {
        (Ok(read), Ok(borrowed)) => assert_eq!(*read, borrowed),
        (Err(read), Err(borrowed)) => assert_eq!(read.to_string(), borrowed.to_string()),
        (read, borrowed) => panic!("{read:?}, but from memory {borrowed:?}"),
    }
    read
}

/// Why a pack is refused.
pub fn refused(bytes: &[u8]) -> Refused {
    open(bytes, &trust()).expect_err("refused")
}

/// Why its manifest is.
pub fn invalid(bytes: &[u8]) -> String {
    match refused(bytes) {
        Refused::Pack(PackError::Manifest(why)) => why,
        other => panic!("{other:?}"),
    }
}
