//! Sets of addresses as intervals, and whether they are broad enough to be "the internet".
//!
//! Enters: CIDR blocks, addresses and ranges as configurations write them. Leaves: [`Addresses`], which
//! join, overlap and answer with [`Truth`]. Knows no service: who asks says which entries count.
//! Source: others.md 1.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock};

use super::Assumptions;
use crate::truth::Truth;
use crate::value::text::Piece;
use crate::value::{Cause, Data, Text, Unknown, Value};

/// The two families of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// 32 bits.
    V4,
    /// 128 bits.
    V6,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    const fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    const fn last(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}

/// Ranges that never count as the internet. Source: others.md 1.3, from the IANA special-purpose registries.
static SPECIAL_V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// The IPv6 addresses that are routed on the internet lie in this block.
const GLOBAL_V6: &str = "2000::/3";

/// Ranges inside of [`GLOBAL_V6`] that are not routed.
static SPECIAL_V6: [&str; 5] = ["2001:db8::/32", "3fff::/20", "2001:2::/48", "2001:10::/28", "2001:20::/28"];

/// Spellings of "everybody", where a service has such words (others.md 1.1).
static EVERYBODY: [&str; 4] = ["*", "any", "internet", "all"];

/// All addresses but the special ones.
static ROUTED: LazyLock<Set> = LazyLock::new(|| {
    let mut special = Set::default();
    for text in SPECIAL_V4.iter().chain(&SPECIAL_V6) {
        special = special.union(&parse_range(text).unwrap_or_default());
    }
    let global = Set { v6: parse_range(GLOBAL_V6).unwrap_or_default().v6, ..Set::everything() };
    global.intersection(&special.complement())
});

/// A set of addresses of both families, of which a part may not be known.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    sure: Set,
    possible: Set,
    /// How many further addresses there are, at places that are not known: `"${aws_eip.x.public_ip}/32"`.
    loose: Loose,
    unknown: Vec<Arc<Unknown>>,
}

/// Numbers of addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Loose {
    v4: u128,
    v6: u128,
}

impl Addresses {
    /// No address.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Every address of both families.
    #[must_use]
    pub fn everything() -> Self {
        Self::from_set(Set::everything())
    }

    /// Every address of one family.
    #[must_use]
    pub fn every(family: Family) -> Self {
        Self::from_set(Set::everything().only(family))
    }

    /// A set that nothing is known of.
    #[must_use]
    pub fn not_known(unknown: Arc<Unknown>) -> Self {
        Self { possible: Set::everything(), unknown: vec![unknown], ..Self::default() }
    }

    fn from_set(set: Set) -> Self {
        Self { sure: set.clone(), possible: set, ..Self::default() }
    }

    /// Reads one entry: a network (host bits are masked off), an address, or a range `A-B`.
    ///
    /// A host name, leading zeros, a prefix that is too long or a range that runs backwards is an error: the
    /// caller reports it and takes the entry as not known. Source: others.md 1.1.
    pub fn parse(entry: &str) -> Result<Self, String> {
        parse_range(entry.trim()).map(Self::from_set)
    }

    /// Reads one entry where the service also takes words for everybody: `*`, `any`, `Internet`, `all`.
    pub fn parse_with_words(entry: &str) -> Result<Self, String> {
        let word = entry.trim();
        if EVERYBODY.iter().any(|everybody| everybody.eq_ignore_ascii_case(word)) {
            return Ok(Self::everything());
        }
        Self::parse(word)
    }

    /// The closed interval between two addresses of one family.
    pub fn between(first: &str, last: &str) -> Result<Self, String> {
        parse_interval(first.trim(), last.trim()).map(Self::from_set)
    }

    /// Reads a string, or a list of strings, and joins the entries. What is null adds nothing; what is not
    /// known or does not parse adds an unknown set.
    #[must_use]
    pub fn of_value(value: &Value) -> Self {
        Self::of_value_by(value, &Self::parse)
    }

    /// As [`Addresses::of_value`], with a reader of the service's own for known entries.
    #[must_use]
    pub fn of_value_by(value: &Value, parse: &dyn Fn(&str) -> Result<Self, String>) -> Self {
        match &value.data {
            Data::Null(_) => Self::nothing(),
            Data::String(text) => Self::of_text(text, parse),
            Data::Unknown(unknown) if unknown.one_of.is_empty() => Self::of_unknown(unknown),
            Data::Unknown(unknown) => Self::one_of(
                unknown.one_of.iter().map(|alternative| Self::of_value_by(alternative, parse)),
                unknown,
            ),
            Data::Sequence(_, entries, more) => {
                let shown = entries
                    .iter()
                    .fold(Self::nothing(), |set, entry| set.union(&Self::of_value_by(entry, parse)));
                match more {
                    Some(unknown) => shown.union(&Self::not_known(unknown.clone())),
                    None => shown,
                }
            }
            Data::Bool(_) | Data::Number(_) | Data::Mapping(..) => Self::not_known(invalid(&value.shown())),
        }
    }

    /// The range of a VPC or subnet is a small network, wherever it lies; of anything else nothing is known.
    /// Source: VPC user guide, "VPC CIDR blocks": a block has between /28 and /16, one of IPv6 /44 or less.
    fn of_unknown(unknown: &Arc<Unknown>) -> Self {
        let range = unknown.identity.as_ref().and_then(|(of, path)| {
            let in_network = ["aws_default_subnet", "aws_default_vpc", "aws_subnet", "aws_vpc"];
            let attribute = path.as_attribute().filter(|_| in_network.contains(&&*of.resource_type))?;
            match attribute {
                "cidr_block" => Some(Loose { v4: 1 << 16, v6: 0 }),
                "ipv6_cidr_block" => Some(Loose { v4: 0, v6: 1 << 84 }),
                _ => None,
            }
        });
        match range {
            Some(loose) => Self { loose, unknown: vec![unknown.clone()], ..Self::default() },
            None => Self::not_known(unknown.clone()),
        }
    }

    fn of_text(text: &Text, parse: &dyn Fn(&str) -> Result<Self, String>) -> Self {
        if let Some(known) = text.as_known() {
            return parse(known).unwrap_or_else(|_| Self::not_known(invalid(known)));
        }
        if let Some(hole) = text.as_hole() {
            return Self::of_unknown(hole);
        }
        let unknown: Vec<Arc<Unknown>> = text.holes().map(|(_, hole)| hole.clone()).collect();
        // `${…}/32` is one network of that size, wherever it lies.
        let length = match text.pieces().last() {
            Some(Piece::Literal(suffix)) => {
                suffix.rsplit_once('/').and_then(|(_, digits)| digits.parse::<u8>().ok())
            }
            Some(Piece::Hole(_)) | None => None,
        };
        match length {
            Some(bits @ 1..=128) => Self {
                loose: Loose {
                    v4: 32_u32.checked_sub(u32::from(bits)).map_or(0, |host| 1 << host),
                    v6: 1_u128.checked_shl(128 - u32::from(bits)).unwrap_or(u128::MAX),
                },
                unknown,
                ..Self::default()
            },
            Some(_) | None => Self { possible: Set::everything(), unknown, ..Self::default() },
        }
    }

    /// One of several sets, it is not known which.
    #[must_use]
    pub fn one_of(alternatives: impl IntoIterator<Item = Self>, which: &Arc<Unknown>) -> Self {
        let joined = alternatives.into_iter().reduce(|left, right| Self {
            sure: left.sure.intersection(&right.sure),
            possible: left.possible.union(&right.possible),
            loose: Loose { v4: left.loose.v4.max(right.loose.v4), v6: left.loose.v6.max(right.loose.v6) },
            unknown: both(&left.unknown, &right.unknown),
        });
        match joined {
            Some(mut set) => {
                if set.sure != set.possible {
                    set.unknown.push(which.clone());
                }
                set
            }
            None => Self::not_known(which.clone()),
        }
    }

    /// This set where it certainly counts, and nothing for sure where it may not: an entry of a rule that
    /// may not exist.
    #[must_use]
    pub fn perhaps(mut self, why: &Arc<Unknown>) -> Self {
        self.sure = Set::default();
        self.unknown.push(why.clone());
        self
    }

    /// The addresses of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            sure: self.sure.union(&other.sure),
            possible: self.possible.union(&other.possible),
            loose: Loose {
                v4: self.loose.v4.saturating_add(other.loose.v4),
                v6: self.loose.v6.saturating_add(other.loose.v6),
            },
            unknown: both(&self.unknown, &other.unknown),
        }
    }

    /// The addresses of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            sure: self.sure.intersection(&other.sure),
            possible: self.possible.intersection(&other.possible),
            // Loose addresses of one may lie in the other.
            loose: Loose {
                v4: self.loose.v4.saturating_add(other.loose.v4),
                v6: self.loose.v6.saturating_add(other.loose.v6),
            },
            unknown: both(&self.unknown, &other.unknown),
        }
    }

    /// The addresses that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        let strays = self.loose != Loose::default();
        Self {
            // A loose address can be anywhere, so none is certainly outside.
            sure: if strays { Set::default() } else { self.possible.complement() },
            possible: self.sure.complement(),
            loose: Loose::default(),
            unknown: self.unknown.clone(),
        }
    }

    /// The addresses that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// The addresses of one family.
    #[must_use]
    pub fn only(&self, family: Family) -> Self {
        let loose = match family {
            Family::V4 => Loose { v6: 0, ..self.loose },
            Family::V6 => Loose { v4: 0, ..self.loose },
        };
        Self {
            sure: self.sure.only(family),
            possible: self.possible.only(family),
            loose,
            unknown: self.unknown.clone(),
        }
    }

    /// The addresses that count as the internet: without special ranges and the organisation's own networks.
    #[must_use]
    pub fn routed(&self, assumptions: &Assumptions) -> Self {
        let own = assumptions
            .known_networks
            .iter()
            .filter_map(|network| parse_range(network).ok())
            .fold(Set::default(), |set, network| set.union(&network));
        let counted = ROUTED.intersection(&own.complement());
        Self {
            sure: self.sure.intersection(&counted),
            possible: self.possible.intersection(&counted),
            loose: self.loose,
            unknown: self.unknown.clone(),
        }
    }

    /// Whether it is "the internet": as many routed addresses of a family as the assumptions ask for.
    ///
    /// True when the sure part is broad, false when even the possible part is not. Source: others.md 1.2.
    #[must_use]
    pub fn broad(&self, assumptions: &Assumptions) -> Truth {
        self.broad_in(Family::V4, assumptions).or(self.broad_in(Family::V6, assumptions))
    }

    /// Whether the addresses of one family are broad.
    #[must_use]
    pub fn broad_in(&self, family: Family, assumptions: &Assumptions) -> Truth {
        let routed = self.routed(assumptions);
        let (threshold, loose) = match family {
            Family::V4 => (u128::from(assumptions.broad_v4), routed.loose.v4),
            Family::V6 => (assumptions.broad_v6, routed.loose.v6),
        };
        // A threshold of nothing would make the empty set the internet, one of more than there is would make
        // nothing the internet.
        let threshold = threshold.min(ROUTED.of(family).size()).max(1);
        if routed.sure.of(family).size() >= threshold {
            Truth::True
        } else if routed.possible.of(family).size().saturating_add(loose) < threshold {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether it certainly has no address, has one, or may have one.
    #[must_use]
    pub fn is_nothing(&self) -> Truth {
        if !self.sure.is_empty() {
            Truth::False
        } else if self.possible.is_empty() && self.loose == Loose::default() {
            Truth::True
        } else {
            Truth::Unknown
        }
    }

    /// Whether it certainly has every address of both families.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.sure == Set::everything()
    }

    /// Whether an address is in it; `None` when the text is no address.
    #[must_use]
    pub fn contains(&self, address: &str) -> Option<Truth> {
        let point = parse_range(address).ok()?;
        let truth = if point.intersection(&self.sure) == point {
            Truth::True
        } else if point.intersection(&self.possible).is_empty() && self.loose == Loose::default() {
            Truth::False
        } else {
            Truth::Unknown
        };
        Some(truth)
    }

    /// What the set depends on, when a part is not known.
    #[must_use]
    pub fn unknown(&self) -> &[Arc<Unknown>] {
        &self.unknown
    }

    /// The share of the sure part for messages: `100 % of IPv4`, `50.0 % of IPv4 and 12.5 % of IPv6`.
    ///
    /// IPv4 is counted over all addresses, IPv6 over what is routed.
    #[must_use]
    pub fn share(&self) -> String {
        let parts: Vec<String> = Family::ALL
            .into_iter()
            .filter_map(|family| {
                let (part, whole) = match family {
                    Family::V4 => (self.sure.v4.size(), 1_u128 << 32),
                    Family::V6 => (self.sure.intersection(&ROUTED).v6.size(), ROUTED.v6.size()),
                };
                (part > 0).then(|| format!("{} of {}", percent(part, whole), family.name()))
            })
            .collect();
        if parts.is_empty() { "no address".to_owned() } else { parts.join(" and ") }
    }
}

/// A share in percent, with one decimal unless whole.
fn percent(part: u128, whole: u128) -> String {
    // Thousandths, after both sides are cut to what can be multiplied.
    let shift = 128_u32.saturating_sub(whole.leading_zeros()).saturating_sub(64);
    let thousandths = (part >> shift).saturating_mul(1000) / (whole >> shift).max(1);
    match thousandths {
        0 => "less than 0.1 %".to_owned(),
        1000.. => "100 %".to_owned(),
        some => format!("{}.{} %", some / 10, some % 10),
    }
}

fn invalid(entry: &str) -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Invalid(entry.into())))
}

fn both(left: &[Arc<Unknown>], right: &[Arc<Unknown>]) -> Vec<Arc<Unknown>> {
    let mut joined = left.to_vec();
    for unknown in right {
        if !joined.iter().any(|known| Arc::ptr_eq(known, unknown)) {
            joined.push(unknown.clone());
        }
    }
    joined
}

/// Known addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Set {
    v4: Intervals,
    v6: Intervals,
}

impl Set {
    fn everything() -> Self {
        Self { v4: Intervals::one(0, Family::V4.last()), v6: Intervals::one(0, Family::V6.last()) }
    }

    const fn of(&self, family: Family) -> &Intervals {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    fn only(&self, family: Family) -> Self {
        match family {
            Family::V4 => Self { v4: self.v4.clone(), v6: Intervals::default() },
            Family::V6 => Self { v4: Intervals::default(), v6: self.v6.clone() },
        }
    }

    fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    fn intersection(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    fn complement(&self) -> Self {
        Self { v4: self.v4.complement(Family::V4), v6: self.v6.complement(Family::V6) }
    }

    fn is_empty(&self) -> bool {
        self.v4.0.is_empty() && self.v6.0.is_empty()
    }
}

/// Closed intervals: sorted, disjoint, and never side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Intervals(Vec<(u128, u128)>);

impl Intervals {
    fn one(first: u128, last: u128) -> Self {
        Self(vec![(first, last)])
    }

    fn union(&self, other: &Self) -> Self {
        let mut all: Vec<(u128, u128)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match merged.last_mut() {
                Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
                Some(_) | None => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let mut left = self.0.iter().peekable();
        let mut right = other.0.iter().peekable();
        while let (Some(one), Some(two)) = (left.peek(), right.peek()) {
            let first = one.0.max(two.0);
            let last = one.1.min(two.1);
            if first <= last {
                common.push((first, last));
            }
            if one.1 <= two.1 {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    fn complement(&self, family: Family) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut next = Some(0_u128);
        for (first, last) in &self.0 {
            if let Some(start) = next.filter(|start| start < first) {
                gaps.push((start, first - 1));
            }
            next = last.checked_add(1).filter(|after| *after <= family.last());
        }
        gaps.extend(next.map(|start| (start, family.last())));
        Self(gaps)
    }

    /// The number of addresses; one less than true for all of IPv6, which does not fit.
    fn size(&self) -> u128 {
        self.0
            .iter()
            .fold(0, |sum, (first, last)| u128::saturating_add(sum, (last - first).saturating_add(1)))
    }
}

fn parse_range(entry: &str) -> Result<Set, String> {
    if entry == "0/0" {
        return Ok(Set::everything().only(Family::V4));
    }
    if let Some((first, last)) = entry.split_once('-') {
        return parse_interval(first.trim(), last.trim());
    }
    let (address, length) = match entry.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (entry, None),
    };
    let (family, number) = parse_address(address)?;
    let bits = match length {
        None => family.bits(),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits
            .parse::<u8>()
            .ok()
            .filter(|bits| *bits <= family.bits())
            .ok_or_else(|| format!("`{entry}` has no valid prefix length"))?,
        Some(_) => return Err(format!("`{entry}` has no valid prefix length")),
    };
    let host = 1_u128.checked_shl(u32::from(family.bits() - bits)).map_or(u128::MAX, |size| size - 1);
    Ok(placed(family, number & !host, number | host))
}

fn parse_interval(first: &str, last: &str) -> Result<Set, String> {
    let (family, start) = parse_address(first)?;
    let (other, end) = parse_address(last)?;
    if family != other {
        return Err(format!("`{first}` and `{last}` are of different families"));
    }
    if start > end {
        return Err(format!("the range from `{first}` to `{last}` runs backwards"));
    }
    Ok(placed(family, start, end))
}

/// The first IPv6 address that stands for an IPv4 one, `::ffff:0:0`.
const MAPPED: u128 = 0xffff_0000_0000;

fn placed(family: Family, first: u128, last: u128) -> Set {
    match family {
        Family::V4 => Set { v4: Intervals::one(first, last), v6: Intervals::default() },
        Family::V6 if first >= MAPPED && last <= MAPPED + Family::V4.last() => {
            Set { v4: Intervals::one(first - MAPPED, last - MAPPED), v6: Intervals::default() }
        }
        Family::V6 => Set { v4: Intervals::default(), v6: Intervals::one(first, last) },
    }
}

fn parse_address(text: &str) -> Result<(Family, u128), String> {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => Ok((Family::V4, u128::from(Ipv4Addr::to_bits(address)))),
        Ok(IpAddr::V6(address)) => Ok((Family::V6, Ipv6Addr::to_bits(address))),
        Err(_) => Err(format!("`{text}` is not an IP address")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(entries: &[&str]) -> Addresses {
        entries
            .iter()
            .fold(Addresses::nothing(), |set, entry| set.union(&Addresses::parse_with_words(entry).unwrap()))
    }

    fn unknown() -> Arc<Unknown> {
        Arc::new(Unknown::because(Cause::Function("timestamp".into())))
    }

    #[test]
    fn entries_are_read_in_every_form() {
        for (entry, like) in [
            ("0.0.0.1/0", "0/0"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("10.1.2.3/8", "10.0.0.0-10.255.255.255"),
            ("8.8.8.8", "8.8.8.8/32"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
            ("::0/0", "::/0"),
            ("2001:db8::1/32", "2001:db8::/32"),
            (" 8.8.8.0 - 8.8.8.255 ", "8.8.8.0/24"),
        ] {
            assert_eq!(Addresses::parse(entry).unwrap().sure, set(&[like]).sure, "{entry}");
        }
        for entry in [
            "010.0.0.1",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "example.com",
            "sg-1234",
            "",
            "/8",
            "5.0.0.0-4.0.0.0",
            "1.2.3.4-::1",
            "*",
            "1.2.3",
            "fe80::1%eth0",
        ] {
            assert!(Addresses::parse(entry).is_err(), "{entry}");
        }
        assert!(set(&["*"]).is_everything() && set(&["Internet"]).is_everything());
    }

    #[test]
    fn breadth_is_judged_over_the_union() {
        let assumptions = Assumptions::default();
        let slices: Vec<String> = (0..256).map(|slice| format!("52.{slice}.0.0/16")).collect();
        let slices: Vec<&str> = slices.iter().map(String::as_str).collect();
        for (entries, expected) in [
            (vec!["0.0.0.0/0"], Truth::True),
            (vec!["0.0.0.0/1", "128.0.0.0/1"], Truth::True),
            (vec!["10.0.0.0/8"], Truth::False),
            (vec!["10.0.0.0-192.168.255.255"], Truth::True),
            (vec!["52.0.0.0/8"], Truth::True),
            (vec!["52.0.0.0/9"], Truth::False),
            (vec!["52.0.0.0/9", "52.128.0.0/9"], Truth::True),
            (vec!["52.0.0.0-52.127.255.255", "52.128.0.0-52.255.255.255"], Truth::True),
            (slices, Truth::True),
            (vec!["::/0"], Truth::True),
            (vec!["2000::/3"], Truth::True),
            (vec!["2a00::/16"], Truth::True),
            (vec!["2a00::/20"], Truth::False),
            (vec!["fd00::/8"], Truth::False),
            (vec!["203.0.113.0/24", "2001:db8::/32"], Truth::False),
            (vec![], Truth::False),
        ] {
            assert_eq!(set(&entries).broad(&assumptions), expected, "{entries:?}");
        }
        let own = Assumptions { known_networks: vec!["52.0.0.0/8".to_owned()], ..Assumptions::default() };
        assert_eq!(set(&["52.0.0.0/8"]).broad(&own), Truth::False);
        let everything_only = Assumptions { broad_v4: 3_000_000_000, ..Assumptions::default() };
        assert_eq!(set(&["0.0.0.0/1"]).broad(&everything_only), Truth::False);
    }

    #[test]
    fn what_is_not_known_stays_so() {
        let assumptions = Assumptions::default();
        let open = Addresses::not_known(unknown());
        assert_eq!(open.broad(&assumptions), Truth::Unknown);
        assert_eq!(open.union(&set(&["0.0.0.0/0"])).broad(&assumptions), Truth::True);
        assert_eq!(open.union(&set(&["8.8.8.0/24"])).broad(&assumptions), Truth::Unknown);
        assert_eq!(open.intersection(&set(&["8.8.8.0/24"])).broad(&assumptions), Truth::False);
        assert_eq!(open.complement().broad(&assumptions), Truth::Unknown);
        assert_eq!(Addresses::of_value(&Value::string("example.com")).broad(&assumptions), Truth::Unknown);
    }

    #[test]
    fn a_network_of_known_length_is_narrow_wherever_it_lies() {
        let assumptions = Assumptions::default();
        let entry = |suffix: &str| {
            let mut text = crate::value::text::TextBuilder::default();
            text.push_hole(unknown());
            text.push_str(suffix);
            Addresses::of_value(&Value::new(Data::String(text.build())))
        };
        assert_eq!(entry("/32").broad(&assumptions), Truth::False);
        assert_eq!(entry("/24").union(&set(&["8.8.8.0/24"])).broad(&assumptions), Truth::False);
        assert_eq!(entry("/0").broad(&assumptions), Truth::Unknown);
        assert_eq!(entry("/8").broad(&assumptions), Truth::Unknown);
        assert_eq!(entry(".0.0.0").broad(&assumptions), Truth::Unknown);
        assert_eq!(entry("/32").complement().broad(&assumptions), Truth::Unknown);
    }

    #[test]
    fn alternatives_agree_or_are_not_known() {
        let assumptions = Assumptions::default();
        let either = |left: &str, right: &str| {
            Addresses::of_value(&Value::unknown(Unknown {
                one_of: vec![Value::string(left), Value::string(right)],
                ..Unknown::because(Cause::Function("timestamp".into()))
            }))
            .broad(&assumptions)
        };
        assert_eq!(either("8.8.8.8/32", "9.9.9.9/32"), Truth::False);
        assert_eq!(either("0.0.0.0/0", "0.0.0.0/1"), Truth::True);
        assert_eq!(either("0.0.0.0/0", "9.9.9.9/32"), Truth::Unknown);
    }

    #[test]
    fn shares_are_said_in_percent() {
        for (entries, share) in [
            (vec!["0.0.0.0/0"], "100 % of IPv4"),
            (vec!["0.0.0.0/1"], "50.0 % of IPv4"),
            (vec!["8.8.8.0/24"], "less than 0.1 % of IPv4"),
            (vec!["0.0.0.0/0", "::/0"], "100 % of IPv4 and 100 % of IPv6"),
            (vec![], "no address"),
        ] {
            assert_eq!(set(&entries).share(), share);
        }
    }

    fn some_set() -> impl Strategy<Value = Addresses> {
        let network = (any::<u32>(), 0_u8..=32).prop_map(|(address, bits)| {
            Addresses::parse(&format!("{}/{bits}", Ipv4Addr::from_bits(address))).unwrap()
        });
        let network6 = (any::<u128>(), 0_u8..=128).prop_map(|(address, bits)| {
            Addresses::parse(&format!("{}/{bits}", Ipv6Addr::from_bits(address))).unwrap()
        });
        let range = (any::<u32>(), any::<u32>()).prop_map(|(one, two)| {
            let (first, last) = (Ipv4Addr::from_bits(one.min(two)), Ipv4Addr::from_bits(one.max(two)));
            Addresses::between(&first.to_string(), &last.to_string()).unwrap()
        });
        proptest::collection::vec(prop_oneof![network, network6, range], 0..6)
            .prop_map(|parts| parts.iter().fold(Addresses::nothing(), |set, part| set.union(part)))
    }

    proptest! {
        #[test]
        fn the_laws_of_sets_hold(a in some_set(), b in some_set(), c in some_set()) {
            prop_assert_eq!(&a.union(&b).sure, &b.union(&a).sure);
            prop_assert_eq!(&a.intersection(&b).sure, &b.intersection(&a).sure);
            prop_assert_eq!(&a.complement().complement().sure, &a.sure);
            prop_assert_eq!(
                a.union(&b).complement().sure,
                a.complement().intersection(&b.complement()).sure
            );
            prop_assert_eq!(
                a.intersection(&b.union(&c)).sure,
                a.intersection(&b).union(&a.intersection(&c)).sure
            );
            prop_assert!(a.intersection(&a.complement()).sure.is_empty());
            prop_assert!(a.union(&a.complement()).is_everything());
            for intervals in [&a.sure.v4.0, &a.sure.v6.0] {
                prop_assert!(intervals.windows(2).all(|pair| pair[0].1 < pair[1].0 && pair[1].0 - pair[0].1 > 1));
            }
        }

        #[test]
        fn a_union_never_gets_narrower(a in some_set(), b in some_set()) {
            let assumptions = Assumptions::default();
            if a.broad(&assumptions).is_true() {
                prop_assert!(a.union(&b).broad(&assumptions).is_true());
            }
            if a.broad(&assumptions).is_false() {
                prop_assert!(a.intersection(&b).broad(&assumptions).is_false());
            }
        }

        #[test]
        fn knowing_less_never_turns_an_answer(a in some_set(), b in some_set()) {
            let assumptions = Assumptions::default();
            let blurred = a.clone().perhaps(&unknown()).union(&b);
            let known = a.union(&b).broad(&assumptions);
            let answer = blurred.broad(&assumptions);
            prop_assert!(answer.is_unknown() || answer == known);
        }
    }
}
