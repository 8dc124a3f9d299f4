//! `tfward init`: what it writes, and that it never touches what is there.

#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;

const FILES: [&str; 4] =
    [".github/workflows/tfward.yml", ".pre-commit-config.yaml", ".tfward.hcl", ".vscode/tasks.json"];

/// Exit code and standard output of `tfward init`.
fn init(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let run = Command::cargo_bin("tfward")
        .unwrap()
        .current_dir(folder)
        .arg("init")
        .args(arguments)
        .output()
        .unwrap();
    (run.status.code().unwrap(), String::from_utf8(run.stdout).unwrap())
}

/// Every file below a folder, with its text.
fn files(folder: &Path) -> BTreeMap<String, String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            (path, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn an_empty_folder_gets_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = init(folder.path(), &["--repository", "acme/tfward"]);
    let written =
        [".tfward.hcl", ".github/workflows/tfward.yml", ".pre-commit-config.yaml", ".vscode/tasks.json"];
    let expected = written.iter().fold(String::new(), |all, name| format!("{all}wrote {name}\n"));
    assert_eq!((code, said), (0, expected));
    let files = files(folder.path());
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), FILES);
    let version = env!("CARGO_PKG_VERSION");
    assert!(files[".github/workflows/tfward.yml"].contains(&format!("uses: acme/tfward@v{version}\n")));
    let hooks = &files[".pre-commit-config.yaml"];
    assert!(hooks.contains("repo: https://github.com/acme/tfward\n"), "{hooks}");
    assert!(hooks.contains(&format!("rev: v{version}\n")), "{hooks}");
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/tasks.json");
    assert_eq!(files[".vscode/tasks.json"], std::fs::read_to_string(tasks).unwrap());
}

#[test]
fn settings_hold_every_default() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &[]);
    std::fs::write(folder.path().join("main.tf"), "resource \"aws_s3_bucket\" \"b\" {}\n").unwrap();
    let run = Command::cargo_bin("tfward").unwrap().current_dir(folder.path()).arg("check").output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
}

#[test]
fn what_is_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for name in FILES {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), format!("mine: {name}")).unwrap();
    }
    let before = files(folder.path());
    let (code, said) = init(folder.path(), &["--repository", "acme/tfward"]);
    assert_eq!(code, 0);
    assert_eq!(files(folder.path()), before);
    for name in FILES {
        assert!(said.contains(&format!("kept {name}, which is there already\n")), "{said}");
    }
    // What cannot be written is shown.
    assert!(said.contains("    - repo: https://github.com/acme/tfward\n"), "{said}");
    assert!(said.contains("editors/vscode/tasks.json"), "{said}");
    assert!(!said.contains("wrote"), "{said}");
}

#[test]
fn the_second_run_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &[]);
    let before = files(folder.path());
    let (code, said) = init(folder.path(), &["--repository", "other/name"]);
    assert_eq!((code, files(folder.path())), (0, before));
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() == 4 && lines.iter().all(|line| line.starts_with("kept ")), "{said}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".tfward.hcl"), "").unwrap();
    let (code, said) = init(folder.path(), &["--dry-run", "--repository", "acme/tfward"]);
    let expected = "kept .tfward.hcl, which is there already\nwould write .github/workflows/tfward.yml\n\
                    would write .pre-commit-config.yaml\nwould write .vscode/tasks.json\n";
    assert_eq!((code, said.as_str()), (0, expected));
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn files_go_to_the_top_of_the_working_tree_or_where_one_says() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("envs/prod");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let (code, said) = init(&deep, &[]);
    assert_eq!(code, 0);
    assert!(said.starts_with("in ") && folder.path().join(".tfward.hcl").exists(), "{said}");
    assert!(files(&deep).is_empty());
    init(&deep, &["."]);
    assert_eq!(files(&deep).len(), 4);
    assert_eq!(init(&deep, &["nowhere"]).0, 2);
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("made"), folder.path().join(".tfward.hcl")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(".vscode")).unwrap();
    let (code, said) = init(folder.path(), &[]);
    assert_eq!(code, 2);
    assert!(said.contains("kept .tfward.hcl"), "{said}");
    assert!(files(elsewhere.path()).is_empty());
}
