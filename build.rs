//! Packs the libraries' licences, and says how the app's library is linked for Android, with whatever tool: dx passes nothing of it.

use std::path::{Path, PathBuf};

const EXPORTS: &str = "assets/android/exports.txt";
const LICENCES: &str = "assets/licences.md";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    pack_licences();
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android") {
        println!("cargo::rerun-if-changed={EXPORTS}");
        let list = here(EXPORTS);
        let list = list.display();
        // Only what Java calls may be visible: else the linker would have to keep all code that anybody could call.
        println!("cargo::rustc-link-arg-bins=-Wl,--version-script={list}");
        // Functions of the same code are one.
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        // From Android 15 on phones may have pages of 16 KiB.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,max-page-size=16384");
        // Understood since Android 6, and a megabyte smaller.
        println!("cargo::rustc-link-arg-bins=-Wl,--pack-dyn-relocs=android");
    }
}

/// A file of this checkout. Asked for when this runs: a target folder that several checkouts share keeps what was compiled for another.
fn here(file: &str) -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names it")).join(file)
}

/// Most licences are alike: packed they take a tenth of the room.
fn pack_licences() {
    println!("cargo::rerun-if-changed={LICENCES}");
    let text = std::fs::read(here(LICENCES)).expect("assets/licences.md: ./dev licences writes it");
    let folder = std::env::var_os("OUT_DIR").expect("cargo names it");
    let packed = miniz_oxide::deflate::compress_to_vec(&text, 10);
    std::fs::write(Path::new(&folder).join("licences.deflate"), packed).expect("room for it");
}
