//! Tokens of the native syntax: where comments, strings, heredocs and brackets begin and end.
//!
//! Enters: a text, also one that does not parse. Leaves: flat tokens with offsets and what encloses
//! each, from which `prepare.rs` splits a file into items and repairs what the parser takes for an
//! error. One pass over the bytes with an explicit stack: no recursion, linear in the text.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword.
    Word,
    /// A number; also the malformed ones.
    Number,
    /// A single `=`.
    Assign,
    /// A single `:`.
    Colon,
    /// A single `,`.
    Comma,
    /// A line break that is not inside a string, heredoc or comment; with its carriage return.
    Newline,
    /// `#`, `//` without the line break, or `/* */`.
    Comment,
    /// Any other sign; of several bytes when it is `==`, `=>`, `::`, `...` and so on.
    Operator,
    /// `(`, `[`, `{`, `${`, `%{`.
    Open,
    /// The counterpart of [`TokenKind::Open`]; also one that closes nothing.
    Close,
    /// The quote that begins a string.
    QuoteOpen,
    /// The quote that ends a string. Empty when the line ended before it.
    QuoteClose,
    /// `<<NAME` with its line break.
    HeredocOpen,
    /// The end marker with the blanks before it, without its line break.
    HeredocClose,
}

/// What encloses a token directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// Nothing: the top of a file or expression.
    Top,
    /// The braces of a block.
    Block,
    /// The braces of an object.
    Object,
    /// The braces of a `for` expression.
    For,
    /// `(` or `[`.
    Bracket,
    /// `${` or `%{`.
    Template,
    /// Quotes.
    Quote,
    /// A heredoc.
    Heredoc,
    /// The text of a template file.
    Text,
}

impl Within {
    /// Whether a line break means nothing there.
    #[must_use]
    pub(crate) fn ignores_newlines(self) -> bool {
        matches!(self, Self::For | Self::Bracket | Self::Template)
    }
}

/// A token; brackets and quotes lie within what is outside of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// What encloses it.
    pub(crate) within: Within,
    /// How many brackets, strings and heredocs enclose it.
    pub(crate) depth: u32,
    /// First byte.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
}

/// Something that was opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclosed {
    /// What it is.
    pub(crate) within: Within,
    /// Where it was opened.
    pub(crate) start: u32,
}

/// What was found in a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    /// The tokens, in order.
    pub(crate) tokens: Vec<Token>,
    /// What is open at the end, outermost first.
    pub(crate) unclosed: Vec<Unclosed>,
    /// Offsets of the objects with more than [`LARGEST_OBJECT`] items, and their item count.
    pub(crate) large_objects: Vec<(u32, u32)>,
    /// The heredocs (offset of `<<`) that hold a line which only begins with their marker.
    pub(crate) lookalike_ends: Vec<u32>,
}

/// How many items an object may have; the parser takes quadratic time over them.
pub(crate) const LARGEST_OBJECT: u32 = 5000;

/// Which syntax a text starts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Arguments, blocks, expressions.
    Code,
    /// Literal text with `${` and `%{`.
    Template,
}

/// Finds the tokens of `text`. Offsets are 32 bits wide: what lies beyond 4 GiB is not looked at.
#[must_use]
pub(crate) fn scan(text: &str, start: Start) -> Scan {
    let length = text.len().min(u32::MAX as usize - 1);
    let bytes = text.as_bytes().get(..length).unwrap_or_default();
    let mut scanner = Scanner {
        bytes,
        at: 0,
        base: if start == Start::Code { Within::Top } else { Within::Text },
        frames: Vec::new(),
        previous: None,
        out: Scan::default(),
    };
    while scanner.at < bytes.len() {
        match scanner.within() {
            Within::Quote => scanner.quote(),
            Within::Heredoc => scanner.heredoc(),
            Within::Text => scanner.text(),
            Within::Top
            | Within::Block
            | Within::Object
            | Within::For
            | Within::Bracket
            | Within::Template => scanner.code(),
        }
    }
    scanner.finish()
}

/// An open bracket, string or heredoc.
struct Frame {
    within: Within,
    opener: u8,
    start: u32,
    /// `=` and `:` directly inside.
    items: u32,
    /// The marker of a heredoc.
    marker: (usize, usize),
    /// Whether the heredoc text is at the start of a line.
    line_start: bool,
    /// Whether the first word was `for`, and nothing came after it yet.
    maybe_for: bool,
    /// Whether a word or sign came already.
    begun: bool,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    base: Within,
    frames: Vec<Frame>,
    /// The last token that is neither comment nor line break.
    previous: Option<TokenKind>,
    out: Scan,
}

#[allow(clippy::cast_possible_truncation, reason = "`scan` looks at less than 4 GiB")]
fn narrow(offset: usize) -> u32 {
    offset as u32
}

impl Scanner<'_> {
    fn within(&self) -> Within {
        self.frames.last().map_or(self.base, |frame| frame.within)
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Adds the token from `self.at` to `end` and goes there.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let end = end.min(self.bytes.len());
        let token = Token {
            kind,
            within: self.within(),
            depth: narrow(self.frames.len()),
            start: narrow(self.at),
            end: narrow(end),
        };
        self.at = end;
        self.out.tokens.push(token);
        if matches!(kind, TokenKind::Newline | TokenKind::Comment) {
            return;
        }
        self.previous = Some(kind);
        if let Some(frame) = self.frames.last_mut() {
            if frame.maybe_for {
                frame.maybe_for = false;
                if !matches!(kind, TokenKind::Assign | TokenKind::Colon) {
                    frame.within = Within::For;
                    for token in self.out.tokens.iter_mut().rev() {
                        if token.start <= frame.start {
                            break;
                        }
                        token.within = Within::For;
                    }
                }
            }
            if !frame.begun && frame.within == Within::Object && kind == TokenKind::Word {
                let word = self.bytes.get(token.start as usize..end);
                frame.maybe_for = word == Some(b"for".as_slice());
            }
            frame.begun = true;
            if matches!(kind, TokenKind::Assign | TokenKind::Colon) && frame.within == Within::Object {
                frame.items += 1;
            }
        }
    }

    fn open(&mut self, kind: TokenKind, within: Within, length: usize) {
        let (start, opener) = (self.at, self.byte(0));
        self.push(kind, start + length);
        self.frames.push(Frame {
            within,
            opener,
            start: narrow(start),
            items: 0,
            marker: (0, 0),
            line_start: true,
            maybe_for: false,
            begun: false,
        });
    }

    /// Leaves the innermost frame.
    fn leave(&mut self) {
        if let Some(frame) = self.frames.pop()
            && frame.items > LARGEST_OBJECT
        {
            self.out.large_objects.push((frame.start, frame.items));
        }
    }

    /// Leaves what a closing bracket closes. One that fits nothing closes nothing, but a brace also
    /// closes the parentheses left open inside of it.
    fn close(&mut self, bracket: u8) {
        let fits = |frame: &Frame| match bracket {
            b'}' => !matches!(frame.within, Within::Bracket),
            b')' => frame.opener == b'(',
            _ => frame.opener == b'[',
        };
        if bracket == b'}' {
            // Quotes and heredocs are never on top of code, so the first frame that is no bracket is a
            // brace or a template.
            while self.frames.last().is_some_and(|frame| !fits(frame)) {
                self.leave();
            }
            self.leave();
        } else if self.frames.last().is_some_and(fits) {
            self.leave();
        }
        self.push(TokenKind::Close, self.at + 1);
        // The line of a heredoc goes on.
        if let Some(frame) = self.frames.last_mut() {
            frame.line_start = false;
        }
    }

    fn code(&mut self) {
        let byte = self.byte(0);
        match byte {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(TokenKind::Newline, self.at + 1),
            b'\r' if self.byte(1) == b'\n' => self.push(TokenKind::Newline, self.at + 2),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => self.block_comment(),
            b'"' => self.open(TokenKind::QuoteOpen, Within::Quote, 1),
            b'(' | b'[' => self.open(TokenKind::Open, Within::Bracket, 1),
            b'{' => {
                let block = matches!(self.within(), Within::Top | Within::Block)
                    && matches!(self.previous, Some(TokenKind::Word | TokenKind::QuoteClose));
                self.open(TokenKind::Open, if block { Within::Block } else { Within::Object }, 1);
            }
            b')' | b']' | b'}' => self.close(byte),
            b'<' if self.byte(1) == b'<' => self.heredoc_open(),
            b',' => self.push(TokenKind::Comma, self.at + 1),
            b'=' | b':' | b'!' | b'<' | b'>' | b'&' | b'|' | b'.' => self.operator(byte),
            b'0'..=b'9' => self.number(),
            _ if is_word(byte) && byte != b'-' => {
                let mut end = self.at + 1;
                while self.bytes.get(end).copied().is_some_and(is_word) {
                    end += 1;
                }
                self.push(TokenKind::Word, end);
            }
            _ => self.push(TokenKind::Operator, self.at + 1),
        }
    }

    fn operator(&mut self, byte: u8) {
        let next = self.byte(1);
        let (kind, length) = match (byte, next) {
            (b'=' | b'!' | b'<' | b'>', b'=') | (b'=', b'>') | (b'&', b'&') | (b'|', b'|') | (b':', b':') => {
                (TokenKind::Operator, 2)
            }
            (b'.', b'.') if self.byte(2) == b'.' => (TokenKind::Operator, 3),
            (b'=', _) => (TokenKind::Assign, 1),
            (b':', _) => (TokenKind::Colon, 1),
            _ => (TokenKind::Operator, 1),
        };
        self.push(kind, self.at + length);
    }

    fn number(&mut self) {
        let mut end = self.at + 1;
        while let Some(byte) = self.bytes.get(end).copied() {
            let point = byte == b'.' && self.bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            if !byte.is_ascii_alphanumeric() && !point {
                break;
            }
            end += 1;
        }
        self.push(TokenKind::Number, end);
    }

    fn line_comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        if rest.get(..length).is_some_and(|line| line.ends_with(b"\r")) && length < rest.len() {
            length -= 1;
        }
        self.push(TokenKind::Comment, self.at + length);
    }

    fn block_comment(&mut self) {
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let length = rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 2);
        self.push(TokenKind::Comment, self.at + 2 + length);
    }

    fn heredoc_open(&mut self) {
        let name = self.at + 2 + usize::from(self.byte(2) == b'-');
        let mut end = name;
        while self
            .bytes
            .get(end)
            .copied()
            .is_some_and(|byte| is_word(byte) && (end > name || !(byte.is_ascii_digit() || byte == b'-')))
        {
            end += 1;
        }
        let line_end = end + usize::from(self.bytes.get(end) == Some(&b'\r'));
        if end == name || self.bytes.get(line_end) != Some(&b'\n') {
            self.push(TokenKind::Operator, self.at + 2);
            return;
        }
        self.open(TokenKind::HeredocOpen, Within::Heredoc, line_end + 1 - self.at);
        if let Some(frame) = self.frames.last_mut() {
            frame.marker = (name, end);
        }
    }

    /// `${`, `%{` and their escapes; whether there was one.
    fn template_sign(&mut self) -> bool {
        let sign = self.byte(0);
        if !matches!(sign, b'$' | b'%') {
            return false;
        }
        if self.byte(1) == sign && self.byte(2) == b'{' {
            self.at += 3;
            return true;
        }
        if self.byte(1) == b'{' {
            if let Some(frame) = self.frames.last_mut() {
                frame.line_start = false;
            }
            self.open(TokenKind::Open, Within::Template, 2);
            return true;
        }
        false
    }

    fn quote(&mut self) {
        match self.byte(0) {
            b'"' => {
                self.leave();
                self.push(TokenKind::QuoteClose, self.at + 1);
            }
            b'\n' => {
                self.leave();
                self.push(TokenKind::QuoteClose, self.at);
            }
            // A backslash takes the next byte with it, but not the line end.
            b'\\' if !matches!(self.byte(1), b'\n' | b'\r') => self.at += 2,
            _ => {
                if !self.template_sign() {
                    self.at += 1;
                }
            }
        }
    }

    fn text(&mut self) {
        if !self.template_sign() {
            self.at += 1;
        }
    }

    fn heredoc(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if std::mem::take(&mut frame.line_start) {
            let (marker, open) = (frame.marker, frame.start);
            let marker = self.bytes.get(marker.0..marker.1).unwrap_or_default();
            let line = self.bytes.get(self.at..).unwrap_or_default();
            let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if let Some(rest) = line.get(blanks..).and_then(|line| line.strip_prefix(marker)) {
                let after = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                if after.is_none_or(|byte| *byte == b'\n') {
                    self.leave();
                    self.push(TokenKind::HeredocClose, self.at + blanks + marker.len());
                    return;
                }
                if rest.first().is_none_or(|byte| !is_word(*byte)) {
                    self.out.lookalike_ends.push(open);
                }
            }
            // Blanks are not looked at twice, so that many blank lines stay linear.
            self.at += blanks;
            return;
        }
        if self.bytes.get(self.at) == Some(&b'\n') {
            frame.line_start = true;
            self.at += 1;
        } else if !self.template_sign() {
            self.at += 1;
        }
    }

    fn finish(mut self) -> Scan {
        if self.within() == Within::Quote {
            self.leave();
            self.push(TokenKind::QuoteClose, self.at);
        }
        self.out.unclosed =
            self.frames.iter().map(|frame| Unclosed { within: frame.within, start: frame.start }).collect();
        while !self.frames.is_empty() {
            self.leave();
        }
        self.out.large_objects.sort_unstable();
        self.out
    }
}

/// Whether a name goes on over that byte.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 128
}
