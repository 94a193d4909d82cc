//! Proof that nothing leaves the device: the system calls of a whole journey.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::spots::keep_first;
use crate::window::Window;
use crate::{folder, mole};

/// A program that runs the app under strace and writes its network calls to `log`.
fn traced(folder: &Path, log: &Path) -> PathBuf {
    let works = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).status();
    assert!(works.is_ok_and(|status| status.success()), "strace can't trace here");
    let program = folder.join("traced");
    let app = env!("CARGO_BIN_EXE_spotcheck");
    let text = format!(
        "#!/bin/sh\nexec strace -f -qq -s 256 -e trace=network -o '{}' '{app}' \"$@\"\n",
        log.display()
    );
    std::fs::write(&program, text).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    program
}

/// Whether an address in a call leaves the device.
fn leaves(call: &str) -> bool {
    let inet = call.contains("sa_family=AF_INET");
    let loopback = ["inet_addr(\"127.", "inet_pton(AF_INET6, \"::1\"", "inet_addr(\"0.0.0.0\")"]
        .iter()
        .any(|address| call.contains(address));
    inet && !loopback
}

#[tokio::test]
#[ignore = "needs strace, which ./dev test installs and some containers forbid"]
async fn a_whole_journey_uses_loopback_and_local_sockets_alone() {
    let folder = folder();
    let log = folder.path().join("calls");
    let program = traced(folder.path(), &log);
    let data = folder.path().join("data");
    let window = Window::open_program(&program, &data).await;
    window.click("#agree").await;
    keep_first(&window, &mole(folder.path()), "Arm").await;
    window.click("#report").await;
    window.wait_for_text(".notice", |text| text.contains("spotcheck.pdf")).await;
    window.close().await;
    let calls = std::fs::read_to_string(&log).expect("calls");
    let sockets = calls.lines().filter(|line| line.contains("socket(")).count();
    assert!(sockets > 10, "the trace holds a whole app's calls: {sockets}");
    let outside: Vec<&str> = calls.lines().filter(|line| leaves(line)).collect();
    assert!(outside.is_empty(), "{outside:#?}");
    println!("{} network calls, {sockets} sockets, none outside", calls.lines().count());
}

#[test]
fn an_address_outside_would_be_noticed() {
    let call = |address: &str| {
        format!(
            "connect(5, {{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr(\"{address}\")}}, 16) = 0"
        )
    };
    assert!(leaves(&call("93.184.216.34")) && !leaves(&call("127.0.0.1")));
    assert!(!leaves("connect(3, {sa_family=AF_UNIX, sun_path=\"/tmp/.X11-unix/X1\"}, 20) = 0"));
    assert!(leaves(
        "connect(3, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, \"2606:2800::1\", &sin6_addr)}, 28) = 0"
    ));
}
