//! The rules and their levels.
