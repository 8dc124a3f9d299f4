//! Who may import whom: the table of `ARCHITECTURE.md`, "Who may import whom", held against the source.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic, and cuts only where it found an ASCII mark"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A row of the table: a module may import from rows above its own, and from itself.
struct Row {
    modules: &'static [&'static str],
    /// Modules of the rows above that it may not know about all the same.
    except: &'static [&'static str],
}

static ROWS: &[Row] = &[
    Row { modules: &["source", "threads", "truth", "address"], except: &[] },
    Row { modules: &["value"], except: &[] },
    Row { modules: &["syntax"], except: &["value"] },
    Row { modules: &["input", "config"], except: &[] },
    Row { modules: &["model"], except: &["syntax", "config"] },
    Row { modules: &["eval", "plan"], except: &[] },
    Row { modules: &["verdict"], except: &["syntax", "input", "config", "model", "eval", "plan"] },
    Row { modules: &["graph"], except: &[] },
    Row { modules: &["access"], except: &[] },
    Row { modules: &["stores"], except: &["syntax", "input", "config", "eval", "plan"] },
    Row { modules: &["rules"], except: &[] },
    Row { modules: &["report"], except: &["stores", "access", "graph"] },
    Row { modules: &["run", "cli", "main", "lib"], except: &[] },
];

/// Modules of one row that belong together; in the other rows each stands for itself.
static TOGETHER: &[&[&str]] =
    &[&["source", "threads", "truth", "address"], &["input", "config"], &["run", "cli", "main", "lib"]];

/// The only items that a module may take from another one.
static ITEMS: &[(&str, &str, &[&str])] = &[("verdict", "value", &["Origin", "Unknown"])];

/// Crates that appear in few places, so that they can be replaced.
static CRATES: &[(&str, &[&str])] = &[
    ("hcl", &["syntax/native.rs", "syntax/lower.rs", "syntax/prepare.rs"]),
    ("codespan_reporting", &["report/human.rs", "report/excerpt.rs"]),
    ("clap", &["cli.rs", "main.rs", "run.rs"]),
    ("quick_junit", &["report/junit.rs"]),
];

#[test]
fn modules_import_only_what_stands_above_them() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = file.module.as_str();
        if !ROWS.iter().any(|row| row.modules.contains(&module)) {
            wrong.push(format!("{}: `{module}` is in no row of the table", file.path));
        }
        for (line, import) in imports(&file.text) {
            let target = import.first().map_or("", String::as_str);
            if target == module || allowed(module, target) && items_allowed(module, &import) {
                continue;
            }
            wrong.push(format!("{}:{line}: `{module}` may not import `{}`", file.path, import.join("::")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_appear_where_they_may() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (name, places) in CRATES {
            let used = code(&file.text).any(|(_, line)| {
                line.trim_start().trim_start_matches("pub ").starts_with(&format!("use {name}::"))
            });
            if used && !places.iter().any(|place| file.path.starts_with(place)) {
                wrong.push(format!("{} uses {name}, which belongs to {}", file.path, places.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let cases = [
        ("syntax", "source", true),
        ("syntax", "value", false),
        ("source", "value", false),
        ("address", "source", true),
        ("config", "input", true),
        ("eval", "plan", false),
        ("eval", "config", true),
        ("stores", "access", true),
        ("stores", "eval", false),
        ("report", "verdict", true),
        ("report", "graph", false),
        ("graph", "stores", false),
        ("run", "report", true),
    ];
    for (module, target, expected) in cases {
        assert_eq!(allowed(module, target), expected, "{module} → {target}");
    }
}

#[test]
fn imports_are_found_in_every_spelling() {
    let text = "use crate::value::{Origin, Unknown};\n// use crate::stores::X;\nuse crate::{\n    address::Name,\n    \
                truth,\n};\nlet x = crate::eval::run();\n";
    let found: Vec<(usize, String)> =
        imports(text).into_iter().map(|(line, import)| (line, import.join("::"))).collect();
    let expected =
        [(1, "value::Origin"), (1, "value::Unknown"), (3, "address::Name"), (3, "truth"), (7, "eval::run")];
    assert_eq!(found, expected.map(|(line, import)| (line, import.to_owned())));
}

fn allowed(module: &str, target: &str) -> bool {
    let row = |name: &str| ROWS.iter().position(|row| row.modules.contains(&name));
    let (Some(own), Some(other)) = (row(module), row(target)) else { return false };
    if own == other {
        return TOGETHER.iter().any(|group| group.contains(&module) && group.contains(&target));
    }
    other < own && ROWS.get(own).is_some_and(|row| !row.except.contains(&target))
}

fn items_allowed(module: &str, import: &[String]) -> bool {
    ITEMS
        .iter()
        .filter(|(own, target, _)| *own == module && import.first().is_some_and(|name| name == target))
        .all(|(_, _, items)| import.get(1).is_none_or(|item| items.contains(&item.as_str())))
}

/// A file below `src`.
struct Source {
    path: String,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut directories = vec![top.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("src is there").flatten() {
            if entry.path().is_dir() {
                directories.push(entry.path());
            } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&top).expect("below src").to_string_lossy().replace('\\', "/");
            let module = path.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
            Source { text: std::fs::read_to_string(&file).expect("a source file"), path, module }
        })
        .collect()
}

/// The lines of a file with their numbers, comments blanked.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().zip(1..).map(|(line, number)| (number, line.split("//").next().unwrap_or_default()))
}

/// Every path after `crate::`, with braces written out, as far as its second step.
fn imports(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let blank: Vec<&str> = code(text).map(|(_, line)| line).collect();
    for (index, line) in blank.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|character| character.is_alphanumeric() || "_$:".contains(character)) {
                continue;
            }
            let rest = format!("{}\n{}", &line[at + "crate::".len()..], blank[index + 1..].join("\n"));
            let mut paths = BTreeSet::new();
            expand(&rest, &mut Vec::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| (index + 1, path)));
        }
    }
    found
}

/// Reads one path or one group in braces; returns how much of the text it took.
fn expand(text: &str, before: &mut Vec<String>, paths: &mut BTreeSet<Vec<String>>) -> usize {
    let start = text.len() - text.trim_start().len();
    let depth = before.len();
    let mut at = start;
    if text[at..].starts_with('{') {
        at += 1;
        loop {
            at += expand(&text[at..], before, paths);
            at += text[at..].len() - text[at..].trim_start().len();
            match text[at..].chars().next() {
                Some(',') => at += 1,
                Some('}') => return at + 1,
                _ => return at,
            }
        }
    }
    let length = text[at..]
        .find(|character: char| !(character.is_alphanumeric() || "_*".contains(character)))
        .unwrap_or(text[at..].len());
    if length > 0 {
        before.push(text[at..at + length].to_owned());
        at += length;
        if text[at..].starts_with("::") {
            at += 2 + expand(&text[at + 2..], before, paths);
        } else {
            paths.insert(before.iter().take(2).cloned().collect());
        }
    }
    before.truncate(depth);
    at
}
