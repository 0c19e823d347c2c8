//! How JSON is laid out: as Go's encoder does it with two spaces of indentation.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

/// Writes a document, and the two line ends it is closed with.
pub(crate) fn write_document(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = EscapingFormatter { pretty: PrettyFormatter::new() };
    value.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n\n")
}

/// Two spaces of indentation; `<`, `>` and `&` in strings are escaped as if for HTML.
struct EscapingFormatter {
    pretty: PrettyFormatter<'static>,
}

/// A method that is the inner formatter's.
macro_rules! delegate {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<W: ?Sized + Write>(&mut self, out: &mut W, $($argument: $kind),*) -> io::Result<()> {
            self.pretty.$method(out, $($argument),*)
        }
    )*};
}

impl Formatter for EscapingFormatter {
    delegate! {
        begin_array()
        end_array()
        begin_array_value(first: bool)
        end_array_value()
        begin_object()
        end_object()
        begin_object_key(first: bool)
        begin_object_value()
        end_object_value()
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, special) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            let Some(special) = special.chars().next() else { break };
            write!(out, "\\u{:04x}", u32::from(special))?;
            rest = &rest[at + special.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}
