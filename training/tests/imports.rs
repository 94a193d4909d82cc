//! What may import what in `training/src`: folders in one direction, and no file one that imports it, however many lie between.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The parts of the program: each may import those before it, and none after it.
const ORDER: [&str; 7] = ["metrics", "device", "data", "train", "fit", "report", "main"];

/// The text of every module below `folder`, as `data::load`, without its tests and its comments.
fn modules(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        let name = format!("{prefix}{}", path.file_stem().and_then(|name| name.to_str()).expect("name"));
        if path.is_dir() {
            modules(&path, &format!("{name}::"), found);
        } else if !name.ends_with("tests") {
            let text = fs::read_to_string(&path).expect("text");
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            // Indented, it is that of a module within the file.
            assert!(!text.contains("\nuse super"), "{name}: imports are written from `crate` on");
            found.insert(name, lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The paths after each `crate::`, be it in a `use` or in a line of code; those of a group one by one.
fn paths(text: &str) -> Vec<String> {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut found = Vec::new();
    for rest in text.split("crate::").skip(1) {
        let end = rest.find(|letter| !is_path(letter)).unwrap_or(rest.len());
        let (path, rest) = rest.split_at(end);
        match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((group, _)) => {
                assert!(!group.contains('{'), "a group within a group: {path}{{{group}}}");
                found.extend(group.split(',').map(|name| format!("{path}{}", name.trim())));
            }
            None => found.push(path.into()),
        }
    }
    found
}

/// For each module, those that it imports or that are parts of it.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    let module_of = |path: String| {
        let parts: Vec<&str> = path.split("::").collect();
        (1..=parts.len()).rev().map(|length| parts[..length].join("::")).find(|name| all.contains_key(name))
    };
    let of = |(name, text): (&String, &String)| {
        let parts = text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
        let within = if name == "main" { String::new() } else { format!("{name}::") };
        let parts = parts.map(|part| format!("{within}{}", part.trim_end_matches(';')));
        let parts = parts.filter(|part| all.contains_key(part));
        let imported = paths(text).into_iter().filter_map(module_of);
        (name.clone(), parts.chain(imported).filter(|other| other != name).collect())
    };
    all.iter().map(of).collect()
}

#[test]
fn folders_import_in_one_direction() {
    let place = |module: &str| {
        let part = module.split("::").next().unwrap_or_default();
        ORDER.iter().position(|known| *known == part).unwrap_or_else(|| panic!("{module} has no place"))
    };
    for (module, imported) in imports() {
        for other in imported {
            assert!(place(&other) <= place(&module), "{module} imports {other}");
        }
    }
}

#[test]
fn no_modules_import_each_other() {
    let mut left = imports();
    assert!(left["train::trainer"].contains("data::batches") && left["main"].contains("fit"));
    loop {
        let before = left.len();
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let imported: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|name, others| !others.is_disjoint(&names) && imported.contains(name));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "these import each other: {left:#?}");
}
