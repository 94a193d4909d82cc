//! Packs the libraries' licences.

use std::path::Path;

const LICENCES: &str = "../../assets/licences.md";

/// Most licences are alike: packed they take a tenth of the room.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LICENCES}");
    // Asked for when this runs: a target folder that several checkouts share keeps what was compiled for another.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names it");
    let text = std::fs::read(Path::new(&package).join(LICENCES))
        .expect("assets/licences.md: ./dev licences writes it");
    let folder = std::env::var_os("OUT_DIR").expect("cargo names it");
    let packed = miniz_oxide::deflate::compress_to_vec(&text, 10);
    std::fs::write(Path::new(&folder).join("licences.deflate"), packed).expect("room for it");
}
