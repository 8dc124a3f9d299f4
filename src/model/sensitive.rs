//! Attributes that providers mark as sensitive in their schemas.
//!
//! Enters: a resource type and the name of an attribute, at any depth. Leaves: whether its value must not be
//! printed. Nothing else depends on it, so a name too many costs little and a name too few may print a secret.

/// Whether an attribute of that name is sensitive, of a resource or data source of that type.
pub(super) fn is_sensitive(resource_type: &str, name: &str) -> bool {
    let holds = |names: &[&str]| names.contains(&name);
    let exact = TYPES.binary_search_by(|(known, _)| (*known).cmp(resource_type));
    let exact = exact.ok().and_then(|at| TYPES.get(at)).is_some_and(|(_, names)| holds(names));
    let family = PREFIXES.iter().any(|(prefix, names)| resource_type.starts_with(prefix) && holds(names));
    exact || family || holds(&ANYWHERE)
}

/// Names that mean a secret whatever the provider.
static ANYWHERE: [&str; 18] = [
    "access_token",
    "admin_password",
    "administrator_login_password",
    "administrator_password",
    "api_key_secret",
    "auth_token",
    "client_secret",
    "connection_string",
    "master_password",
    "master_user_password",
    "password",
    "private_key",
    "private_key_pem",
    "sas_token",
    "secret_access_key",
    "secret_binary",
    "secret_key",
    "secret_string",
];

/// Names that a provider uses for secrets in many resource types.
/// Source: provider documentation of azurerm 4 and google 6, attributes described as sensitive.
static PREFIXES: [(&str, &[&str]); 3] = [
    (
        "azurerm_",
        &[
            "account_key",
            "admin_ssh_key_data",
            "custom_data",
            "instrumentation_key",
            "kube_admin_config",
            "kube_admin_config_raw",
            "kube_config",
            "kube_config_raw",
            "primary_access_key",
            "primary_blob_connection_string",
            "primary_connection_string",
            "primary_key",
            "primary_master_key",
            "primary_mongodb_connection_string",
            "primary_readonly_key",
            "primary_readonly_mongodb_connection_string",
            "primary_readonly_sql_connection_string",
            "primary_shared_key",
            "primary_sql_connection_string",
            "protected_settings",
            "sas",
            "secondary_access_key",
            "secondary_blob_connection_string",
            "secondary_connection_string",
            "secondary_key",
            "secondary_master_key",
            "secondary_mongodb_connection_string",
            "secondary_readonly_key",
            "secondary_readonly_mongodb_connection_string",
            "secondary_readonly_sql_connection_string",
            "secondary_shared_key",
            "secondary_sql_connection_string",
            "shared_key",
            "sql_administrator_login_password",
            "storage_account_access_key",
            "storage_account_key",
        ],
    ),
    (
        "google_",
        &[
            "auth_string",
            "client_key",
            "disk_encryption_key_raw",
            "id_token",
            "jwt",
            "key_string",
            "oauth2_client_secret",
            "raw_key",
            "root_password",
            "secret_data",
            "service_key",
            "shared_secret",
        ],
    ),
    ("vault_", &["auth_login", "data", "data_json", "json", "secret_id", "token", "wrapping_token"]),
];

/// Other names, by resource type.
/// Source: the schema of version 5.100.0 of the AWS provider; provider documentation of the others.
static TYPES: [(&str, &[&str]); 93] = [
    ("aws_amplify_app", &["basic_auth_credentials", "oauth_token"]),
    ("aws_amplify_branch", &["basic_auth_credentials"]),
    ("aws_api_gateway_api_key", &["value"]),
    ("aws_api_gateway_domain_name", &["certificate_private_key"]),
    ("aws_appconfig_configuration_profile", &["content"]),
    ("aws_appconfig_hosted_configuration_version", &["content"]),
    ("aws_appfabric_app_authorization", &["api_key"]),
    ("aws_appflow_connector_profile", &["api_secret_key", "credentials_map"]),
    ("aws_appstream_directory_config", &["account_password"]),
    ("aws_appsync_api_key", &["key"]),
    ("aws_cloudcontrolapi_resource", &["schema"]),
    ("aws_cloudwatch_event_connection", &["value"]),
    ("aws_codebuild_source_credential", &["token"]),
    ("aws_codebuild_webhook", &["secret"]),
    ("aws_codepipeline_webhook", &["secret_token"]),
    ("aws_cognito_user", &["temporary_password"]),
    ("aws_db_instance", &["password_wo"]),
    ("aws_directory_service_radius_settings", &["shared_secret"]),
    ("aws_directory_service_shared_directory", &["notes"]),
    ("aws_dms_certificate", &["certificate_pem", "certificate_wallet"]),
    ("aws_dms_endpoint", &["auth_password", "sasl_password", "ssl_client_key_password"]),
    ("aws_docdbelastic_cluster", &["admin_user_password"]),
    ("aws_ecr_authorization_token", &["authorization_token"]),
    ("aws_ecrpublic_authorization_token", &["authorization_token"]),
    ("aws_eks_cluster_auth", &["token"]),
    ("aws_elasticache_user", &["passwords"]),
    ("aws_elasticsearch_domain_saml_options", &["master_user_name"]),
    (
        "aws_emr_cluster",
        &["ad_domain_join_password", "cross_realm_trust_principal_password", "kdc_admin_password"],
    ),
    ("aws_fsx_ontap_file_system", &["fsx_admin_password"]),
    ("aws_fsx_ontap_storage_virtual_machine", &["svm_admin_password"]),
    ("aws_glue_connection", &["athena_properties", "connection_properties"]),
    ("aws_grafana_workspace_api_key", &["key"]),
    ("aws_grafana_workspace_service_account_token", &["key"]),
    ("aws_iam_access_key", &["secret", "ses_smtp_password_v4"]),
    ("aws_iam_service_specific_credential", &["service_password"]),
    ("aws_iot_authorizer", &["token_signing_public_keys"]),
    ("aws_iot_ca_certificate", &["ca_certificate_pem", "verification_certificate_pem"]),
    ("aws_iot_certificate", &["ca_pem", "certificate_pem", "public_key"]),
    ("aws_kinesis_firehose_delivery_stream", &["access_key", "key_passphrase"]),
    ("aws_kms_ciphertext", &["plaintext"]),
    ("aws_kms_external_key", &["key_material_base64"]),
    ("aws_kms_grant", &["grant_token"]),
    ("aws_kms_replica_external_key", &["key_material_base64"]),
    ("aws_kms_secrets", &["plaintext"]),
    ("aws_memorydb_user", &["passwords"]),
    ("aws_mq_broker", &["service_account_password"]),
    ("aws_mwaa_environment", &["airflow_configuration_options"]),
    ("aws_opensearch_domain_saml_options", &["master_user_name"]),
    ("aws_opsworks_application", &["ssh_key"]),
    ("aws_opsworks_rds_db_instance", &["db_password"]),
    ("aws_opsworks_stack", &["ssh_key"]),
    ("aws_pinpoint_adm_channel", &["client_id"]),
    ("aws_pinpoint_apns_channel", &["bundle_id", "certificate", "team_id", "token_key", "token_key_id"]),
    (
        "aws_pinpoint_apns_sandbox_channel",
        &["bundle_id", "certificate", "team_id", "token_key", "token_key_id"],
    ),
    ("aws_pinpoint_apns_voip_channel", &["bundle_id", "certificate", "team_id", "token_key", "token_key_id"]),
    (
        "aws_pinpoint_apns_voip_sandbox_channel",
        &["bundle_id", "certificate", "team_id", "token_key", "token_key_id"],
    ),
    ("aws_pinpoint_baidu_channel", &["api_key"]),
    ("aws_pinpoint_gcm_channel", &["api_key", "service_json"]),
    ("aws_quicksight_data_source", &["username"]),
    ("aws_rds_cluster", &["master_password_wo"]),
    ("aws_redshift_cluster", &["master_password_wo"]),
    ("aws_redshift_cluster_credentials", &["db_password"]),
    ("aws_redshift_hsm_configuration", &["hsm_partition_password"]),
    ("aws_redshiftserverless_credentials", &["db_password"]),
    ("aws_redshiftserverless_namespace", &["admin_user_password", "admin_username"]),
    ("aws_s3_bucket_object_lock_configuration", &["token"]),
    ("aws_s3_bucket_replication_configuration", &["token"]),
    ("aws_s3_object_copy", &["customer_key", "kms_encryption_context", "kms_key_id", "source_customer_key"]),
    ("aws_secretsmanager_secret_version", &["secret_string_wo"]),
    ("aws_securitylake_subscriber_notification", &["authorization_api_key_value"]),
    ("aws_sesv2_email_identity", &["domain_signing_private_key"]),
    ("aws_sns_platform_application", &["platform_credential", "platform_principal"]),
    ("aws_ssm_maintenance_window_task", &["input", "payload"]),
    ("aws_ssm_parameter", &["value", "value_wo"]),
    ("aws_ssm_parameters_by_path", &["values"]),
    ("aws_storagegateway_gateway", &["smb_guest_password"]),
    ("aws_transfer_certificate", &["certificate", "certificate_chain"]),
    (
        "aws_transfer_server",
        &["host_key", "post_authentication_login_banner", "pre_authentication_login_banner"],
    ),
    (
        "aws_vpn_connection",
        &["customer_gateway_configuration", "tunnel1_preshared_key", "tunnel2_preshared_key"],
    ),
    ("aws_wafv2_api_key", &["api_key"]),
    ("azuread_application_password", &["value"]),
    ("azuread_service_principal_password", &["value"]),
    ("azurerm_key_vault_certificate", &["contents"]),
    ("azurerm_key_vault_secret", &["value"]),
    ("google_iap_client", &["secret"]),
    ("google_kms_secret", &["plaintext"]),
    ("google_kms_secret_ciphertext", &["plaintext"]),
    ("google_storage_hmac_key", &["secret"]),
    ("kubernetes_secret", &["binary_data", "data"]),
    ("kubernetes_secret_v1", &["binary_data", "data"]),
    ("local_sensitive_file", &["content", "content_base64"]),
    ("random_password", &["bcrypt_hash", "result"]),
    ("tls_private_key", &["private_key_openssh", "private_key_pem_pkcs8"]),
];

#[cfg(test)]
mod tests {
    use super::{TYPES, is_sensitive};

    #[test]
    fn the_table_is_sorted() {
        assert!(TYPES.is_sorted_by(|one, two| one.0 < two.0));
    }

    #[test]
    fn names_count_by_type() {
        let cases = [
            ("aws_db_instance", "password", true),
            ("aws_db_instance", "username", false),
            ("aws_rds_cluster", "master_password", true),
            ("aws_ssm_parameter", "value", true),
            ("aws_ssm_parameter", "name", false),
            ("aws_s3_bucket_policy", "policy", false),
            ("azurerm_storage_account", "primary_access_key", true),
            ("azurerm_storage_account", "name", false),
            ("google_sql_database_instance", "root_password", true),
            ("random_password", "result", true),
            ("random_string", "result", false),
        ];
        for (resource_type, name, expected) in cases {
            assert_eq!(is_sensitive(resource_type, name), expected, "{resource_type}.{name}");
        }
    }
}
