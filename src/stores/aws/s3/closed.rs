//! Buckets of other kinds, which nothing in the provider can open (aws.md 4.10).

use crate::access::Assumptions;
use crate::graph::{Family, Kind, Store, Tier};
use crate::stores::Resolver;
use crate::truth::Truth;
use crate::verdict::{Access, Audience, Evidence, Remark, Route, Ways, Weight, fact};

/// Directory buckets, buckets on Outposts and Lightsail buckets.
pub static RESOLVER: Resolver = Resolver {
    family: Family {
        kind: Kind::Bucket,
        tier: Tier::Core,
        stores: &["aws_s3_directory_bucket", "aws_s3control_bucket", "aws_lightsail_bucket"],
        names: &["bucket", "name"],
        relations: &[],
        fallbacks: &[],
        outlives: &[],
        copies: &[],
        follows: &[],
        refers: &[],
    },
    ways,
};

/// Why each is closed. Source: S3 user guide, "Directory buckets" and "S3 on Outposts"; Lightsail guide,
/// "Block public access for buckets".
const CLOSED: &[(&str, &str)] = &[
    ("aws_s3_directory_bucket", "directory buckets always block public access and have no ACLs"),
    ("aws_s3control_bucket", "a bucket on Outposts answers through access points in a VPC only"),
    (
        "aws_lightsail_bucket",
        "the provider has no argument that opens a Lightsail bucket; its objects are private",
    ),
];

fn ways(bucket: &Store<'_>, _assumptions: &Assumptions) -> Ways {
    let resource_type = &*bucket.address().resource_type;
    let says =
        CLOSED.iter().find(|(name, _)| *name == resource_type).map_or("nothing opens it", |(_, says)| says);
    let claim = fact(Evidence {
        truth: Truth::False,
        places: vec![bucket.place()],
        says: says.to_owned(),
        unknown: Vec::new(),
        absent: true,
    });
    let route = Route {
        name: "bucket",
        audience: Audience::Anonymous,
        access: Access::none(),
        claim,
        close: String::new(),
        weight: Weight::Full,
        rule: None,
    };
    let mut ways = Ways { routes: vec![route], ..Ways::default() };
    if resource_type == "aws_lightsail_bucket" {
        ways.remarks.push(Remark {
            code: "assumed-default",
            place: bucket.place(),
            says: "the access rules of a Lightsail bucket are not in the input; the service's default is private"
                .to_owned(),
        });
    }
    ways
}
