//! Directories that are searched, and the values that a root is given.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::variables::{GivenValue, GivenValues, VariableOption, gather};
use super::{DiscoverError, DocumentPlace, Input, RootModule, discover, search, workspace};
use crate::address::Name;
use crate::source::fixture::{told, tree};
use crate::source::{ConfigurationName, Fence, LARGEST_FILE, Sources, clean};
use crate::syntax::{ExprKind, json, native};

/// The local calls of a folder with one configuration file.
fn local_calls(sources: &Sources, folder: &Path, fence: &Fence) -> Vec<PathBuf> {
    let entries = sources.list(folder, Some(fence)).unwrap();
    let entry = entries.iter().find(|entry| entry.name.starts_with("main.")).unwrap();
    let id = sources.read(&entry.path, Some(fence), LARGEST_FILE).unwrap();
    let file = sources.file(id).unwrap();
    let is_json = ConfigurationName::read(&entry.name).is_some_and(|name| name.json);
    let parse = if is_json { json::parse_file } else { native::parse_file };
    let sources = parse(id, &file).body.blocks.into_iter().filter_map(|block| {
        match &*block.body.attribute("source")?.value.kind {
            ExprKind::String(source) => Some(clean(&folder.join(&**source))),
            _ => None,
        }
    });
    sources.collect()
}

/// The folders that a search finds, relative to the working directory.
fn roots(top: &Path, path: &str) -> Vec<String> {
    let sources = Sources::new(top.to_path_buf());
    let found =
        discover(Path::new(path), &sources, &mut |folder, fence| local_calls(&sources, folder, fence));
    let discovery = match found {
        Ok(discovery) => discovery,
        Err(error) => return vec![error.to_string()],
    };
    assert_eq!(told(&sources, &discovery.diagnostics), Vec::<String>::new());
    discovery
        .inputs
        .iter()
        .map(|input| match input {
            Input::Root(root) => sources.shown(&root.folder),
            Input::Document(DocumentPlace::File(path)) => format!("document {}", sources.shown(path)),
            Input::Document(DocumentPlace::StandardInput) => "document -".to_owned(),
        })
        .collect()
}

fn call(source: &str) -> String {
    format!("module \"m\" {{\n  source = \"{source}\"\n}}\n")
}

#[test]
fn directories_are_searched_for_roots() {
    let (_holder, top) = tree(&[
        ("envs/prod/main.tf", &call("../../modules/logs")),
        ("envs/test/main.tf.json", r#"{"module": {"m": {"source": "../../modules/logs"}}}"#),
        ("envs/vars/only.tfvars", "a = 1\n"),
        ("envs/prod/.terraform/modules/x/main.tf", ""),
        ("modules/logs/main.tf", &call("./inner")),
        ("modules/logs/inner/main.tf", ""),
        ("modules/logs/examples/simple/main.tf", &call("../../")),
        ("modules/alone/main.tofu", ""),
        (".hidden/main.tf", ""),
        (".git/hooks/main.tf", ""),
        ("circle/a/main.tf", &call("../b")),
        ("circle/b/main.tf", &call("../a")),
        ("self/main.tf", &call("./.")),
        ("plan.json", "{}"),
    ]);
    let table: [(&str, &[&str]); 10] = [
        (
            ".",
            &[
                ".hidden",
                "circle/a",
                "envs/prod",
                "envs/test",
                "modules/alone",
                "modules/logs/examples/simple",
                "self",
            ],
        ),
        ("modules/logs/inner", &["modules/logs/inner"]),
        ("modules/logs", &["modules/logs/examples/simple"]),
        ("modules/logs/inner/main.tf", &["modules/logs/inner"]),
        ("circle/b", &["circle/b"]),
        ("plan.json", &["document plan.json"]),
        ("-", &["document -"]),
        (
            "envs/vars",
            &[
                "nothing to check under `envs/vars`: it holds no `.tf`, `.tf.json`, `.tofu` or `.tofu.json` file",
            ],
        ),
        ("envs/vars/only.tfvars", &["document envs/vars/only.tfvars"]),
        ("absent", &["`absent` cannot be read: No such file or directory (os error 2)"]),
    ];
    for (path, expected) in table {
        assert_eq!(roots(&top, path), expected, "{path}");
    }
}

#[test]
fn links_to_folders_are_followed_inside_and_once() {
    let (_holder, top) = tree(&[("a/real/main.tf", ""), ("elsewhere/z/main.tf", ""), ("b/x.txt", "")]);
    let outside = top.parent().unwrap().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("main.tf"), "").unwrap();
    let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, top.join(name)).unwrap();
    link("real", "a/again");
    link("..", "a/up");
    link("../../outside", "a/outside");
    link("../elsewhere", "b/first");
    link("../elsewhere/z", "b/second");
    assert_eq!(roots(&top, "."), ["a/real", "elsewhere/z"]);
    assert_eq!(roots(&top, "b"), ["b/first/z"]);
    assert_eq!(roots(&top, "a/again"), ["a/again"]);
}

#[test]
fn a_search_ends() {
    let (_holder, top) = tree(&[("a/main.tf", ""), ("b/main.tf", ""), ("c/main.tf", "")]);
    let sources = Sources::new(top.clone());
    let fence = Fence::around(&top, &top);
    let discovery = search(&top, &sources, &fence, 5, &mut |_, _| Vec::new());
    assert_eq!(
        told(&sources, &discovery.diagnostics),
        ["error: the search for root modules below `.` was not finished @ -"]
    );
    assert!(discovery.inputs.len() < 3);
}

#[test]
fn a_path_with_an_error_only_is_not_nothing() {
    let (_holder, top) = tree(&[]);
    let sources = Sources::new(top.clone());
    let found = discover(Path::new("."), &sources, &mut |_, _| Vec::new());
    assert_eq!(found.unwrap_err(), DiscoverError::Nothing(".".into()));
}

fn given(
    top: &Path,
    declared: &str,
    environment: &[(&str, &str)],
    options: &[VariableOption],
) -> (Vec<String>, GivenValues, Vec<String>) {
    let sources = Sources::new(top.to_path_buf());
    let root = RootModule { folder: top.to_path_buf(), fence: Fence::around(top, top) };
    let declared: BTreeSet<Name> = declared.split(' ').map(Name::from).collect();
    let environment: Vec<(String, String)> =
        environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let given = gather(&sources, &root, &declared, &environment, options);
    let values = given
        .values
        .iter()
        .map(|(name, given)| match &given.value {
            GivenValue::Expression(value, literal) => {
                format!("{name} = {}{}", sources.text(value.span), if *literal { " (json)" } else { "" })
            }
            GivenValue::Text(text, parsed) => {
                format!("{name} : {text}{}", if parsed.is_some() { "" } else { " (no expression)" })
            }
            GivenValue::Unread => format!("{name} unread"),
        })
        .collect();
    let told = told(&sources, &given.diagnostics);
    (values, given, told)
}

#[test]
fn precedence_of_values() {
    let (_holder, top) = tree(&[
        ("terraform.tfvars", "b = \"tfvars\"\nc = 1\nd = 1\nunknown = 1\n"),
        ("terraform.tfvars.json", r#"{"//": "x", "c": "${x}", "d": 2}"#),
        ("B.auto.tfvars", "d = 3\ne = 1\n"),
        ("a.auto.tfvars", "e = 2\nf = 1\n"),
        ("a.auto.tfvars.json", r#"{"f": 2, "g": 1}"#),
        ("other.tfvars", "g = 9\n"),
        ("extra/more.tfvars", "g = 2\nh = 1\ni = 1\nnone = 1\n"),
    ]);
    let option = |text| VariableOption::variable(text).unwrap();
    let options = [
        option("h=before"),
        VariableOption::File("extra/more.tfvars".into()),
        option("i=a = b"),
        option("nobody=1"),
    ];
    let environment = [("TF_VAR_a", "plain text"), ("TF_VAR_b", "env"), ("TF_VAR_zzz", "1"), ("a", "x")];
    let (values, given, told) = given(&top, "a b c d e f g h i j", &environment, &options);
    assert_eq!(
        values,
        [
            "a : plain text (no expression)",
            "b = \"tfvars\"",
            "c = \"${x}\" (json)",
            "d = 3",
            "e = 2",
            "f = 2 (json)",
            "g = 2",
            "h = 1",
            "i : a = b (no expression)",
        ]
    );
    assert_eq!(told, ["warning: Value for undeclared variable @ unknown"]);
    assert_eq!(given.unused.into_iter().collect::<Vec<_>>(), ["nobody".into()]);
    assert_eq!(given.undeclared.len(), 1);
}

#[test]
fn tfvars_files_that_are_wrong() {
    let (_holder, top) = tree(&[("terraform.tfvars", "a = 1\nb {\n  c = 1\n}\na = 2\n")]);
    let (values, _, told) = given(&top, "a", &[], &[]);
    assert_eq!(values, ["a = 2"]);
    assert_eq!(told, ["error: Attribute redefined @ a", "error: Unexpected \"b\" block @ b"]);

    let (_holder, top) = tree(&[("terraform.tfvars.json", r#"{"a": 1, "a": 2}"#)]);
    let (values, _, told) = given(&top, "a", &[], &[]);
    assert_eq!(values, ["a = 2 (json)"]);
    assert_eq!(told, ["error: Attribute redefined @ \"a\""]);

    let (_holder, top) = tree(&[("terraform.tfvars", "a = = 1\nb = 2\n")]);
    let (values, _, told) = given(&top, "a b c", &[], &[]);
    assert_eq!(values, ["a unread", "b = 2"]);
    assert_eq!(told.len(), 1);

    let (_holder, top) = tree(&[]);
    std::fs::write(top.parent().unwrap().join("secret"), "a = 1").unwrap();
    std::os::unix::fs::symlink("../secret", top.join("x.auto.tfvars")).unwrap();
    let (values, _, told) = given(&top, "a b", &[], &[VariableOption::variable("b=1").unwrap()]);
    assert_eq!(values, ["a unread", "b : 1"]);
    assert_eq!(told, ["error: `x.auto.tfvars` lies outside of the project and is not read @ "]);
    let option = VariableOption::File("../secret".into());
    let (values, _, _) = given(&top, "a", &[], &[option]);
    assert_eq!(values, ["a = 1"]);
}

#[test]
fn workspaces() {
    let (_holder, top) = tree(&[("a/.terraform/environment", "stage\n"), ("b/main.tf", "")]);
    let sources = Sources::new(top.clone());
    let table = [
        ("a", Some("option"), Some("environment"), "option"),
        ("a", None, Some("environment"), "environment"),
        ("a", None, Some(""), "stage"),
        ("a", None, None, "stage"),
        ("b", None, None, "default"),
    ];
    for (folder, option, environment, expected) in table {
        let root = RootModule { folder: top.join(folder), fence: Fence::around(&top, &top) };
        let mut diagnostics = Vec::new();
        assert_eq!(&*workspace(&sources, &root, option, environment, &mut diagnostics), expected);
        assert_eq!(diagnostics, []);
    }
}
