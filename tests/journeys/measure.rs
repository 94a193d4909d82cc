//! Times, memory and size, printed for the README.

use crate::window::Window;
use crate::{folder, lesion, picture};

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

/// Notes in the page when `event` meets it and when, after that, an element is painted for the first time.
async fn watch(window: &Window, event: &str, css: &str) {
    let script = format!(
        "window.begun = null; window.painted = null;
         document.addEventListener('{event}', () => window.begun ??= performance.now(), true);
         const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => window.painted ??= performance.now()));
         new MutationObserver((_, observer) => {{
           const found = document.querySelector('{css}');
           if (!found) return;
           observer.disconnect();
           found.decode ? found.decode().then(painted) : painted();
         }}).observe(document.body, {{ childList: true, subtree: true }});"
    );
    window.run(&script).await;
}

/// Milliseconds between the two.
async fn watched(window: &Window) -> f64 {
    for _ in 0..200 {
        if let Some(time) = window
            .run("return window.begun && window.painted && window.painted - window.begun")
            .await
            .as_f64()
        {
            return time;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it was never painted");
}

/// What Feel promises, and what is stated in the README: printed. No bound, since another machine is another speed.
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
    watch(&window, "input", "#viewport img").await;
    window.choose("#choose", &photo).await;
    let preview = watched(&window).await;
    window.find(".hint p").await;
    watch(&window, "click", "#triage").await;
    window.click("#assess").await;
    let answer = watched(&window).await;
    let (started, memory) = process(&id);
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_spotcheck")).expect("binary").len() as f64 / 1e6;
    println!("start to first paint: {:.0} ms", painted - started);
    println!("12 megapixels: preview after {preview:.0} ms, answer {answer:.0} ms after asking");
    println!("memory of the app's process after that: {memory:.0} MB; binary: {size:.1} MB");
    window.close().await;
}
