//! Packs that were changed, cut off, or signed by somebody who means ill.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use spotpack::{Contents, Envelope, Manifest, PackError, Part, Refused, limits};

use super::support::*;

#[test]
fn no_byte_can_be_changed() {
    let good = pack(&KEYS.working);
    let trust = trust();
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (place % 8);
        match spotpack::Pack::from_bytes(&bytes, &trust) {
            Err(Refused::Pack(PackError::Manifest(why) | PackError::Answers(why))) => {
                panic!("{place}: parsed: {why}")
            }
            Err(_) => {}
            Ok(_) => panic!("{place}: taken"),
        }
    }
}

#[test]
fn base64_that_could_be_written_otherwise_is_refused() {
    // The last character before the = holds bits that stand for nothing and are zero: the next character
    // stands for the same bytes.
    let good = pack(&KEYS.working);
    for end in [102 + 100, 231 + 88] {
        let last = good[..end].iter().rposition(|byte| *byte != b'=').expect("a character");
        let mut bytes = good.clone();
        bytes[last] += 1;
        let read = Envelope::read(&mut std::io::Cursor::new(&bytes));
        assert!(matches!(read, Err(PackError::Tampered(Part::Signature))), "{end}");
    }
}

#[test]
fn nothing_can_be_cut_off_or_added() {
    let good = pack(&KEYS.working);
    let trust = trust();
    for length in 0..good.len() {
        assert!(spotpack::Pack::from_bytes(&good[..length], &trust).is_err(), "{length}");
    }
    for more in [1, 63, 64, 4096] {
        let mut bytes = good.clone();
        bytes.resize(good.len() + more, 0);
        assert!(matches!(refused(&bytes), Refused::Pack(PackError::Length { .. })), "{more}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_are_refused(changes in prop::collection::vec((any::<Index>(), 1_u8..), 1..4)) {
        let good = pack(&KEYS.working);
        let mut bytes = good.clone();
        for (place, change) in changes {
            bytes[place.index(good.len())] ^= change;
        }
        prop_assume!(bytes != good);
        prop_assert!(open(&bytes, &trust()).is_err());
    }

    #[test]
    fn cut_off_packs_are_refused(length in any::<Index>()) {
        let good = pack(&KEYS.working);
        prop_assert!(open(&good[..length.index(good.len())], &trust()).is_err());
    }

    #[test]
    fn moved_pieces_are_refused(from in any::<Index>(), to in any::<Index>(), length in 1_usize..200) {
        let good = pack(&KEYS.working);
        let length = length.min(good.len());
        let (from, to) = (from.index(good.len() - length + 1), to.index(good.len() - length + 1));
        let mut bytes = good.clone();
        bytes.copy_within(from..from + length, to);
        prop_assume!(bytes != good);
        prop_assert!(open(&bytes, &trust()).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), start in any::<bool>()) {
        let bytes = if start { [&pack(&KEYS.working)[..16], &bytes].concat() } else { bytes };
        prop_assert!(open(&bytes, &trust()).is_err());
    }

    #[test]
    fn lengths_that_lie_are_refused(length in any::<u32>()) {
        let mut bytes = pack(&KEYS.working);
        let true_length = u32::from_be_bytes(bytes[12..16].try_into().expect("four"));
        prop_assume!(length != true_length);
        bytes[12..16].copy_from_slice(&length.to_be_bytes());
        prop_assert!(open(&bytes, &trust()).is_err());
    }

    #[test]
    fn signed_lengths_that_lie_are_refused(
        file in prop::sample::select(&["card", "evaluation", "quality", "answers", "weights"][..]),
        length in any::<u64>(),
    ) {
        let mut manifest = manifest(&KEYS.working, &files());
        prop_assume!(manifest["files"][file]["length"] != json!(length));
        manifest["files"][file]["length"] = json!(length);
        prop_assert!(open(&with(&KEYS.working, &manifest), &trust()).is_err());
    }

    #[test]
    fn manifests_of_any_bytes_do_no_harm(place in any::<Index>(), put in prop::collection::vec(any::<u8>(), 0..6)) {
        let mut raw = manifest(&KEYS.working, &files()).to_string().into_bytes();
        let place = place.index(raw.len() - 6);
        raw.splice(place..place + put.len(), put);
        if let Ok(manifest) = Manifest::parse(&raw) {
            prop_assert!(manifest.check().is_ok());
            let again = serde_json::to_vec(&manifest).expect("JSON");
            prop_assert_eq!(Manifest::parse(&again).expect("the same"), manifest);
        }
    }
}

#[test]
fn every_field_must_be_there_and_no_other() {
    let good = manifest(&KEYS.working, &files());
    let names: Vec<String> = good.as_object().expect("an object").keys().cloned().collect();
    for name in names {
        let mut without = good.clone();
        without.as_object_mut().expect("an object").remove(&name);
        assert!(invalid(&with(&KEYS.working, &without)).contains("missing field"), "{name}");
    }
    for place in ["", "/architecture", "/classes/0", "/files", "/files/card"] {
        let mut more = good.clone();
        more.pointer_mut(place).expect("there")["extra"] = json!(1);
        assert!(invalid(&with(&KEYS.working, &more)).contains("unknown field"), "{place}");
    }
    let twice = good.to_string().replacen('{', r#"{"version":9,"#, 1);
    assert!(invalid(&assemble(&KEYS.working, twice.as_bytes(), &files())).contains("duplicate field"));
    let behind = format!("{good} {{}}");
    assert!(invalid(&assemble(&KEYS.working, behind.as_bytes(), &files())).contains("trailing"));
    let deep = "[".repeat(100_000);
    invalid(&assemble(&KEYS.working, deep.as_bytes(), &files()));
}

#[test]
fn hostile_manifests_are_refused() {
    let class = |key: String| json!({"key": key, "malignant": key == "k0", "refer": false});
    let classes = |count: usize| Value::from((0..count).map(|n| class(format!("k{n}"))).collect::<Vec<_>>());
    let long = "x".repeat(100_000);
    for (place, value, why) in [
        ("/classes", classes(10_000), "there must be 2 to 64, and there are 10000"),
        ("/classes", classes(65), "there must be 2 to 64"),
        ("/classes", classes(1), "there must be 2 to 64"),
        ("/classes", json!([]), "there must be 2 to 64"),
        ("/classes", json!([class("k0".into()), class("k0".into())]), "k0 is there twice"),
        ("/classes", json!([class("a".into()), class("b".into())]), "none is malignant"),
        ("/classes/1/malignant", json!(true), "all are malignant"),
        ("/classes/0/refer", json!(true), "both malignant and to be referred"),
        ("/classes/0/key", json!("../mel"), "classes: it must have"),
        ("/classes/0/key", json!("m\u{202e}el"), "classes: it must have"),
        ("/classes/0/key", json!("мel"), "classes: it must have"),
        ("/classes/0/key", json!(""), "classes: it must have"),
        ("/name", json!("../../etc"), "name: it must have"),
        ("/name", json!(long), "name: it must have"),
        ("/publisher", json!("Skin\nlab"), "publisher: the character U+000A"),
        ("/publisher", json!("Skin \u{202e}bal"), "publisher: the character U+202E"),
        ("/publisher", json!("Skin\u{200b}lab"), "publisher: the character U+200B"),
        ("/publisher", json!("Ѕkin lab"), "publisher: the character U+0405"),
        ("/publisher", json!("<b>"), "publisher: the character U+003C"),
        ("/publisher", json!(long), "publisher: it must have 1 to 60"),
        ("/publisher", json!(""), "publisher: it must have 1 to 60"),
        ("/licence", json!("\u{0}"), "licence: the character U+0000"),
        ("/version", json!(0), "version: it starts at 1"),
        ("/version", json!(-1), "invalid value"),
        ("/version", json!(1.5), "invalid type"),
        ("/version", json!(4_294_967_296_u64), "invalid value"),
        ("/key_id", json!("abcdefabcdefabcd"), "upper case"),
        ("/key_id", json!("0123456789ABCDEF"), "for another key"),
        ("/date", json!("2026-02-30"), "a day is written as"),
        ("/lowest_app", json!("1"), "three numbers"),
        ("/architecture/width", json!(0.0), "width must be"),
        ("/architecture/width", json!(1e300), "width must be"),
        ("/architecture/depth", json!(null), "invalid type"),
        ("/architecture/depth", json!("NaN"), "invalid type"),
        ("/architecture/side", json!(100_000), "side must be"),
        ("/architecture/family", json!("resnet"), "unknown variant"),
        ("/architecture/activation", json!("gelu"), "unknown variant"),
        ("/files/pictures", json!([]), "1 to 16 pictures"),
        ("/files/weights/length", json!(0), "the weights would be empty"),
        ("/files/weights/length", json!(-1), "invalid value"),
        ("/files/weights/sha256", json!("00"), "64 hexadecimal digits"),
        ("/revoked", json!([{"key": "00", "versions": "all"}]), "64 hexadecimal digits"),
        ("/revoked", json!([{"key": "0".repeat(64), "versions": "some"}]), "unknown variant"),
        (
            "/revoked",
            json!([{"key": "0".repeat(64), "versions": {"these": (0..300).collect::<Vec<u32>>()}}]),
            "256 versions each",
        ),
    ] {
        let mut manifest = manifest(&KEYS.working, &files());
        *manifest.pointer_mut(place).expect("there") = value;
        let told = invalid(&with(&KEYS.working, &manifest));
        assert!(told.contains(why), "{place}: {told}");
        assert!(told.len() < 300 && told.is_ascii(), "{place}: {told}");
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    let good = manifest(&KEYS.working, &files()).to_string();
    for bad in ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e", "0x1", "01"] {
        let raw = good.replacen(r#""depth":1.1"#, &format!(r#""depth":{bad}"#), 1);
        assert_ne!(raw, good);
        assert!(matches!(
            refused(&assemble(&KEYS.working, raw.as_bytes(), &files())),
            Refused::Pack(PackError::Manifest(_))
        ));
    }
}

#[test]
fn what_is_too_large_is_refused_by_its_name() {
    let cases = [
        ("/card", Part::Card, limits::CARD_BYTES),
        ("/evaluation", Part::Evaluation, limits::EVALUATION_BYTES),
        ("/quality", Part::Quality, limits::QUALITY_BYTES),
        ("/answers", Part::Answers, limits::ANSWERS_BYTES),
        ("/pictures/1", Part::Picture(2), limits::PICTURE_BYTES),
        ("/weights", Part::Weights, limits::WEIGHTS_BYTES),
    ];
    for (place, part, most) in cases {
        let claiming = |length: u64| {
            refused(&changed(&KEYS.working, |manifest| {
                manifest["files"].pointer_mut(place).expect("there")["length"] = json!(length);
            }))
        };
        for length in [most + 1, u64::MAX] {
            let told = claiming(length);
            let expected = PackError::TooLarge { part, length, most };
            assert_eq!(told.to_string(), expected.to_string());
        }
        assert!(matches!(claiming(most), Refused::Pack(PackError::Length { .. })), "{place}");
    }
}

#[test]
fn known_answers_for_another_model_are_refused() {
    for answers in [
        "{}",
        r#"{"tolerance": 0.01, "logits": [[1, 2]]}"#,
        r#"{"tolerance": 1, "logits": [[1, 2], [1, 2]]}"#,
    ] {
        let mut files = files();
        files[3] = answers.into();
        let raw = manifest(&KEYS.working, &files).to_string();
        let told = refused(&assemble(&KEYS.working, raw.as_bytes(), &files));
        assert!(matches!(told, Refused::Pack(PackError::Answers(_))), "{told}");
    }
}

#[test]
fn files_that_were_swapped_are_refused() {
    let mut files = files();
    let raw = manifest(&KEYS.working, &files).to_string();
    files[4] = vec![3; 64];
    let told = refused(&assemble(&KEYS.working, raw.as_bytes(), &files));
    assert!(matches!(told, Refused::Pack(PackError::Tampered(Part::Picture(1)))), "{told}");
}

#[test]
fn zeros_between_files_are_zeros() {
    let mut bytes = pack(&KEYS.working);
    let end = bytes.len() - files()[6].len();
    assert_eq!(bytes[end - 1], 0);
    bytes[end - 1] = 1;
    assert!(matches!(refused(&bytes), Refused::Pack(PackError::Tampered(Part::Padding))));
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    impl std::io::Seek for Broken {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(1000)
        }
    }
    let told = spotpack::Pack::open(&mut Broken, &trust()).expect_err("refused");
    assert!(matches!(told, Refused::Pack(PackError::Read(_))), "{told}");
}

#[test]
fn files_can_be_taken_without_a_copy() {
    let bytes = pack(&KEYS.working);
    let pack = open(&bytes, &trust()).expect("opened");
    let place = pack.contents().weights.as_ptr();
    let Contents { weights, .. } = pack.into_contents();
    let weights = weights.into_owned();
    assert_eq!(weights.as_ptr(), place);
}
