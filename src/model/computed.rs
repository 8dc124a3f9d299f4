//! Attributes that follow from others, and what is known of those that do not.
//!
//! Enters: the attributes of an instance. Leaves: the ones that can be computed from them.

use std::collections::BTreeMap;

use crate::address::{Address, Name};
use crate::value::{Type, Value};

/// Adds the attributes of a data source that can be computed from its arguments.
pub fn complete(address: &Address, entries: &mut BTreeMap<Name, Value>) {
    let _ = (address, entries);
}

/// An attribute that is not set and follows from those that are.
#[must_use]
pub fn attribute(address: &Address, name: &str, entries: &BTreeMap<Name, Value>) -> Option<Value> {
    let _ = (address, name, entries);
    None
}

/// The type of an attribute that the provider computes; `Dynamic` when it is not on record.
#[must_use]
pub fn type_of(address: &Address, name: &str) -> Type {
    let _ = address;
    if name == "id" || name == "arn" { Type::String } else { Type::Dynamic }
}

/// Whether a computed attribute is certainly not null.
#[must_use]
pub fn is_never_null(address: &Address, name: &str) -> bool {
    let _ = address;
    name == "id" || name == "arn"
}

/// Whether an attribute is sensitive by its provider's schema.
#[must_use]
pub fn is_sensitive(resource_type: &str, name: &str) -> bool {
    let _ = resource_type;
    const NAMES: &[&str] = &[
        "password",
        "master_password",
        "admin_password",
        "administrator_login_password",
        "secret_string",
        "secret_binary",
        "auth_token",
        "connection_string",
        "private_key",
        "secret_key",
        "sas_token",
        "access_token",
    ];
    NAMES.contains(&name)
}
