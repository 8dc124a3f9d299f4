//! `--format json`: the whole report as one object. Its shape is a contract; inner types are never
//! serialised, each part has its own struct here.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    Because, Finding, Missing, Note, Problem, Report, Setting, Store, Suppressed, Suppression, escape,
};
use crate::source::{Location, Severity};
use crate::verdict::{Letter, Verdict};

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = report.summary;
    write_pretty(
        &JsonReport {
            schema_version: 1,
            tool: JsonTool { name: "tfward", version: env!("CARGO_PKG_VERSION") },
            summary: JsonSummary {
                public: summary.public,
                undetermined: summary.undetermined,
                private: summary.private,
                errors: summary.errors,
            },
            stores: report.stores.iter().map(|store| JsonStore::of(store)).collect(),
            findings: report.findings.iter().map(JsonFinding::of).collect(),
            diagnostics: report.diagnostics.iter().map(JsonDiagnostic::of).collect(),
            not_judged: report
                .not_judged
                .iter()
                .map(|(resource_type, count)| JsonNotJudged { resource_type, count: *count })
                .collect(),
            settings: report.settings.iter().map(JsonSetting::of).collect(),
            suppressions: report.suppressions.iter().map(JsonSuppressed::of).collect(),
        },
        out,
    )
}

/// Writes one store as it stands in the report's `stores`.
pub(super) fn write_store(store: &Store, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&JsonStore::of(store), out)
}

fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    writeln!(out, "{}", escape::json(&text))
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema_version: u32,
    tool: JsonTool,
    summary: JsonSummary,
    stores: Vec<JsonStore<'a>>,
    findings: Vec<JsonFinding<'a>>,
    diagnostics: Vec<JsonDiagnostic<'a>>,
    not_judged: Vec<JsonNotJudged<'a>>,
    settings: Vec<JsonSetting<'a>>,
    suppressions: Vec<JsonSuppressed<'a>>,
}

#[derive(Serialize)]
struct JsonTool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonSummary {
    public: usize,
    undetermined: usize,
    private: usize,
    errors: usize,
}

#[derive(Serialize)]
struct JsonNotJudged<'a> {
    #[serde(rename = "type")]
    resource_type: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct JsonSetting<'a> {
    name: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonSuppressed<'a> {
    means: &'static str,
    #[serde(flatten)]
    suppression: JsonSuppression<'a>,
    findings: Vec<JsonAccepted<'a>>,
}

#[derive(Serialize)]
struct JsonAccepted<'a> {
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    address: &'a str,
}

#[derive(Serialize)]
struct JsonStore<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    address: String,
    #[serde(rename = "type")]
    resource_type: &'a str,
    kind: &'static str,
    tier: &'static str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'static str>,
    access: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    because: Vec<JsonBecause<'a>>,
    unknown: Vec<JsonMissing<'a>>,
    remarks: Vec<JsonRemark<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonBecause<'a> {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    effect: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonMissing<'a> {
    name: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonRemark<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    address: String,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<JsonSuppression<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
    because: Vec<JsonBecause<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonSuppression<'a> {
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl<'a> JsonLocation<'a> {
    fn of(location: &'a Location) -> Self {
        Self {
            path: &location.path,
            line: location.line,
            column: location.column,
            end_line: location.end_line,
            end_column: location.end_column,
        }
    }

    fn maybe(location: Option<&'a Location>) -> Option<Self> {
        location.map(Self::of)
    }
}

impl<'a> JsonStore<'a> {
    fn of(store: &'a Store) -> Self {
        let (verdict, audience, access) = match &store.assessment.verdict {
            Verdict::Public { audience, access } => {
                ("public", Some(audience.name()), access.letters().map(Letter::name).collect())
            }
            Verdict::Private => ("private", None, Vec::new()),
            Verdict::Undetermined => ("undetermined", None, Vec::new()),
        };
        Self {
            root: store.root.as_deref(),
            address: store.address.to_string(),
            resource_type: &store.address.resource_type,
            kind: store.kind.name(),
            tier: store.tier.name(),
            verdict,
            audience,
            access,
            change: store.change.map(super::Change::name),
            because: store.because.iter().map(JsonBecause::of).collect(),
            unknown: store.unknown.iter().map(JsonMissing::of).collect(),
            remarks: store.remarks.iter().map(JsonRemark::of).collect(),
            location: JsonLocation::maybe(store.location.as_ref()),
        }
    }
}

impl<'a> JsonBecause<'a> {
    fn of(because: &'a Because) -> Self {
        Self {
            address: because.address.to_string(),
            attribute: Some(because.attribute.to_string()).filter(|attribute| !attribute.is_empty()),
            effect: because.effect.name(),
            message: &because.message,
            location: JsonLocation::maybe(because.location.as_ref()),
        }
    }
}

impl<'a> JsonMissing<'a> {
    fn of(missing: &'a Missing) -> Self {
        Self {
            name: &missing.name,
            message: &missing.message,
            location: JsonLocation::maybe(missing.location.as_ref()),
        }
    }
}

impl<'a> JsonRemark<'a> {
    fn of(note: &'a Note) -> Self {
        Self {
            code: note.code,
            message: &note.message,
            location: JsonLocation::maybe(note.location.as_ref()),
        }
    }
}

impl<'a> JsonFinding<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule.name,
            level: finding.level.name(),
            root: finding.store.root.as_deref(),
            address: finding.store.address.to_string(),
            message: &finding.message,
            change: finding.change.map(super::Change::name),
            suppressed: finding.suppressed.as_ref().map(JsonSuppression::of),
            location: JsonLocation::maybe(finding.location.as_ref()),
            because: finding.store.because.iter().map(JsonBecause::of).collect(),
            help: Some(finding.help.as_str()).filter(|help| !help.is_empty()),
        }
    }
}

impl<'a> JsonSuppression<'a> {
    fn of(suppression: &'a Suppression) -> Self {
        Self {
            reason: &suppression.reason,
            until: suppression.until.as_deref(),
            location: JsonLocation::maybe(suppression.location.as_ref()),
        }
    }
}

impl<'a> JsonSetting<'a> {
    fn of(setting: &'a Setting) -> Self {
        Self {
            name: &setting.name,
            value: &setting.value,
            location: JsonLocation::maybe(setting.location.as_ref()),
        }
    }
}

impl<'a> JsonSuppressed<'a> {
    fn of(suppressed: &'a Suppressed) -> Self {
        Self {
            means: suppressed.suppression.means.name(),
            suppression: JsonSuppression::of(&suppressed.suppression),
            findings: suppressed
                .findings
                .iter()
                .map(|(rule, root, address)| JsonAccepted { rule, root: root.as_deref(), address })
                .collect(),
        }
    }
}

impl<'a> JsonDiagnostic<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self {
            severity: match problem.diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            message: &problem.diagnostic.message,
            location: JsonLocation::maybe(problem.location.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Judged, Report, fixture};
    use super::write;
    use crate::source::Sources;

    #[test]
    fn three_buckets() {
        let sources = Sources::default();
        let report = Report::new(&sources, fixture::three_buckets(&sources));
        insta::assert_snapshot!(fixture::text(&report, write), @r#"
        {
          "schema_version": 1,
          "tool": {
            "name": "tfward",
            "version": "0.1.0"
          },
          "summary": {
            "public": 1,
            "undetermined": 1,
            "private": 1,
            "errors": 0
          },
          "stores": [
            {
              "root": ".",
              "address": "aws_s3_bucket.site",
              "type": "aws_s3_bucket",
              "kind": "bucket",
              "tier": "core",
              "verdict": "public",
              "audience": "anonymous",
              "access": [
                "list"
              ],
              "because": [
                {
                  "address": "aws_s3_bucket_acl.site",
                  "attribute": "acl",
                  "effect": "opens",
                  "message": "the ACL lets everyone list the bucket",
                  "location": {
                    "path": "site/terraform.tfvars",
                    "line": 2,
                    "column": 10,
                    "end_line": 2,
                    "end_column": 23
                  }
                },
                {
                  "address": "aws_s3_bucket_public_access_block.site",
                  "attribute": "ignore_public_acls",
                  "effect": "opens",
                  "message": "`ignore_public_acls` is false",
                  "location": {
                    "path": "site/main.tf",
                    "line": 6,
                    "column": 24,
                    "end_line": 6,
                    "end_column": 29
                  }
                }
              ],
              "unknown": [],
              "remarks": [
                {
                  "code": "guard",
                  "message": "`block_public_acls` closes nothing that is in force",
                  "location": {
                    "path": "site/main.tf",
                    "line": 5,
                    "column": 11,
                    "end_line": 5,
                    "end_column": 44
                  }
                }
              ],
              "location": {
                "path": "site/main.tf",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 32
              }
            },
            {
              "root": ".",
              "address": "aws_s3_bucket.logs",
              "type": "aws_s3_bucket",
              "kind": "bucket",
              "tier": "core",
              "verdict": "private",
              "access": [],
              "because": [
                {
                  "address": "aws_s3_bucket.logs",
                  "effect": "absent",
                  "message": "no bucket ACL in the input",
                  "location": {
                    "path": "site/main.tf",
                    "line": 8,
                    "column": 1,
                    "end_line": 8,
                    "end_column": 32
                  }
                }
              ],
              "unknown": [],
              "remarks": [],
              "location": {
                "path": "site/main.tf",
                "line": 8,
                "column": 1,
                "end_line": 8,
                "end_column": 32
              }
            },
            {
              "root": ".",
              "address": "aws_s3_bucket.other",
              "type": "aws_s3_bucket",
              "kind": "bucket",
              "tier": "core",
              "verdict": "undetermined",
              "access": [],
              "because": [
                {
                  "address": "aws_s3_bucket.other",
                  "attribute": "acl",
                  "effect": "unknown",
                  "message": "`acl` is not known",
                  "location": {
                    "path": "site/main.tf",
                    "line": 10,
                    "column": 9,
                    "end_line": 10,
                    "end_column": 22
                  }
                }
              ],
              "unknown": [
                {
                  "name": "var.other_acl",
                  "message": "`var.other_acl` has no value; pass `--var other_acl=…` or a plan",
                  "location": {
                    "path": "site/main.tf",
                    "line": 10,
                    "column": 9,
                    "end_line": 10,
                    "end_column": 22
                  }
                }
              ],
              "remarks": [],
              "location": {
                "path": "site/main.tf",
                "line": 9,
                "column": 1,
                "end_line": 9,
                "end_column": 33
              }
            }
          ],
          "findings": [
            {
              "rule": "public-bucket",
              "level": "warning",
              "root": ".",
              "address": "aws_s3_bucket.other",
              "message": "whether `aws_s3_bucket.other` is public depends on `var.other_acl`, which has no value; pass `--var other_acl=…` or a plan",
              "location": {
                "path": "site/main.tf",
                "line": 10,
                "column": 9,
                "end_line": 10,
                "end_column": 22
              },
              "because": [
                {
                  "address": "aws_s3_bucket.other",
                  "attribute": "acl",
                  "effect": "unknown",
                  "message": "`acl` is not known",
                  "location": {
                    "path": "site/main.tf",
                    "line": 10,
                    "column": 9,
                    "end_line": 10,
                    "end_column": 22
                  }
                }
              ],
              "help": "set `acl = \"private\"`"
            },
            {
              "rule": "public-bucket",
              "level": "error",
              "root": ".",
              "address": "aws_s3_bucket.site",
              "message": "anyone can list objects in `aws_s3_bucket.site`",
              "location": {
                "path": "site/terraform.tfvars",
                "line": 2,
                "column": 10,
                "end_line": 2,
                "end_column": 23
              },
              "because": [
                {
                  "address": "aws_s3_bucket_acl.site",
                  "attribute": "acl",
                  "effect": "opens",
                  "message": "the ACL lets everyone list the bucket",
                  "location": {
                    "path": "site/terraform.tfvars",
                    "line": 2,
                    "column": 10,
                    "end_line": 2,
                    "end_column": 23
                  }
                },
                {
                  "address": "aws_s3_bucket_public_access_block.site",
                  "attribute": "ignore_public_acls",
                  "effect": "opens",
                  "message": "`ignore_public_acls` is false",
                  "location": {
                    "path": "site/main.tf",
                    "line": 6,
                    "column": 24,
                    "end_line": 6,
                    "end_column": 29
                  }
                }
              ],
              "help": "set `acl = \"private\"`, or set `ignore_public_acls = true`"
            }
          ],
          "diagnostics": [],
          "not_judged": [
            {
              "type": "aws_fsx_lustre_file_system",
              "count": 2
            }
          ],
          "settings": [],
          "suppressions": []
        }
        "#);
    }

    #[test]
    fn lists_are_always_there() {
        let sources = Sources::default();
        let report = Report::new(&sources, Judged::default());
        insta::assert_snapshot!(fixture::text(&report, write), @r#"
        {
          "schema_version": 1,
          "tool": {
            "name": "tfward",
            "version": "0.1.0"
          },
          "summary": {
            "public": 0,
            "undetermined": 0,
            "private": 0,
            "errors": 0
          },
          "stores": [],
          "findings": [],
          "diagnostics": [],
          "not_judged": [],
          "settings": [],
          "suppressions": []
        }
        "#);
    }
}
