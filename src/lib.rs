//! tfward

pub mod access;
pub mod address;
pub mod cli;
pub mod config;
pub mod eval;
pub mod graph;
pub mod input;
pub mod model;
pub mod plan;
pub mod report;
pub mod rules;
pub mod run;
pub mod source;
pub mod stores;
pub mod syntax;
pub mod truth;
pub mod value;
pub mod verdict;
