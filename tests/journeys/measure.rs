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

/// Notes in the page when `event` meets it and when, after that, each of these elements is painted for the first time.
async fn watch(window: &Window, event: &str, elements: &[&str]) {
    let script = format!(
        "window.begun = null; window.painted = {elements:?}.map(() => null);
         document.addEventListener('{event}', () => window.begun ??= performance.now(), true);
         {elements:?}.forEach((css, number) => {{
           const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => window.painted[number] ??= performance.now()));
           new MutationObserver((_, observer) => {{
             const found = document.querySelector(css);
             if (!found) return;
             observer.disconnect();
             found.decode ? found.decode().then(painted) : painted();
           }}).observe(document.body, {{ childList: true, subtree: true }});
         }});"
    );
    window.run(&script).await;
}

/// Milliseconds from the event to each of them.
async fn watched(window: &Window) -> Vec<f64> {
    for _ in 0..200 {
        let times = window
            .run("return window.begun && window.painted.every(Boolean) ? window.painted.map(time => time - window.begun) : []")
            .await;
        let times: Vec<f64> =
            times.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
        if !times.is_empty() {
            return times;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it was never painted");
}

/// What docs/performance.md states, printed. No bound, since another machine is another speed.
#[tokio::test]
#[ignore = "a measurement: ./dev measure"]
async fn start_preview_answer_memory_and_size() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let large =
        image::imageops::resize(&lesion::drawn(800), 4000, 3000, image::imageops::FilterType::CatmullRom);
    let photo = picture(folder.path(), "large.jpg", &large);
    window.find("#choose").await;
    let paint =
        "return performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime";
    let painted = window.run(paint).await.as_f64().expect("a time");
    let found = std::process::Command::new("pgrep").args(["-n", "-x", "spotcheck"]).output().expect("pgrep");
    let id = String::from_utf8_lossy(&found.stdout).trim().to_string();
    // It comes before the change, which the bridge keeps from everybody else.
    watch(&window, "input", &["#viewport img"]).await;
    window.choose("#choose", &photo).await;
    let preview = watched(&window).await[0];
    window.find(".hint p").await;
    watch(&window, "click", &["#triage"]).await;
    window.click("#assess:enabled").await;
    let answer = watched(&window).await[0];
    let (started, memory) = process(&id);
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_spotcheck")).expect("binary").len() as f64 / 1e6;
    println!("start to first paint: {:.0} ms", painted - started);
    println!("12 megapixels: preview after {preview:.0} ms, answer {answer:.0} ms after asking");
    println!("memory of the app's process after that: {memory:.0} MB; binary: {size:.1} MB");
    window.close().await;
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
        watched(&window).await[0]
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
        println!("{what}: painted {:.0} ms after the click, its last picture {:.0} ms", times[0], times[1]);
        let (longest, mean) = scrolled(&window).await;
        println!("  scrolled through: {mean:.0} ms a frame, the longest {longest:.0} ms");
    }
    window.close().await;
}
