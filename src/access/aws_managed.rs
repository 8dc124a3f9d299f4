//! Policies that AWS manages, by their names: as much of each as stores of the input can be asked about.
//!
//! Enters: an ARN, or the name at its end. Leaves: the document; `None`: what it says is not known. Source: AWS
//! managed policy reference guide. Their other services are left out of the longer ones: whoever asks about
//! another service has to add what they say of it.

/// Name, and what it says.
static POLICIES: [(&str, &str); 7] = [
    ("AdministratorAccess", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#),
    (
        "PowerUserAccess",
        r#"{"Statement": {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"}}"#,
    ),
    (
        "ReadOnlyAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "s3:DescribeJob"], "Resource": "*"}}"#,
    ),
    (
        "AmazonS3FullAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": ["s3:*", "s3-object-lambda:*"], "Resource": "*"}}"#,
    ),
    (
        "AmazonS3ReadOnlyAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "s3:Describe*"], "Resource": "*"}}"#,
    ),
    (
        "service-role/AWSLambdaBasicExecutionRole",
        r#"{"Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}"#,
    ),
    (
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        r#"{"Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}"#,
    ),
];

/// The document of a policy of AWS, by its ARN or by the name alone.
#[must_use]
pub fn document(arn: &str) -> Option<&'static str> {
    let of_aws = arn.strip_prefix("arn:").and_then(|rest| rest.split_once(":iam::aws:policy/"));
    let name = of_aws.map_or(arn, |(_, name)| name);
    let fits = |known: &str| known == name || known.rsplit('/').next() == Some(name);
    POLICIES.iter().find(|(known, _)| fits(known)).map(|(_, document)| *document)
}
