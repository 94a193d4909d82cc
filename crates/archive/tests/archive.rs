//! The archive as another process meets it: killed while it writes, and kept by the public face alone.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use archive::record::{Check, CheckId, Pictures, Spot, SpotId};
use archive::seal::Key;
use archive::{Archive, made_up};

const SPOT: u128 = 7;
/// What the parent tells the child: the archive's file.
const FILE: &str = "SPOTCHECK_TEST_ARCHIVE";

fn key() -> Key {
    Key::from_bytes(b"the key of a test, not a secret!").expect("32 bytes")
}

fn spot() -> Spot {
    Spot { id: SpotId::from(SPOT), ..made_up::spot("arm") }
}

fn check(number: u128) -> Check {
    Check { id: CheckId::from(number), ..made_up::check(SpotId::from(SPOT)) }
}

/// As large as real ones, and different for each check.
fn pictures(number: u128) -> Pictures {
    let picture = |kibibytes: usize| number.to_be_bytes().repeat(kibibytes * 64);
    Pictures { thumbnail: picture(4), crop: picture(40), saliency: picture(30), photo: picture(120) }
}

/// So many checks the child lets stand: beyond them it deletes the oldest for each new one.
const STANDING: usize = 30;

fn numbers(archive: &Archive) -> Vec<u128> {
    let mut numbers: Vec<u128> = archive.contents().latest().map(|check| check.id.number()).collect();
    numbers.sort_unstable();
    numbers
}

/// The child: keeps one check after the other and deletes old ones, and says so when each is safe or gone.
#[test]
#[ignore = "is started by the test below"]
fn the_writer() {
    let file = std::env::var_os(FILE).map(PathBuf::from);
    let mut archive = Archive::open(&file.expect("started by the test below"), key()).expect("opens");
    let mut output = std::io::stdout();
    let mut tell = |what: &str, number| {
        writeln!(output, "\n{what} {number}").and_then(|()| output.flush()).expect("told")
    };
    let next = numbers(&archive).last().map_or(0, |last| last + 1);
    for number in next.. {
        archive.keep_check(spot(), check(number), &pictures(number)).expect("kept");
        tell("kept", number);
        let there = numbers(&archive);
        // A kill may have come between the two.
        for number in there.iter().take(there.len().saturating_sub(STANDING)) {
            archive.delete_check(CheckId::from(*number)).expect("deleted");
            tell("deleted", *number);
        }
    }
}

/// What the child has told: the numbers after the last check that was kept, and after the last that was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Told {
    kept: u128,
    deleted: u128,
}

/// Lets a child write until it has told of some steps, kills it in the middle of whatever it does, and returns what it told last, beyond
/// what was told `before`.
fn write_and_kill(file: &Path, before: Told, tells: u32, microseconds: u64) -> Told {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "the_writer", "--ignored", "--nocapture"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let (mut last, mut told) = (before, 0);
    for line in lines.map_while(Result::ok) {
        let after = |number: &str| number.parse::<u128>().expect("a number") + 1;
        match line.split_once(' ') {
            Some(("kept", number)) => last.kept = after(number),
            Some(("deleted", number)) => last.deleted = after(number),
            _ => continue,
        }
        told += 1;
        if told == tells {
            std::thread::sleep(Duration::from_micros(microseconds));
            child.kill().expect("killed");
        }
    }
    child.wait().expect("ended");
    assert!(told >= tells, "the child ended by itself after {told} steps");
    last
}

/// `SPOTCHECK_KILLS` says how often; forty times without.
#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    let wanted = std::env::var("SPOTCHECK_KILLS").ok().map(|kills| kills.parse::<u32>().expect("a number"));
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("archive.redb");
    Archive::create(&file, key()).expect("made");
    let (mut kills, mut told) = (0, Told::default());
    while kills < wanted.unwrap_or(40) {
        // Every number of steps and delay differs, so that each phase of a write is hit.
        let (tells, delay) = (5 + kills * 7 % 40, u64::from(kills) * 613 % 9_000);
        told = write_and_kill(&file, told, tells, delay);
        kills += 1;
        let archive = Archive::open(&file, key()).expect("opens after the kill");
        assert_eq!(archive.losses(), Default::default(), "kill {kills}");
        let there = numbers(&archive);
        // One more may have been kept, or deleted, before the child could say so.
        let first = *there.first().expect("one at least");
        let end = there.last().expect("one at least") + 1;
        assert!((told.kept..=told.kept + 1).contains(&end), "kill {kills}: {told:?}, {end} kept");
        assert!(
            (told.deleted..=told.deleted + 1).contains(&first),
            "kill {kills}: {told:?}, {first} is there"
        );
        assert_eq!(there, (first..end).collect::<Vec<_>>(), "kill {kills}: all between are there");
        for number in there {
            let kept = archive.pictures(CheckId::from(number)).expect("pictures");
            assert_eq!(kept, pictures(number), "kill {kills}");
        }
        told = Told { kept: end, deleted: first };
    }
    let Told { kept, deleted } = told;
    println!("{kills} kills in {kept} checks kept and {deleted} deleted: nothing lost, nothing come back");
    assert!(wanted.is_some() || deleted > 100, "the child deletes, too: {deleted}");
}
