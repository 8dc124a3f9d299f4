//! The command line: what can be asked, and nothing about how it is answered.
//!
//! Enters: arguments. Leaves: [`Cli`], or clap's own error for bad usage (exit code 2) and for `--help`
//! and `--version` (0). Values that depend on the order of options (`--var` with `--var-file`, `--format`
//! with `--output`) are put in order here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

/// Finds buckets, databases and other data stores that a Terraform or OpenTofu configuration opens to the
/// public.
#[derive(Debug, Parser)]
#[command(name = "tfward", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge every data store and report those that are public
    Check(Check),
    /// Show why one store is public, private or undetermined
    Explain(Explain),
    /// Print every resource with its resolved attributes as JSON
    Resolve(Resolve),
    /// List the rules, or show one rule's page
    Rules(Rules),
    /// Write starter files: settings, a workflow, a pre-commit entry and editor tasks
    Init(Init),
    /// Show the edits that certainly close an exposure, as a diff, or write them
    Fix(Fix),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// `tfward check`
#[derive(Debug, Args)]
pub struct Check {
    /// Directories, configuration files, or plans and states from `terraform show -json`; `-` reads such
    /// JSON from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// What the values of variables are.
    #[command(flatten)]
    pub values: Values,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
    /// Ignore `tfward:allow` comments: only the settings file can accept findings
    #[arg(long)]
    pub no_inline_allow: bool,
    /// Accept the findings in this file as long as they get no worse
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the findings of this run to a file for --baseline
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// How to write the report; may be repeated, in pairs with --output
    #[arg(long = "format", value_name = "FORMAT", default_value = "human")]
    formats: Vec<Format>,
    /// Write to this file instead of standard output; belongs to the --format before it, or to the next one
    #[arg(long = "output", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What to write where, in order; at most one goes to standard output.
    #[arg(skip)]
    pub outputs: Vec<Output>,
    /// From which verdict on to exit with 1
    #[arg(long, value_name = "VERDICT", default_value = "public")]
    pub fail_on: FailOn,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Print findings, errors and the summary only
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every store with its reasons
    #[arg(long, short)]
    pub verbose: bool,
}

/// `tfward explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The address of a store, such as `module.logs.aws_s3_bucket.this[0]`
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// A directory, a configuration file, or a plan or state from `terraform show -json`; `-` reads such
    /// JSON from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// What the values of variables are.
    #[command(flatten)]
    pub values: Values,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
    /// How to write the explanation
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: TextOrJson,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// `tfward resolve`
#[derive(Debug, Args)]
pub struct Resolve {
    /// A directory, a configuration file, or a plan or state from `terraform show -json`; `-` reads such
    /// JSON from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// What the values of variables are.
    #[command(flatten)]
    pub values: Values,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `tfward rules`
#[derive(Debug, Args)]
pub struct Rules {
    /// The rule whose page is shown
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: TextOrJson,
}

/// `tfward init`
#[derive(Debug, Args)]
pub struct Init {
    /// The directory that gets the files; the top of the git working tree by default
    #[arg(value_name = "DIR")]
    pub path: Option<PathBuf>,
    /// Where the action and the pre-commit hooks come from on GitHub
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository_name)]
    pub repository: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `tfward fix`
#[derive(Debug, Args)]
pub struct Fix {
    /// A directory or a configuration file
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Write the edits instead of only showing them
    #[arg(long)]
    pub write: bool,
    /// What the values of variables are.
    #[command(flatten)]
    pub values: Values,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// `tfward completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

impl Completions {
    /// Writes the script.
    pub fn write(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "tfward", &mut text);
        out.write_all(&text)
    }
}

/// Writes the manual page, in roff.
pub fn write_manual(mut out: &mut dyn std::io::Write) -> std::io::Result<()> {
    clap_mangen::Man::new(Cli::command()).render(&mut out)
}

/// What the values of variables are.
#[derive(Debug, Default, Args)]
pub struct Values {
    /// The value of a root variable; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    variables: Vec<(String, String)>,
    /// A file with values of variables; may be repeated
    #[arg(long = "var-file", value_name = "FILE")]
    variable_files: Vec<PathBuf>,
    /// Both, in the order of the command line: the last one wins.
    #[arg(skip)]
    pub given: Vec<GivenOption>,
    /// The workspace, instead of `TF_WORKSPACE`
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

/// Settings.
#[derive(Debug, Default, Args)]
pub struct Settings {
    /// Where the configuration behind a plan lies, so that findings point at its lines
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
    /// The settings file, instead of the `.tfward.hcl` that is found upward from the path
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// One `--var` or `--var-file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenOption {
    /// `--var NAME=VALUE`
    Variable(String, String),
    /// `--var-file FILE`
    File(PathBuf),
}

/// One report that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How.
    pub format: Format,
    /// Where; `None` for standard output.
    pub file: Option<PathBuf>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Findings with excerpts of the sources, for a terminal
    Human,
    /// One finding a line, for editors
    Short,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions, which become annotations
    Github,
    /// A summary with pictures, for a job summary or a comment
    Markdown,
    /// `JUnit` XML, one test case a store
    Junit,
}

/// How an explanation or a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For a terminal
    Human,
    /// For programs
    Json,
}

/// From which verdict on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A public store
    Public,
    /// A public or an undetermined store
    Undetermined,
    /// No store
    Never,
}

impl From<FailOn> for crate::report::FailOn {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Public => Self::Public,
            FailOn::Undetermined => Self::Undetermined,
            FailOn::Never => Self::Never,
        }
    }
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// When standard output is a terminal that has them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Cli {
    /// Reads arguments, the program's name first.
    ///
    /// # Errors
    /// Clap's own, whose `exit_code` is 2 for bad usage and 0 for `--help` and `--version`.
    pub fn read<I>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item: Into<OsString> + Clone>,
    {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        let Some((_, matches)) = matches.subcommand() else { return Ok(cli) };
        match &mut cli.command {
            Command::Check(check) => {
                check.values.order(matches);
                check.outputs = outputs(check, matches)?;
            }
            Command::Explain(explain) => explain.values.order(matches),
            Command::Resolve(resolve) => resolve.values.order(matches),
            Command::Fix(fix) => fix.values.order(matches),
            Command::Rules(_) | Command::Init(_) | Command::Completions(_) | Command::Man => {}
        }
        Ok(cli)
    }
}

/// Splits `NAME=VALUE`; the value may hold further `=`.
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err("a variable is given as NAME=VALUE".to_owned()),
    }
}

/// Reads `OWNER/NAME`, in the letters that GitHub has for them: the name is written into YAML as it is.
fn repository_name(text: &str) -> Result<String, String> {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.chars().all(|each| each.is_ascii_alphanumeric() || "-_.".contains(each))
    };
    match text.split_once('/') {
        Some((owner, name)) if part(owner) && part(name) => Ok(text.to_owned()),
        Some(_) | None => Err("a repository is given as OWNER/NAME".to_owned()),
    }
}

/// Pairs each value of an option with its position on the command line; none for a default.
fn positioned<T: Clone>(matches: &ArgMatches, name: &str, values: &[T]) -> Vec<(usize, T)> {
    if matches.value_source(name) != Some(clap::parser::ValueSource::CommandLine) {
        return Vec::new();
    }
    matches.indices_of(name).into_iter().flatten().zip(values.iter().cloned()).collect()
}

impl Values {
    fn order(&mut self, matches: &ArgMatches) {
        let variables = positioned(matches, "variables", &self.variables)
            .into_iter()
            .map(|(at, (name, value))| (at, GivenOption::Variable(name, value)));
        let files = positioned(matches, "variable_files", &self.variable_files)
            .into_iter()
            .map(|(at, file)| (at, GivenOption::File(file)));
        let mut given: Vec<(usize, GivenOption)> = variables.chain(files).collect();
        given.sort_by_key(|(at, _)| *at);
        self.given = given.into_iter().map(|(_, option)| option).collect();
    }
}

/// Gives each `--output` to the format before it that has none yet, else to the next one.
fn outputs(check: &Check, matches: &ArgMatches) -> Result<Vec<Output>, clap::Error> {
    enum Said {
        Format(Format),
        File(PathBuf),
    }
    let formats = positioned(matches, "formats", &check.formats)
        .into_iter()
        .map(|(at, format)| (at, Said::Format(format)));
    let files =
        positioned(matches, "files", &check.files).into_iter().map(|(at, file)| (at, Said::File(file)));
    let mut said: Vec<(usize, Said)> = formats.chain(files).collect();
    said.sort_by_key(|(at, _)| *at);

    let mut outputs: Vec<Output> = Vec::new();
    let mut waiting: Option<PathBuf> = None;
    for (_, said) in said {
        match said {
            Said::Format(format) => outputs.push(Output { format, file: waiting.take() }),
            Said::File(file) => match outputs.last_mut() {
                Some(last) if last.file.is_none() => last.file = Some(file),
                Some(_) | None if waiting.is_none() => waiting = Some(file),
                Some(_) | None => return Err(conflict("each --output needs a --format of its own")),
            },
        }
    }
    match (waiting, outputs.is_empty()) {
        (Some(_), false) => return Err(conflict("each --output needs a --format of its own")),
        (file, true) => outputs.push(Output { format: Format::Human, file }),
        (None, false) => {}
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(conflict("only one --format can go to standard output; give the others an --output"));
    }
    Ok(outputs)
}

fn conflict(message: &str) -> clap::Error {
    Cli::command().error(ErrorKind::ArgumentConflict, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &str) -> Check {
        let all = ["tfward", "check"].into_iter().chain(arguments.split_whitespace());
        match Cli::read(all).unwrap().command {
            Command::Check(check) => check,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn definitions_hold() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_of_variables_keep_their_order() {
        let given = check("--var a=1 --var-file x.tfvars --var b=c=d infra").values.given;
        assert_eq!(
            given,
            [
                GivenOption::Variable("a".into(), "1".into()),
                GivenOption::File("x.tfvars".into()),
                GivenOption::Variable("b".into(), "c=d".into()),
            ]
        );
    }

    #[test]
    fn formats_and_outputs_pair() {
        let outputs = |arguments: &str| {
            let pairs = check(arguments).outputs.into_iter().map(|output| {
                let file = output.file.map_or("-".to_owned(), |file| file.display().to_string());
                format!("{:?} {file}", output.format)
            });
            pairs.collect::<Vec<_>>().join(", ")
        };
        for (arguments, expected) in [
            ("", "Human -"),
            ("--output x", "Human x"),
            ("--format json", "Json -"),
            ("--format json --output x --format short", "Json x, Short -"),
            ("--format human --format json --output x", "Human -, Json x"),
            ("--output x --format json --output y --format short", "Json x, Short y"),
        ] {
            assert_eq!(outputs(arguments), expected, "{arguments}");
        }
    }

    #[test]
    fn bad_usage_exits_with_2() {
        for arguments in [
            "",
            "check --format xml",
            "check --format json --format short",
            "check --output x --output y",
            "check --var a",
            "check --quiet --verbose",
            "explain",
            "init --repository tfward",
            "init --repository a/b/c",
            "init a b",
            "completions",
            "completions dos",
        ] {
            let all = std::iter::once("tfward").chain(arguments.split_whitespace());
            assert_eq!(Cli::read(all).unwrap_err().exit_code(), 2, "{arguments}");
        }
    }

    #[test]
    fn defaults() {
        let check = check("");
        assert_eq!(check.paths, [PathBuf::from(".")]);
        assert_eq!((check.fail_on, check.color), (FailOn::Public, Color::Auto));
    }
}
