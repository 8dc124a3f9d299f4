//! The same configuration written differently: called as a module, and in another order.

#![allow(clippy::disallowed_methods, reason = "tests write their own files")]

use std::fmt::Write as _;
use std::path::Path;

use tfward::source::Sources;
use tfward::syntax::native::parse_file;

use crate::cases::load;

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The names of the files of a folder that end so, sorted.
fn files(folder: &Path, end: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(end))
        .collect();
    names.sort();
    names
}

/// Writes a root module that calls the case as `module.wrapped`; `None` where that is another configuration:
/// installed modules would have other keys, and values given to the root are not those of a module.
pub(crate) fn wrapped(folder: &Path) -> Option<tempfile::TempDir> {
    if folder.join(".terraform").exists() || !files(folder, ".tfvars.json").is_empty() {
        return None;
    }
    let given = files(folder, ".tfvars");
    if given.len() > 1 || given.iter().any(|name| name != "terraform.tfvars") {
        return None;
    }
    let holder = tempfile::tempdir().unwrap();
    let top = holder.path().canonicalize().unwrap();
    copy(folder, &top.join("x"));
    if folder.join(".terraform.lock.hcl").exists() {
        std::fs::copy(folder.join(".terraform.lock.hcl"), top.join(".terraform.lock.hcl")).unwrap();
    }
    let mut arguments = String::new();
    if let Some(name) = given.first() {
        arguments = std::fs::read_to_string(folder.join(name)).unwrap();
        std::fs::remove_file(top.join("x").join(name)).unwrap();
    }
    let mut variables = String::new();
    load(folder, |root, given| {
        for (name, variable) in &root.node.module.variables {
            if variable.default.is_none() && !given.contains_key(name) {
                let _ = writeln!(variables, "variable \"{name}\" {{}}");
                let _ = write!(arguments, "\n  {name} = var.{name}");
            }
        }
    });
    let text = format!("module \"wrapped\" {{\n  source = \"./x\"\n{arguments}\n}}\n\n{variables}");
    std::fs::write(top.join("main.tf"), text).unwrap();
    Some(holder)
}

/// Writes the case with its blocks in reverse order, each in a file of its own whose names run the other way;
/// `None` where files are overridden by others, or not all of a file can be read.
pub(crate) fn shuffled(folder: &Path) -> Option<tempfile::TempDir> {
    let names = files(folder, ".tf");
    if names.is_empty() || names.iter().any(|name| name.ends_with("override.tf")) {
        return None;
    }
    let sources = Sources::new(folder.to_path_buf());
    let mut blocks = Vec::new();
    for name in &names {
        let id = sources.read(&folder.join(name), None, 1 << 20).ok()?;
        let file = sources.file(id)?;
        let read = parse_file(id, &file);
        if !read.lost.is_empty() || !read.body.attributes.is_empty() {
            return None;
        }
        blocks.extend(read.body.blocks.iter().map(|block| sources.text(block.span)));
    }
    let holder = tempfile::tempdir().unwrap();
    let top = holder.path().canonicalize().unwrap();
    copy(folder, &top);
    for name in &names {
        std::fs::remove_file(top.join(name)).unwrap();
    }
    for (number, block) in blocks.iter().rev().enumerate() {
        std::fs::write(top.join(format!("{number:03}.tf")), format!("{block}\n")).unwrap();
    }
    Some(holder)
}
