#![doc = include_str!("../ARCHITECTURE.md")]

// In reading order: a module may use those above it, and of those below none (ARCHITECTURE.md, section 2).
pub mod address;
pub mod source;
pub mod threads;
pub mod truth;

pub mod value;

pub mod syntax;

pub mod config;
pub mod input;

pub mod model;

pub mod eval;
pub mod plan;

pub mod verdict;

pub mod graph;

pub mod access;

pub mod stores;

pub mod rules;

pub mod report;

pub mod cli;
pub mod run;
