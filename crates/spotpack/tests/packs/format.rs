//! The format to the byte.

use std::io::Cursor;
use std::time::{Duration, Instant};

use spotpack::{Envelope, HEADER_BYTES, Pack, PackError, Part, Refused, TRUSTED_COMMENT};

use super::support::*;

#[test]
fn a_pack_made_by_hand_is_read() {
    let bytes = pack(&KEYS.working);
    let pack = open(&bytes, &trust()).expect("opened");
    let manifest = pack.signed().manifest();
    assert_eq!((manifest.name.as_str(), manifest.version), ("lite1-240", 7));
    assert_eq!(manifest.architecture.depth, 1.1);
    assert_eq!(pack.signed().signer().key, public(&KEYS.working));
    let contents = pack.contents();
    let read = [&contents.card, &contents.evaluation, &contents.quality, &contents.answers];
    let read = read.into_iter().chain(&contents.pictures).chain([&contents.weights]);
    assert_eq!(read.map(|file| file.to_vec()).collect::<Vec<_>>(), files());
    assert_eq!(pack.known_answers().agree(1, &[0.5, 3.5]), Ok(()));
    assert!(pack.known_answers().agree(0, &[0.5, 3.5]).is_err());
}

#[test]
fn files_begin_at_multiples_of_64() {
    let bytes = pack(&KEYS.working);
    let pack = Pack::from_bytes(&bytes, &trust()).expect("opened");
    let contents = pack.contents();
    for file in [&contents.card, &contents.answers, &contents.pictures[1], &contents.weights] {
        assert_eq!((file.as_ptr() as usize - bytes.as_ptr() as usize) % 64, 0);
    }
}

#[test]
fn manifest_and_signature_can_be_cut_out() {
    let bytes = pack(&KEYS.working);
    let envelope = Envelope::read(&mut Cursor::new(&bytes)).expect("read");
    assert_eq!(envelope.manifest(), &bytes[HEADER_BYTES..][..envelope.manifest().len()]);
    assert_eq!(envelope.signature().as_bytes(), &bytes[73..HEADER_BYTES]);
    assert_eq!(envelope.key(), &public(&KEYS.working));
    let signature = minisign::SignatureBox::from_string(envelope.signature()).expect("a signature");
    let manifest = Cursor::new(envelope.manifest());
    minisign::verify(&KEYS.working.pk, &signature, manifest, true, false, false).expect("verified");
    assert_eq!(signature.trusted_comment().expect("a comment"), TRUSTED_COMMENT);
}

#[test]
fn a_signature_for_anything_else_is_none() {
    let key = &KEYS.working;
    let raw = manifest(key, &files()).to_string();
    let good = assemble(key, raw.as_bytes(), &files());
    let mut other = good.clone();
    other.splice(73..320, signature(key, raw.as_bytes(), "spotpack 2").bytes());
    assert!(matches!(refused(&other), Refused::Pack(PackError::Tampered(Part::Signature))));
    let mut other = good.clone();
    other.splice(73..320, signature(key, b"something", "spotpack 1").bytes());
    assert!(matches!(refused(&other), Refused::Pack(PackError::Tampered(Part::Signature))));
    // The other key's signature, with the key that is trusted.
    let mut other = good.clone();
    other.splice(73..320, signature(&KEYS.foreign, raw.as_bytes(), "spotpack 1").bytes());
    assert!(matches!(refused(&other), Refused::Pack(PackError::Tampered(Part::Signature))));
}

#[test]
fn other_files_and_formats_are_told_apart() {
    for other in [&b""[..], b"Spotpack", b"PK\x03\x04", b"Spotpack\0", b"spotpack\x01", &[0; 4096]] {
        assert!(matches!(refused(other), Refused::Pack(PackError::NotAPack)), "{other:?}");
    }
    let mut newer = pack(&KEYS.working);
    newer[8] = 2;
    assert!(matches!(refused(&newer), Refused::Pack(PackError::NewerFormat(2))));
    assert!(matches!(refused(b"Spotpack\x02..."), Refused::Pack(PackError::NewerFormat(2))));
}

#[test]
#[ignore = "measures"]
fn measure_how_long_a_pack_takes() {
    let trust = trust();
    let best = |action: &dyn Fn()| {
        let times = (0..20).map(|_| {
            let start = Instant::now();
            action();
            start.elapsed()
        });
        times.min().unwrap_or(Duration::MAX)
    };
    for megabytes in [9, 26, 96] {
        let mut files = files();
        files[6] =
            (0..megabytes << 20).map(|index: u32| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let raw = manifest(&KEYS.working, &files).to_string();
        let bytes = assemble(&KEYS.working, raw.as_bytes(), &files);
        let envelope = Envelope::read(&mut Cursor::new(&bytes)).expect("read");
        let signature = best(&|| envelope.verify().expect("verified"));
        let memory = best(&|| drop(Pack::from_bytes(&bytes, &trust).expect("opened")));
        let copied = best(&|| drop(Pack::open(&mut Cursor::new(&bytes), &trust).expect("opened")));
        println!(
            "{megabytes} MB: signature {signature:.1?}, all where it lies {memory:.1?}, read {copied:.1?}"
        );
    }
}
