//! Texts in other character encodings.
//!
//! Enters: a text or bytes, and an IANA name. Leaves: the other one, or that it cannot be. Source: language.md 16.

use encoding_rs::Encoding;

/// Why there is no result.
pub(super) enum CharsetError {
    /// No such encoding, or not one that is done here.
    NotSupported,
    /// The text has a character that the encoding has not, or the bytes are not text in it.
    NotEncodable,
}

/// Names whose meaning is the same on the web, which is what the table of the crate is for, and at IANA.
static SAME_ON_THE_WEB: &[&str] = &[
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-15",
    "koi8-r",
    "koi8-u",
    "ibm866",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
];

/// What the web reads in another way; those are done here.
enum Charset {
    Utf8,
    Utf16 { big_endian: bool, mark: bool },
    Latin1,
    Other(&'static Encoding),
}

fn charset(name: &str) -> Result<Charset, CharsetError> {
    let name = name.to_ascii_lowercase();
    Ok(match name.as_str() {
        "utf-8" => Charset::Utf8,
        "utf-16" => Charset::Utf16 { big_endian: true, mark: true },
        "utf-16be" => Charset::Utf16 { big_endian: true, mark: false },
        "utf-16le" => Charset::Utf16 { big_endian: false, mark: false },
        "iso-8859-1" | "latin1" => Charset::Latin1,
        other if SAME_ON_THE_WEB.contains(&other) => {
            Charset::Other(Encoding::for_label(other.as_bytes()).ok_or(CharsetError::NotSupported)?)
        }
        _ => return Err(CharsetError::NotSupported),
    })
}

/// The bytes of a text in an encoding.
pub(super) fn encode(text: &str, name: &str) -> Result<Vec<u8>, CharsetError> {
    match charset(name)? {
        Charset::Utf8 => Ok(text.as_bytes().to_vec()),
        Charset::Utf16 { big_endian, mark } => {
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            Ok(units
                .flat_map(|unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect())
        }
        Charset::Latin1 => text
            .chars()
            .map(|character| u8::try_from(u32::from(character)).map_err(|_| CharsetError::NotEncodable))
            .collect(),
        Charset::Other(encoding) => {
            let (bytes, _, failed) = encoding.encode(text);
            if failed { Err(CharsetError::NotEncodable) } else { Ok(bytes.into_owned()) }
        }
    }
}

/// The text of bytes in an encoding.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<String, CharsetError> {
    match charset(name)? {
        Charset::Utf8 => String::from_utf8(bytes.to_vec()).map_err(|_| CharsetError::NotEncodable),
        Charset::Utf16 { big_endian, mark } => {
            let (big_endian, bytes) = match (mark, bytes) {
                (true, [0xFE, 0xFF, rest @ ..]) => (true, rest),
                (true, [0xFF, 0xFE, rest @ ..]) => (false, rest),
                _ => (big_endian, bytes),
            };
            let (pairs, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(CharsetError::NotEncodable);
            }
            let units = pairs
                .iter()
                .map(|pair| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
            char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| CharsetError::NotEncodable)
        }
        Charset::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Charset::Other(encoding) => encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned)
            .ok_or(CharsetError::NotEncodable),
    }
}
