//! No bytes make the reader of model packs panic, and what it takes for a manifest keeps the rules.
//!
//! A fuzzer finds no signatures, so that what comes behind one is thrown at directly.
#![no_main]

use std::io::Cursor;

use spotpack::{Envelope, KnownAnswers, Manifest};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::read(&mut Cursor::new(bytes)) {
        let _ = envelope.verify();
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert!(manifest.check().is_ok());
    }
    if let Ok(answers) = KnownAnswers::parse(bytes, 2, 1) {
        assert!(answers.agree(0, &answers.logits[0]).is_ok());
        assert!(answers.agree(0, &[f32::NAN; 2]).is_err());
    }
});
