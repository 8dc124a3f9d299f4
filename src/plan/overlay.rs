//! `--source`.

use super::Plan;
use crate::model::Model;

/// Lays what the configuration knows over a plan. Returns why it does not fit.
pub fn apply(plan: &mut Plan, configured: &Model) -> Option<String> {
    let _ = (plan, configured);
    None
}
