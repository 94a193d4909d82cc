//! Times, memory and size, printed for docs/performance.md.

use std::path::Path;

use spotcheck::archive::record::{Check, CheckId, Spot, SpotId};
use spotcheck::archive::seal::Passphrase;
use spotcheck::archive::vault::Vault;
use spotcheck::archive::{Archive, Files};

use crate::spots::{PASSPHRASE, keep_first};
use crate::window::Window;
use crate::{folder, lesion, mole, picture};

/// When a process was started, in milliseconds since 1970, and its resident memory, in MB.
fn process(id: &str) -> (f64, f64) {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{name}")).expect("proc");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    let up: f64 = read("uptime").split(' ').next().and_then(|seconds| seconds.parse().ok()).expect("uptime");
    let stat = read(&format!("{id}/stat"));
    let after_name = stat.rsplit(") ").next().expect("fields");
    // Field 22 of proc_pid_stat(5), in hundredths of a second since the start of the system.
    let ticks: f64 = after_name.split(' ').nth(19).and_then(|ticks| ticks.parse().ok()).expect("start");
    let status = read(&format!("{id}/status"));
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    (now.as_secs_f64() * 1000.0 - up * 1000.0 + ticks * 10.0, memory.expect("memory") / 1000.0)
}

/// When something came to be on the screen, in milliseconds after what asked for it.
struct Times {
    /// Its element was in the page.
    there: f64,
    /// Its picture, if it is one, was unpacked.
    decoded: f64,
    /// Two frames were drawn with it.
    painted: f64,
}

/// Notes in the page when `event` meets it and when, after that, each of these elements comes to be.
async fn watch(window: &Window, event: &str, elements: &[&str]) {
    let script = format!(
        "window.begun = null; window.times = {elements:?}.map(() => [null, null, null]);
         document.addEventListener('{event}', () => window.begun ??= performance.now(), true);
         {elements:?}.forEach((css, number) => {{
           const note = step => window.times[number][step] ??= performance.now();
           const decoded = () => {{
             note(1);
             requestAnimationFrame(() => requestAnimationFrame(() => note(2)));
           }};
           new MutationObserver((_, observer) => {{
             const found = document.querySelector(css);
             if (!found) return;
             observer.disconnect();
             note(0);
             found.decode ? found.decode().then(decoded) : decoded();
           }}).observe(document.body, {{ childList: true, subtree: true }});
         }});"
    );
    window.run(&script).await;
}

/// When each of them came, after the event.
async fn watched(window: &Window) -> Vec<Times> {
    for _ in 0..200 {
        let times = window
            .run(
                "return window.begun && window.times.flat().every(Boolean) \
                 ? window.times.map(of => of.map(time => time - window.begun)) : []",
            )
            .await;
        let times: Vec<[f64; 3]> = serde_json::from_value(times).expect("times");
        if !times.is_empty() {
            let named = |[there, decoded, painted]: [f64; 3]| Times { there, decoded, painted };
            return times.into_iter().map(named).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it was never painted");
}

/// How often a photo is opened and assessed in each window.
const ROUNDS: usize = 9;

/// The process of the app that was started last.
fn newest_app() -> String {
    let found = std::process::Command::new("pgrep").args(["-n", "-x", "spotcheck"]).output().expect("pgrep");
    String::from_utf8_lossy(&found.stdout).trim().to_string()
}

/// What one window of a build took: milliseconds but for the last, which is its memory in MB.
const MEASURED: [&str; 8] = [
    "start → first paint",
    "choosing → preview in the page",
    "choosing → preview decoded",
    "choosing → preview painted",
    "asking → answer in the page",
    "asking → answer painted",
    "asking → its picture painted",
    "memory of the app's process at the end, MB",
];

/// Opens the app, has it look at the photo in some rounds, and tells the medians of [`MEASURED`].
async fn measured(program: &Path, data: &Path, photo: &Path) -> [f64; 8] {
    std::fs::create_dir_all(data).expect("folder");
    std::fs::write(data.join("settings.json"), r#"{"consent":1,"language":"en"}"#).expect("settings");
    let window = Window::open_program(program, data).await;
    window.find("#choose").await;
    let paint =
        "return performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime";
    let painted = window.run(paint).await.as_f64().expect("a time");
    let id = newest_app();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        // It comes before the change, which the bridge keeps from everybody else.
        watch(&window, "input", &["#viewport img"]).await;
        window.choose("#choose", photo).await;
        let preview = watched(&window).await.remove(0);
        window.find(".hint p").await;
        watch(&window, "click", &["#triage", "#crop"]).await;
        window.click("#assess:enabled").await;
        let [answer, crop] = watched(&window).await.try_into().unwrap_or_else(|_| panic!("two elements"));
        rounds.push([
            preview.there,
            preview.decoded,
            preview.painted,
            answer.there,
            answer.painted,
            crop.painted,
        ]);
        for screen in ["#assess", "#choose"] {
            window.press(crate::ESCAPE).await;
            window.find(screen).await;
        }
    }
    let (started, memory) = process(&id);
    window.close().await;
    let median = |step: usize| {
        let mut times: Vec<f64> = rounds.iter().map(|round| round[step]).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let mut all = [0.0; 8];
    all[0] = painted - started;
    all[1..7].copy_from_slice(&std::array::from_fn::<f64, 6, _>(median));
    all[7] = memory;
    all
}

/// What docs/performance.md states, printed; beside another build of the app, alternating, where `SPOTCHECK_BESIDE` names one. No bound,
/// since another machine is another speed.
#[tokio::test]
#[ignore = "a measurement: ./dev measure"]
async fn start_preview_answer_memory_and_size() {
    const WINDOWS: usize = 5;
    let folder = folder();
    let large =
        image::imageops::resize(&lesion::drawn(800), 4000, 3000, image::imageops::FilterType::CatmullRom);
    let photo = picture(folder.path(), "large.jpg", &large);
    let beside = std::env::var_os("SPOTCHECK_BESIDE").map(std::path::PathBuf::from);
    let builds: Vec<&Path> =
        std::iter::once(Path::new(env!("CARGO_BIN_EXE_spotcheck"))).chain(beside.as_deref()).collect();
    let mut runs = vec![Vec::new(); builds.len()];
    for number in 0..WINDOWS {
        for (build, runs) in builds.iter().zip(&mut runs) {
            let data = folder.path().join(format!("{number}-{}", runs.len()));
            runs.push(measured(build, &data, &photo).await);
            std::fs::remove_dir_all(&data).expect("removed");
        }
    }
    let median = |runs: &[[f64; 8]], what: usize| {
        let mut values: Vec<f64> = runs.iter().map(|run| run[what]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("medians of {WINDOWS} windows with {ROUNDS} photos of 12 megapixels each");
    for (what, name) in MEASURED.iter().enumerate() {
        let here = median(&runs[0], what);
        match runs.get(1).map(|other| median(other, what)) {
            Some(other) => println!("| {name} | {here:.0} | {other:.0} | {:.2} |", here / other),
            None => println!("| {name} | {here:.0} |"),
        }
    }
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_spotcheck")).expect("binary").len() as f64 / 1e6;
    println!("| size of the binary, with its symbols, MB | {size:.1} |");
}

/// Photos a second of `spotcheck assess` on this folder, and the most memory that it took, in MB.
fn assessed(program: &Path, folder: &Path, photos: usize) -> [f64; 2] {
    let began = std::time::Instant::now();
    let mut command = std::process::Command::new(program);
    let mut child =
        command.arg("assess").arg(folder).arg("--json").stdout(std::process::Stdio::null()).spawn();
    let child = child.as_mut().expect("started");
    let mut most = 0.0;
    while child.try_wait().expect("waited").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        most = peak.and_then(|peak| peak.parse::<f64>().ok()).map_or(most, |peak| peak / 1000.0);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    [photos as f64 / began.elapsed().as_secs_f64(), most]
}

/// How fast the terminal assesses a folder, and that its memory does not grow with it; beside another build where `SPOTCHECK_BESIDE` names
/// one.
#[test]
#[ignore = "a measurement: ./dev measure"]
fn a_folder_of_small_photos() {
    const RUNS: usize = 3;
    let folder = folder();
    let beside = std::env::var_os("SPOTCHECK_BESIDE").map(std::path::PathBuf::from);
    let builds: Vec<&Path> =
        std::iter::once(Path::new(env!("CARGO_BIN_EXE_spotcheck"))).chain(beside.as_deref()).collect();
    for photos in [150, 1_500] {
        let pictures = folder.path().join(photos.to_string());
        std::fs::create_dir_all(&pictures).expect("folder");
        for number in 0..photos {
            let size = 224 + (number % 7) as u32;
            let lesion = image::imageops::crop_imm(&lesion::drawn(240), 0, 0, size, size).to_image();
            picture(&pictures, &format!("{number}.jpg"), &lesion);
        }
        let mut runs = vec![Vec::new(); builds.len()];
        for _ in 0..RUNS {
            for (build, runs) in builds.iter().zip(&mut runs) {
                runs.push(assessed(build, &pictures, photos));
            }
        }
        for (build, mut runs) in builds.iter().zip(runs) {
            runs.sort_by(|one, other| one[0].total_cmp(&other[0]));
            let [speed, memory] = runs[RUNS / 2];
            println!(
                "{}: {photos} photos of about 224 pixels: {speed:.0} a second, {memory:.0} MB",
                build.display()
            );
        }
    }
}

/// Makes the one check of an archive into 5,000 of 50 spots, as somebody has after years.
fn multiply(data: &Path) {
    let files = Files::in_folder(data);
    let passphrase = Passphrase::new(PASSPHRASE.into()).expect("long enough");
    let key = Vault::new(&files.vault(), None).unlock(Some(&passphrase)).expect("the key");
    let mut archive = Archive::open(&files.records(), key).expect("the archive");
    let check = Check::clone(archive.contents().latest().next().expect("a check"));
    let spot = Spot::clone(archive.contents().spots().next().expect("a spot"));
    let pictures = archive.pictures(check.id).expect("pictures");
    for number in 1_u128..5_000 {
        let place = number % 50;
        let spot = Spot { id: SpotId::from(place), name: format!("Spot {place}"), ..spot.clone() };
        let check = Check { id: CheckId::from(number), spot: spot.id, ..check.clone() };
        archive.keep_check(spot, check, &pictures).expect("kept");
    }
}

/// The longest and the mean time between two frames, in milliseconds, while the page is scrolled to its end and back.
async fn scrolled(window: &Window) -> (f64, f64) {
    let script = "const done = arguments[0], times = [];
        let before = null, step = 90;
        const frame = now => {
          if (before !== null) times.push(now - before);
          before = now;
          const at = window.scrollY;
          window.scrollBy(0, step);
          if (window.scrollY === at && step < 0) return done([Math.max(...times), times.reduce((a, b) => a + b, 0) / times.length]);
          if (window.scrollY === at) step = -step;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);";
    let times = window.run_async(script).await;
    (times[0].as_f64().expect("a time"), times[1].as_f64().expect("a time"))
}

/// What the archive promises of 5,000 checks, on the screen: printed.
#[tokio::test]
#[ignore = "a measurement: ./dev measure"]
async fn lists_of_five_thousand_checks() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    keep_first(&window, &mole(folder.path()), "First").await;
    window.close().await;
    multiply(&data);
    let window = Window::open_agreed(&data).await;
    window.type_into("#unlock-text", PASSPHRASE).await;
    window.click("#unlock").await;
    window.find("a.check img").await;
    watch(&window, "click", &[".settings .links"]).await;
    window.click("a[href='/settings']").await;
    println!(
        "to compare with, the settings, which list nothing: painted {:.0} ms after the click",
        watched(&window).await[0].painted
    );
    window.press(crate::ESCAPE).await;
    for (what, click, row) in [
        ("all spots", "#spots", ".spots .checks li:nth-child(20)"),
        ("more of them", "#more", ".spots .checks li:nth-child(40)"),
        ("a spot with 100 checks", ".checks li:nth-child(2) a", ".spot .checks li:nth-child(20)"),
        ("more of them", "#more", ".spot .checks li:nth-child(40)"),
    ] {
        watch(&window, "click", &[row, &format!("{row} img")]).await;
        window.click(click).await;
        let times = watched(&window).await;
        println!(
            "{what}: painted {:.0} ms after the click, its last picture {:.0} ms",
            times[0].painted, times[1].painted
        );
        let (longest, mean) = scrolled(&window).await;
        println!("  scrolled through: {mean:.0} ms a frame, the longest {longest:.0} ms");
    }
    window.close().await;
}
