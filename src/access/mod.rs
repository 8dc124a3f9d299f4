//! How clouds decide who may come in; shared by many stores.
//!
//! Enters: values and instances. Leaves: claims and address sets. Must never import stores.

pub mod addresses;
pub mod aws_account;
pub mod aws_actions;
pub mod aws_condition;
mod aws_gateway;
mod aws_ground;
pub mod aws_identity;
pub mod aws_managed;
pub mod aws_network;
pub mod aws_pattern;
pub mod aws_policy;
#[cfg(test)]
mod aws_policy_tests;
pub mod aws_public;
pub mod aws_statement;
mod aws_view;

/// The settings that change a verdict.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// IPv4 addresses from which on a set is "the internet": 2^24 (others.md 1.2).
    pub broad_v4: u64,
    /// IPv6 addresses from which on a set is "the internet": 2^112.
    pub broad_v6: u128,
    /// The organisation's own ranges, in CIDR notation: never count as the internet.
    pub known_networks: Vec<String>,
    /// Account numbers that are the organisation's own.
    pub own_accounts: Vec<String>,
    /// Whether an unscoped service principal counts as public (aws.md D3).
    pub unscoped_service_principal_is_public: bool,
    /// Whether an endpoint that asks the cloud's identity of each request counts as public once it answers
    /// from the internet (aws.md D6, azure.md 2, class I).
    pub identity_endpoints_are_public: bool,
    /// Security groups outside of the input that are known to be closed (aws.md D9).
    pub closed_security_groups: Vec<String>,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            broad_v4: 1 << 24,
            broad_v6: 1 << 112,
            known_networks: Vec::new(),
            own_accounts: Vec::new(),
            unscoped_service_principal_is_public: false,
            identity_endpoints_are_public: false,
            closed_security_groups: Vec::new(),
        }
    }
}
