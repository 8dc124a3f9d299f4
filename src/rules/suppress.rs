//! Findings that somebody accepted: `allow` blocks of the settings, and comments at resources.
//!
//! Enters: settings, module trees with their comments, the day. Leaves: [`Allow`]s, which say of which
//! findings they hold, and diagnostics about those that are written wrongly, run out, or hold of nothing.
//! A suppression needs a reason, and cannot rot unseen.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::address::{Address, Mode, Name};
use crate::config::{Child, Module, Node};
use crate::input::pattern::Pattern;
use crate::input::settings::{AllowBlock, day, meant, no_rule};
use crate::source::{Diagnostic, Sources, Span};
use crate::syntax::Comment;

/// How many days before its last one a suppression is announced to run out.
pub const DAYS_BEFORE: i32 = 14;

/// What a comment begins with.
const MARK: &str = "tfward:";
/// The only directive.
const DIRECTIVE: &str = "tfward:allow";

/// Where a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// A comment in the configuration.
    Comment,
    /// An `allow` block in the settings.
    Settings,
    /// An entry of a baseline.
    Baseline,
}

impl Means {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Settings => "settings",
            Self::Baseline => "baseline",
        }
    }
}

/// One suppression that is written correctly.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rule whose findings it accepts.
    pub rule: Name,
    /// Why.
    pub reason: Name,
    /// The last day that it holds.
    pub until: Option<Date>,
    /// Where it is written.
    pub span: Span,
    /// How.
    pub means: Means,
    scopes: Vec<Scope>,
}

/// Which stores a suppression is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    /// Those that match; no pattern matches all.
    Matching { address: Option<Pattern>, root: Option<Pattern> },
    /// The instances of a resource block, in every instance of its module.
    Resource { root: String, calls: Vec<Name>, resource: (Mode, Name, Name) },
    /// Everything in a module that is called.
    Call { root: String, calls: Vec<Name> },
}

/// A store, as a suppression sees it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The rule of its finding.
    pub rule: &'s str,
    /// Its root module, as it is printed.
    pub root: Option<&'s str>,
    /// The same, relative to the base of the settings.
    pub folder: Option<&'s str>,
    /// Its address.
    pub address: &'s Address,
}

impl Allow {
    /// A suppression of the settings.
    #[must_use]
    pub fn of_block(block: &AllowBlock) -> Self {
        Self {
            rule: block.rule.clone(),
            reason: block.reason.clone(),
            until: block.until,
            span: block.span,
            means: Means::Settings,
            scopes: vec![Scope::Matching { address: block.address.clone(), root: block.root.clone() }],
        }
    }

    /// Whether its last day has passed.
    #[must_use]
    pub fn has_run_out(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it is about that finding, whatever the day.
    #[must_use]
    pub fn is_about(&self, subject: Subject<'_>) -> bool {
        let path = |calls: &[Name]| {
            let steps = subject.address.module.steps();
            steps.len() >= calls.len() && steps.iter().zip(calls).all(|(step, call)| step.name == *call)
        };
        &*self.rule == subject.rule
            && self.scopes.iter().any(|scope| match scope {
                Scope::Matching { address, root } => {
                    let named = |pattern: &Pattern| pattern.matches_address(&subject.address.to_string());
                    let inside = |pattern: &Pattern| {
                        subject.folder.is_some_and(|folder| pattern.matches_folder(folder))
                    };
                    address.as_ref().is_none_or(named) && root.as_ref().is_none_or(inside)
                }
                Scope::Resource { root, calls, resource: (mode, resource_type, name) } => {
                    subject.root == Some(root)
                        && path(calls)
                        && subject.address.module.steps().len() == calls.len()
                        && subject.address.mode == *mode
                        && subject.address.resource_type == *resource_type
                        && subject.address.name == *name
                }
                Scope::Call { root, calls } => subject.root == Some(root) && path(calls),
            })
    }

    /// Whether a run saw everything that it may be about: then it should hold of something.
    ///
    /// `folders` are the root modules that were checked, relative to the base of the settings, and `whole`
    /// says whether they are all that lie in it.
    #[must_use]
    pub fn is_in_reach<'f>(&self, mut folders: impl Iterator<Item = &'f str>, whole: bool) -> bool {
        self.scopes.iter().all(|scope| match scope {
            Scope::Resource { .. } | Scope::Call { .. } => true,
            Scope::Matching { root: None, .. } => whole,
            Scope::Matching { root: Some(root), .. } => {
                whole || root.is_literal() && folders.any(|folder| root.matches_folder(folder))
            }
        })
    }

    /// Says that it no longer holds.
    #[must_use]
    pub fn ran_out(&self) -> Diagnostic {
        let until = self.until.map(|until| until.to_string()).unwrap_or_default();
        Diagnostic::warning(
            format!("the suppression of `{}` ran out on {until} and no longer holds", self.rule),
            Some(self.span),
        )
        .with_note(format!("its reason was: {}", self.reason))
        .with_note("help: close what it allows and delete it, or give it a later `until`")
    }

    /// Says that it will soon no longer hold, from [`DAYS_BEFORE`] days before its last one.
    #[must_use]
    pub fn runs_out_soon(&self, today: Date) -> Option<Diagnostic> {
        let until = self.until?;
        let left = today.until(until).ok()?.get_days();
        if !(0..=DAYS_BEFORE).contains(&left) {
            return None;
        }
        let when = match left {
            0 => "runs out after today".to_owned(),
            1 => format!("runs out in 1 day, after {until}"),
            days => format!("runs out in {days} days, after {until}"),
        };
        let message = format!("the suppression of `{}` {when}", self.rule);
        Some(
            Diagnostic::warning(message, Some(self.span))
                .with_note("help: close what it allows and delete it, or give it a later `until`"),
        )
    }

    /// Says that it holds of nothing.
    #[must_use]
    pub fn holds_of_nothing(&self) -> Diagnostic {
        let message = format!("this suppression of `{}` matches no finding", self.rule);
        let diagnostic = Diagnostic::warning(message, Some(self.span));
        let diagnostic = if self.scopes.is_empty() {
            diagnostic.with_note(
                "it stands at no block: the place is above a `resource` or `module` block, or on its first line",
            )
        } else {
            diagnostic
        };
        diagnostic.with_note("help: delete it, or move it to the store whose finding it accepts")
    }
}

/// The comments of some module trees.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    /// Suppressions, in the order in which they were found; each comment once.
    pub allows: Vec<Allow>,
    /// What is written wrongly.
    pub diagnostics: Vec<Diagnostic>,
    seen: BTreeSet<Span>,
}

impl Comments {
    /// Adds the comments of every module below a root. Those in installed modules do not count: who wrote
    /// them does not decide here.
    ///
    /// `root` is the folder of the root module, as it is printed.
    pub fn collect(&mut self, sources: &Sources, node: &Node, root: &str, rules: &[&str]) {
        self.node(sources, node, root, &mut Vec::new(), rules);
    }

    fn node(&mut self, sources: &Sources, node: &Node, root: &str, calls: &mut Vec<Name>, rules: &[&str]) {
        let installed = node.path.split('/').any(|part| part == ".terraform");
        if !installed {
            self.module(sources, &node.module, root, calls, rules);
        }
        for (name, child) in &node.children {
            let Child::Found(child) = child else { continue };
            calls.push(name.clone());
            self.node(sources, child, root, calls, rules);
            calls.pop();
        }
    }

    fn module(&mut self, sources: &Sources, module: &Module, root: &str, calls: &[Name], rules: &[&str]) {
        let lines = Lines { sources, module };
        for comment in &module.comments {
            if !comment.text.contains(MARK) {
                continue;
            }
            let scope = lines.block_of(comment).map(|block| match block {
                Block::Resource(mode, resource_type, name) => Scope::Resource {
                    root: root.to_owned(),
                    calls: calls.to_vec(),
                    resource: (mode, resource_type, name),
                },
                Block::Call(name) => {
                    let calls = calls.iter().cloned().chain([name]).collect();
                    Scope::Call { root: root.to_owned(), calls }
                }
            });
            if !self.seen.insert(comment.span) {
                let again = self.allows.iter_mut().filter(|allow| allow.span == comment.span);
                again.for_each(|allow| allow.scopes.extend(scope.clone()));
                continue;
            }
            for line in comment.text.lines() {
                let line = line.trim_start_matches(['#', '/', '*', ' ', '\t']).trim_end();
                match directive(line, rules) {
                    None => {}
                    Some(Ok(said)) => self.allows.push(Allow {
                        rule: said.rule,
                        reason: said.reason,
                        until: said.until,
                        span: comment.span,
                        means: Means::Comment,
                        scopes: scope.iter().cloned().collect(),
                    }),
                    Some(Err(message)) => self.diagnostics.push(
                        Diagnostic::error(message, Some(comment.span))
                            .with_note(
                                "it is written `tfward:allow RULE reason=\"…\"`, and may have `until=YYYY-MM-DD`",
                            )
                            .with_note("as it stands it has no effect"),
                    ),
                }
            }
        }
    }
}

/// What a comment can stand at.
enum Block {
    Resource(Mode, Name, Name),
    Call(Name),
}

struct Lines<'l> {
    sources: &'l Sources,
    module: &'l Module,
}

impl Lines<'_> {
    /// First and last line of a span, from 1.
    fn of(&self, span: Span) -> Option<(u32, u32)> {
        let file = self.sources.file(span.file)?;
        let text = file.text.get(span.start as usize..span.end as usize)?;
        let end = span.start + u32::try_from(text.trim_end().len()).ok()?;
        Some((file.position(span.start).0, file.position(end).0))
    }

    /// Whether nothing stands before a comment on its line.
    fn is_alone(&self, span: Span) -> bool {
        let Some(file) = self.sources.file(span.file) else { return false };
        let before = file.text.get(..span.start as usize).unwrap_or_default();
        before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
    }

    /// The block that a comment stands at: on its first line, or above it with only comments between.
    fn block_of(&self, comment: &Comment) -> Option<Block> {
        let (first, last) = self.of(comment.span)?;
        if let Some(block) = self.block_on(comment, first).or_else(|| self.block_on(comment, last)) {
            return Some(block);
        }
        if !self.is_alone(comment.span) {
            return None;
        }
        let mut line = last + 1;
        let below =
            self.module.comments.iter().filter(|other| {
                other.span.file == comment.span.file && other.span.start > comment.span.start
            });
        for other in below {
            match self.of(other.span) {
                Some((first, last)) if first == line && self.block_on(comment, line).is_none() => {
                    line = last + 1;
                }
                Some(_) | None => break,
            }
        }
        self.block_on(comment, line)
    }

    /// The block whose first line that is, in the comment's file.
    fn block_on(&self, comment: &Comment, line: u32) -> Option<Block> {
        let here = |header: Span| {
            header.file == comment.span.file && self.of(header).is_some_and(|(first, _)| first == line)
        };
        let resource = self.module.resources.values().find(|resource| here(resource.header));
        if let Some(resource) = resource {
            let (resource_type, name) = (resource.resource_type.clone(), resource.name.clone());
            return Some(Block::Resource(resource.mode, resource_type, name));
        }
        self.module.calls.values().find(|call| here(call.header)).map(|call| Block::Call(call.name.clone()))
    }
}

/// What one directive says.
struct Directive {
    rule: Name,
    reason: Name,
    until: Option<Date>,
}

/// Reads one line of a comment; `None` when it is no directive.
fn directive(line: &str, rules: &[&str]) -> Option<Result<Directive, String>> {
    line.starts_with(MARK).then(|| read(line, rules))
}

fn read(line: &str, rules: &[&str]) -> Result<Directive, String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if word != DIRECTIVE {
        let meant = meant(word, std::iter::once(DIRECTIVE));
        return Err(format!("there is no directive `{}`{meant}", word.escape_debug()));
    }
    let (mut rule, mut reason, mut until) = (None, None, None);
    for (key, value) in words(rest)? {
        let place: &mut Option<String> = match key.as_deref() {
            None => &mut rule,
            Some("reason") => &mut reason,
            Some("until") => &mut until,
            Some(other) => {
                let meant = meant(other, ["reason", "until"].into_iter());
                return Err(format!("`tfward:allow` has no `{}`{meant}", other.escape_debug()));
            }
        };
        if place.replace(value).is_some() {
            return Err(match key {
                Some(key) => format!("`tfward:allow` has two of `{key}`"),
                None => "`tfward:allow` names one rule, and a reason in double quotes".to_owned(),
            });
        }
    }
    let Some(rule) = rule else { return Err("`tfward:allow` names no rule".to_owned()) };
    if !rules.contains(&rule.as_str()) {
        return Err(no_rule(&rule, rules));
    }
    let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else {
        return Err("`tfward:allow` needs a `reason`".to_owned());
    };
    let until = match until {
        None => None,
        Some(text) => Some(day(&text).ok_or_else(|| {
            format!("`until` is a day, such as 2027-01-31, and not `{}`", text.escape_debug())
        })?),
    };
    Ok(Directive { rule: rule.into(), reason: reason.into(), until })
}

/// A key, if there is one, and a value.
type Word = (Option<String>, String);

/// Splits `a b="c d" e=f`.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut characters = text.chars().peekable();
    loop {
        while characters.next_if(|character| character.is_whitespace()).is_some() {}
        if characters.peek().is_none() {
            return Ok(words);
        }
        let (mut key, mut value) = (None, String::new());
        while let Some(character) = characters.next_if(|character| !character.is_whitespace()) {
            match character {
                '=' if key.is_none() => key = Some(std::mem::take(&mut value)),
                '"' if value.is_empty() => {
                    value = quoted(&mut characters).ok_or("a double quote is missing")?;
                    break;
                }
                other => value.push(other),
            }
        }
        words.push((key, value));
    }
}

/// The text up to the closing quote; `\` takes the next character as it is.
fn quoted(characters: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut text = String::new();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::Loader;
    use crate::source::Fence;
    use crate::source::fixture::{told, tree};

    const RULES: [&str; 2] = ["public-bucket", "public-database"];

    #[test]
    fn directives() {
        for (line, expected) in [
            ("nothing", "-"),
            ("see tfward:allow public-bucket", "-"),
            ("tfward:allow public-bucket reason=\"a b\"", "public-bucket: a b"),
            ("tfward:allow reason=\"a \\\"b\\\"\" public-bucket", "public-bucket: a \"b\""),
            ("tfward:allow public-bucket reason=ok until=2027-01-31", "public-bucket: ok until 2027-01-31"),
            (
                "tfward:allow public-bucket until=\"2027-01-31\" reason=ok",
                "public-bucket: ok until 2027-01-31",
            ),
            ("tfward:allow", "`tfward:allow` names no rule"),
            ("tfward:allow public-bucket", "`tfward:allow` needs a `reason`"),
            ("tfward:allow public-bucket reason=\" \"", "`tfward:allow` needs a `reason`"),
            (
                "tfward:allow public-bucket reason=it is fine",
                "`tfward:allow` names one rule, and a reason in double quotes",
            ),
            ("tfward:allow public-bucket reason=\"a", "a double quote is missing"),
            (
                "tfward:allow public-bukket reason=a",
                "there is no rule `public-bukket`; did you mean `public-bucket`?; `tfward rules` lists them all",
            ),
            (
                "tfward:allow public-bucket reason=a untill=2027-01-31",
                "`tfward:allow` has no `untill`; did you mean `until`?",
            ),
            (
                "tfward:allow public-bucket reason=a until=soon",
                "`until` is a day, such as 2027-01-31, and not `soon`",
            ),
            ("tfward:ignore public-bucket", "there is no directive `tfward:ignore`"),
            (
                "tfward:alow public-bucket",
                "there is no directive `tfward:alow`; did you mean `tfward:allow`?",
            ),
        ] {
            let read = match directive(line, &RULES) {
                None => "-".to_owned(),
                Some(Err(message)) => message,
                Some(Ok(said)) => {
                    let until = said.until.map(|until| format!(" until {until}")).unwrap_or_default();
                    format!("{}: {}{until}", said.rule, said.reason)
                }
            };
            assert_eq!(read, expected, "{line}");
        }
    }

    #[test]
    fn where_a_comment_stands() {
        let allow = "tfward:allow public-bucket reason=a";
        for (text, expected) in [
            (format!("# {allow}\nresource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("// {allow}\nresource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("/* {allow} */\nresource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("/*\n * Why.\n * {allow}\n */\nresource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("/* {allow} */ resource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("resource \"t\" \"a\" {{ # {allow}\n}}\n"), "t.a"),
            (format!("resource \"t\" \"a\" {{}} # {allow}\nresource \"t\" \"b\" {{}}\n"), "t.a"),
            (format!("resource \"t\" \"b\" {{\n}} # {allow}\nresource \"t\" \"a\" {{\n}}\n"), "nowhere"),
            (format!("# {allow}\n# More.\n\nresource \"t\" \"a\" {{\n}}\n"), "nowhere"),
            (format!("# {allow}\n# More.\nresource \"t\" \"a\" {{\n}}\n"), "t.a"),
            (format!("resource \"t\" \"a\" {{\n  # {allow}\n  x = 1\n}}\n"), "nowhere"),
            (format!("# {allow}\r\nresource \"t\" \"a\" {{\r\n}}\r\n"), "t.a"),
            (format!("# {allow}\nmodule \"m\" {{\n  source = \"./m\"\n}}\n"), "module.m"),
            (format!("# {allow}\nlocals {{}}\n"), "nowhere"),
        ] {
            let (_holder, top) = tree(&[("main.tf", &text), ("m/main.tf", "")]);
            let sources = Sources::new(top.clone());
            let loaded = Loader::new(&sources).load_root(&top, &Fence::around(&top, &top));
            let mut comments = Comments::default();
            comments.collect(&sources, &loaded.node, ".", &RULES);
            assert_eq!(told(&sources, &comments.diagnostics), [""; 0]);
            let [allow] = comments.allows.as_slice() else { panic!("{text}") };
            let shown = match allow.scopes.as_slice() {
                [] => "nowhere".to_owned(),
                [Scope::Resource { resource: (_, resource_type, name), .. }] => {
                    format!("{resource_type}.{name}")
                }
                [Scope::Call { calls, .. }] => format!("module.{}", calls.join(".")),
                other => panic!("{other:?}"),
            };
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn a_module_that_is_called_twice_has_its_comment_once() {
        let inner = "# tfward:allow public-bucket reason=a\nresource \"t\" \"a\" {\n}\n# tfward:allow x\n";
        let calls = "module \"m\" {\n  source = \"./m\"\n}\nmodule \"n\" {\n  source = \"./m\"\n}\n";
        let (_holder, top) = tree(&[("main.tf", calls), ("m/main.tf", inner)]);
        let sources = Sources::new(top.clone());
        let loaded = Loader::new(&sources).load_root(&top, &Fence::around(&top, &top));
        let mut comments = Comments::default();
        comments.collect(&sources, &loaded.node, ".", &RULES);
        assert_eq!(comments.diagnostics.len(), 1);
        let [allow] = comments.allows.as_slice() else { panic!() };
        assert_eq!(allow.scopes.len(), 2);
    }

    #[test]
    fn days() {
        let (_holder, top) = tree(&[("main.tf", "")]);
        let sources = Sources::new(top);
        let file = sources.add("x", "x");
        let allow = |until: &str| Allow {
            rule: "public-bucket".into(),
            reason: "a".into(),
            until: day(until),
            span: Span { file, start: 0, end: 1 },
            means: Means::Comment,
            scopes: Vec::new(),
        };
        let today = day("2026-12-25").unwrap();
        for (until, expected) in [
            ("2026-12-24", "the suppression of `public-bucket` ran out on 2026-12-24 and no longer holds"),
            ("2026-12-25", "the suppression of `public-bucket` runs out after today"),
            ("2026-12-26", "the suppression of `public-bucket` runs out in 1 day, after 2026-12-26"),
            ("2027-01-08", "the suppression of `public-bucket` runs out in 14 days, after 2027-01-08"),
            ("2027-01-09", ""),
            ("never", ""),
        ] {
            let allow = allow(until);
            let told =
                if allow.has_run_out(today) { Some(allow.ran_out()) } else { allow.runs_out_soon(today) };
            assert_eq!(told.map(|told| told.message).unwrap_or_default(), expected, "{until}");
        }
    }
}
