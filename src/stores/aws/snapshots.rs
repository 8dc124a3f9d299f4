//! Snapshots of RDS databases and clusters that are shared with other accounts.
//!
//! One way in: `shared_accounts` holds `all`, and then any account may restore the snapshot. AWS never honours
//! that for an encrypted one (RDS user guide, "Sharing encrypted snapshots": not public), so it is void when the
//! snapshot is shown to be encrypted: by itself, by its key, or by what it was taken from (aws.md 7.1).
//! Account numbers in the list are a named trust and no opening (aws.md R5).
//!
//! Snapshots of `aws_docdb_*`, Neptune, Redshift and caches have no argument that shares them.

use std::sync::Arc;

use crate::access::Assumptions;
use crate::graph::attribute::is_one_of;
use crate::graph::{Fallback, Family, Graph, Kind, Known, Store, Tier, acts, place_of};
use crate::model::Instance;
use crate::stores::Resolver;
use crate::truth::Truth;
use crate::value::{Cause, Unknown, Value};
use crate::verdict::{
    Access, Audience, Claim, Evidence, Letter, Remark, Route, Ways, Weight, all, any, fact, not,
};

/// Snapshots of instances and clusters, and copies of them.
pub static RESOLVER: Resolver = Resolver {
    family: Family {
        kind: Kind::Snapshot,
        tier: Tier::Core,
        stores: &[
            "aws_db_snapshot",
            "aws_db_snapshot_copy",
            "aws_db_cluster_snapshot",
            "aws_rds_cluster_snapshot_copy",
        ],
        names: &["id"],
        relations: &[],
        fallbacks: FALLBACKS,
        outlives: &[],
        copies: &[],
        follows: &["aws_db_instance", "aws_rds_cluster"],
        refers: &[],
    },
    ways,
};

static FALLBACKS: &[Fallback] = &[
    Fallback {
        resource_type: "aws_db_instance",
        attribute: "storage_encrypted",
        value: Known::Bool(false),
        source: "provider documentation",
    },
    Fallback {
        resource_type: "aws_rds_cluster",
        attribute: "storage_encrypted",
        value: Known::Bool(false),
        source: "provider documentation",
    },
    Fallback {
        resource_type: "aws_rds_cluster",
        attribute: "engine_mode",
        value: Known::Text("provisioned"),
        source: "provider documentation",
    },
];

/// What a snapshot is taken from.
struct Source {
    snapshot: &'static str,
    /// The attribute that names it.
    attribute: &'static str,
    /// The types that it can be of, with their names.
    types: &'static [NamedType],
    /// Whether a written key shows encryption; otherwise it is computed.
    key_encrypts: bool,
}

static SOURCES: &[Source] = &[
    Source {
        snapshot: "aws_db_snapshot",
        attribute: "db_instance_identifier",
        types: &[("aws_db_instance", &["identifier", "id"])],
        key_encrypts: false,
    },
    Source {
        snapshot: "aws_db_snapshot_copy",
        attribute: "source_db_snapshot_identifier",
        types: &[
            ("aws_db_snapshot", &["db_snapshot_identifier", "db_snapshot_arn", "id"]),
            ("aws_db_snapshot_copy", &["target_db_snapshot_identifier", "db_snapshot_arn", "id"]),
        ],
        key_encrypts: true,
    },
    Source {
        snapshot: "aws_db_cluster_snapshot",
        attribute: "db_cluster_identifier",
        types: &[("aws_rds_cluster", &["cluster_identifier", "id"])],
        key_encrypts: false,
    },
    Source {
        snapshot: "aws_rds_cluster_snapshot_copy",
        attribute: "source_db_cluster_snapshot_identifier",
        types: &[
            ("aws_db_cluster_snapshot", &["db_cluster_snapshot_identifier", "db_cluster_snapshot_arn", "id"]),
            (
                "aws_rds_cluster_snapshot_copy",
                &["target_db_cluster_snapshot_identifier", "db_cluster_snapshot_arn", "id"],
            ),
        ],
        key_encrypts: true,
    },
];

/// Copies of copies are followed this far.
const FURTHEST: usize = 4;

fn ways(snapshot: &Store<'_>, assumptions: &Assumptions) -> Ways {
    let mut ways = Ways::default();
    let shared = snapshot.attribute("shared_accounts");
    let (accounts, more) = shared.elements();
    let with_all = shared.claim(Truth::False, |value| match value.as_sequence() {
        Some((elements, more)) => elements
            .iter()
            .map(|element| is_one_of(element, &["all"]))
            .fold(if more.is_some() { Truth::Unknown } else { Truth::False }, Truth::or),
        None => is_one_of(value, &["all"]),
    });
    let encrypted = encrypted(snapshot.graph, snapshot.instance, 0);
    if with_all.truth().is_true() && encrypted.truth().is_true() {
        ways.remarks.push(Remark {
            code: "apply-refused",
            place: shared.place(),
            says: "AWS will refuse to share an encrypted snapshot with everybody".to_owned(),
        });
    }
    let named: Vec<String> = accounts
        .iter()
        .filter(|account| account.as_str() != Some("all"))
        .filter(|account| {
            !account.as_str().is_some_and(|id| assumptions.own_accounts.iter().any(|own| own == id))
        })
        .map(Value::shown)
        .collect();
    if !named.is_empty() && more.is_none() {
        ways.remarks.push(Remark {
            code: "named-outsider",
            place: shared.place(),
            says: format!("it is shared with the account {}", named.join(", ")),
        });
    }
    ways.routes.push(Route {
        name: "shared snapshot",
        audience: Audience::Authenticated,
        access: Access::of(&[Letter::Read]),
        claim: all([with_all, not(encrypted)]),
        close: "name the accounts in `shared_accounts` instead of `all`".to_owned(),
        weight: Weight::Full,
        rule: None,
    });
    ways
}

/// That a snapshot is encrypted. What is left out or not in the input does not show it.
fn encrypted<'g>(graph: &'g Graph<'g>, snapshot: &'g Instance, steps: usize) -> Claim {
    let reader = graph.reader(snapshot);
    let mut shown = Vec::new();
    // Computed: it says something once AWS has answered.
    for name in ["encrypted", "storage_encrypted"] {
        let attribute = reader.attribute(name);
        if attribute.value().and_then(Value::as_bool) == Some(true) {
            shown.push(attribute.is(true));
        }
    }
    let source = SOURCES.iter().find(|source| source.snapshot == &*snapshot.address.resource_type);
    let Some(source) = source else { return any(shown) };
    if source.key_encrypts {
        let key = reader.attribute("kms_key_id");
        let set = key.is_set();
        if !set.is_false() {
            let claim = key.claim(Truth::False, |value| Truth::from_bool(value.as_str() != Some("")));
            // An attribute of another resource is set, whatever it is.
            shown.push(if set.is_true() && claim.truth().is_unknown() { is_there(&key) } else { claim });
        }
    }
    let attribute = reader.attribute(source.attribute);
    let Some(value) = attribute.value() else { return any(shown) };
    let single = std::slice::from_ref(value);
    let mut certain = false;
    let mut found = false;
    for (resource_type, names) in source.types {
        for (instance, join) in graph.targets(single, resource_type, names).found {
            if instance.address == snapshot.address {
                continue;
            }
            found = true;
            certain |= join.is_certain();
            let of_source = if source.key_encrypts {
                if steps < FURTHEST { encrypted(graph, instance, steps + 1) } else { any([]) }
            } else {
                storage_encrypted(graph, instance, steps)
            };
            shown.push(all([of_source, acts(instance, &join, false)]));
        }
    }
    if !certain && !found {
        shown.extend(unread_source(snapshot, value));
    }
    any(shown)
}

fn is_there(attribute: &crate::graph::Attribute<'_>) -> Claim {
    fact(Evidence {
        truth: Truth::True,
        places: vec![attribute.place()],
        says: "a key is set, so the copy is encrypted".to_owned(),
        unknown: Vec::new(),
        absent: false,
    })
}

/// That the storage of a database or cluster is encrypted; clusters in the mode `serverless` always are, and
/// replicas and restored instances are when their source is.
/// Source: provider documentation of `aws_rds_cluster`, `storage_encrypted`; RDS API reference,
/// `CreateDBInstanceReadReplica` and `RestoreDBInstanceFromDBSnapshot`, `KmsKeyId`.
fn storage_encrypted<'g>(graph: &'g Graph<'g>, database: &'g Instance, steps: usize) -> Claim {
    let reader = graph.reader(database);
    let written = reader.attribute("storage_encrypted");
    let mode = reader.attribute("engine_mode").one_of(&["serverless"]);
    let own = if &*database.address.resource_type != "aws_rds_cluster" || !written.is_set().is_false() {
        written.is(true)
    } else if mode.truth().is_false() {
        fact(Evidence {
            truth: Truth::False,
            places: vec![place_of(database)],
            says: format!(
                "`{}` does not set `storage_encrypted`, so that its snapshots are not encrypted",
                database.address
            ),
            unknown: Vec::new(),
            absent: true,
        })
    } else {
        mode
    };
    let inherited = INHERITS.iter().filter_map(|(attribute, types)| {
        let attribute = reader.attribute(attribute);
        attribute.value().filter(|value| value.as_str() != Some("")).map(|value| {
            let found = types.iter().flat_map(|(resource_type, names)| {
                graph.targets(std::slice::from_ref(value), resource_type, names).found
            });
            let sources: Vec<Claim> = found
                .filter(|(source, _)| source.address != database.address && steps < FURTHEST)
                .map(|(source, join)| {
                    let of_source = if source.address.resource_type == database.address.resource_type {
                        storage_encrypted(graph, source, steps + 1)
                    } else {
                        encrypted(graph, source, steps + 1)
                    };
                    all([of_source, acts(source, &join, false)])
                })
                .collect();
            if sources.is_empty() { source_elsewhere(database, attribute.place()) } else { any(sources) }
        })
    });
    any(std::iter::once(own).chain(inherited))
}

/// What an instance or cluster takes its storage from: the attribute, and the types that it may name.
const INHERITS: &[(&str, &[NamedType])] = &[
    ("replicate_source_db", &[("aws_db_instance", &["identifier", "id"])]),
    (
        "snapshot_identifier",
        &[
            ("aws_db_snapshot", &["db_snapshot_identifier", "db_snapshot_arn", "id"]),
            ("aws_db_snapshot_copy", &["target_db_snapshot_identifier", "db_snapshot_arn", "id"]),
            ("aws_db_cluster_snapshot", &["db_cluster_snapshot_identifier", "db_cluster_snapshot_arn", "id"]),
        ],
    ),
    ("replication_source_identifier", &[("aws_rds_cluster", &["cluster_identifier", "arn", "id"])]),
];

/// A type with the names that its resources are referred to by.
type NamedType = (&'static str, &'static [&'static str]);

fn source_elsewhere(database: &Instance, place: crate::verdict::Place) -> Claim {
    let cause = Cause::Elsewhere(format!("the source of {}", database.address).into());
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![place],
        says: "whether its source is encrypted is not known".to_owned(),
        unknown: vec![Arc::new(Unknown::because(cause))],
        absent: false,
    })
}

/// A source that may be in the input or in a module that is not installed: whether it is encrypted is not
/// known. What is named by a literal or read elsewhere does not show encryption.
fn unread_source(snapshot: &Instance, source: &Value) -> Option<Claim> {
    let unknown = source.unknowns().into_iter().next()?;
    let outside = |cause: &&Cause| matches!(cause, Cause::Data { .. } | Cause::Attribute { .. });
    if unknown.identity.is_some() || unknown.cause.each().iter().all(outside) {
        return None;
    }
    Some(fact(Evidence {
        truth: Truth::Unknown,
        places: vec![place_of(snapshot)],
        says: "whether its source is encrypted is not known".to_owned(),
        unknown: vec![Arc::clone(&unknown)],
        absent: false,
    }))
}

#[cfg(test)]
mod tests {
    use crate::access::Assumptions;
    use crate::model::sample::model;
    use crate::stores::judge_all;
    use crate::verdict::{Audience, Verdict};

    fn verdict(text: &str) -> String {
        let judgement = judge_all(&model(text), &Assumptions::default());
        let store = judgement.stores.iter().find(|store| &*store.address.name == "s").unwrap();
        let verdict = match &store.assessment.verdict {
            Verdict::Public { audience: Audience::Authenticated, .. } => "public",
            Verdict::Public { .. } => "wider",
            Verdict::Private => "private",
            Verdict::Undetermined => "undetermined",
        };
        let codes = store.assessment.remarks.iter().map(|remark| remark.code);
        [verdict].into_iter().chain(codes).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn shared_with_all_unless_shown_to_be_encrypted() {
        for (text, expected) in [
            (r#"{"aws_db_snapshot.s": {"shared_accounts": ["all"]}}"#, "public"),
            (r#"{"aws_db_snapshot.s": {}}"#, "private"),
            (r#"{"aws_db_snapshot.s": {"shared_accounts": ["111122223333"]}}"#, "private named-outsider"),
            (r#"{"aws_db_snapshot.s": {"shared_accounts": "?accounts"}}"#, "undetermined"),
            (r#"{"aws_db_snapshot.s": {"shared_accounts": ["?account"]}}"#, "undetermined named-outsider"),
            (
                r#"{"aws_db_snapshot.s": {"shared_accounts": ["all"], "encrypted": true}}"#,
                "private apply-refused",
            ),
            (
                r#"{"aws_db_instance.d": {"storage_encrypted": true},
                "aws_db_snapshot.s": {"shared_accounts": ["all"],
                    "db_instance_identifier": "@aws_db_instance.d.identifier"}}"#,
                "private apply-refused",
            ),
            (
                r#"{"aws_db_instance.d": {},
                "aws_db_snapshot.s": {"shared_accounts": ["all"],
                    "db_instance_identifier": "@aws_db_instance.d.identifier"}}"#,
                "public",
            ),
            (
                r#"{"aws_db_instance.d": {"storage_encrypted": "?encrypted"},
                "aws_db_snapshot.s": {"shared_accounts": ["all"],
                    "db_instance_identifier": "@aws_db_instance.d.identifier"}}"#,
                "undetermined",
            ),
            (
                r#"{"aws_db_snapshot.s": {"shared_accounts": ["all"], "db_instance_identifier": "%db"}}"#,
                "undetermined",
            ),
            (
                r#"{"aws_db_snapshot.s": {"shared_accounts": ["all"], "db_instance_identifier": "db"}}"#,
                "public",
            ),
            (
                r#"{"aws_rds_cluster.c": {"engine_mode": "serverless", "cluster_identifier": "c"},
                "aws_db_cluster_snapshot.s": {"shared_accounts": ["all"], "db_cluster_identifier": "c"}}"#,
                "private apply-refused",
            ),
            (
                r#"{"aws_rds_cluster.c": {"cluster_identifier": "c"},
                "aws_db_cluster_snapshot.s": {"shared_accounts": ["all"], "db_cluster_identifier": "c"}}"#,
                "public",
            ),
            (
                r#"{"aws_db_snapshot_copy.s": {"shared_accounts": ["all"], "kms_key_id": "@aws_kms_key.k.arn",
                    "source_db_snapshot_identifier": "x"}}"#,
                "private apply-refused",
            ),
            (
                r#"{"aws_db_instance.d": {"storage_encrypted": true},
                "aws_db_snapshot.first": {"db_instance_identifier": "@aws_db_instance.d.identifier"},
                "aws_db_snapshot_copy.s": {"shared_accounts": ["all"],
                    "source_db_snapshot_identifier": "@aws_db_snapshot.first.db_snapshot_arn"}}"#,
                "private apply-refused",
            ),
            (
                r#"{"aws_rds_cluster_snapshot_copy.s": {"shared_accounts": ["all"],
                    "source_db_cluster_snapshot_identifier": "x"}}"#,
                "public",
            ),
        ] {
            assert_eq!(verdict(text), expected, "{text}");
        }
    }
}
