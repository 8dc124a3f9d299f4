//! Limits on steps, instances, text and depth, per root module.
//!
//! Enters: what evaluation is about to do. Leaves: whether it still may. In numbers and never in seconds, so
//! that a run gives the same answer on every machine.

use std::cell::Cell;

/// What may be spent on one root module.
#[derive(Debug)]
pub struct Budget {
    steps: Cell<u64>,
    /// What is left of the steps for the name or argument that is being evaluated.
    share: Cell<u64>,
    instances: Cell<u64>,
    /// What is left of the blocks that make one instance each.
    blocks: Cell<u64>,
    text: Cell<u64>,
    depth: Cell<u32>,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Evaluation steps.
    Steps,
    /// Resource and module instances.
    Instances,
    /// Bytes of text made.
    Text,
    /// References and expressions inside one another.
    Depth,
    /// Parts of one value.
    Weight,
}

impl Limit {
    /// As in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steps => "too many evaluation steps",
            Self::Instances => "too many instances",
            Self::Text => "too much text",
            Self::Depth => "references too deep",
            Self::Weight => "a value with too many parts",
        }
    }
}

/// Evaluation steps of one root module.
const STEPS: u64 = 5_000_000;
/// Evaluation steps of one name or argument, those of the names that it asks for not counted.
const SHARE: u64 = 1_000_000;
/// Instances of one root module that `count` and `for_each` make.
const INSTANCES: u64 = 100_000;
/// Blocks of one root module without them, in all instances of their modules.
const BLOCKS: u64 = 200_000;
/// What a block costs that a `dynamic` block makes, in steps.
const DYNAMIC: u64 = 20;
/// Bytes of text of one root module.
const TEXT: u64 = 256 << 20;
/// Bytes of one string (language.md 19).
pub const LONGEST_STRING: usize = 16 << 20;
/// Instances of one resource (language.md 19).
pub const MOST_INSTANCES: u64 = 10_000;
/// Expressions inside one another, references followed.
const DEPTH: u32 = 2_000;
/// Parts of one value.
const WEIGHT: u32 = 1 << 20;

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
            share: Cell::new(SHARE),
            instances: Cell::new(INSTANCES),
            blocks: Cell::new(BLOCKS),
            text: Cell::new(TEXT),
            depth: Cell::new(0),
        }
    }
}

impl Budget {
    /// Counts evaluation steps.
    pub fn step(&self, steps: u64) -> Result<(), Limit> {
        take(&self.share, steps, Limit::Steps)?;
        take(&self.steps, steps, Limit::Steps)
    }

    /// Gives a name or an argument a share of its own until the guard is dropped: one that asks for too
    /// much does not take it from the others.
    pub fn share(&self) -> Share<'_> {
        Share { budget: self, outer: self.share.replace(SHARE) }
    }

    /// Counts the instances that `count` or `for_each` are about to make. What is too much takes nothing
    /// from the others.
    pub fn instances(&self, count: u64) -> Result<(), Limit> {
        take(&self.instances, count, Limit::Instances)
    }

    /// Counts a block that makes one instance.
    pub fn block(&self) -> Result<(), Limit> {
        take(&self.blocks, 1, Limit::Instances)
    }

    /// Counts a block that a `dynamic` block makes.
    pub fn dynamic(&self) -> Result<(), Limit> {
        self.step(DYNAMIC)
    }

    /// Counts bytes of text that are about to be made.
    pub fn text(&self, bytes: usize) -> Result<(), Limit> {
        if bytes > LONGEST_STRING {
            return Err(Limit::Text);
        }
        take(&self.text, bytes as u64, Limit::Text)
    }

    /// Whether a value has few enough parts.
    pub const fn weight(weight: u32) -> Result<(), Limit> {
        if weight > WEIGHT { Err(Limit::Weight) } else { Ok(()) }
    }

    /// Goes one level deeper until the guard is dropped.
    pub fn deeper(&self) -> Result<Deeper<'_>, Limit> {
        if self.depth.get() >= DEPTH {
            return Err(Limit::Depth);
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Deeper(self))
    }
}

fn take(left: &Cell<u64>, amount: u64, limit: Limit) -> Result<(), Limit> {
    match left.get().checked_sub(amount) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => Err(limit),
    }
}

/// One level of depth.
#[derive(Debug)]
pub struct Deeper<'b>(&'b Budget);

impl Drop for Deeper<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }
}

/// The share of one name or argument.
#[derive(Debug)]
pub struct Share<'b> {
    budget: &'b Budget,
    outer: u64,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.share.set(self.outer);
    }
}
