//! The window is built in layers: nothing in `crates/app/src/ui` imports what lies above it, and no screen imports another.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `ui`, each above those that it may import.
const FROM_THE_BOTTOM_UP: [&str; 13] = [
    "destination",
    "framing",
    "pulse",
    "work",
    "model",
    "archive_worker",
    "pictures",
    "vision_worker",
    "state",
    "parts",
    "screens",
    "app",
    "window",
];

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")
}

/// All files in a folder but those of tests, which may look further.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path());
    let entries = entries.filter(|path| path.file_stem().is_some_and(|name| name != "tests"));
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The modules that lead to a file, from `ui` on.
fn modules(file: &Path) -> Vec<String> {
    let path = file.strip_prefix(ui()).expect("inside").with_extension("");
    path.iter().map(|part| part.to_str().expect("a name").to_string()).collect()
}

/// Each path of an import: `super::{a::B, c}` names `super::a::B` and `super::c`.
fn paths(import: &str) -> Vec<String> {
    let Some((before, group)) = import.split_once('{') else { return vec![import.trim().to_string()] };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut paths_in_it, mut begin, mut depth) = (Vec::new(), 0, 0);
    let ends = group.char_indices().chain([(group.len(), ',')]);
    for (at, letter) in ends {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                paths_in_it.extend(paths(&format!("{}{}", before.trim(), group[begin..at].trim())));
                begin = at + 1;
            }
            _ => {}
        }
    }
    paths_in_it
}

/// Where a path in this module leads, from `ui` on, if it stays in there.
fn target(module: &[String], path: &str) -> Option<Vec<String>> {
    let mut names: Vec<&str> = path.split("::").collect();
    let mut target = module.to_vec();
    match names[0] {
        "crate" if names.get(1) == Some(&"ui") => {
            names.drain(..2);
            target.clear();
        }
        "super" => {
            while names.first() == Some(&"super") {
                target.pop()?;
                names.remove(0);
            }
        }
        _ => return None,
    }
    target.extend(names.into_iter().map(String::from));
    Some(target)
}

/// The imports in a module's text that lead upwards or to another screen.
fn wrong_imports(module: &[String], text: &str) -> Vec<String> {
    let height = |name: &str| FROM_THE_BOTTOM_UP.iter().position(|known| *known == name);
    let own = height(&module[0]).unwrap_or_else(|| panic!("{} has no place in this test", module[0]));
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let imports = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next()).flat_map(paths);
    let whole = |letter: char| !letter.is_alphanumeric() && !['_', ':'].contains(&letter);
    let inline = code.split(whole).filter(|path| path.starts_with("crate::ui::")).map(String::from);
    let is_wrong = |path: &String| {
        let Some(target) = target(module, path) else { return false };
        let Some(top) = target.first() else { return false };
        let upwards = height(top).is_some_and(|height| height > own);
        let is_screen = module[0] == "screens" && module.len() > 1;
        let to_another_screen = is_screen && top == "screens" && target.get(1) != module.get(1);
        upwards || to_another_screen
    };
    imports.chain(inline).filter(is_wrong).collect()
}

#[test]
fn nothing_in_the_window_imports_what_lies_above_it_and_no_screen_another() {
    let files = sources(&ui());
    assert!(files.len() > 40, "{}", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        let wrong = wrong_imports(&modules(&file), &text);
        assert!(wrong.is_empty(), "{} imports {wrong:?}", file.display());
    }
}

#[test]
fn what_is_wrong_is_found_however_it_is_written() {
    let found = |module: &[&str], text: &str| {
        let module: Vec<String> = module.iter().map(|name| name.to_string()).collect();
        wrong_imports(&module, text).len()
    };
    for wrong in [
        "use super::super::app::Route;",
        "use crate::ui::app::Route;",
        "use crate::ui::{\n    archive_worker::ArchiveState,\n    parts::{Bar, Glyph},\n};",
        "fn go() -> crate::ui::app::Route {",
    ] {
        assert!(found(&["state", "lock"], wrong) > 0, "{wrong}");
    }
    for right in
        ["use super::App;", "use crate::ui::archive_worker::ArchiveState;", "use archive::{Archive, Lock};"]
    {
        assert_eq!(found(&["state", "lock"], right), 0, "{right}");
    }
    assert_eq!(found(&["screens", "spot"], "use super::keep::title;"), 1);
    assert_eq!(found(&["screens", "spot"], "use crate::ui::parts::{Bar, title};"), 0);
    let with_tests =
        "use crate::ui::parts::Bar;\n#[cfg(test)]\nmod tests {\n    use crate::ui::app::Route;\n}";
    assert_eq!(found(&["screens", "spot"], with_tests), 0, "tests may look further");
    assert_eq!(found(&["app"], "use super::screens::{Home, Keep};"), 0);
    assert_eq!(found(&["app", "shell"], "use crate::ui::screens::Welcome;"), 0);
}
