//! tfward

pub mod address;
pub mod config;
pub mod input;
pub mod source;
pub mod syntax;
pub mod truth;
pub mod value;
pub mod verdict;
