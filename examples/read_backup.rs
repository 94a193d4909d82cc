//! Lists the checks in a backup, oldest first: `cargo run --release --example read_backup spotcheck.age`, with the
//! passphrase on standard input. What is read lies sealed in a temporary archive whose key is never written anywhere.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader};

use spotcheck::archive::Archive;
use spotcheck::archive::backup;
use spotcheck::archive::seal::{Key, Passphrase};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a backup")?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let passphrase = Passphrase::new(line.trim_end().into()).ok_or("the passphrase is too short")?;

    let folder = tempfile::tempdir()?;
    let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random())?;
    backup::import(&mut archive, &passphrase, BufReader::new(File::open(path)?))?;
    let contents = archive.contents();
    for check in contents.latest().rev() {
        let name = contents.spot(check.spot).map_or("", |spot| spot.name.as_str());
        println!("{} {name:?} {}", check.at, check.assessment.triage.key());
    }
    Ok(())
}
