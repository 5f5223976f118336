//! Lines of HTTP headers: how a text is parted into them, and which are well formed (PROP-24).

/// Returns the lines, each ended by CR LF or by LF, and the last perhaps by nothing, that are well formed,
/// or those that are not.
pub(crate) fn header_lines(text: &str, well_formed: bool) -> impl Iterator<Item = &str> {
    text.lines().filter(move |line| is_well_formed(line) == well_formed)
}

/// Whether the line is a name, a colon and a value, as a request can carry it.
fn is_well_formed(line: &str) -> bool {
    let is_text = |value: &str| value.chars().all(|next| next == '\t' || !next.is_control());
    line.split_once(':').is_some_and(|(name, value)| {
        !name.is_empty() && name.chars().all(is_in_name) && is_text(value)
    })
}

/// Whether the character can stand in the name of a header (RFC 9110, token).
const fn is_in_name(next: char) -> bool {
    next.is_ascii_alphanumeric()
        || matches!(next, '!' | '#'..='\'' | '*' | '+' | '-' | '.' | '^'..='`' | '|' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PROP-24
    #[test]
    fn well_formed_lines_are_told_from_others() {
        let text = "A1:Test\nA2: ü\r\n\r\nno colon\n: no name\nA B: blank\nC: x\ry\nD:\tt\nE: \r";
        let sent: Vec<_> = header_lines(text, true).collect();
        assert_eq!(sent, ["A1:Test", "A2: ü", "D:\tt"]);
        let unsent: Vec<_> = header_lines(text, false).collect();
        assert_eq!(unsent, ["", "no colon", ": no name", "A B: blank", "C: x\ry", "E: \r"]);
        assert_eq!(header_lines("", true).chain(header_lines("", false)).count(), 0);
    }
}
