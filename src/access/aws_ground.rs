//! What of a policy on a store is the same whoever asks: the patterns that it speaks about, and the actions.
//!
//! Enters: the statements of a [`Policy`] and the names of the store. Leaves: patterns to compare. Each is made
//! once for all identities.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::aws_actions::{Action, Level, Service};
use super::aws_condition::Identity;
use super::aws_pattern::{Pattern, Reading, Token, is_single};
use super::aws_policy::{Policy, Shape, StoreNames};
use crate::address::Mode;
use crate::truth::Truth;
use crate::value::{Cause, Unknown};

/// The patterns of a store and of the statements about it: the same for all who are outside.
pub(super) struct Ground {
    pub(super) containers: Vec<Pattern>,
    pub(super) objects: Vec<Pattern>,
    /// Per statement: its resource patterns, with references to the store replaced by its names.
    pub(super) resources: Vec<Vec<Pattern>>,
    /// What was compared, for who has no value for a policy variable that others have none for either.
    pub(super) compared: Rc<Compared>,
}

/// Answers about patterns, each worked out once.
#[derive(Default)]
pub(super) struct Compared {
    /// Whether an Allow speaks about the store, on a level.
    pub(super) spoken: RefCell<BTreeMap<(usize, Level), Truth>>,
    /// What a Deny covers of an Allow, on a level.
    pub(super) covered: RefCell<BTreeMap<(usize, usize, Level), Truth>>,
    /// Whether a statement is about an action.
    pub(super) taken: RefCell<BTreeMap<(usize, Arc<str>), Truth>>,
    /// Characters times characters.
    pub(super) spent: Cell<u64>,
}

impl Ground {
    /// For a role, whose policies hang on no store, without what certainly is another one's.
    pub(super) fn new(policy: &Policy, names: &StoreNames, of_role: bool) -> Self {
        let own = Arc::new(Unknown::because(Cause::Invalid("the store's name".into())));
        let names_of: Vec<Pattern> = if names.names.is_empty() {
            vec![Pattern(vec![Token::Hole(own)])]
        } else {
            let reading = Reading { wildcards: false, variables: false };
            names.names.iter().map(|name| Pattern::read(name, reading)).collect()
        };
        let around = |before: &str, after: &str| -> Vec<Pattern> {
            let (before, after) = (Pattern::literal(before, true), Pattern::literal(after, true));
            names_of.iter().map(|name| before.then(name).then(&after).any_partition()).collect()
        };
        let (containers, objects) = match names.shape {
            Shape::Bucket => (around("arn:aws:s3:::", ""), around("arn:aws:s3:::", "/*")),
            Shape::AccessPoint => (
                around("arn:aws:s3:*:*:accesspoint/", ""),
                around("arn:aws:s3:*:*:accesspoint/", "/object/*"),
            ),
            Shape::Arn => (around("", ""), [around("", "/*"), around("", ":*")].concat()),
        };
        let statements = policy.statements.iter();
        let resources = statements.map(|statement| {
            let patterns = statement.resources.patterns.iter();
            patterns
                .filter(|pattern| !of_role || !is_of_another(pattern, names))
                .map(|pattern| own_names(pattern, names, &names_of, &containers).any_partition())
                .collect()
        });
        let resources = resources.collect();
        Self { containers, objects, resources, compared: Rc::default() }
    }

    /// The answers that an identity shares with others: those with policy variables hang on who asks.
    pub(super) fn compared_for(&self, identity: Identity) -> Rc<Compared> {
        let has_variables =
            || self.resources.iter().flatten().any(|pattern| pattern.variables().next().is_some());
        if identity == Identity::Role || has_variables() { Rc::default() } else { self.compared.clone() }
    }
}

/// The actions of one service that each statement of a policy speaks about.
pub(super) struct StatementActions<'p> {
    policy: &'p Policy,
    service: &'p Service,
    by_statement: Vec<OnceCell<Vec<Action>>>,
}

impl<'p> StatementActions<'p> {
    pub(super) fn new(policy: &'p Policy, service: &'p Service) -> Self {
        let by_statement = policy.statements.iter().map(|_| OnceCell::new()).collect();
        Self { policy, service, by_statement }
    }

    pub(super) fn by(&self, index: usize) -> &[Action] {
        let (Some(statement), Some(actions)) =
            (self.policy.statements.get(index), self.by_statement.get(index))
        else {
            return &[];
        };
        actions.get_or_init(|| self.service.actions(statement.actions.sure_patterns()))
    }
}

/// Whether a pattern is about a resource of the input that is another one than the store. Names of buckets
/// belong to one bucket in the world; the ARN of something else is no bucket's.
fn is_of_another(pattern: &Pattern, names: &StoreNames) -> bool {
    let Some(store) = names.address.as_ref() else { return false };
    pattern.holes().any(|hole| {
        let Some((of, path)) = &hole.identity else { return false };
        if of.mode != Mode::Managed || !matches!(path.as_attribute(), Some("arn" | "id" | "bucket")) {
            return false;
        }
        if of.resource_type == store.resource_type {
            return of != store && (!of.same_resource(store) || is_single(of) && is_single(store));
        }
        // An access point leads to a bucket.
        path.as_attribute() == Some("arn") && !of.resource_type.contains("access_point")
    })
}

/// Replaces references to the store itself by its name or ARN.
fn own_names(pattern: &Pattern, names: &StoreNames, names_of: &[Pattern], containers: &[Pattern]) -> Pattern {
    let Some(address) = names.address.as_ref().filter(|address| is_single(address)) else {
        return pattern.clone();
    };
    let mut tokens = Vec::with_capacity(pattern.0.len());
    for token in &pattern.0 {
        let own = match token {
            Token::Hole(hole) => match &hole.identity {
                Some((of, path)) if of == address => match (path.as_attribute(), names.shape) {
                    (Some("arn"), _) | (Some("id"), Shape::Arn) => containers.first(),
                    (Some("id" | "bucket"), Shape::Bucket) | (Some("name"), Shape::AccessPoint) => {
                        names_of.first()
                    }
                    (Some(_) | None, _) => None,
                },
                Some(_) | None => None,
            },
            Token::Char(_) | Token::One | Token::Many | Token::Variable(_) => None,
        };
        match own {
            Some(own) => tokens.extend(own.0.iter().cloned()),
            None => tokens.push(token.clone()),
        }
    }
    Pattern(tokens)
}
