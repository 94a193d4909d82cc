//! Says how the app's library is linked for Android, with whatever tool: dx passes nothing of it.

use std::path::Path;

const EXPORTS: &str = "assets/android/exports.txt";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android") {
        println!("cargo::rerun-if-changed={EXPORTS}");
        // Asked for when this runs: a target folder that several checkouts share keeps what was compiled for another.
        let list = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names it")).join(EXPORTS);
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
