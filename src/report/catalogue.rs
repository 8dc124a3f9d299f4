//! `tfward rules`: the rules with the resource types that they judge, and one rule's page.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::rules::{Kind, Loudness, RULES, Rule, of_kind};

/// The resource types that are stores, by kind, sorted.
pub type TypesByKind = BTreeMap<Kind, Vec<String>>;

/// Writes every rule with its summary and the resource types that it judges.
pub fn write_human(types: &TypesByKind, out: &mut dyn Write) -> io::Result<()> {
    for rule in &RULES {
        let off = if rule.loudness == Loudness::Off { " (off by default)" } else { "" };
        writeln!(out, "{}{off}", rule.name)?;
        writeln!(out, "  {}", rule.summary)?;
        let judged = judged(rule, types);
        if judged.is_empty() {
            writeln!(out, "  no resource type yet")?;
        }
        for resource_type in judged {
            writeln!(out, "  - {resource_type}")?;
        }
    }
    Ok(())
}

/// Writes every rule as one JSON array.
pub fn write_json(types: &TypesByKind, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<JsonRule<'_>> = RULES.iter().map(|rule| JsonRule::of(rule, types)).collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&rules).map_err(io::Error::other)?)
}

/// Writes one rule's page, or its summary as long as it has none.
pub fn write_page(rule: &Rule, types: &TypesByKind, out: &mut dyn Write) -> io::Result<()> {
    match rule.page {
        Some(page) => write!(out, "{page}")?,
        None => writeln!(out, "# {}\n\nReports {}.", rule.name, rule.summary)?,
    }
    let judged = judged(rule, types);
    if judged.is_empty() {
        return writeln!(out, "\nNo resource type is judged by this rule yet.");
    }
    writeln!(out, "\n## Resource types\n")?;
    for resource_type in judged {
        writeln!(out, "- `{resource_type}`")?;
    }
    Ok(())
}

/// Writes one rule as a JSON object.
pub fn write_rule_json(rule: &Rule, types: &TypesByKind, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&JsonRule::of(rule, types)).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}

fn judged<'a>(rule: &Rule, types: &'a TypesByKind) -> Vec<&'a str> {
    // A rule beside its kind's own is about one cloud, which its name begins with.
    let cloud = rule.name.split('-').next().unwrap_or_default();
    let is_about = |kind: &Kind, name: &&str| std::ptr::eq(of_kind(*kind), rule) || name.starts_with(cloud);
    rule.kinds
        .iter()
        .filter_map(|kind| Some((kind, types.get(kind)?)))
        .flat_map(|(kind, names)| names.iter().map(String::as_str).filter(move |name| is_about(kind, name)))
        .collect()
}

#[derive(Serialize)]
struct JsonRule<'a> {
    name: &'static str,
    summary: &'static str,
    kinds: Vec<&'static str>,
    types: Vec<&'a str>,
}

impl<'a> JsonRule<'a> {
    fn of(rule: &Rule, types: &'a TypesByKind) -> Self {
        Self {
            name: rule.name,
            summary: rule.summary,
            kinds: rule.kinds.iter().map(|kind| kind.name()).collect(),
            types: judged(rule, types),
        }
    }
}
