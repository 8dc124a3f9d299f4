//! Text of the input on its way into a report: nothing in it moves the cursor, turns lines around or
//! speaks to the machine that reads the log.

use std::fmt::Write;

/// Whether a character changes how the text around it is shown, or is not shown at all.
///
/// Control characters, line and paragraph separators, the marks that turn the direction of writing
/// (Unicode Standard Annex 9), and characters without any width that no script needs.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Adds one character to a line, escaped where it must be.
///
/// `##[` and `##vso[` start commands of build services anywhere in a line, so their bracket is escaped.
pub(super) fn push(line: &mut String, character: char) {
    match character {
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        '[' if line.ends_with("##") || line.ends_with("##vso") => line.push_str("\\u{5b}"),
        hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
        plain => line.push(plain),
    }
}

/// A text as part of one line.
pub(super) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut line, character);
    }
    line
}

/// A text at the start of a line, where `::` would start a workflow command: a path then gets `./`, which
/// names the same file.
pub(super) fn path(text: &str) -> String {
    let path = line(text);
    if path.trim_start().starts_with("::") { format!("./{path}") } else { path }
}

/// JSON whose strings show every character that would be hidden, as `\u202e`: the same value, written so
/// that a terminal shows it. The same is done to what would start a command of a build service.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for character in text.chars() {
        let command = character == '[' && (out.ends_with("##") || out.ends_with("##vso"));
        if command || (character != '\n' && is_hidden(character)) {
            for unit in character.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (input, expected) in [
            ("plain ä 中", "plain ä 中"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\u{202e}b\u{2066}c\u{85}", "a\\u{202e}b\\u{2066}c\\u{85}"),
            ("x ##[error]y ##vso[z", "x ##\\u{5b}error]y ##vso\\u{5b}z"),
        ] {
            assert_eq!(line(input), expected);
        }
    }

    #[test]
    fn paths_start_no_command() {
        assert_eq!(path("::error::x/main.tf"), "./::error::x/main.tf");
        assert_eq!(path(" ::error::x/main.tf"), "./ ::error::x/main.tf");
        assert_eq!(path("a::b.tf"), "a::b.tf");
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({"a": "x\u{202e}y\u{e0041}\u{7f}\n", "##[b]": ["##vso[c", "[##"]});
        let text = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!text.chars().any(|character| character != '\n' && is_hidden(character)));
        assert!(!text.contains("##[") && !text.contains("##vso["), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
