//! What a terminal can show, by the variables that people and terminals set.

/// What is written to a stream that may be a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// ANSI colours.
    pub colors: bool,
    /// Links, as in "Hyperlinks in terminal emulators" (OSC 8).
    pub links: bool,
    /// A line that is written over again.
    pub progress: bool,
}

/// Terminals that show links, by `TERM_PROGRAM`.
const LINKING_PROGRAMS: [&str; 6] = ["ghostty", "Hyper", "iTerm.app", "rio", "vscode", "WezTerm"];
/// The same by `TERM`.
const LINKING_TERMS: [&str; 4] = ["alacritty", "foot", "xterm-ghostty", "xterm-kitty"];
/// The first VTE that does: 0.50.
const LINKING_VTE: u32 = 5000;

impl Terminal {
    /// Decides by what the stream is, and by the environment.
    ///
    /// `NO_COLOR` takes colours away, whatever else is set; `CLICOLOR_FORCE` gives them to a pipe, and
    /// `CLICOLOR=0` takes them from a terminal. `FORCE_HYPERLINK` says whether a terminal shows links.
    pub fn of(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let on = |name: &str| set(name).is_some_and(|value| value != "0");
        let off = |name: &str| set(name).is_some_and(|value| value == "0");
        let term = set("TERM");
        let is_able = is_terminal
            && match term.as_deref() {
                Some(term) => term != "dumb",
                // Consoles of Windows set none.
                None => cfg!(windows),
            };
        let colors = set("NO_COLOR").is_none() && (on("CLICOLOR_FORCE") || is_able && !off("CLICOLOR"));
        let shows_links = || {
            let program = set("TERM_PROGRAM");
            program.is_some_and(|program| LINKING_PROGRAMS.contains(&program.as_str()))
                || term.as_ref().is_some_and(|term| LINKING_TERMS.contains(&term.as_str()))
                || set("VTE_VERSION")
                    .is_some_and(|version| version.parse().is_ok_and(|version: u32| version >= LINKING_VTE))
                || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].iter().any(|name| set(name).is_some())
        };
        let links = match set("FORCE_HYPERLINK") {
            Some(forced) => forced != "0",
            None => shows_links(),
        };
        Self { colors, links: is_able && links, progress: is_able }
    }
}

#[cfg(test)]
mod tests {
    use super::Terminal;

    /// What is decided of a terminal, then of a pipe, with some variables.
    fn decided(variables: &str) -> [String; 2] {
        let variable = |name: &str| {
            let usual = [("TERM", "xterm-256color")];
            let pairs = variables.split_whitespace().filter_map(|pair| pair.split_once('='));
            let mut pairs = pairs.chain(usual);
            pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
        };
        [true, false].map(|is_terminal| {
            let Terminal { colors, links, progress } = Terminal::of(is_terminal, variable);
            let parts = [(colors, "colors"), (links, "links"), (progress, "progress")];
            parts.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn what_the_environment_decides() {
        for (variables, terminal, pipe) in [
            ("", "colors progress", ""),
            ("TERM=dumb", "", ""),
            ("TERM=dumb CLICOLOR_FORCE=1 VTE_VERSION=6003", "colors", "colors"),
            ("NO_COLOR=1", "progress", ""),
            ("NO_COLOR=", "colors progress", ""),
            ("NO_COLOR=1 CLICOLOR_FORCE=1 CLICOLOR=1", "progress", ""),
            ("CLICOLOR=0", "progress", ""),
            ("CLICOLOR=1", "colors progress", ""),
            ("CLICOLOR_FORCE=1", "colors progress", "colors"),
            ("CLICOLOR_FORCE=0", "colors progress", ""),
            ("CLICOLOR=0 CLICOLOR_FORCE=1", "colors progress", "colors"),
            ("TERM_PROGRAM=vscode", "colors links progress", ""),
            ("TERM_PROGRAM=Apple_Terminal", "colors progress", ""),
            ("TERM=xterm-kitty", "colors links progress", ""),
            ("VTE_VERSION=4900", "colors progress", ""),
            ("VTE_VERSION=7006", "colors links progress", ""),
            ("VTE_VERSION=new", "colors progress", ""),
            ("WT_SESSION=1 FORCE_HYPERLINK=0", "colors progress", ""),
            ("FORCE_HYPERLINK=1", "colors links progress", ""),
            ("FORCE_HYPERLINK=1 NO_COLOR=1", "links progress", ""),
        ] {
            assert_eq!(decided(variables), [terminal, pipe], "{variables}");
        }
    }
}
