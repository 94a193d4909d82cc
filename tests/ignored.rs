//! No test passes without having looked: what needs something that is not everywhere is ignored with its reason, and `./dev test` runs it
//! where that is at hand.

use std::fs;
use std::path::{Path, PathBuf};

/// What an ignored test may be for, by how its reason begins, besides needing something.
const OTHER_REASONS: [&str; 5] = ["prints", "writes", "measures", "a measurement", "is started by"];

struct Ignored {
    /// What Cargo calls the program that it is in.
    target: String,
    /// Its name there, with that of its module.
    name: String,
    reason: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files in a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The target of a file, and its module there.
fn place(file: &Path) -> (String, String) {
    let path = file.strip_prefix(root()).expect("inside").with_extension("");
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let at = parts.iter().position(|part| ["src", "tests"].contains(part)).expect("sources or tests");
    let (package, folder, inside) = (&parts[..at], parts[at], &parts[at + 1..]);
    match folder {
        "tests" => (inside[0].into(), inside[1..].join("::")),
        _ if package == ["training"] => ("training".into(), format!("{}::tests", inside.join("::"))),
        _ => ("lib".into(), format!("{}::tests", inside.join("::"))),
    }
}

fn ignored() -> Vec<Ignored> {
    let folders = ["src", "tests", "training/src", "training/tests", "crates"];
    let mut found = Vec::new();
    for file in folders.iter().flat_map(|folder| sources(&root().join(folder))) {
        let text = fs::read_to_string(&file).expect("text");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[ignore")) {
            let place_of_it = format!("{}:{}", file.display(), at + 1);
            let reason = line.strip_prefix("#[ignore = \"").and_then(|rest| rest.strip_suffix("\"]"));
            let reason = reason.unwrap_or_else(|| panic!("{place_of_it}: without a reason"));
            let name = lines[at..].iter().find_map(|line| line.split_once("fn ")?.1.split('(').next());
            let (target, module) = place(&file);
            let name = format!("{module}::{}", name.expect("a function"));
            found.push(Ignored { target, name, reason: reason.into() });
        }
    }
    found
}

/// What `./dev test` runs of those that are ignored: targets, and what the names have in them, or any.
fn run_by_dev() -> Vec<(Vec<String>, Vec<String>)> {
    let dev = fs::read_to_string(root().join("dev")).expect("dev");
    let lines: Vec<Vec<&str>> = dev
        .lines()
        .map(|line| line.split([' ', '(', ')', '"']).filter(|word| !word.is_empty()).collect())
        .collect();
    let also: Vec<String> = lines
        .iter()
        .filter(|words| words.first() == Some(&"also+="))
        .flat_map(|words| words[1..].iter().map(|word| word.to_string()))
        .collect();
    let mut run = Vec::new();
    for words in &lines {
        let Some(begin) = words.iter().position(|word| *word == "needing") else { continue };
        let Some(ignored) = words.iter().position(|word| *word == "--ignored") else { continue };
        let mut targets = Vec::new();
        for pair in words[begin..ignored].windows(2) {
            match pair {
                ["--test" | "--bin", target] => targets.push(target.to_string()),
                ["--lib", _] => targets.push("lib".into()),
                _ => {}
            }
        }
        let mut names = Vec::new();
        for word in words[ignored + 1..].iter().filter(|word| !word.starts_with("--")) {
            match *word {
                "${also[@]}" => names.extend(also.clone()),
                name => names.push(name.to_string()),
            }
        }
        run.push((targets, names));
    }
    run
}

#[test]
fn every_ignored_test_says_why_and_what_needs_something_is_run_where_that_is() {
    let run = run_by_dev();
    let is_run = |test: &Ignored| {
        run.iter().any(|(targets, names)| {
            targets.contains(&test.target)
                && (names.is_empty() || names.iter().any(|name| test.name.contains(name.as_str())))
        })
    };
    let ignored = ignored();
    for test in &ignored {
        let Ignored { target, name, reason } = test;
        match reason.starts_with("needs ") {
            true => assert!(is_run(test), "./dev test never runs {name} of {target}, which {reason}"),
            false => assert!(
                OTHER_REASONS.iter().any(|known| reason.starts_with(known)),
                "{name} of {target} is ignored, and it {reason}"
            ),
        }
    }
    // And no name in `./dev test` is out of date.
    for name in run.iter().flat_map(|(_, names)| names) {
        assert!(ignored.iter().any(|test| test.name.contains(name.as_str())), "there is no {name}");
    }
    assert!(ignored.iter().filter(|test| test.reason.starts_with("needs ")).count() > 15);
}
