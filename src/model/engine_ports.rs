//! Ports that the engines of Amazon RDS listen on when nothing sets one.

use crate::truth::Truth;
use crate::value::Text;

/// By the beginning of the engine's name; the first that fits counts.
/// Source: RDS user guide, "Port" in "Settings for DB instances" and for clusters; Db2 after aws.md 5.7.
static ENGINES: [(&str, u16); 11] = [
    ("aurora-postgresql", 5432),
    ("aurora-mysql", 3306),
    ("aurora", 3306),
    ("postgres", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("oracle", 1521),
    ("custom-oracle", 1521),
    ("sqlserver", 1433),
    ("custom-sqlserver", 1433),
    ("db2", 50000),
];

/// The ports that an engine of that name may have, in order; all that there are for a name that is not known.
#[must_use]
pub fn of(engine: &Text) -> Vec<u16> {
    let mut candidates = Vec::new();
    for (beginning, port) in ENGINES {
        match engine.starts_with(beginning) {
            Truth::True => {
                candidates.push(port);
                break;
            }
            Truth::Unknown => candidates.push(port),
            Truth::False => {}
        }
    }
    if candidates.is_empty() { all() } else { sorted(candidates) }
}

/// The ports of all engines, in order.
#[must_use]
pub fn all() -> Vec<u16> {
    sorted(ENGINES.iter().map(|(_, port)| *port).collect())
}

fn sorted(mut ports: Vec<u16>) -> Vec<u16> {
    ports.sort_unstable();
    ports.dedup();
    ports
}
