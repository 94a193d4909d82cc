//! How long an archive of thousands of checks takes, and how large it is.

use super::*;
use crate::store::Part;

/// Prints how many bytes of the disk 5,000 checks take for each byte that is sealed, and how long it takes to delete one of them and to
/// look for lost pictures.
#[test]
#[ignore = "prints times"]
fn bytes_of_five_thousand_checks() {
    use std::time::Instant;
    let place = Scratch::new();
    let mut archive = place.create();
    let spots: Vec<Spot> = (0..50).map(|number| spot(&format!("spot {number}"))).collect();
    archive.adopt(Vec::new(), spots.clone(), Vec::new()).expect("kept");
    let mut sealed = 0;
    for part in 0..100 {
        let check = |at: usize| {
            let number = part * 50 + at;
            // Sizes as they are met: a kept photo has 40 to 160 kB, a crop 24 to 40.
            let size = |least: usize, most: usize, step: usize| least + number * step % (most - least);
            let picture = |bytes| vec![number as u8; bytes];
            let pictures = Pictures {
                thumbnail: picture(size(3_000, 6_000, 311)),
                crop: picture(size(24_000, 40_000, 1_709)),
                saliency: picture(size(20_000, 36_000, 1_231)),
                photo: picture(size(40_000, 160_000, 7_919)),
            };
            (check(spots[at].id), pictures)
        };
        let checks: Vec<_> = (0..50).map(check).collect();
        for (check, pictures) in &checks {
            let texts = pictures.by_kind().map(|(_, picture)| picture.len()).into_iter();
            let record = Record::Check(Box::new(check.clone())).bytes(0).len();
            sealed += texts.chain([record]).map(|text| text + seal::PIECE_MORE_BYTES).sum::<usize>();
        }
        archive.adopt(Vec::new(), Vec::new(), checks).expect("kept");
    }
    let one = archive.contents().timeline(spots[7].id).nth(50).expect("a check").id;
    drop(archive);
    let about = fs::metadata(place.file()).expect("file");
    #[cfg(unix)]
    let bytes = std::os::unix::fs::MetadataExt::blocks(&about) * 512;
    #[cfg(not(unix))]
    let bytes = about.len();
    let share = bytes as f64 / sealed as f64;
    println!("{bytes} bytes of the disk, {} long, {sealed} sealed: {share:.3}", about.len());
    let mut archive = place.open();
    let start = Instant::now();
    archive.delete_check(one).expect("deleted");
    println!("one of 5,000 checks deleted in {:.1?}", start.elapsed());
    let lost: Vec<CheckId> = archive.contents().latest().take(30).map(|check| check.id).collect();
    let thumbnail = |check: &CheckId| RecordId { kind: RecordKind::Thumbnail, id: check.number() };
    let put = lost.iter().map(|check| Part { id: thumbnail(check), at: 0, sealed: vec![0; 100] }).collect();
    archive.store.change(&Changes { put, remove: Vec::new() }).expect("damaged");
    let start = Instant::now();
    let found = lost.iter().filter(|check| archive.picture(**check, RecordKind::Thumbnail).is_ok()).count();
    let took = start.elapsed();
    println!(
        "30 pictures that the database does not lead to looked for in {took:.1?}, {found} of them found"
    );
}

/// Prints how long an archive of 5,000 checks takes to open and to look into: see docs/testing.md.
#[test]
#[ignore = "prints times"]
fn five_thousand_checks() {
    use std::time::Instant;
    let place = Scratch::new();
    let mut archive = place.create();
    let spots: Vec<Spot> = (0..50).map(|number| spot(&format!("spot {number}"))).collect();
    let checks: Vec<Check> =
        (0..5_000).map(|number| Check { order: number as u64, ..check(spots[number % 50].id) }).collect();
    archive.adopt(Vec::new(), spots.clone(), Vec::new()).expect("kept");
    for part in checks.chunks(100) {
        let part = part.iter().map(|check| (check.clone(), pictures(check, 15_000))).collect();
        archive.adopt(Vec::new(), Vec::new(), part).expect("kept");
    }
    drop(archive);
    let bytes = fs::metadata(place.file()).expect("file").len();
    let start = Instant::now();
    let mut archive = place.open();
    println!("{} MB; opened in {:.0?}", bytes / 1_000_000, start.elapsed());
    let start = Instant::now();
    let latest: Vec<CheckId> = archive.contents().latest().take(20).map(|check| check.id).collect();
    latest.iter().for_each(|id| drop(archive.picture(*id, RecordKind::Thumbnail).expect("picture")));
    println!("the newest 20 with their pictures in {:.1?}", start.elapsed());
    let start = Instant::now();
    let timeline: Vec<CheckId> = archive.contents().timeline(spots[7].id).map(|check| check.id).collect();
    timeline.iter().for_each(|id| drop(archive.picture(*id, RecordKind::Thumbnail).expect("picture")));
    println!("a spot's {} checks with their pictures in {:.1?}", timeline.len(), start.elapsed());
    let start = Instant::now();
    let one = check(spots[0].id);
    archive.keep_check(spots[0].clone(), one.clone(), &pictures(&one, 60_000)).expect("kept");
    println!("a check kept in {:.1?}", start.elapsed());
    let start = Instant::now();
    archive.delete_check(one.id).expect("deleted");
    println!("a check deleted and wiped in {:.1?}", start.elapsed());
}
