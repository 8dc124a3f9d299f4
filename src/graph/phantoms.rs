//! What gaps may hold, made up as resources of which nothing is known but their type.
//!
//! Enters: the gaps of a model. Leaves: [`Phantom`]s, which join like resources, so that no resolver can forget
//! what was not read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{Address, Key, Mode, ModulePath};
use crate::model::{Fate, Gap, Instance, Model, Provider};
use crate::truth::Truth;
use crate::value::{Cause, Unknown, Value};

/// What a gap may hold: a resource of which nothing is known but its type.
#[derive(Debug)]
pub struct Phantom {
    /// The resource as far as it can be made up.
    pub instance: Instance,
    /// The values that it may refer to; `None`: anything in its module instance.
    pub handed: Option<Vec<Value>>,
}

/// So many gaps that may refer to anything in one module instance are told apart, for each type.
const MOST_APART: usize = 16;

/// What gaps that are not told apart have in common.
type Alike<'g> = (&'static str, &'g ModulePath, bool);

/// Makes up one resource of every type that each gap can hold. Of many gaps of which nothing is known but where
/// they are, all but the first few stand as one: each would act on every store there.
#[must_use]
pub fn phantoms(model: &Model, types: &BTreeSet<&'static str>) -> Vec<Phantom> {
    let mut made = Vec::new();
    let mut apart: BTreeMap<Alike<'_>, usize> = BTreeMap::new();
    let mut rest: BTreeMap<Alike<'_>, Vec<&Gap>> = BTreeMap::new();
    for gap in &model.gaps {
        for resource_type in types.iter().filter(|wanted| holds(gap, wanted)) {
            if gap.handed.is_none() {
                let alike = (*resource_type, &gap.within, matches!(gap.what, Cause::NotPlanned(_)));
                let count = apart.entry(alike).or_default();
                *count += 1;
                if *count > MOST_APART {
                    rest.entry(alike).or_default().push(gap);
                    continue;
                }
            }
            made.push(phantom(resource_type, gap, &gap.what));
        }
    }
    for ((resource_type, ..), gaps) in rest {
        let named = gaps.iter().take(MOST_APART).map(|gap| gap.what.clone());
        if let Some(first) = gaps.first() {
            made.push(phantom(resource_type, first, &Cause::any(named)));
        }
    }
    made
}

/// A resource of a type that a gap may hold.
fn phantom(resource_type: &str, gap: &Gap, what: &Cause) -> Phantom {
    let unknown = || Unknown::because(what.clone());
    let name = match what {
        Cause::Any(_) => "…".to_owned(),
        _ => what.name(),
    };
    // The address of what a plan leaves out has the type in it.
    let own = name.rsplit_once(&format!("{resource_type}.")).map_or(&*name, |(_, own)| own);
    Phantom {
        instance: Instance {
            address: Address {
                module: gap.within.clone(),
                mode: Mode::Managed,
                resource_type: resource_type.into(),
                name: own.into(),
                key: Key::Unknown,
            },
            provider: Arc::new(Provider {
                source: "".into(),
                key: "".into(),
                arguments: Value::unknown(unknown()),
                version: None,
            }),
            attributes: Value::unknown(unknown()),
            exists: Truth::Unknown,
            exists_unknown: Some(Arc::new(unknown())),
            fate: Fate::Stays,
            span: gap.span,
            call_span: None,
            copies: Vec::new(),
            ignore_changes: Vec::new(),
        },
        handed: gap.handed.clone(),
    }
}

fn holds(gap: &Gap, resource_type: &str) -> bool {
    gap.types.is_empty() || gap.types.iter().any(|held| &**held == resource_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(name: &str, handed: Option<Vec<Value>>) -> Gap {
        let what = Cause::NotPlanned(name.into());
        let types = vec!["aws_s3_bucket_policy".into()];
        Gap { what, types, handed, within: ModulePath::root(), span: None }
    }

    #[test]
    fn many_of_which_nothing_is_known_stand_as_one() {
        let types = ["aws_s3_bucket_acl", "aws_s3_bucket_policy"].into();
        let gaps = |count: usize, handed: &dyn Fn() -> Option<Vec<Value>>| Model {
            gaps: (0..count)
                .map(|at| left_out(&format!("module.m.aws_s3_bucket_policy.p{at}"), handed()))
                .collect(),
            ..Model::default()
        };
        let few = phantoms(&gaps(MOST_APART, &|| None), &types);
        let names: Vec<String> = few.iter().map(|phantom| phantom.instance.address.to_string()).collect();
        assert_eq!(names.len(), MOST_APART);
        assert_eq!(names[0], "aws_s3_bucket_policy.p0[*]");
        let many = phantoms(&gaps(1000, &|| None), &types);
        assert_eq!(many.len(), MOST_APART + 1);
        let rest = many.last().unwrap().instance.exists_unknown.as_ref().unwrap().cause.clone();
        assert_eq!(rest.each().len(), MOST_APART);
        // What each was handed tells them apart.
        let handed = phantoms(&gaps(1000, &|| Some(vec![Value::string("b")])), &types);
        assert_eq!(handed.len(), 1000);
    }
}
