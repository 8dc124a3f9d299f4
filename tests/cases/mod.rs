//! Every scenario and every row of the truth tables, through the library: as models that a law may change.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tfward::access::Assumptions;
use tfward::address::{ModulePath, Reference, Subject};
use tfward::config::Root;
use tfward::config::load::Loader;
use tfward::eval::Evaluator;
use tfward::input::variables::{VariableValues, gather};
use tfward::input::{Input, RootModule, discover};
use tfward::model::Model;
use tfward::model::Want;
use tfward::run::on_large_stack;
use tfward::source::Sources;
use tfward::stores::judge_all;
use tfward::value::{Cause, Unknown};
use tfward::verdict::Verdict;

use crate::table::{root, rows, tables};

/// One root module.
#[derive(Debug)]
pub(crate) struct Case {
    /// For messages: its path below `testdata`, or table and row.
    pub(crate) name: String,
    /// Where it is read from.
    pub(crate) folder: PathBuf,
    /// The temporary folder of a row.
    _holder: Option<tempfile::TempDir>,
}

/// The verdicts of a model, by address.
pub(crate) type Verdicts = BTreeMap<String, Verdict>;

/// Every root module of the scenarios and the incident, and every row that is no plan.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = scenarios();
    for table in tables() {
        let name = table.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for row in rows(&table).unwrap() {
            if row.inputs.iter().any(|input| input.get("act").is_some()) {
                continue;
            }
            let holder = tempfile::tempdir().unwrap();
            std::fs::write(holder.path().join("main.tf.json"), root(&row.inputs).to_string()).unwrap();
            let folder = holder.path().canonicalize().unwrap();
            cases.push(Case { name: format!("{name}/{}", row.id), folder, _holder: Some(holder) });
        }
    }
    cases
}

/// Every root module of the scenarios and the incident.
pub(crate) fn scenarios() -> Vec<Case> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut cases = Vec::new();
    for below in ["stores", "incident"] {
        let sources = Sources::new(top.clone());
        let mut loader = Loader::new(&sources);
        let found =
            discover(&top.join(below), &sources, &mut |folder, fence| loader.local_calls(folder, fence));
        for input in found.unwrap().inputs {
            if let Input::Root(root) = input {
                cases.push(Case { name: sources.shown(&root.folder), folder: root.folder, _holder: None });
            }
        }
    }
    cases
}

/// Reads a root module; `change` may take away from what was read before it is evaluated.
pub(crate) fn load(folder: &Path, change: impl FnOnce(&mut Root, &mut VariableValues)) -> Model {
    let sources = Sources::new(folder.to_path_buf());
    let mut loader = Loader::new(&sources);
    let input = discover(folder, &sources, &mut |folder, fence| loader.local_calls(folder, fence));
    let root = input
        .unwrap()
        .inputs
        .into_iter()
        .find_map(|input| match input {
            Input::Root(root) if root.folder == folder => Some(root),
            Input::Root(_) | Input::Document(_) => None,
        })
        .unwrap_or_else(|| RootModule {
            folder: folder.to_path_buf(),
            fence: tfward::source::Fence::around(folder, folder),
        });
    let mut loaded = loader.load_root(&root.folder, &root.fence);
    drop(loader);
    let declared = loaded.node.module.variables.keys().cloned().collect();
    let mut given = gather(&sources, &root, &declared, &[], &[]).values;
    change(&mut loaded, &mut given);
    Evaluator::new(&sources, &root.fence, &loaded, &given, Some("default".into()))
        .build(&|_| Want::Attributes, false)
        .model
}

/// The verdicts of every store in a model.
pub(crate) fn verdicts(model: &Model) -> Verdicts {
    judge_all(model, &Assumptions::default())
        .stores
        .into_iter()
        .map(|store| (store.address.to_string(), store.assessment.verdict))
        .collect()
}

/// An unknown that means nothing else.
pub(crate) fn forgotten() -> Unknown {
    Unknown::because(Cause::Variable(Reference {
        module: ModulePath::root(),
        subject: Subject::Variable("forgotten".into()),
    }))
}

/// Runs a law over all cases on the cores there are, and returns what it says of each, in order.
pub(crate) fn over<T: Send>(cases: &[Case], law: impl Fn(&Case) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut answers: Vec<(usize, T)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    on_large_stack(|| {
                        let mut mine = Vec::new();
                        loop {
                            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                            let Some(case) = cases.get(at) else { return mine };
                            mine.push((at, law(case)));
                        }
                    })
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap().unwrap()).collect()
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Takes the default of a root variable away.
pub(crate) fn without_default(root: &mut Root, name: &str) {
    let node = Arc::get_mut(&mut root.node).unwrap();
    if let Some(module) = Arc::get_mut(&mut node.module)
        && let Some(variable) = module.variables.get_mut(name)
    {
        variable.default = None;
    }
}
