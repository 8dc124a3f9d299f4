//! A policy as one outsider sees it: which statements let them do what, and which take it away.
//!
//! Enters: the statements of a [`Policy`] and the names of the store. Leaves: claims for each action and way,
//! each fact with its place. Comparing patterns is bounded: past the budget it is not known what a Deny
//! covers. Source: aws.md 3.2, 3.5 and 3.7.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Assumptions;
use super::addresses::Addresses;
use super::aws_actions::{Action, Level, Service};
use super::aws_condition::{
    Condition, Door, Identity, Network, Requester, can_have, depends_on_way, is_settled,
};
use super::aws_ground::{Compared, Ground, StatementActions};
use super::aws_pattern::Pattern;
use super::aws_policy::{Policy, StoreNames, WayIn, access_of, audience, weight};
use super::aws_public::Hangs;
use super::aws_statement::Statement;
use crate::truth::Truth;
use crate::value::Unknown;
use crate::verdict::{Claim, Evidence, Place, all, any, fact, not};

/// Comparisons of patterns that one view may spend, in characters times characters.
const BUDGET: u64 = 50_000_000;

/// Which statement speaks about an action, and which Denies might take it away: each with the truth of what
/// does not hang on the way of the request.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    allow: usize,
    truth: Truth,
    denies: Vec<(usize, Truth)>,
}

pub(super) type Signature = Vec<(usize, u8, Vec<(usize, u8)>)>;

const fn rank(truth: Truth) -> u8 {
    match truth {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::True => 2,
    }
}

pub(super) fn signature(reached: &[Reached]) -> Signature {
    reached
        .iter()
        .map(|reached| {
            let denies = reached.denies.iter().map(|(index, truth)| (*index, rank(*truth))).collect();
            (reached.allow, rank(reached.truth), denies)
        })
        .collect()
}

/// A policy as one identity sees it, on one store.
pub(super) struct View<'p> {
    policy: &'p Policy,
    identity: Identity,
    assumptions: &'p Assumptions,
    ground: Rc<Ground>,
    compared: Rc<Compared>,
}

impl<'p> View<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        names: &StoreNames,
        identity: Identity,
        assumptions: &'p Assumptions,
    ) -> Self {
        let ground = Rc::new(Ground::new(policy, names, identity == Identity::Role));
        Self::on(ground, policy, identity, assumptions)
    }

    /// The same on a ground that several share.
    pub(super) fn on(
        ground: Rc<Ground>,
        policy: &'p Policy,
        identity: Identity,
        assumptions: &'p Assumptions,
    ) -> Self {
        Self { policy, identity, assumptions, compared: ground.compared_for(identity), ground }
    }

    fn targets(&self, level: Level) -> Vec<&Pattern> {
        match level {
            Level::Container => self.ground.containers.iter().collect(),
            Level::Object => self.ground.objects.iter().collect(),
            Level::Either => self.ground.containers.iter().chain(&self.ground.objects).collect(),
        }
    }

    fn patterns(&self, index: usize) -> &[Pattern] {
        self.ground.resources.get(index).map_or(&[], Vec::as_slice)
    }

    /// Whether a statement is worth asking for this identity at all.
    pub(super) fn asks(&self, statement: &Statement) -> bool {
        match self.identity {
            Identity::Anonymous | Identity::Outsider | Identity::Role => true,
            // A service for an outsider counts when a value about its source is what opens the statement, or
            // when the settings say that a bare service principal is public (aws.md 2 and D3).
            Identity::Service => {
                statement.is_scoped()
                    || !statement.unknown_conditions.is_empty() && !statement.who.services.is_empty()
                    || self.assumptions.unscoped_service_principal_is_public
                        && !statement.who.services.is_empty()
            }
        }
    }

    /// Whether a pattern of an Allow can match something, for this identity: one with a policy variable only
    /// for who has such a value (aws.md 3.5).
    fn has_values(&self, pattern: &Pattern) -> bool {
        pattern.variables().all(|variable| can_have(variable, self.identity))
    }

    /// Whether an Allow speaks about the store on that level.
    fn allows_resource(&self, index: usize, statement: &Statement, level: Level) -> Truth {
        if let Some(known) = self.compared.spoken.borrow().get(&(index, level)) {
            return *known;
        }
        let truth = self.speaks_of(index, statement, level);
        self.compared.spoken.borrow_mut().insert((index, level), truth);
        truth
    }

    fn speaks_of(&self, index: usize, statement: &Statement, level: Level) -> Truth {
        let targets = self.targets(level);
        let patterns = self.patterns(index);
        if !statement.resources.present {
            return Truth::True;
        }
        if statement.resources.negated {
            // It closes only if it excludes the whole level.
            let excluded = targets.iter().fold(Truth::True, |whole, target| {
                whole.and(patterns.iter().fold(Truth::False, |some, pattern| some.or(pattern.covers(target))))
            });
            return !excluded;
        }
        if self.identity == Identity::Role {
            return self.names_for_certain(patterns, &targets);
        }
        // What is not known covers: some part of the store is open, whichever (aws.md 3.5).
        Truth::from_bool(
            patterns.iter().any(|pattern| {
                self.has_values(pattern) && targets.iter().any(|target| pattern.overlaps(target))
            }),
        )
    }

    /// Whether the patterns of a role's own policy speak of the store: such a policy hangs on no store, so that
    /// what is not known may as well be another one.
    fn names_for_certain(&self, patterns: &[Pattern], targets: &[&Pattern]) -> Truth {
        let reaches = |pattern: &Pattern, target: &Pattern| {
            if !pattern.overlaps(target) {
                return Truth::False;
            }
            let sure = !pattern.has_hole() && !target.has_hole()
                || pattern.covers(target).is_true()
                || target.covers(pattern).is_true();
            let settled = pattern.variables().any(|variable| is_settled(variable, self.identity));
            if sure && !settled { Truth::True } else { Truth::Unknown }
        };
        patterns
            .iter()
            .filter(|pattern| self.has_values(pattern))
            .flat_map(|pattern| targets.iter().map(move |target| reaches(pattern, target)))
            .fold(Truth::False, Truth::or)
    }

    /// Whether one pattern covers another, as long as the budget lasts.
    fn compared(&self, outer: &Pattern, inner: &Pattern) -> Truth {
        self.compared.spent.set(self.compared.spent.get().saturating_add(outer.cost(inner)));
        if self.compared.spent.get() > BUDGET { Truth::Unknown } else { outer.covers(inner) }
    }

    fn takes(&self, index: usize, statement: &Statement, action: &Action) -> Truth {
        let key = (index, action.name.clone());
        if let Some(known) = self.compared.taken.borrow().get(&key) {
            return *known;
        }
        let truth = statement.actions.takes(&action.pattern, true);
        self.compared.taken.borrow_mut().insert(key, truth);
        truth
    }

    fn covers(&self, deny: usize, allow: usize, level: Level) -> Truth {
        if let Some(known) = self.compared.covered.borrow().get(&(deny, allow, level)) {
            return *known;
        }
        let truth = self.all_covered(deny, allow, level);
        self.compared.covered.borrow_mut().insert((deny, allow, level), truth);
        truth
    }

    /// Whether a Deny covers everything that an Allow speaks about, on that level.
    fn all_covered(&self, deny: usize, allow: usize, level: Level) -> Truth {
        let (Some(denying), Some(allowing)) =
            (self.policy.statements.get(deny), self.policy.statements.get(allow))
        else {
            return Truth::Unknown;
        };
        if !denying.resources.present {
            return Truth::True;
        }
        let denied = self.patterns(deny);
        let mut truth = Truth::True;
        for target in self.targets(level) {
            let whole = std::slice::from_ref(target);
            let pieces: Vec<&Pattern> = if allowing.resources.present && !allowing.resources.negated {
                self.patterns(allow)
                    .iter()
                    .filter(|pattern| self.has_values(pattern) && pattern.overlaps(target))
                    .collect()
            } else {
                whole.iter().collect()
            };
            for piece in pieces {
                let covered = if denying.resources.negated {
                    denied.iter().fold(Truth::True, |all, spared| {
                        all.and(if spared.overlaps(piece) && spared.overlaps(target) {
                            if spared.has_hole() { Truth::Unknown } else { Truth::False }
                        } else {
                            Truth::True
                        })
                    })
                } else {
                    denied.iter().fold(Truth::False, |some, pattern| {
                        if some.is_true() {
                            return some;
                        }
                        some.or(self.compared(pattern, target)).or(self.compared(pattern, piece))
                    })
                };
                truth = truth.and(covered);
            }
        }
        truth
    }

    /// The statements that allow an action on this store, with the Denies that might take it away.
    pub(super) fn reached(&self, action: &Action) -> Vec<Reached> {
        let indexes: Vec<usize> = (0..self.policy.statements.len()).collect();
        indexes.into_iter().filter_map(|index| self.reached_by(index, action)).collect()
    }

    fn reached_by(&self, index: usize, action: &Action) -> Option<Reached> {
        let statement = self.policy.statements.get(index)?;
        if statement.allows.is_false() || !self.asks(statement) {
            return None;
        }
        let truth = statement.actions.takes(&action.pattern, false).and(self.allows_resource(
            index,
            statement,
            action.level,
        ));
        if truth.is_false() {
            return None;
        }
        let mut denies = Vec::new();
        for (position, deny) in self.policy.statements.iter().enumerate() {
            let applies = deny.denies.and(deny.who.covers(self.identity));
            if applies.is_false() {
                continue;
            }
            let applies = applies.and(self.takes(position, deny, action));
            if applies.is_false() {
                continue;
            }
            let applies = applies.and(self.covers(position, index, action.level));
            if !applies.is_false() {
                denies.push((position, applies));
            }
        }
        Some(Reached { allow: index, truth, denies })
    }

    /// The actions that one statement allows on this store, put together where the same facts decide.
    pub(super) fn groups(&self, index: usize, of: &StatementActions<'_>) -> Vec<(Reached, Vec<Action>)> {
        let mut groups: BTreeMap<Signature, (Reached, Vec<Action>)> = BTreeMap::new();
        for action in of.by(index) {
            if let Some(reached) = self.reached_by(index, action) {
                groups
                    .entry(signature(std::slice::from_ref(&reached)))
                    .or_insert_with(|| (reached, Vec::new()))
                    .1
                    .push(action.clone());
            }
        }
        groups.into_values().collect()
    }

    /// Why a statement that names a resource says nothing about this store.
    pub(super) fn mismatch(&self, index: usize, of: &StatementActions<'_>) -> Option<String> {
        let statement = self.policy.statements.get(index)?;
        if of.by(index).is_empty() {
            return Some(format!("{} names no action of this store", statement.label));
        }
        if self.allows_resource(index, statement, Level::Either).is_false() {
            return Some(format!("{} names another resource than the one that it hangs on", statement.label));
        }
        let applies = of.by(index).iter().any(|action| self.reached_by(index, action).is_some());
        (!applies)
            .then(|| format!("{} names actions that do not apply to the resources it names", statement.label))
    }

    /// The networks and doors that make a difference to a statement and its Denies.
    fn ways(&self, reached: &Reached) -> Vec<(Network, Door<'static>)> {
        let statements = std::iter::once(reached.allow)
            .chain(reached.denies.iter().map(|(index, _)| *index))
            .filter_map(|index| self.policy.statements.get(index));
        let depends = statements
            .flat_map(|statement| &statement.conditions)
            .any(|condition| depends_on_way(&condition.key));
        if !depends {
            return vec![(Network::Internet, Door::Bucket)];
        }
        let mut ways = vec![(Network::Internet, Door::Bucket), (Network::Endpoint, Door::Bucket)];
        let points = self.policy.statements.get(reached.allow).is_some_and(|statement| {
            statement.conditions.iter().any(|condition| {
                condition.key == "s3:dataaccesspointarn" || condition.key == "s3:dataaccesspointaccount"
            })
        });
        if points && self.identity == Identity::Outsider {
            ways.push((Network::Internet, Door::ForeignPoint));
            ways.push((Network::Endpoint, Door::ForeignPoint));
        }
        ways
    }

    pub(super) fn claim_over_ways(&self, index: usize, reached: &Reached) -> Claim {
        let Some(statement) = self.policy.statements.get(index) else { return any([]) };
        let ways = self.ways(reached);
        let shared = self.shared(statement, reached, "");
        let by_way: Vec<Claim> = ways
            .into_iter()
            .map(|(network, door)| {
                let requester = Requester { identity: self.identity, network, door };
                all(self.on_the_way(statement, reached, requester))
            })
            .collect();
        let by_way = match <[Claim; 1]>::try_from(by_way) {
            Ok([only]) => only,
            Err(several) => any(several),
        };
        all(shared.into_iter().chain([by_way]))
    }

    /// Whether some statement lets a request through.
    pub(super) fn claim(&self, reached: &[Reached], requester: Requester<'_>, action: &str) -> Claim {
        let mut claims: Vec<Claim> = reached
            .iter()
            .filter_map(|reached| {
                let statement = self.policy.statements.get(reached.allow)?;
                let facts = self.shared(statement, reached, action);
                Some(all(facts.into_iter().chain(self.on_the_way(statement, reached, requester))))
            })
            .collect();
        if !self.policy.more.is_empty() {
            claims.push(self.policy.not_known());
        }
        if claims.is_empty() {
            claims.push(self.evidence(
                Truth::False,
                vec![self.policy.place.clone()],
                "the policy does not allow this",
                Vec::new(),
            ));
        }
        any(claims)
    }

    /// The facts that do not hang on the way of a request.
    fn shared(&self, statement: &Statement, reached: &Reached, action: &str) -> Vec<Claim> {
        if self.policy.only_denies {
            return Vec::new();
        }
        let mut facts = Vec::new();
        let truth = statement.who.lets_in(self.identity);
        let says = match truth {
            Truth::True => {
                let what = if action.is_empty() { statement.actions.shown() } else { format!("`{action}`") };
                let part = self.part(reached.allow, statement);
                format!("{} lets {} {what}{part}", statement.label, statement.who.shown(self.identity))
            }
            Truth::False => format!("{} {}", statement.label, statement.who.why_not(self.identity)),
            Truth::Unknown => format!("whom {} lets in is not known", statement.label),
        };
        let places = vec![statement.who_place.clone(), statement.actions.place.clone()];
        facts.push(self.evidence(truth, places, &says, statement.who.unknown.clone()));
        if statement.allows.is_unknown() {
            facts.push(self.evidence(
                Truth::Unknown,
                vec![statement.place.clone()],
                &format!("whether there is {}, and whether it allows, is not known", statement.label),
                statement.exists.clone(),
            ));
        }
        if reached.truth.is_unknown() {
            let mut unknown: Vec<Arc<Unknown>> =
                statement.actions.unknown.iter().chain(&statement.resources.unknown).cloned().collect();
            let says = if self.identity == Identity::Role {
                unknown.extend(self.ground.containers.iter().flat_map(Pattern::holes).cloned());
                format!("what {} allows, and with which resources, is not known", statement.label)
            } else {
                format!("which actions {} allows is not known", statement.label)
            };
            let places = vec![statement.actions.place.clone()];
            facts.push(self.evidence(Truth::Unknown, places, &says, unknown));
        }
        facts
    }

    /// Names the part of the store that a statement opens, when it is not all of it.
    fn part(&self, index: usize, statement: &Statement) -> String {
        match (&*statement.resources.names, self.patterns(index)) {
            ([name], [pattern])
                if !statement.resources.negated
                    && !pattern.has_hole()
                    && !self.targets(Level::Either).iter().any(|target| pattern.covers(target).is_true()) =>
            {
                format!(" on `{}`", name.escape_debug())
            }
            ([..], _) => String::new(),
        }
    }

    /// The conditions of an Allow and the Denies against it, for one requester.
    fn on_the_way(&self, statement: &Statement, reached: &Reached, requester: Requester<'_>) -> Vec<Claim> {
        let mut facts = Vec::new();
        let admitted = admitted(statement, requester);
        if let Some((set, places)) = &admitted {
            let truth = set.broad(self.assumptions);
            let says = match truth {
                Truth::True => format!("`aws:SourceIp` admits {}", set.share()),
                Truth::False => format!("`aws:SourceIp` keeps {} to few addresses", statement.label),
                Truth::Unknown => "which addresses `aws:SourceIp` admits is not known".to_owned(),
            };
            facts.push(self.evidence(truth, places.clone(), &says, set.unknown().to_vec()));
        }
        let admitted = admitted.map_or_else(Addresses::everything, |(set, _)| set);
        facts.extend(self.conditions(statement, requester));
        facts.extend(self.denials(reached, &admitted, requester));
        facts
    }

    /// All other conditions of an Allow.
    fn conditions(&self, statement: &Statement, requester: Requester<'_>) -> Vec<Claim> {
        let mut facts = Vec::new();
        for condition in statement.conditions.iter().filter(|condition| !judged_as_set(condition, requester))
        {
            let outcome = condition.outcome(requester);
            facts.push(self.evidence(
                outcome.can_hold,
                vec![condition.place.clone()],
                &condition_says(condition, outcome.can_hold),
                outcome.unknown,
            ));
        }
        if !statement.unknown_conditions.is_empty() {
            facts.push(self.evidence(
                Truth::Unknown,
                vec![statement.place.clone()],
                &format!("the conditions of {} are not known", statement.label),
                statement.unknown_conditions.clone(),
            ));
        }
        facts
    }

    /// Ways in that no single statement opens: several keep the same action to few addresses each, which
    /// together are many. Sets are judged as sets, over the whole policy (others.md 1.2).
    pub(super) fn joined(&self, service: &Service) -> Vec<WayIn> {
        let requester = Requester { identity: self.identity, network: Network::Internet, door: Door::Bucket };
        let mut narrow: Vec<(usize, Addresses, Vec<Place>)> = Vec::new();
        for (index, statement) in self.policy.statements.iter().enumerate() {
            let open = !statement.allows.is_false() && !statement.who.lets_in(self.identity).is_false();
            let Some((set, places)) = admitted(statement, requester).filter(|_| open) else { continue };
            if !set.broad(self.assumptions).is_true()
                && !all(self.conditions(statement, requester)).truth().is_false()
            {
                narrow.push((index, set, places));
            }
        }
        let whole = narrow.iter().fold(Addresses::nothing(), |whole, (_, set, _)| whole.union(set));
        if narrow.len() < 2 || whole.broad(self.assumptions).is_false() {
            return Vec::new();
        }
        let mut groups: BTreeMap<Signature, (Vec<Reached>, Vec<Action>)> = BTreeMap::new();
        let patterns: Option<Vec<Pattern>> = narrow
            .iter()
            .filter_map(|(index, ..)| self.policy.statements.get(*index))
            .map(|statement| statement.actions.sure_patterns())
            .collect::<Option<Vec<&[Pattern]>>>()
            .map(|lists| lists.concat());
        for action in service.actions(patterns.as_deref()) {
            let reached: Vec<Reached> =
                narrow.iter().filter_map(|(index, ..)| self.reached_by(*index, &action)).collect();
            if reached.len() > 1 {
                groups.entry(signature(&reached)).or_insert_with(|| (reached, Vec::new())).1.push(action);
            }
        }
        groups
            .into_values()
            .map(|(reached, actions)| {
                let parts = || {
                    narrow.iter().filter(|(index, ..)| reached.iter().any(|reached| reached.allow == *index))
                };
                let union = parts().fold(Addresses::nothing(), |union, (_, set, _)| union.union(set));
                let places = parts().flat_map(|(.., places)| places.iter().cloned()).collect();
                let truth = union.broad(self.assumptions);
                let says = match truth {
                    Truth::True => format!("`aws:SourceIp` of several statements admits {}", union.share()),
                    Truth::False => "`aws:SourceIp` of several statements admits few addresses".to_owned(),
                    Truth::Unknown => {
                        "which addresses `aws:SourceIp` of several statements admits is not known".to_owned()
                    }
                };
                let mut facts = vec![self.evidence(truth, places, &says, union.unknown().to_vec())];
                for reached in &reached {
                    let Some(statement) = self.policy.statements.get(reached.allow) else { continue };
                    facts.extend(self.shared(statement, reached, ""));
                    facts.extend(self.conditions(statement, requester));
                    facts.extend(self.denials(reached, &union, requester));
                }
                let access = access_of(&actions);
                WayIn {
                    audience: audience(self.identity),
                    weight: weight(&access),
                    access,
                    claim: all(facts),
                    aws_public: self.policy.aws_public(Hangs::OnBucket),
                }
            })
            .collect()
    }

    fn denials(&self, reached: &Reached, admitted: &Addresses, requester: Requester<'_>) -> Vec<Claim> {
        let mut facts = Vec::new();
        for (index, applies) in &reached.denies {
            let Some(deny) = self.policy.statements.get(*index) else { continue };
            let mut certain = *applies;
            for condition in &deny.conditions {
                let dodge = if judged_as_set(condition, requester) {
                    admitted.intersection(&condition.source_ip().complement()).broad(self.assumptions)
                } else {
                    condition.outcome(requester).can_fail
                };
                certain = certain.and(!dodge);
            }
            if !deny.unknown_conditions.is_empty() {
                certain = certain.and(Truth::Unknown);
            }
            let says = match certain {
                Truth::False => continue,
                Truth::True => format!("{} denies this to every outsider", deny.label),
                Truth::Unknown => {
                    format!("whether {} denies this to every outsider is not known", deny.label)
                }
            };
            facts.push(not(self.evidence(certain, vec![deny.place.clone()], &says, deny.unknowns())));
        }
        if !self.policy.more.is_empty() {
            facts.push(not(self.evidence(
                Truth::Unknown,
                vec![self.policy.place.clone()],
                "whether a further statement of the policy denies this is not known",
                self.policy.more.clone(),
            )));
        }
        facts
    }

    /// A fact; of a sensitive policy it only says which attribute decides.
    fn evidence(&self, truth: Truth, places: Vec<Place>, says: &str, unknown: Vec<Arc<Unknown>>) -> Claim {
        let unknown = if truth.is_unknown() { unknown } else { Vec::new() };
        if self.policy.sensitive {
            return fact(Evidence {
                truth,
                places: vec![self.policy.place.clone()],
                says: "the policy, which is sensitive, decides this".to_owned(),
                unknown,
                absent: false,
            });
        }
        fact(Evidence { truth, places, says: says.to_owned(), unknown, absent: false })
    }
}

/// The addresses that the conditions on `aws:SourceIp` admit together, if there are any.
fn admitted(statement: &Statement, requester: Requester<'_>) -> Option<(Addresses, Vec<Place>)> {
    statement
        .conditions
        .iter()
        .filter(|condition| judged_as_set(condition, requester))
        .map(|condition| (condition.source_ip(), vec![condition.place.clone()]))
        .reduce(|(set, mut places), (other, more)| {
            places.extend(more);
            (set.intersection(&other), places)
        })
}

/// Whether a condition is one on the address of a request that has one.
fn judged_as_set(condition: &Condition, requester: Requester<'_>) -> bool {
    condition.key == "aws:sourceip"
        && requester.network == Network::Internet
        && requester.identity != Identity::Service
}

fn condition_says(condition: &Condition, truth: Truth) -> String {
    let (operator, key) = (&condition.operator_name, &condition.key_name);
    match truth {
        Truth::True if condition.key.starts_with("s3:dataaccesspoint") => {
            format!("whoever comes through the access point meets `{operator}` on `{key}`")
        }
        Truth::True => format!("`{operator}` on `{key}` restricts no outsider"),
        Truth::Unknown => format!("whether `{operator}` on `{key}` keeps outsiders out is not known"),
        Truth::False => match (condition.operator, &*condition.values) {
            (Some(operator), [only]) if operator.limits() && !operator.is_ip() => {
                format!("`{key}` admits {} only", only.shown())
            }
            (Some(operator), [_, _, ..]) if operator.limits() && !operator.is_ip() => {
                format!("`{key}` admits {} values only", condition.values.len())
            }
            (Some(_) | None, _) => format!("`{operator}` on `{key}` keeps outsiders out"),
        },
    }
}
