//! Stores and everything that acts on each: following references forwards, backwards and by scope.
//!
//! Enters: a model. Leaves: [`Store`]s with their actors, each with the certainty of its tie, and readers
//! that turn attributes into claims. Knows no cloud and judges nothing.

pub mod attribute;
pub mod declare;
pub mod join;
pub mod phantoms;

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub use attribute::{Attribute, Blocks, Reader};
pub use declare::{By, Fallback, Family, Kind, Known, Outlives, Relation, Tier};
pub use join::{Join, Target};
pub use phantoms::{Phantom, phantoms};

use crate::address::{Address, Key, Mode, Subject};
use crate::model::{Fate, Instance, Model};
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Claim, Evidence, Place, all, fact};

use join::Index;

/// A model with its indexes.
pub struct Graph<'m> {
    model: &'m Model,
    /// What gaps may hold, by type.
    phantoms: BTreeMap<&'m str, Vec<&'m Phantom>>,
    by_type: BTreeMap<&'m str, Vec<&'m Instance>>,
    indexes: RefCell<BTreeMap<(&'static str, &'static str), Rc<Index>>>,
    through_data: RefCell<BTreeMap<(&'static str, &'static str), ThroughData>>,
    fallbacks: &'static [Fallback],
    /// Deleted instances, by type: what they had set may still show elsewhere.
    deleted: BTreeMap<&'m str, Vec<&'m Instance>>,
    /// What was worked out once for all stores: see [`Graph::once`].
    worked_out: RefCell<BTreeMap<TypeId, Rc<dyn Any>>>,
}

/// The places of resources of one type, each with the data source that one attribute was read from.
type ThroughData = Rc<[(usize, Address)]>;

/// Something that holds data and gets a verdict of its own.
pub struct Store<'g> {
    /// The resource; for an orphan the opener that stands for it.
    pub instance: &'g Instance,
    /// What it is.
    pub family: &'static Family,
    /// Whether the store itself is not in the input.
    pub orphan: bool,
    /// Everything that acts on it, in the order of the family's relations.
    pub actors: Vec<Actor<'g>>,
    /// The values that name it.
    pub names: Vec<Value>,
    /// The graph that it stands in.
    pub graph: &'g Graph<'g>,
}

/// A resource that acts on a store.
#[derive(Clone)]
pub struct Actor<'g> {
    /// The resource.
    pub instance: &'g Instance,
    /// How it is declared to act.
    pub relation: &'static Relation,
    /// How certain the tie is.
    pub join: Join,
    fallbacks: &'static [Fallback],
}

impl<'m> Graph<'m> {
    /// Indexes a model. `phantoms` are what its gaps may hold, `fallbacks` what absent attributes mean.
    #[must_use]
    pub fn new(model: &'m Model, phantoms: &'m [Phantom], fallbacks: &'static [Fallback]) -> Self {
        Self::with_outliving(model, phantoms, fallbacks, &[])
    }

    /// The same, with deleted instances that stay in force.
    #[must_use]
    pub fn with_outliving(
        model: &'m Model,
        phantoms: &'m [Phantom],
        fallbacks: &'static [Fallback],
        outlives: &[Outlives],
    ) -> Self {
        let mut by_type: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
        let mut deleted: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
        for instance in model.instances.values() {
            if instance.address.mode != Mode::Managed {
                continue;
            }
            let gone = instance.fate == Fate::Deleted;
            if gone {
                deleted.entry(&instance.address.resource_type).or_default().push(instance);
            }
            if !gone || outlives.iter().any(|outlives| outlives.holds_for(instance)) {
                by_type.entry(&instance.address.resource_type).or_default().push(instance);
            }
        }
        let mut made_up: BTreeMap<&str, Vec<&Phantom>> = BTreeMap::new();
        for phantom in phantoms {
            made_up.entry(&phantom.instance.address.resource_type).or_default().push(phantom);
        }
        Self {
            model,
            phantoms: made_up,
            by_type,
            indexes: RefCell::default(),
            through_data: RefCell::default(),
            fallbacks,
            deleted,
            worked_out: RefCell::default(),
        }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'m Model {
        self.model
    }

    /// What all stores of the graph have in common, worked out when the first one asks: one `T` for each type.
    pub fn once<T: 'static>(&self, work_out: impl FnOnce() -> T) -> Rc<T> {
        let known = self.worked_out.borrow().get(&TypeId::of::<T>()).cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return known;
        }
        let made = Rc::new(work_out());
        self.worked_out.borrow_mut().insert(TypeId::of::<T>(), made.clone());
        made
    }

    /// The managed instances of a type, in order of address.
    #[must_use]
    pub fn of_type(&self, resource_type: &str) -> &[&'m Instance] {
        self.by_type.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// The instance at an address, data sources included.
    #[must_use]
    pub fn instance(&self, address: &Address) -> Option<&'m Instance> {
        self.model.instances.get(address).map(|instance| &**instance)
    }

    /// A reader of an instance's attributes.
    #[must_use]
    pub fn reader(&self, instance: &'m Instance) -> Reader<'m> {
        Reader::of(instance, self.fallbacks)
    }

    /// The resources of a type that `values` refer to by one of `names` (`id` and `arn` always count), and
    /// the values that lead to nothing in the input.
    #[must_use]
    pub fn targets(
        &self,
        values: &[Value],
        resource_type: &'static str,
        names: &'static [&'static str],
    ) -> Targets<'m> {
        let mut found: Vec<(&'m Instance, Join)> = Vec::new();
        let mut elsewhere = Vec::new();
        for value in values {
            let before = found.len();
            for instance in self.candidates(value, resource_type, names, 0) {
                let target = Target::of(instance, names);
                if let Some(join) = join::joins(self, value, &target) {
                    found.push((instance, join));
                }
            }
            if !found.iter().skip(before).any(|(_, join)| join.is_certain()) {
                elsewhere.push(value.clone());
            }
        }
        Targets { found, elsewhere }
    }

    /// The resources of a type that a value may refer to, in order of address: a few that an index finds, or
    /// all of them.
    fn candidates(
        &self,
        value: &Value,
        resource_type: &'static str,
        names: &'static [&'static str],
        steps: usize,
    ) -> Vec<&'m Instance> {
        let everything = || self.of_type(resource_type).to_vec();
        let narrow = match &value.data {
            Data::String(text) => text.as_known().is_some() || text.as_hole().is_some(),
            Data::Unknown(_) => true,
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
                return Vec::new();
            }
        };
        let unknown = join::identity_of(value);
        let open = unknown.is_some_and(|unknown| match &unknown.identity {
            Some((of, _)) => join::passes_on(of),
            None => unknown.one_of.is_empty(),
        });
        if !narrow || open {
            return everything();
        }
        let mut found: BTreeMap<&Address, &'m Instance> = BTreeMap::new();
        let came_from = match join::provenance(value) {
            Some(Subject::Resource(of, _)) => Some(of),
            Some(_) | None => None,
        };
        let identity = unknown.and_then(|unknown| unknown.identity.as_ref()).map(|(of, _)| of);
        for of in came_from.into_iter().chain(identity) {
            if of.mode == Mode::Managed {
                found.extend(self.keys_of(of).map(|instance| (&instance.address, instance)));
            } else if &*of.resource_type == resource_type
                && steps < join::FURTHEST
                && let Some(data) = self.instance(of)
            {
                let looked_up =
                    names.iter().copied().chain(["id"]).filter_map(|name| data.attributes.get(name));
                for value in looked_up {
                    let further = self.candidates(value, resource_type, names, steps + 1);
                    found.extend(further.into_iter().map(|instance| (&instance.address, instance)));
                }
            }
        }
        for member in unknown.into_iter().flat_map(|unknown| &unknown.one_of) {
            if steps >= join::FURTHEST {
                return everything();
            }
            let further = self.candidates(member, resource_type, names, steps + 1);
            found.extend(further.into_iter().map(|instance| (&instance.address, instance)));
        }
        let instances = self.of_type(resource_type);
        for name in names.iter().chain(join::ALWAYS.iter().filter(|name| !names.contains(name))) {
            let positions = self.index(resource_type, name).holding(value);
            let holding = positions.into_iter().filter_map(|position| instances.get(position));
            found.extend(holding.map(|instance| (&instance.address, *instance)));
        }
        found.retain(|address, _| instances.binary_search_by(|own| own.address.cmp(address)).is_ok());
        found.into_values().collect()
    }

    /// All instances of the resource that an address belongs to.
    fn keys_of(&self, address: &Address) -> impl Iterator<Item = &'m Instance> {
        let first = address.with_key(Key::None);
        let resource = first.clone();
        self.model
            .instances
            .range(first..)
            .map(|(_, instance)| &**instance)
            .take_while(move |instance| instance.address.same_resource(&resource))
    }

    /// The gap that an instance was made up for; `None` for what was read.
    #[must_use]
    pub fn phantom(&self, instance: &Instance) -> Option<&'m Phantom> {
        if !instance.exists.is_unknown() || instance.address.key != Key::Unknown {
            return None;
        }
        self.phantoms_of(&instance.address.resource_type)
            .iter()
            .find(|phantom| std::ptr::eq(&raw const phantom.instance, instance))
            .copied()
    }

    /// The resources of a type whose `attribute` refers to `instance`, phantoms included.
    #[must_use]
    pub fn sources(
        &self,
        instance: &Instance,
        resource_type: &'static str,
        attribute: &'static str,
        names: &'static [&'static str],
    ) -> Vec<(&'m Instance, Join)> {
        if self.lacks(resource_type) {
            return Vec::new();
        }
        self.joined(resource_type, attribute, &Target::of(instance, names), &instance.address)
    }

    /// Whether the plan deletes a resource of a type whose `attribute` certainly refers to `instance`.
    #[must_use]
    pub fn deletes_one_of(
        &self,
        instance: &Instance,
        resource_type: &str,
        attribute: &str,
        names: &'static [&'static str],
    ) -> bool {
        let target = Target::of(instance, names);
        let deleted = self.deleted.get(resource_type).into_iter().flatten();
        deleted
            .flat_map(|instance| join::leaves(instance, attribute))
            .any(|value| join::joins(self, &value, &target).is_some_and(|join| join.is_certain()))
    }

    /// The resources of a type whose `attribute` refers to `target`, phantoms included.
    fn joined(
        &self,
        resource_type: &'static str,
        attribute: &'static str,
        target: &Target<'_>,
        near: &Address,
    ) -> Vec<(&'m Instance, Join)> {
        if self.lacks(resource_type) {
            return Vec::new();
        }
        let index = self.index(resource_type, attribute);
        let instances = self.of_type(resource_type);
        let mut found: Vec<(&'m Instance, Join)> = index
            .find(self, target)
            .into_iter()
            .filter_map(|(position, join)| instances.get(position).map(|instance| (*instance, join)))
            .map(|(instance, join)| {
                let doubt = self.doubt_of_one(instance, target, near);
                let join = doubt.map_or_else(|| join.clone(), |doubt| join.weakest(&Join::Possible(doubt)));
                (instance, join)
            })
            .collect();
        found.extend(self.made_up(resource_type, target, near));
        found
    }

    /// Whether there is nothing of a type, not even perhaps.
    fn lacks(&self, resource_type: &str) -> bool {
        self.of_type(resource_type).is_empty() && self.phantoms_of(resource_type).is_empty()
    }

    /// What gaps may hold of a type that was handed the target.
    fn made_up(&self, resource_type: &str, target: &Target<'_>, near: &Address) -> Vec<(&'m Instance, Join)> {
        let mut found = Vec::new();
        for phantom in self.phantoms_of(resource_type) {
            let handed = match &phantom.handed {
                Some(values) => values.iter().any(|value| join::joins(self, value, target).is_some()),
                None => near.module.is_within(&phantom.instance.address.module),
            };
            if handed && let Some(unknown) = &phantom.instance.exists_unknown {
                found.push((&phantom.instance, Join::Possible(unknown.clone())));
            }
        }
        found
    }

    fn phantoms_of(&self, resource_type: &str) -> &[&'m Phantom] {
        self.phantoms.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// What gaps may hold of a type and refer to an instance, for resolvers that tell by other means than one
    /// attribute what refers to it.
    #[must_use]
    pub fn perhaps(
        &self,
        instance: &Instance,
        resource_type: &str,
        names: &'static [&'static str],
    ) -> Vec<(&'m Instance, Join)> {
        self.made_up(resource_type, &Target::of(instance, names), &instance.address)
    }

    /// Why an instance acts on one of those that a representative stands for, and not on all.
    fn doubt_of_one(&self, from: &Instance, target: &Target<'_>, near: &Address) -> Option<Arc<Unknown>> {
        if !target.stands_for_others(&from.address) {
            return None;
        }
        let known = self.instance(near).and_then(|instance| instance.exists_unknown.clone());
        Some(known.unwrap_or_else(|| {
            Arc::new(Unknown::because(Cause::Attribute {
                of: near.clone(),
                path: crate::address::Path::empty(),
            }))
        }))
    }

    /// The data source of the input that a value was read from.
    #[must_use]
    pub fn data_of(&self, value: &Value) -> Option<&'m Instance> {
        let unknown = join::identity_of(value)?;
        let ((Some((of, _)), _) | (None, Cause::Data { of, .. })) = (&unknown.identity, &unknown.cause)
        else {
            return None;
        };
        self.instance(of).filter(|instance| instance.address.mode == Mode::Data)
    }

    /// The resources of a type of which an attribute was read from a data source, with that.
    #[must_use]
    pub fn through_data(
        &self,
        resource_type: &'static str,
        attribute: &'static str,
    ) -> Vec<(&'m Instance, &'m Instance)> {
        let instances = self.of_type(resource_type);
        let known = self.through_data.borrow().get(&(resource_type, attribute)).cloned();
        let positions = known.unwrap_or_else(|| {
            let found = instances.iter().enumerate().flat_map(|(position, instance)| {
                let read = join::leaves(instance, attribute);
                let data = read.into_iter().filter_map(|value| self.data_of(&value));
                data.map(move |data| (position, data.address.clone())).collect::<Vec<_>>()
            });
            let found: ThroughData = found.collect();
            self.through_data.borrow_mut().insert((resource_type, attribute), found.clone());
            found
        });
        let found = positions.iter();
        found.filter_map(|(at, data)| Some((*instances.get(*at)?, self.instance(data)?))).collect()
    }

    fn index(&self, resource_type: &'static str, attribute: &'static str) -> Rc<Index> {
        if let Some(index) = self.indexes.borrow().get(&(resource_type, attribute)) {
            return index.clone();
        }
        let index = Rc::new(Index::of(self.of_type(resource_type), attribute));
        self.indexes.borrow_mut().insert((resource_type, attribute), index.clone());
        index
    }

    /// The stores of a family: the declared ones, then openers whose store is not in the input.
    #[must_use]
    pub fn stores<'g>(&'g self, family: &'static Family) -> Vec<Store<'g>> {
        let mut stores: Vec<Store<'g>> = Vec::new();
        for resource_type in family.stores {
            for instance in self.of_type(resource_type) {
                let target = Target::of(instance, family.names);
                let names = target.values().to_vec();
                let actors = self.actors(family, &target, instance);
                stores.push(Store { instance, family, orphan: false, actors, names, graph: self });
            }
        }
        let orphans = self.orphans(family, &stores);
        stores.extend(orphans);
        stores
    }

    fn actors<'g>(
        &'g self,
        family: &'static Family,
        target: &Target<'_>,
        store: &'g Instance,
    ) -> Vec<Actor<'g>> {
        let mut actors = Vec::new();
        for relation in family.relations {
            let joined: Vec<(&'g Instance, Join)> = match relation.by {
                By::Attribute(attribute) => {
                    self.joined(relation.resource_type, attribute, target, &store.address)
                }
                By::Back(attribute) => {
                    let values = self.reader(store).attribute(attribute).elements().0;
                    self.targets(&values, relation.resource_type, &["name"]).found
                }
                By::Scope(same) => self
                    .of_type(relation.resource_type)
                    .iter()
                    .filter_map(|actor| same(self, actor, store).map(|join| (*actor, join)))
                    .collect(),
            };
            actors.extend(joined.into_iter().map(|(instance, join)| Actor {
                instance,
                relation,
                join,
                fallbacks: self.fallbacks,
            }));
        }
        actors
    }

    /// Whether a name is one of several, each certainly of a store of the input.
    fn is_one_of_these(&self, family: &'static Family, name: &Value) -> bool {
        let Some(unknown) = join::identity_of(name).filter(|unknown| !unknown.one_of.is_empty()) else {
            return false;
        };
        unknown.one_of.iter().all(|member| {
            let single = std::slice::from_ref(member);
            let identity = join::identity_of(member).and_then(|unknown| unknown.identity.as_ref());
            // The representative of an unknown number is named by itself.
            let is_it = |(instance, join): &(&Instance, Join)| {
                join.is_certain() || identity.is_some_and(|(of, _)| *of == instance.address)
            };
            family
                .stores
                .iter()
                .any(|store| self.targets(single, store, family.names).found.iter().any(is_it))
        })
    }

    /// Openers that no declared store certainly owns: one store for all that name the same thing.
    fn orphans<'g>(&'g self, family: &'static Family, stores: &[Store<'g>]) -> Vec<Store<'g>> {
        let owned: BTreeSet<&Address> = stores
            .iter()
            .flat_map(|store| &store.actors)
            .filter(|actor| {
                !matches!(actor.join, Join::Possible(_)) || actor.instance.address.key == Key::Unknown
            })
            .map(|actor| &actor.instance.address)
            .collect();
        let mut claimed: BTreeSet<Address> = BTreeSet::new();
        let mut orphans = Vec::new();
        for relation in family.relations.iter().filter(|relation| relation.opens) {
            let By::Attribute(attribute) = relation.by else { continue };
            for instance in self.of_type(relation.resource_type) {
                if owned.contains(&instance.address)
                    || claimed.contains(&instance.address)
                    || instance.fate == Fate::Deleted
                    || relation.owned.is_some_and(|owned| owned(self, instance))
                {
                    continue;
                }
                let names = join::leaves(instance, attribute);
                if names.is_empty() || names.iter().all(Value::is_null) {
                    continue;
                }
                if names.iter().all(|name| self.is_one_of_these(family, name)) {
                    continue;
                }
                let target = Target::named(names.clone(), family.names);
                let mut actors = self.actors(family, &target, instance);
                // Whichever store it is, what stands for it acts on it.
                for actor in actors.iter_mut().filter(|actor| actor.instance.address == instance.address) {
                    actor.join = Join::Certain;
                }
                claimed.insert(instance.address.clone());
                claimed.extend(
                    actors
                        .iter()
                        .filter(|actor| actor.join.is_certain())
                        .map(|actor| actor.instance.address.clone()),
                );
                orphans.push(Store { instance, family, orphan: true, actors, names, graph: self });
            }
        }
        orphans
    }
}

/// Where references lead.
#[derive(Debug)]
pub struct Targets<'m> {
    /// Instances, with the certainty of each tie.
    pub found: Vec<(&'m Instance, Join)>,
    /// Values that lead to nothing in the input for certain: literals, data sources, unknowns.
    pub elsewhere: Vec<Value>,
}

impl<'g> Store<'g> {
    /// The address that the verdict goes under.
    #[must_use]
    pub const fn address(&self) -> &'g Address {
        &self.instance.address
    }

    /// A reader of the store's own attributes; of an orphan it has none.
    #[must_use]
    pub fn reader(&self) -> Reader<'g> {
        if self.orphan {
            Reader::empty(self.instance, self.graph.fallbacks)
        } else {
            Reader::of(self.instance, self.graph.fallbacks)
        }
    }

    /// One of the store's own attributes.
    #[must_use]
    pub fn attribute(&self, path: &str) -> Attribute<'g> {
        self.reader().attribute(path)
    }

    /// The nested blocks of a name.
    #[must_use]
    pub fn blocks(&self, name: &str) -> Blocks<'g> {
        self.reader().blocks(name)
    }

    /// The actors of a type, all of them.
    pub fn actors(&self, resource_type: &str) -> impl Iterator<Item = &Actor<'g>> {
        self.actors.iter().filter(move |actor| actor.relation.resource_type == resource_type)
    }

    /// Whether an attribute of the store says what is in force: not where it mirrors what a resource sets
    /// that is in the input, or that the plan deletes.
    #[must_use]
    pub fn shows(&self, attribute: &str) -> bool {
        if !self.instance.copies.iter().any(|copy| &**copy == attribute) {
            return true;
        }
        let store_type = &*self.address().resource_type;
        let copied = self
            .family
            .copies
            .iter()
            .find(|copied| copied.resource_type == store_type && copied.attribute == attribute);
        let Some(copied) = copied else { return true };
        let acts = self.actors(copied.actor).any(|actor| !matches!(actor.join, Join::Possible(_)));
        !acts && !self.has_deleted(copied.actor)
    }

    /// Whether the plan deletes an actor of a type.
    fn has_deleted(&self, resource_type: &str) -> bool {
        let relations =
            self.family.relations.iter().filter(|relation| relation.resource_type == resource_type);
        relations
            .filter_map(|relation| match relation.by {
                By::Attribute(attribute) => Some(attribute),
                By::Back(_) | By::Scope(_) => None,
            })
            .any(|attribute| {
                self.graph.deletes_one_of(self.instance, resource_type, attribute, self.family.names)
            })
    }

    /// Whether a value names the store; `None`: it certainly does not.
    #[must_use]
    pub fn is_named_by(&self, value: &Value) -> Option<Join> {
        let target = if self.orphan {
            Target::named(self.names.clone(), self.family.names)
        } else {
            Target::of(self.instance, self.family.names)
        };
        join::joins(self.graph, value, &target)
    }

    /// A fact that nothing of a kind is in the input.
    #[must_use]
    pub fn nothing(&self, says: impl Into<String>) -> Claim {
        fact(Evidence {
            truth: Truth::False,
            places: vec![self.place()],
            says: says.into(),
            unknown: Vec::new(),
            absent: true,
        })
    }

    /// The store's own place: its header.
    #[must_use]
    pub fn place(&self) -> Place {
        place_of(self.instance)
    }
}

/// The header of a resource as a place.
#[must_use]
pub fn place_of(instance: &Instance) -> Place {
    Place {
        address: instance.address.clone(),
        attribute: crate::address::Path::empty(),
        span: instance.span,
        origin: crate::value::Origin::Nowhere,
    }
}

impl<'g> Actor<'g> {
    /// A reader of its attributes.
    #[must_use]
    pub fn reader(&self) -> Reader<'g> {
        Reader::of(self.instance, self.fallbacks)
    }

    /// One of its attributes.
    #[must_use]
    pub fn attribute(&self, path: &str) -> Attribute<'g> {
        self.reader().attribute(path)
    }

    /// The nested blocks of a name.
    #[must_use]
    pub fn blocks(&self, name: &str) -> Blocks<'g> {
        self.reader().blocks(name)
    }

    /// Every nested block of a name, with the claim that it is there.
    #[must_use]
    pub fn each_block(&self, name: &str) -> Vec<(Reader<'g>, Claim)> {
        self.reader().each_block(name)
    }

    /// Whether it exists and acts on the store, as something that opens: a guessed tie counts.
    #[must_use]
    pub fn opens_here(&self) -> Claim {
        acts(self.instance, &self.join, true)
    }

    /// Whether a plan leaves it out: it may open something that is there already, and closes nothing.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        is_left_out(self.instance)
    }

    /// Whether it exists and acts on the store, as something that closes: a guess never closes.
    #[must_use]
    pub fn closes_here(&self) -> Claim {
        acts(self.instance, &self.join, false)
    }
}

/// Whether an instance exists and is tied to what was asked for; for resolvers that follow ties further than
/// one step, where a path is as certain as its weakest step.
#[must_use]
pub fn acts(instance: &Instance, join: &Join, guess_counts: bool) -> Claim {
    if !guess_counts && is_left_out(instance) {
        return fact(Evidence {
            truth: Truth::False,
            places: vec![place_of(instance)],
            says: format!("`{}` is left out of the plan", instance.address),
            unknown: Vec::new(),
            absent: false,
        });
    }
    let mut doubts = Vec::new();
    if instance.exists.is_unknown() {
        let unknown: Vec<Arc<Unknown>> = instance.exists_unknown.iter().cloned().collect();
        doubts.push(fact(Evidence {
            truth: Truth::Unknown,
            places: vec![place_of(instance)],
            says: format!("whether `{}` exists is not known", instance.address),
            unknown,
            absent: false,
        }));
    }
    let unknown = match join {
        Join::Certain => None,
        Join::Guessed if guess_counts => None,
        Join::Guessed => Some(None),
        Join::Possible(unknown) => Some(Some(unknown.clone())),
    };
    if let Some(unknown) = unknown {
        doubts.push(fact(Evidence {
            truth: Truth::Unknown,
            places: vec![place_of(instance)],
            says: format!("whether `{}` acts here is not known", instance.address),
            unknown: unknown.into_iter().collect(),
            absent: false,
        }));
    }
    all(doubts)
}

fn is_left_out(instance: &Instance) -> bool {
    let why = instance.exists_unknown.iter().flat_map(|unknown| unknown.cause.each());
    let mut why = why.peekable();
    why.peek().is_some() && why.all(|cause| matches!(cause, Cause::NotPlanned(_)))
}
