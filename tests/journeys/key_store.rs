//! The key in a real key store: GNOME's, on a session bus of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::spots::PASSPHRASE;
use crate::window::Window;
use crate::{folder, mole};

/// A session bus and a key store on it, which end with the test.
struct Session {
    address: String,
    processes: Vec<Child>,
}

impl Drop for Session {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Session {
    /// Whose key store lies in this folder, unlocked as a login does it.
    async fn start(home: &Path) -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon; ./dev test installs it");
        let mut address = String::new();
        let output = bus.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut address).expect("an address");
        let address = address.trim().to_string();
        let mut store = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_RUNTIME_DIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon; ./dev test installs it");
        store.stdin.take().expect("piped").write_all(b"a login's password").expect("unlocked");
        let session = Self { address, processes: vec![store, bus] };
        session.wait_for_store().await;
        session
    }

    async fn wait_for_store(&self) {
        for _ in 0..200 {
            let asked = Command::new("dbus-send")
                .arg(format!("--bus={}", self.address))
                .args(["--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
                .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
                .output()
                .expect("dbus-send; ./dev test installs it");
            if String::from_utf8_lossy(&asked.stdout).contains("true") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the key store does not answer");
    }

    async fn open(&self, data: &Path) -> Window {
        std::fs::create_dir_all(data).expect("folder");
        std::fs::write(data.join("settings.json"), r#"{"consent":1,"language":"en"}"#).expect("settings");
        Window::open(data, &[("DBUS_SESSION_BUS_ADDRESS", &self.address)]).await
    }
}

#[tokio::test]
async fn with_a_key_store_no_passphrase_is_asked_and_without_it_nothing_is_read() {
    let folder = folder();
    let data = folder.path().join("data");
    let session = Session::start(folder.path()).await;
    let window = session.open(&data).await;
    window.choose("#choose", &mole(folder.path())).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#keep").await;
    window.click("#body").await;
    window.find(".dot.chosen").await;
    window.type_into("#name", "Left shoulder").await;
    window.click("#save").await;
    window.wait_for_text("h1", |title| title == "Left shoulder").await;
    window.close().await;

    let window = session.open(&data).await;
    window.click("a.check").await;
    window.find("#crop[src^='/picture/kept/']").await;
    window.press(crate::ESCAPE).await;
    // A passphrase on top, and away again.
    window.click("a[href='/settings']").await;
    window.click("a[href='/lock']").await;
    window.type_into("#set-passphrase-first", PASSPHRASE).await;
    window.type_into("#set-passphrase-second", PASSPHRASE).await;
    window.click("#set-passphrase").await;
    window.wait_for_text("main", |text| text.contains("A passphrase protects")).await;
    window.type_into("#confirm-text", PASSPHRASE).await;
    window.click("#confirm").await;
    window.click("#no-passphrase").await;
    window.wait_for_text("main", |text| text.contains("whoever can unlock the device")).await;
    window.close().await;

    drop(session);
    let window = Window::open_agreed(&data).await;
    let told = window.wait_for_text("main", |text| text.contains("store for keys")).await;
    assert!(!told.contains("Left shoulder"), "{told}");
    assert_eq!(window.count("a.check").await, 0);
    window.close().await;
}
