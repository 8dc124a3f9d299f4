//! Attributes that no verdict depends on.
//!
//! Enters: the name of an attribute. Leaves: whether an instance of a plan or state is read without it. The
//! list need not be whole: a name that is missing costs time and memory, and nothing else. A name that a
//! resolver reads must never stand in it, which a test holds.

use std::sync::LazyLock;

/// Whether an attribute is left out, whatever the type.
pub(super) fn is_unread(name: &str) -> bool {
    KNOWN.contains(name)
}

#[allow(clippy::disallowed_types, reason = "nothing iterates over it, and it is asked for every attribute")]
static KNOWN: LazyLock<std::collections::HashSet<&str>> = LazyLock::new(|| UNREAD.into_iter().collect());

/// Top-level attributes of the types that resolvers ask for and follow, in order.
/// Source: the schema of version 5.100.0 of the AWS provider.
static UNREAD: [&str; 164] = [
    "acceleration_status",
    "allocated_storage",
    "allow_major_version_upgrade",
    "apply_immediately",
    "architectures",
    "assign_generated_ipv6_cidr_block",
    "assign_ipv6_address_on_creation",
    "auto_minor_version_upgrade",
    "availability_zone_id",
    "availability_zones",
    "backtrack_window",
    "backup_retention_period",
    "backup_target",
    "backup_window",
    "blue_green_update",
    "bucket_key_enabled",
    "ca_cert_identifier",
    "ca_certificate_identifier",
    "ca_certificate_valid_till",
    "cache_control",
    "caller_reference",
    "character_set_name",
    "checksum_algorithm",
    "checksum_crc32",
    "checksum_crc32c",
    "checksum_crc64nvme",
    "checksum_sha1",
    "checksum_sha256",
    "cluster_identifier_prefix",
    "cluster_members",
    "cluster_resource_id",
    "cluster_scalability_type",
    "code_sha256",
    "code_signing_config_arn",
    "content_disposition",
    "content_encoding",
    "content_language",
    "content_type",
    "copy_tags_to_snapshot",
    "cors_rule",
    "create_date",
    "custom_iam_instance_profile",
    "customer_owned_ip_enabled",
    "customer_owned_ipv4_pool",
    "database_insights_mode",
    "database_name",
    "db_cluster_parameter_group_name",
    "db_instance_parameter_group_name",
    "db_name",
    "dbi_resource_id",
    "dead_letter_config",
    "dedicated_log_volume",
    "default_root_object",
    "delete_automated_backups",
    "deletion_protection",
    "dhcp_options_id",
    "domain_auth_secret_arn",
    "domain_dns_ips",
    "domain_fqdn",
    "domain_iam_role_name",
    "domain_ou",
    "enable_dns64",
    "enable_dns_hostnames",
    "enable_dns_support",
    "enable_lni_at_device_index",
    "enable_network_address_usage_metrics",
    "enable_resource_name_dns_a_record_on_launch",
    "enable_resource_name_dns_aaaa_record_on_launch",
    "enabled_cloudwatch_logs_exports",
    "engine_lifecycle_support",
    "engine_version",
    "engine_version_actual",
    "ephemeral_storage",
    "etag",
    "final_snapshot_identifier",
    "force_destroy",
    "force_detach_policies",
    "iam_database_authentication_enabled",
    "iam_roles",
    "identifier_prefix",
    "image_config",
    "image_uri",
    "instance_class",
    "instance_tenancy",
    "invoke_arn",
    "iops",
    "ipv4_ipam_pool_id",
    "ipv4_netmask_length",
    "ipv6_association_id",
    "ipv6_cidr_block_association_id",
    "ipv6_cidr_block_network_border_group",
    "ipv6_ipam_pool_id",
    "ipv6_native",
    "ipv6_netmask_length",
    "kms_key_arn",
    "last_modified",
    "latest_restorable_time",
    "license_model",
    "lifecycle_rule",
    "listener_endpoint",
    "logging",
    "logging_config",
    "maintenance_window",
    "manage_master_user_password",
    "map_customer_owned_ip_on_launch",
    "map_public_ip_on_launch",
    "master_password_wo_version",
    "master_user_secret",
    "master_user_secret_kms_key_id",
    "master_username",
    "max_allocated_storage",
    "max_session_duration",
    "memory_size",
    "monitoring_interval",
    "monitoring_role_arn",
    "nchar_character_set_name",
    "object_lock_configuration",
    "object_lock_enabled",
    "object_lock_legal_hold_status",
    "object_lock_mode",
    "object_lock_retain_until_date",
    "option_group_name",
    "outpost_arn",
    "owner_id",
    "package_type",
    "parameter_group_name",
    "password_wo_version",
    "performance_insights_enabled",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "price_class",
    "private_dns_hostname_type_on_launch",
    "promotion_tier",
    "qualified_arn",
    "qualified_invoke_arn",
    "reader_endpoint",
    "replica_mode",
    "replication_configuration",
    "reserved_concurrent_executions",
    "restore_to_point_in_time",
    "revoke_rules_on_delete",
    "s3_import",
    "scaling_configuration",
    "server_side_encryption",
    "server_side_encryption_configuration",
    "serverlessv2_scaling_configuration",
    "skip_final_snapshot",
    "snap_start",
    "source_code_hash",
    "source_code_size",
    "source_hash",
    "storage_class",
    "storage_throughput",
    "storage_type",
    "supported_network_types",
    "tags",
    "tags_all",
    "timeouts",
    "timezone",
    "tracing_config",
    "upgrade_storage_config",
    "versioning",
];

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test reads the project's own source")]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use walkdir::WalkDir;

    use super::*;

    #[test]
    fn the_names_are_in_order() {
        assert!(UNREAD.is_sorted_by(|one, next| one < next));
    }

    /// Resolvers name attributes in literals, alone or in a dotted path.
    #[test]
    fn no_resolver_reads_one() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let folders = ["access", "graph", "model", "rules", "run", "stores", "verdict"];
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for file in folders.iter().flat_map(|folder| WalkDir::new(top.join(folder))) {
            let file = file.unwrap();
            if file.file_type().is_file() {
                let text = std::fs::read_to_string(file.path()).unwrap();
                for literal in text.split('"') {
                    for part in literal.split('.') {
                        read.insert(part.to_owned(), file.path().display().to_string());
                    }
                }
            }
        }
        assert!(read.contains_key("publicly_accessible"));
        // Of this one `model::computed` knows the type.
        for name in UNREAD.into_iter().filter(|name| *name != "tags_all") {
            assert_eq!(read.get(name), None, "`{name}` is read");
        }
    }
}
