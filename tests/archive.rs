//! The archive as another process meets it: killed while it writes, and kept by the public face alone.

#![cfg(feature = "ui")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use spotcheck::archive::Archive;
use spotcheck::archive::record::{
    BodySide, Check, CheckId, Kind, Lineage, Pictures, Place, Remarks, Spot, SpotId,
};
use spotcheck::archive::seal::Key;
use spotcheck::assessment::{Assessment, Novelty, SCHEMA, Triage};
use spotcheck::modality::Modality;
use spotcheck::person::Person;
use spotcheck::photo::Square;
use spotcheck::photo::quality::Quality;

const SPOT: u128 = 7;
/// What the parent tells the child: the archive's file.
const FILE: &str = "SPOTCHECK_TEST_ARCHIVE";

fn key() -> Key {
    Key::from_bytes(b"the key of a test, not a secret!").expect("32 bytes")
}

fn spot() -> Spot {
    let place = Place { side: BodySide::Front, x: 0.5, y: 0.5 };
    let (id, since) = (SpotId::from(SPOT), Timestamp::UNIX_EPOCH);
    Spot { id, name: "arm".into(), note: String::new(), place, since, look_again: None, recovered: false }
}

fn check(number: u128) -> Check {
    let assessment = Assessment {
        schema: SCHEMA,
        model: "test".into(),
        crop: Square { left: 0, top: 0, side: 100 },
        views: 1,
        probabilities: Vec::new(),
        risk: 0.1,
        risk_range: [0.1, 0.1],
        triage: Triage::NothingSuspicious,
        cannot_tell: Vec::new(),
        despite_quality: false,
        prediction_set: Vec::new(),
        prediction_set_coverage: 0.9,
        novelty: Novelty { nearness: 0.9, least_nearness: 0.5, lesion: 4.0, least_lesion: 0.0 },
        kind: Modality::PlainPhoto,
        kind_unsure: false,
        calibrated_for: Modality::PlainPhoto,
        plain_photo: 0.9,
        quality: Quality { measurements: Vec::new() },
        person: Person::default(),
        because: Vec::new(),
        despite_risk: None,
        risk_of_photo: Some(0.1),
        foreign_model: None,
    };
    let (id, spot, at) = (CheckId::from(number), SpotId::from(SPOT), Timestamp::UNIX_EPOCH);
    Check {
        id,
        spot,
        lineage: Lineage::UNKNOWN,
        order: 0,
        after: BTreeMap::new(),
        at,
        assessment,
        photo: None,
        again: Vec::new(),
        remarks: Remarks::default(),
    }
}

/// As large as real ones, and different for each check.
fn pictures(number: u128) -> Pictures {
    let picture = |kibibytes: usize| number.to_be_bytes().repeat(kibibytes * 64);
    Pictures { thumbnail: picture(4), crop: picture(40), saliency: picture(30), photo: picture(120) }
}

/// The child: keeps one check after the other, and says so when each is safe.
#[test]
#[ignore = "is started by the test below"]
fn the_writer() {
    let Some(file) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let mut archive = Archive::open(&file, key()).expect("opens");
    let mut output = std::io::stdout();
    let kept = archive.contents().latest().len() as u128;
    for number in kept.. {
        archive.keep_check(spot(), check(number), &pictures(number)).expect("kept");
        writeln!(output, "\nkept {number}").and_then(|()| output.flush()).expect("told");
    }
}

/// Lets a child write until it has told of some checks, kills it in the middle of whatever it does, and returns how many there are.
fn write_and_kill(file: &Path, tells: u32, microseconds: u64) -> u128 {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "the_writer", "--ignored", "--nocapture"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let (mut last, mut told) = (0, 0);
    for line in lines.map_while(Result::ok) {
        if let Some(number) = line.strip_prefix("kept ") {
            last = number.parse::<u128>().expect("a number") + 1;
            told += 1;
            if told == tells {
                std::thread::sleep(Duration::from_micros(microseconds));
                child.kill().expect("killed");
            }
        }
    }
    child.wait().expect("ended");
    assert!(told >= tells, "the child ended by itself after {told} checks");
    last
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    const WRITES: u128 = 1_000;
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("archive.redb");
    Archive::create(&file, key()).expect("made");
    let (mut kills, mut acknowledged) = (0, 0);
    while acknowledged < WRITES {
        // Every tell and delay differs, so that each phase of a write is hit.
        let (tells, delay) = (5 + kills * 7 % 40, u64::from(kills) * 613 % 9_000);
        acknowledged = write_and_kill(&file, tells, delay);
        kills += 1;
        let archive = Archive::open(&file, key()).expect("opens after the kill");
        assert_eq!(archive.losses(), Default::default(), "kill {kills}");
        let found = archive.contents().latest().len() as u128;
        // One more may have been safe before the child could say so.
        assert!((acknowledged..=acknowledged + 1).contains(&found), "{acknowledged} told, {found} there");
        for number in acknowledged.saturating_sub(u128::from(tells))..acknowledged {
            let kept = archive.pictures(CheckId::from(number)).expect("pictures");
            assert_eq!(kept, pictures(number), "kill {kills}");
        }
    }
    let archive = Archive::open(&file, key()).expect("opens");
    for number in 0..acknowledged {
        let crop = archive.picture(CheckId::from(number), Kind::Crop).expect("picture");
        assert_eq!(*crop, pictures(number).crop);
    }
    println!("{kills} kills, {acknowledged} acknowledged writes, none lost");
}
