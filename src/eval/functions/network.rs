//! IP networks.
//!
//! Enters: texts in CIDR notation. Leaves: addresses and networks. Leading zeros in octets are decimal, host bits
//! of a prefix are ignored. Source: language.md 16.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{ANY_NUMBER, Call, CallError, Function, Parameter, Returns, argument, failed, strings};
use crate::value::{Number, Value};

const PREFIX: Parameter = Parameter::string("prefix");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrcontains",
        &[Parameter::string("containing_prefix"), Parameter::string("contained_ip_or_prefix")],
        Returns::Bool,
        cidrcontains,
    ),
    Function::new("cidrhost", &[PREFIX, Parameter::number("hostnum")], Returns::String, cidrhost),
    Function::new("cidrnetmask", &[PREFIX], Returns::String, cidrnetmask),
    Function::new(
        "cidrsubnet",
        &[PREFIX, Parameter::number("newbits"), Parameter::number("netnum")],
        Returns::String,
        cidrsubnet,
    ),
    Function::new("cidrsubnets", &[PREFIX], Returns::Strings, cidrsubnets)
        .with_rest(Parameter::number("newbits"), ANY_NUMBER),
];

/// A network: its first address as a number, how many bits are fixed, and how many there are.
#[derive(Clone, Copy)]
struct Network {
    first: u128,
    length: u32,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, bits) = parse_address(address)?;
        if length.is_empty() || length.len() > 3 || !length.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok().filter(|length| *length <= bits)?;
        Some(Self { first: address & !low_bits(bits - length), length, bits })
    }

    fn argument(call: &Call<'_>, position: usize) -> Result<Self, CallError> {
        let text = call.string(position)?;
        Self::parse(text).ok_or_else(|| {
            argument(position, format!("invalid CIDR expression: invalid CIDR address: {text}"))
        })
    }

    fn last(self) -> u128 {
        self.first | low_bits(self.bits - self.length)
    }

    /// Whether it is written as IPv6 and printed as IPv4.
    fn is_mapped(self) -> bool {
        self.bits == 128 && Ipv6Addr::from(self.first).to_ipv4_mapped().is_some()
    }

    fn family(self) -> &'static str {
        if self.bits == 32 { "IPv4" } else { "IPv6" }
    }
}

/// A number whose lowest `count` bits are set.
fn low_bits(count: u32) -> u128 {
    if count >= 128 { u128::MAX } else { (1 << count) - 1 }
}

fn parse_address(text: &str) -> Option<(u128, u32)> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|address| (u128::from(address), 128));
    }
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        *octet = part.trim_start_matches('0').parse().or_else(|_| part.parse()).ok()?;
    }
    parts.next().is_none().then(|| (u128::from(u32::from(Ipv4Addr::from(octets))), 32))
}

fn print(address: u128, bits: u32) -> String {
    if bits == 32 {
        return Ipv4Addr::from(u32::try_from(address).unwrap_or(u32::MAX)).to_string();
    }
    let address = Ipv6Addr::from(address);
    match address.to_ipv4_mapped() {
        Some(mapped) => mapped.to_string(),
        None => IpAddr::V6(address).to_string(),
    }
}

/// A whole number as sign and magnitude.
fn magnitude(number: &Number) -> Option<(bool, u128)> {
    let text = Some(number).filter(|number| number.is_whole())?.to_string();
    match text.strip_prefix('-') {
        Some(digits) => Some((true, digits.parse().ok()?)),
        None => Some((false, text.parse().ok()?)),
    }
}

fn cidrcontains(call: &Call<'_>) -> Result<Value, CallError> {
    let outer = Network::argument(call, 0)?;
    let text = call.string(1)?;
    let inner = Network::parse(text)
        .or_else(|| parse_address(text).map(|(first, bits)| Network { first, length: bits, bits }))
        .ok_or_else(|| argument(1, format!("invalid IP address or prefix: {text}")))?;
    if outer.bits != inner.bits {
        return Err(failed(format!("address family mismatch: {} and {}", outer.family(), inner.family())));
    }
    Ok(Value::bool(outer.first <= inner.first && inner.last() <= outer.last()))
}

fn cidrhost(call: &Call<'_>) -> Result<Value, CallError> {
    let network = Network::argument(call, 0)?;
    let number = call.number(1)?;
    let most = low_bits(network.bits - network.length);
    let too_large =
        || failed(format!("prefix of {} does not accommodate a host numbered {number}", network.length));
    if !number.is_whole() {
        return Err(argument(1, "a whole number is required"));
    }
    let host = match magnitude(number).ok_or_else(too_large)? {
        (false, host) => host,
        // -1 is the last address.
        (true, from_end) => most.checked_sub(from_end.saturating_sub(1)).ok_or_else(too_large)?,
    };
    if host > most {
        return Err(too_large());
    }
    // Terraform makes an address of another kind here, and not one that means anything.
    if network.is_mapped() {
        return Err(call.not_computed());
    }
    Ok(Value::string(print(network.first | host, network.bits)))
}

fn cidrnetmask(call: &Call<'_>) -> Result<Value, CallError> {
    let network = Network::argument(call, 0)?;
    if network.bits != 32 {
        return Err(argument(0, format!("IPv6 addresses cannot have a netmask: {}", call.string(0)?)));
    }
    Ok(Value::string(print(low_bits(32) & !low_bits(32 - network.length), 32)))
}

fn cidrsubnet(call: &Call<'_>) -> Result<Value, CallError> {
    let network = Network::argument(call, 0)?;
    let new_bits = call.integer(1)?;
    let number = call.number(2)?;
    let Ok(new_bits) = u32::try_from(new_bits) else { return Err(call.not_computed()) };
    let length = network.length.saturating_add(new_bits);
    if length > network.bits {
        return Err(failed(format!(
            "insufficient address space to extend prefix of {} by {new_bits}",
            network.length
        )));
    }
    if !number.is_whole() {
        return Err(argument(2, "a whole number is required"));
    }
    if network.is_mapped() {
        return Err(call.not_computed());
    }
    let (negative, subnet) = magnitude(number).ok_or_else(|| call.not_computed())?;
    if subnet > u128::from(u64::MAX) {
        return Err(call.not_computed());
    }
    if subnet > low_bits(new_bits) {
        return Err(failed(format!(
            "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
        )));
    }
    let shift = network.bits - length;
    let shifted = if shift >= 128 { 0 } else { subnet << shift };
    if !negative {
        return Ok(Value::string(format!("{}/{length}", print(network.first | shifted, network.bits))));
    }
    // Terraform writes the bits of the negative number over the address and prints the magnitude of what comes out.
    let (Ok(first), Ok(shifted), 32) = (i64::try_from(network.first), i64::try_from(shifted), network.bits)
    else {
        return Err(call.not_computed());
    };
    let address = (first | -shifted).unsigned_abs();
    if address > u64::from(u32::MAX) {
        return Err(call.not_computed());
    }
    Ok(Value::string(format!("{}/{length}", print(u128::from(address), 32))))
}

fn cidrsubnets(call: &Call<'_>) -> Result<Value, CallError> {
    let network = Network::argument(call, 0)?;
    if network.is_mapped() {
        return Err(call.not_computed());
    }
    let mut subnets: Vec<String> = Vec::new();
    let mut next = Some(network.first);
    for position in 1..call.arguments.len() {
        let new_bits = call.integer(position)?;
        if new_bits < 1 {
            return Err(argument(position, "must extend prefix by at least one bit"));
        }
        let Some(new_bits) = u32::try_from(new_bits).ok().filter(|bits| *bits <= 32) else {
            return Err(argument(position, "may not extend prefix by more than 32 bits"));
        };
        let length = network.length + new_bits;
        if length > network.bits {
            return Err(argument(
                position,
                format!(
                    "would extend prefix to {length} bits, which is too long for an {} address",
                    network.family()
                ),
            ));
        }
        let inside = low_bits(network.bits - length);
        // Up to the next multiple of its own size.
        let first = next.and_then(|next| next.checked_add(inside)).map(|next| next & !inside);
        let fits = first.and_then(|first| first.checked_add(inside)).filter(|last| *last <= network.last());
        let (Some(first), Some(last)) = (first, fits) else {
            return Err(argument(
                position,
                format!("not enough remaining address space for a subnet with a prefix of {length} bits"),
            ));
        };
        subnets.push(format!("{}/{length}", print(first, network.bits)));
        next = last.checked_add(1);
    }
    Ok(strings(subnets))
}
