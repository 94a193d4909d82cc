//! The list of libraries that the app shows is the list of libraries that the app is made of.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/licences.md");

/// Name, version and licence of everything that the app is linked with, on whatever system.
fn libraries() -> Vec<[String; 3]> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "spotcheck", "--features", "camera,mobile", "--target", "all"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let library = |line: &str| {
        // What was listed before is marked, instead of listing all below it once more.
        let line = line.strip_suffix(" (*)").unwrap_or(line);
        let (package, licence) = line.split_once('|')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let ours = name.starts_with("spotcheck") || name == "spotpack";
        (!ours).then(|| [name.to_string(), version.to_string(), licence.to_string()])
    };
    let mut libraries: Vec<_> = text.lines().filter_map(library).collect();
    libraries.sort();
    libraries.dedup();
    libraries
}

#[test]
fn every_library_is_named_with_its_licence() {
    let list = std::fs::read_to_string(LIST).expect("list");
    let libraries = libraries();
    assert!(libraries.len() > 100, "{} libraries", libraries.len());
    for [name, version, licence] in libraries {
        assert!(!licence.is_empty(), "{name} has no licence");
        let line = format!("| {name} | {version} | {licence} |");
        assert!(list.contains(&line), "{line} is missing: run ./dev licences");
    }
}

/// Folders of the packages' sources, where their licence texts are.
fn folders() -> BTreeMap<[String; 2], PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let folder = Path::new(&text(&package["manifest_path"])).parent().expect("folder").to_path_buf();
            ([text(&package["name"]), text(&package["version"])], folder)
        })
        .collect()
}

/// The licence texts of a package. Where it offers the short MIT licence, that is the one we take.
fn texts(folder: &Path, licence: &str) -> Vec<String> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let starts = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start));
        let other =
            licence.contains("MIT") && ["APACHE", "ZLIB", "GPL"].iter().any(|other| name.contains(other));
        path.is_file() && starts && !other
    };
    let tidy =
        |text: String| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_string();
    paths
        .iter()
        .filter(|path| is_licence(path))
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(tidy)
        .collect()
}

#[test]
#[ignore = "writes assets/licences.md: ./dev licences"]
fn write_the_list() {
    let folders = folders();
    let mut list = String::from(
        "# Libraries\n\nSpotcheck is made with these libraries, on one system or another. Below are their licences' texts, \
         each once, with those that it came with.\n\n| library | version | licence |\n|---|---|---|\n",
    );
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [name, version, licence] in libraries() {
        let _ = writeln!(list, "| {name} | {version} | {licence} |");
        for text in
            folders.get(&[name.clone(), version]).map(|folder| texts(folder, &licence)).unwrap_or_default()
        {
            users.entry(text).or_default().push(name.clone());
        }
    }
    for (text, mut names) in users {
        names.dedup();
        // Indented: shown as it is, whatever signs it holds.
        let text = text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let _ = write!(list, "\n**{}**\n\n{text}", names.join(", "));
    }
    std::fs::write(LIST, list).expect("written");
}
