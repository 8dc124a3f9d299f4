//! `tfward fix`: what is changed, byte for byte, and what is refused.

#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;

use assert_cmd::Command;

/// A configuration, an edit, and what it looks like afterwards.
struct Case {
    name: &'static str,
    arguments: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// The file that changes, and its text afterwards; `None`: nothing changes.
    after: Option<(&'static str, &'static str)>,
    /// What is said.
    says: &'static [&'static str],
    /// The exit code of `--write`.
    code: i32,
}

static CASES: &[Case] = &[
    Case {
        name: "a canned ACL, its comment kept",
        arguments: "",
        files: &[("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl   =   \"public-read\" # why\n}\n")],
        after: Some(("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl   =   \"private\" # why\n}\n")),
        says: &[
            "-  acl   =   \"public-read\" # why",
            "+  acl   =   \"private\" # why",
            "1 edit written, 0 left",
        ],
        code: 0,
    },
    Case {
        name: "CRLF and a byte order mark stay",
        arguments: "",
        files: &[(
            "main.tf",
            "\u{feff}resource \"aws_s3_bucket\" \"b\" {\r\n  acl = \"public-read-write\"\r\n}\r\n",
        )],
        after: Some((
            "main.tf",
            "\u{feff}resource \"aws_s3_bucket\" \"b\" {\r\n  acl = \"private\"\r\n}\r\n",
        )),
        says: &["1 edit written"],
        code: 0,
    },
    Case {
        name: "a setting of a public access block",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n\nresource \"aws_s3_bucket_policy\" \"b\" \
             {\n  bucket = aws_s3_bucket.b.id\n  policy = <<-EOT\n    {\"Statement\": [{\"Effect\": \"Allow\", \
             \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}]}\n  \
             EOT\n}\n\nresource \"aws_s3_bucket_public_access_block\" \"b\" {\n  bucket = \
             aws_s3_bucket.b.id\n  restrict_public_buckets = false\n}\n",
        )],
        after: Some((
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n\nresource \"aws_s3_bucket_policy\" \"b\" \
             {\n  bucket = aws_s3_bucket.b.id\n  policy = <<-EOT\n    {\"Statement\": [{\"Effect\": \"Allow\", \
             \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}]}\n  \
             EOT\n}\n\nresource \"aws_s3_bucket_public_access_block\" \"b\" {\n  bucket = \
             aws_s3_bucket.b.id\n  restrict_public_buckets = true\n}\n",
        )),
        says: &["-  restrict_public_buckets = false", "+  restrict_public_buckets = true"],
        code: 0,
    },
    Case {
        name: "an argument that a public access block lacks",
        arguments: "",
        files: &[
            (
                "main.tf",
                "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\nresource \"aws_s3_bucket_policy\" \
                 \"b\" {\n  bucket = aws_s3_bucket.b.id\n  policy = \"{\\\"Statement\\\": [{\\\"Effect\\\": \
                 \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \\\"Action\\\": \\\"s3:GetObject\\\", \
                 \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}]}\"\n}\n",
            ),
            (
                "block.tf",
                "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n    bucket = aws_s3_bucket.b.id # it\n}\n",
            ),
        ],
        after: Some((
            "block.tf",
            "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n    bucket = aws_s3_bucket.b.id # it\n    \
             restrict_public_buckets = true\n}\n",
        )),
        says: &["+    restrict_public_buckets = true", "1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "the same on one line",
        arguments: "",
        files: &[
            (
                "main.tf",
                "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\nresource \"aws_s3_bucket_policy\" \
                 \"b\" {\n  bucket = aws_s3_bucket.b.id\n  policy = \"{\\\"Statement\\\": [{\\\"Effect\\\": \
                 \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \\\"Action\\\": \\\"s3:GetObject\\\", \
                 \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}]}\"\n}\n",
            ),
            (
                "block.tf",
                "resource \"aws_s3_bucket_public_access_block\" \"b\" { bucket = aws_s3_bucket.b.id }\n",
            ),
        ],
        after: Some((
            "block.tf",
            "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n  \
             restrict_public_buckets = true\n}\n",
        )),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a snapshot loses `all` and keeps an account",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_db_snapshot\" \"s\" {\n  db_instance_identifier = \"d\"\n  shared_accounts = \
             [\"111122223333\", \"all\"]\n}\n",
        )],
        after: Some((
            "main.tf",
            "resource \"aws_db_snapshot\" \"s\" {\n  db_instance_identifier = \"d\"\n  shared_accounts = \
             [\"111122223333\"]\n}\n",
        )),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a list of several lines with a comment behind `all` stays as it is",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_db_snapshot\" \"s\" {\n  db_instance_identifier = \"d\"\n  shared_accounts = [\n    \
             \"all\", # everybody\n    \"111122223333\",\n  ]\n}\n",
        )],
        after: None,
        says: &["`shared_accounts` is not written as a plain value", "no certain edit, 1 left"],
        code: 1,
    },
    Case {
        name: "the value comes from a tfvars file",
        arguments: "",
        files: &[
            (
                "main.tf",
                "variable \"acl\" {\n  default = \"private\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
                 var.acl\n}\n",
            ),
            ("terraform.tfvars", "acl = \"public-read\" // here\n"),
        ],
        after: Some(("terraform.tfvars", "acl = \"private\" // here\n")),
        says: &["--- a/terraform.tfvars", "+acl = \"private\" // here"],
        code: 0,
    },
    Case {
        name: "the value decides something else as well",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
             var.acl\n}\nresource \"aws_ssm_parameter\" \"p\" {\n  value = var.acl\n}\n",
        )],
        after: None,
        says: &[
            "the value in `main.tf` also decides `value` of `aws_ssm_parameter.p`",
            "no certain edit, 1 left",
        ],
        code: 1,
    },
    Case {
        name: "one literal opens two stores, and closes both",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  for_each = toset([\"x\", \"y\"])\n  acl = \"public-read\"\n}\n",
        )],
        after: Some((
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  for_each = toset([\"x\", \"y\"])\n  acl = \"private\"\n}\n",
        )),
        says: &["(and `aws_s3_bucket.b[\"y\"]`)", "1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "another root uses the module",
        arguments: "one",
        files: &[
            ("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n"),
            ("one/main.tf", "module \"m\" {\n  source = \"../m\"\n}\n"),
            ("two/main.tf", "module \"m\" {\n  source = \"../m\"\n}\n"),
        ],
        after: None,
        says: &["also decides `acl` of `module.m.aws_s3_bucket.b` in `two`"],
        code: 1,
    },
    Case {
        name: "both roots are checked",
        arguments: ".",
        files: &[
            ("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n"),
            ("one/main.tf", "module \"m\" {\n  source = \"../m\"\n}\n"),
            ("two/main.tf", "module \"m\" {\n  source = \"../m\"\n}\n"),
        ],
        after: Some(("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"private\"\n}\n")),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a module that is installed",
        arguments: "",
        files: &[
            ("main.tf", "module \"m\" {\n  source = \"acme/m/aws\"\n}\n"),
            (
                ".terraform/modules/modules.json",
                "{\"Modules\": [{\"Key\": \"\", \"Source\": \"\", \"Dir\": \".\"}, {\"Key\": \"m\", \"Source\": \
                 \"registry.terraform.io/acme/m/aws\", \"Version\": \"1.0.0\", \"Dir\": \".terraform/modules/m\"}]}",
            ),
            (
                ".terraform/modules/m/main.tf",
                "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n",
            ),
        ],
        after: None,
        says: &["is written in an installed module (`.terraform/modules/m/main.tf`)"],
        code: 1,
    },
    Case {
        name: "a computed value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"open\" {\n  default = true\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.open ? \
             \"public-read\" : \"private\"\n}\n",
        )],
        after: None,
        says: &["`acl` is computed from other values"],
        code: 1,
    },
    Case {
        name: "a principal: who should get in instead is not known",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n  policy = \"{\\\"Statement\\\": \
             [{\\\"Effect\\\": \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \\\"Action\\\": \\\"s3:GetObject\\\", \
             \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}]}\"\n}\n",
        )],
        after: None,
        says: &["no single literal decides it", "no certain edit, 1 left"],
        code: 1,
    },
    Case {
        name: "two ways in, and one edit shuts only one",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n  acl    = \"public-read\"\n  policy = \
             \"{\\\"Statement\\\": [{\\\"Effect\\\": \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \\\"Action\\\": \
             \\\"s3:GetObject\\\", \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}]}\"\n}\n",
        )],
        after: None,
        says: &["with `acl` changed (main.tf:3) it is still public"],
        code: 1,
    },
    Case {
        name: "a value of the command line",
        arguments: "--var acl=public-read",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"private\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
             var.acl\n}\n",
        )],
        after: None,
        says: &["`acl` gets its value outside of a file"],
        code: 1,
    },
    Case {
        name: "a database",
        arguments: "",
        files: &[(
            "main.tf",
            "resource \"aws_db_instance\" \"d\" {\n  publicly_accessible    = true # for now\n  \
             vpc_security_group_ids = [aws_security_group.g.id]\n}\nresource \"aws_security_group\" \"g\" {\n  \
             ingress {\n    from_port   = 0\n    to_port     = 65535\n    protocol    = \"tcp\"\n    \
             cidr_blocks = [\"0.0.0.0/0\"]\n  }\n}\n",
        )],
        after: Some((
            "main.tf",
            "resource \"aws_db_instance\" \"d\" {\n  publicly_accessible    = false # for now\n  \
             vpc_security_group_ids = [aws_security_group.g.id]\n}\nresource \"aws_security_group\" \"g\" {\n  \
             ingress {\n    from_port   = 0\n    to_port     = 65535\n    protocol    = \"tcp\"\n    \
             cidr_blocks = [\"0.0.0.0/0\"]\n  }\n}\n",
        )),
        says: &["+  publicly_accessible    = false # for now", "1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "JSON, its spacing kept",
        arguments: "",
        files: &[(
            "main.tf.json",
            "{\"resource\":   {\"aws_s3_bucket\":{\"b\":\t{ \"acl\" :\"public-read\"}}}}",
        )],
        after: Some((
            "main.tf.json",
            "{\"resource\":   {\"aws_s3_bucket\":{\"b\":\t{ \"acl\" :\"private\"}}}}",
        )),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a bool and a list in JSON",
        arguments: "",
        files: &[(
            "main.tf.json",
            "{\"resource\": {\"aws_db_snapshot\": {\"s\": {\n  \"db_instance_identifier\": \"d\",\n  \
             \"shared_accounts\": [\"all\", \"111122223333\"]\n}}}}\n",
        )],
        after: Some((
            "main.tf.json",
            "{\"resource\": {\"aws_db_snapshot\": {\"s\": {\n  \"db_instance_identifier\": \"d\",\n  \
             \"shared_accounts\": [\"111122223333\"]\n}}}}\n",
        )),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "an argument that a public access block in JSON lacks is not added",
        arguments: "",
        files: &[
            ("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n"),
            (
                "policy.tf.json",
                "{\"resource\": {\"aws_s3_bucket_policy\": {\"b\": {\"bucket\": \"b\", \"policy\": \
                 \"{\\\"Statement\\\": [{\\\"Effect\\\": \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \
                 \\\"Action\\\": \\\"s3:GetObject\\\", \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}]}\"}}, \
                 \"aws_s3_bucket_public_access_block\": {\"b\": {\"bucket\": \"b\"}}}}\n",
            ),
        ],
        after: None,
        says: &["there is no plain block to add it to", "no certain edit, 1 left"],
        code: 1,
    },
    Case {
        name: "several edits, two of them in one file",
        arguments: "",
        files: &[
            (
                "main.tf",
                "resource \"aws_s3_bucket\" \"a\" {\n  acl = \"public-read\"\n}\nresource \"aws_s3_bucket\" \
                 \"b\" {\n  acl = \"public-read-write\" # grüße\n}\n",
            ),
            ("other.tf", "resource \"aws_s3_bucket\" \"c\" {\n}\n"),
        ],
        after: Some((
            "main.tf",
            "resource \"aws_s3_bucket\" \"a\" {\n  acl = \"private\"\n}\nresource \"aws_s3_bucket\" \
             \"b\" {\n  acl = \"private\" # grüße\n}\n",
        )),
        says: &["2 edits written, 0 left"],
        code: 0,
    },
    Case {
        name: "a module that is called twice opens one store on purpose",
        arguments: "",
        files: &[
            (
                "main.tf",
                "module \"site\" {\n  source = \"./m\"\n  allowed = true\n}\nmodule \"logs\" {\n  source = \
                 \"./m\"\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"allowed\" {\n  default = false\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
                 \"public-read\"\n}\n",
            ),
            (
                ".tfward.hcl",
                "allow \"public-bucket\" {\n  address = \"module.site.*\"\n  reason  = \"the website\"\n}\n",
            ),
        ],
        after: None,
        says: &[
            "the same value decides `module.site.aws_s3_bucket.b`, which is allowed on purpose",
            "settings in force:",
            "public-bucket of `module.site.aws_s3_bucket.b`: the website (.tfward.hcl:1)",
            "no certain edit, 1 left",
        ],
        code: 1,
    },
    Case {
        name: "a module that is called twice hands the value to another resource",
        arguments: "",
        files: &[
            (
                "main.tf",
                "module \"site\" {\n  source = \"./m\"\n}\nmodule \"logs\" {\n  source = \"./m\"\n  \
                 log    = true\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"log\" {\n  default = false\n}\nlocals {\n  acl = \"public-read\"\n}\nresource \
                 \"aws_s3_bucket\" \"b\" {\n  count = var.log ? 0 : 1\n  acl = local.acl\n}\nresource \
                 \"aws_ssm_parameter\" \"p\" {\n  count = var.log ? 1 : 0\n  value = local.acl\n}\n",
            ),
        ],
        after: None,
        says: &["also decides `value` of `module.logs.aws_ssm_parameter.p[0]`"],
        code: 1,
    },
    Case {
        name: "a module that is called twice, and a store of it that is closed otherwise",
        arguments: "",
        files: &[
            (
                "main.tf",
                "module \"site\" {\n  source = \"./m\"\n}\nmodule \"logs\" {\n  source = \"./m\"\n  \
                 closed = true\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"closed\" {\n  default = false\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
                 \"public-read\"\n}\nresource \"aws_s3_bucket_public_access_block\" \"b\" {\n  count              = \
                 var.closed ? 1 : 0\n  bucket             = aws_s3_bucket.b.id\n  ignore_public_acls = true\n}\n",
            ),
        ],
        after: None,
        says: &["also decides `acl` of `module.logs.aws_s3_bucket.b`", "no certain edit, 1 left"],
        code: 1,
    },
    Case {
        name: "a value of `*.auto.tfvars`, stronger than `terraform.tfvars`",
        arguments: "",
        files: &[
            ("main.tf", "variable \"acl\" {\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n"),
            ("terraform.tfvars", "acl = \"public-read\"\n"),
            ("z.auto.tfvars", "acl = \"public-read-write\""),
        ],
        after: Some(("z.auto.tfvars", "acl = \"private\"")),
        says: &["--- a/z.auto.tfvars", "1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a file with values outside of the root module",
        arguments: "--var-file shared.tfvars root",
        files: &[
            (
                "root/main.tf",
                "variable \"acl\" {\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
            ),
            ("shared.tfvars", "acl = \"public-read\"\n"),
        ],
        after: None,
        says: &["`shared.tfvars` lies outside of the root module and may serve others"],
        code: 1,
    },
    Case {
        name: "a sensitive value is neither edited nor shown",
        arguments: "",
        files: &[
            (
                "main.tf",
                "variable \"acl\" {\n  sensitive = true\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
                 var.acl\n}\n",
            ),
            ("terraform.tfvars", "acl = \"public-read\"\n"),
        ],
        after: None,
        says: &["= the value is sensitive", "no certain edit, 1 left"],
        code: 1,
    },
    Case {
        name: "a module that is not installed may be handed the value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
             var.acl\n}\nmodule \"m\" {\n  source = \"acme/m/aws\"\n  acl    = var.acl\n}\n",
        )],
        after: None,
        says: &[
            "= the root module `.` cannot be seen whole: ",
            "error: main.tf:8:12: Module not installed",
            "no certain edit, 1 left",
        ],
        code: 2,
    },
    Case {
        name: "another root is broken, and does not use the file",
        arguments: "one",
        files: &[
            ("one/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n"),
            ("two/main.tf", "module \"m\" {\n  source = \"acme/m/aws\"\n}\n"),
        ],
        after: Some(("one/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"private\"\n}\n")),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "another root does not parse, and may use the file",
        arguments: "one",
        files: &[
            ("one/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n"),
            ("two/main.tf", "module \"m\" {\n  source = \n}\n"),
        ],
        after: None,
        says: &["= the root module `two` cannot be seen whole: "],
        code: 1,
    },
    Case {
        name: "control characters are not edited, and not shown",
        arguments: "",
        files: &[(
            "main.tf",
            "# \u{1b}[2J\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n",
        )],
        after: None,
        says: &["= `main.tf` holds control characters"],
        code: 1,
    },
    Case {
        name: "text that turns around, or starts commands, is shown escaped and kept",
        arguments: "",
        files: &[(
            "main.tf",
            "/*\n::error::x\n##[error]y \u{202e}z\n*/\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
             \"public-read\"\n}\n",
        )],
        after: Some((
            "main.tf",
            "/*\n::error::x\n##[error]y \u{202e}z\n*/\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \
             \"private\"\n}\n",
        )),
        says: &["##\\u{5b}error]y \\u{202e}z", "1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "the new value is not valid",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n  validation {\n    condition     = var.acl != \"private\"\n    error_message = \"no\"\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: None,
        says: &["also decides a condition, a provider or a provisioner in the root module"],
        code: 1,
    },
    Case {
        name: "the new value is valid as well",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n  validation {\n    condition     = contains([\"private\", \"public-read\"], var.acl)\n    error_message = \"no\"\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: Some((
            "main.tf",
            "variable \"acl\" {\n  default = \"private\"\n  validation {\n    condition     = contains([\"private\", \"public-read\"], var.acl)\n    error_message = \"no\"\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )),
        says: &["1 edit written, 0 left"],
        code: 0,
    },
    Case {
        name: "a provider has the value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nprovider \"aws\" {\n  profile = var.acl\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: None,
        says: &["also decides a condition, a provider or a provisioner in the root module"],
        code: 1,
    },
    Case {
        name: "a check looks at the value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\ncheck \"c\" {\n  assert {\n    condition     = aws_s3_bucket.b.acl == \"public-read\"\n    error_message = \"no\"\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: None,
        says: &["also decides a condition, a provider or a provisioner in the root module"],
        code: 1,
    },
    Case {
        name: "a provisioner has the value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nresource \"null_resource\" \"n\" {\n  provisioner \"local-exec\" {\n    command = \"echo ${var.acl}\"\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: None,
        says: &["also decides a condition, a provider or a provisioner in the root module"],
        code: 1,
    },
    Case {
        name: "a condition needs the value",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nresource \"null_resource\" \"n\" {\n  lifecycle {\n    precondition {\n      condition     = var.acl == \"public-read\"\n      error_message = \"no\"\n    }\n  }\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n",
        )],
        after: None,
        says: &["also decides a condition, a provider or a provisioner in the root module"],
        code: 1,
    },
    Case {
        name: "changes of the attribute are ignored",
        arguments: "",
        files: &[(
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n  lifecycle {\n    ignore_changes = [acl]\n  }\n}\n",
        )],
        after: None,
        says: &["`ignore_changes` of `aws_s3_bucket.b` keeps `acl` as it is"],
        code: 1,
    },
    Case {
        name: "nothing is public",
        arguments: "",
        files: &[("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n")],
        after: None,
        says: &["no certain edit, 0 left"],
        code: 0,
    },
];

fn run(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfward"));
    command.current_dir(directory).args(arguments);
    for (name, _) in std::env::vars_os() {
        let read = ["TF_", "GITHUB_", "CLICOLOR", "NO_COLOR"];
        if read.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir(tree.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    tree
}

#[test]
fn every_case() {
    let mut wrong = Vec::new();
    for case in CASES {
        let tree = tree(case.files);
        let given: Vec<&str> = case.arguments.split_whitespace().collect();
        let (_, shown) = run(tree.path(), &[&["fix"], given.as_slice()].concat());
        for (path, text) in case.files {
            if std::fs::read_to_string(tree.path().join(path)).unwrap() != *text {
                wrong.push(format!("{}: without --write, {path} changed\n{shown}", case.name));
            }
        }
        let (code, said) = run(tree.path(), &[&["fix", "--write"], given.as_slice()].concat());
        if code != case.code {
            wrong.push(format!("{}: exit code {code}\n{said}", case.name));
        }
        for part in case.says {
            if !said.contains(part) {
                wrong.push(format!("{}: not said: {part}\n{said}", case.name));
            }
        }
        for (path, before) in case.files {
            let expected =
                case.after.filter(|(changed, _)| changed == path).map_or(*before, |(_, after)| after);
            let found = std::fs::read_to_string(tree.path().join(path)).unwrap();
            if found != expected {
                wrong.push(format!("{}: {path} is now\n{found}\n{said}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

#[test]
fn lines_near_a_sensitive_value_are_not_shown() {
    let text = "variable \"password\" {\n  sensitive = true\n  default   = \"hunter2\"\n}\nresource \
                \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n";
    let tree = tree(&[("main.tf", text)]);
    for arguments in [&["fix"][..], &["fix", "--write"]] {
        let (_, said) = run(tree.path(), arguments);
        assert!(said.contains("+  acl = \"private\"") && !said.contains("hunter2"), "{said}");
    }
    let changed = std::fs::read_to_string(tree.path().join("main.tf")).unwrap();
    assert_eq!(changed, text.replace("public-read", "private"));
}

#[test]
fn what_is_no_utf8_is_not_edited() {
    let tree = tree(&[]);
    let text = b"# gr\xfc\xdfe\nresource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n";
    std::fs::write(tree.path().join("main.tf"), text).unwrap();
    let (code, said) = run(tree.path(), &["fix", "--write"]);
    assert_eq!((code, said.contains("= `main.tf` is not UTF-8")), (1, true), "{said}");
    assert_eq!(std::fs::read(tree.path().join("main.tf")).unwrap(), text);
}

#[test]
fn a_plan_is_not_edited() {
    let tree = tree(&[("plan.json", "{}"), ("plan", "{}")]);
    for path in ["plan.json", "plan", "-"] {
        let (code, said) = run(tree.path(), &["fix", path]);
        assert_eq!((code, said.contains("`fix` edits configuration")), (2, true), "{said}");
    }
}

#[test]
fn completions_and_the_manual_are_printed() {
    let tree = tree(&[]);
    for (arguments, part) in [
        (["completions", "bash"].as_slice(), "_tfward()"),
        (&["completions", "zsh"], "#compdef tfward"),
        (&["completions", "fish"], "complete -c tfward"),
        (&["completions", "powershell"], "Register-ArgumentCompleter"),
        (&["man"], ".TH tfward 1"),
    ] {
        let (code, said) = run(tree.path(), arguments);
        assert_eq!((code, said.contains(part)), (0, true), "{arguments:?}\n{said}");
    }
}
