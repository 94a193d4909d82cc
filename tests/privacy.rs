//! Nothing in the app could fetch a page: which libraries it is made of, and who brings them.

use std::collections::BTreeSet;
use std::process::Command;

/// What `cargo tree` prints of the app on every system, one package a line.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "spotcheck", "--features", "camera,mobile", "--target", "all"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(String::from)
        .filter(|name| !name.is_empty())
        .collect()
}

/// Clients for HTTP and name resolution in Rust, by how often they are downloaded.
const CLIENTS: [&str; 16] = [
    "attohttpc",
    "awc",
    "curl",
    "gloo-net",
    "h2",
    "hickory-resolver",
    "hyper",
    "hyper-util",
    "isahc",
    "minreq",
    "quinn",
    "reqwest",
    "surf",
    "trust-dns-resolver",
    "ureq",
    "wreq",
];

#[test]
fn no_http_client_is_in_the_app() {
    let libraries = tree(&[]);
    assert!(libraries.len() > 200 && libraries.contains("dioxus-desktop"), "{} libraries", libraries.len());
    let clients: Vec<_> = CLIENTS.into_iter().filter(|name| libraries.contains(*name)).collect();
    assert!(clients.is_empty(), "{clients:?}");
}

/// Dioxus' window talks to its WebView over a websocket on the loopback device, and the library for that brings TLS along without
/// being asked to. Nothing else may.
#[test]
fn tls_comes_with_the_windows_own_channel_alone() {
    let libraries = tree(&[]);
    for tls in ["native-tls", "rustls", "openssl", "boring", "mbedtls"]
        .into_iter()
        .filter(|tls| libraries.contains(*tls))
    {
        let users = tree(&["--invert", tls]);
        let own: BTreeSet<_> =
            users.iter().filter(|name| name.starts_with("dioxus") || name.starts_with("spotcheck")).collect();
        let others: Vec<_> = users.iter().filter(|name| !own.contains(name)).collect();
        let known = ["native-tls", "rustls", "openssl", "tungstenite"];
        assert!(others.iter().all(|name| known.contains(&name.as_str())), "{tls} is used by {others:?}");
    }
}

/// `deny.toml` is for those who have cargo-deny; it must not forbid less than this file does.
#[test]
fn what_is_forbidden_here_is_forbidden_in_the_settings_of_cargo_deny() {
    let settings = concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml");
    let settings = std::fs::read_to_string(settings).expect("settings");
    let (_, bans) = settings.split_once("[bans]").expect("bans");
    for client in CLIENTS {
        assert!(bans.contains(&format!("{{ crate = \"{client}\"")), "{client} is missing in deny.toml");
    }
}

/// What a release for a phone is made of, by the features of each package.
fn features_on_phones(arguments: &[&str]) -> String {
    let mut text = String::new();
    for target in ["aarch64-linux-android", "aarch64-apple-ios"] {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--package", "spotcheck", "--no-default-features", "--features", "mobile"])
            .args(["--target", target, "--edges", "features,normal", "--prefix", "none"])
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo tree");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        text += &String::from_utf8(output.stdout).expect("text");
    }
    text
}

/// On phones packs are only read: what signs them, and asks terminals for passwords, has no business there.
#[test]
fn no_app_for_phones_can_sign_a_pack() {
    let all = features_on_phones(&[]);
    assert!(all.contains("minisign-verify v"), "{all}");
    for unwanted in ["spotpack feature \"make\"", "minisign v", "rpassword v"] {
        let found: Vec<&str> = all.lines().filter(|line| line.contains(unwanted)).collect();
        assert!(found.is_empty(), "{unwanted}: {found:?}");
    }
}

/// The one would write into the system's log, which others read; the other would open the page to a computer that the phone is
/// connected to.
#[test]
fn neither_a_logger_nor_developer_tools_are_in_an_app_for_phones() {
    let all = features_on_phones(&[]);
    assert!(all.contains("dioxus-desktop v") && all.contains("wry feature \"protocol\""), "{all}");
    for unwanted in [
        "dioxus-logger",
        "tracing-subscriber",
        "android_logger",
        "wry feature \"devtools\"",
        "dioxus-devtools v",
    ] {
        let found: Vec<&str> = all.lines().filter(|line| line.contains(unwanted)).collect();
        assert!(found.is_empty(), "{unwanted}: {found:?}");
    }
}
