use super::names::{
    RangeProblem, check_command_line, check_local_name, check_proxy_bypass, check_proxy_list,
    check_ranges, check_remote_name, temporary_name, utf16_length,
};
use crate::vocabulary::{BG_LENGTH_TO_EOF, FileRange, IllegalCharacters, Protocol};

/// Compares what a check says of each text: nothing, or a message with this part.
#[track_caller]
fn assert_checks<T>(check: fn(&str) -> Result<T, &'static str>, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        match check(text) {
            Ok(_) => assert_eq!("", *expected, "{text:?} was accepted"),
            Err(problem) => {
                assert!(!expected.is_empty(), "{text:?} was refused: {problem}");
                assert!(problem.contains(expected), "{text:?}: {problem}");
                assert!(problem.contains("; "), "{problem}: what would be right?");
            }
        }
    }
}

/// A text of that many UTF-16 units: a beginning, and letters.
fn filled(start: &str, length: usize) -> String {
    format!("{start}{}", "a".repeat(length - utf16_length(start)))
}

/// A URL of that many units whose segments are short.
fn long_url(length: usize) -> String {
    let mut url = format!("http://host{}", "/segment".repeat((length - 11) / 8));
    url.push_str(&"a".repeat(length - url.len()));
    url
}

/// PROP-05.
#[test]
fn lengths_count_utf16_units() {
    for (text, length) in [("", 0), ("abc", 3), ("é", 1), ("€", 1), ("𝄞", 2)] {
        assert_eq!(utf16_length(text), length, "{text}");
    }
}

fn strictly(name: &str) -> Result<Protocol, &'static str> {
    check_remote_name(name, IllegalCharacters::Refused)
}

/// FILES-03: what is refused whatever is said of other characters.
#[test]
fn some_names_are_never_accepted() {
    assert_checks(
        |name| check_remote_name(name, IllegalCharacters::Accepted),
        &[
            ("http://host/a b?{c}", ""),
            ("http://host/a\0b", "control character"),
            ("http://host/a\nb", "control character"),
            ("http://host/a\u{7F}", "control character"),
            ("http://host/*.exe", "wildcard"),
            ("http://größe.example/a", "IDN"),
            ("http://a b/c", "not legal"),
        ],
    );
}

/// FILES-02, FILES-03.
#[test]
fn remote_names_have_a_supported_protocol() {
    for (name, protocol) in [
        ("http://example.com/a.exe", Protocol::Http),
        ("HTTPS://example.com/a.exe", Protocol::Http),
        (r"\\server\share\a.exe", Protocol::File),
        (r"\\server\share\folder\a.exe", Protocol::File),
        (r"C:\folder\a.exe", Protocol::File),
        ("c:/folder/a.exe", Protocol::File),
        ("file://server/share/a.exe", Protocol::File),
        ("File:///C:/folder/a.exe", Protocol::File),
        ("file://C:/folder/a.exe", Protocol::File),
        ("file:////server/share/a.exe", Protocol::File),
    ] {
        assert_eq!(strictly(name), Ok(protocol), "{name}");
        assert_eq!(Protocol::of(name), protocol, "{name}");
    }
    assert_checks(
        strictly,
        &[
            ("", "protocol is not supported"),
            ("ftp://example.com/a", "protocol is not supported"),
            ("http:example.com/a", "protocol is not supported"),
            ("example.com/a", "protocol is not supported"),
            (r"C:a.exe", "protocol is not supported"),
            (r"\folder\a.exe", "protocol is not supported"),
            ("file:///folder/a.exe", "protocol is not supported"),
            ("ht€p://example.com/a", "protocol is not supported"),
        ],
    );
}

/// FILES-03, PROP-05: the limit itself is accepted.
#[test]
fn remote_names_have_limits() {
    let in_segment = |length| format!("http://host/{}/b", "a".repeat(length));
    let on_share = |length| format!(r"\\server\share\{}\b", "ä".repeat(length));
    let in_query = format!("http://host/a?{}", "q".repeat(300));
    assert_checks(
        strictly,
        &[
            (&long_url(2_199), ""),
            (&long_url(2_200), ""),
            (&long_url(2_201), "at most 2,200"),
            (&in_segment(259), ""),
            (&in_segment(260), ""),
            (&in_segment(261), "at most 260"),
            (&on_share(259), ""),
            (&on_share(260), ""),
            (&on_share(261), "at most 260"),
            (&in_query, ""),
        ],
    );
}

/// FILES-03: legal characters only, and no wildcard; FILES-04: the IDN form.
#[test]
fn urls_hold_legal_characters_and_a_server() {
    assert_checks(
        strictly,
        &[
            ("http://host/a%20b?c=d&e=*?#f", ""),
            ("http://host", ""),
            ("http://user:secret@host:8080/a", ""),
            ("http://[::1]:8080/a", ""),
            ("http://127.0.0.1:/a", ""),
            ("http://host/ä?ö=日本#ü", ""),
            ("http://host/a b", "not legal"),
            ("http://host/a\u{7F}", "control character"),
            ("http://a\u{7F}@host/x", "control character"),
            ("http://host/a\u{85}", "control character"),
            ("http://host/a#*", "wildcard"),
            ("http://host/a\0b", "control character"),
            ("http://host/a\r\n", "control character"),
            ("http://host/*.exe", "wildcard"),
            ("http://*/a.exe", "wildcard"),
            ("http://größe.example/a", "IDN"),
            ("http:///a", "no server"),
            ("http://:80/a", "no server"),
            ("http://user@/a", "no server"),
            ("http://[::1/a", "no server"),
            ("http://[host]/a", "no server"),
            ("http://host:0/a", "port"),
            ("http://host:65535/a", ""),
            ("http://host:65536/a", "port"),
            ("http://host:+80/a", "port"),
            ("http://[::1]80/a", "port"),
        ],
    );
    for character in [' ', '<', '>', '"', '{', '}', '|', '\\', '^', '`'] {
        for name in [format!("http://host/a{character}b"), format!("http://host/a?{character}")] {
            assert!(strictly(&name).is_err(), "{name}");
            assert!(check_remote_name(&name, IllegalCharacters::Accepted).is_ok(), "{name}");
        }
    }
}

/// FILES-03, FILES-04: no wildcards, pipes or devices.
#[test]
fn paths_of_shares_name_one_file() {
    assert_checks(
        strictly,
        &[
            (r"\\server\share\größe 1.txt", ""),
            (r"\\server\share\*.txt", "wildcard"),
            (r"\\server\share\a?.txt", "wildcard"),
            (r"\\grün\share\a", "IDN"),
            (r"\\server\pipe\a", "pipe"),
            (r"\\server\PIPE\a", "pipe"),
            ("file://server/pipe/a", "pipe"),
            (r"\\server\pipes\a", ""),
            (r"\\.\a", "device"),
            (r"\\.\C:\a", "device"),
            (r"C:\NUL", "device"),
            (r"\\?\C:\a", r"\\?"),
            (r"\\", "no server"),
            (r"\\\share\a", "no server"),
            (r"\\server", "no share"),
            (r"\\server\\a", "no share"),
            (r"\\server\share", "folder"),
            (r"\\server\share\", "folder"),
            (r"\\server\share\folder\", "folder"),
        ],
    );
}

/// FILES-02, FILES-05.
#[test]
fn local_names_are_full_paths_of_one_file() {
    assert_checks(
        check_local_name,
        &[
            (r"C:\a.exe", ""),
            (r"z:\folder\größe 1.exe", ""),
            ("C:/folder/a.exe", ""),
            (r"\\server\share\a.exe", ""),
            (r"C:\folder\..\a.exe", ""),
            (r"C:\console\comma.nul\com", ""),
            ("", "not a full path"),
            ("a.exe", "not a full path"),
            (r"folder\a.exe", "not a full path"),
            (r"\folder\a.exe", "not a full path"),
            (r"C:a.exe", "not a full path"),
            ("C:", "not a full path"),
            (r"ä:\a.exe", "not a full path"),
            ("http://host/a.exe", "not a full path"),
            (r"\\?\C:\a.exe", r"\\?"),
            ("//?/C:/a.exe", r"\\?"),
            (r"\\.\PhysicalDrive0", "device"),
            (r"C:\*.exe", "wildcard"),
            (r"C:\folde?\a.exe", "wildcard"),
            (r"C:\a.exe:stream", "stream"),
            (r"\\server\share\a:b", "stream"),
            (r"C:\", "folder"),
            (r"C:\folder\", "folder"),
            (r"C:\folder\..", "folder"),
            ("C:\\a\0.exe", "control character"),
            ("C:\\a\n", "control character"),
            ("C:\\a<b", "< >"),
            ("C:\\a>b", "< >"),
            ("C:\\a\"b", "< >"),
            ("C:\\a|b", "< >"),
        ],
    );
    for device in ["CON", "prn", "Aux", "NUL", "COM1", "com9", "LPT1", "COM²", "NUL.txt", "CON .x"]
    {
        for name in [format!(r"C:\{device}"), format!(r"C:\{device}\a.exe")] {
            assert_checks(check_local_name, &[(&name, "device")]);
        }
    }
    for name in ["CONS", "COM0", "COM10", "COM", "LPT", "a.NUL", "CO€1"] {
        assert_eq!(check_local_name(&format!(r"C:\{name}")), Ok(()), "{name}");
    }
}

/// FILES-05, UPLOAD-09, PROP-05.
#[test]
fn local_names_have_a_limit() {
    assert_checks(
        check_local_name,
        &[
            (&filled(r"C:\folder\", 259), ""),
            (&filled(r"C:\folder\", 260), ""),
            (&filled(r"C:\folder\", 261), "at most 260"),
            (&filled(r"C:\𝄞𝄞𝄞\", 260), ""),
            (&filled(r"C:\𝄞𝄞𝄞\", 261), "at most 260"),
        ],
    );
}

/// PROP-10.
#[test]
fn a_proxy_list_names_http_proxies() {
    assert_checks(
        check_proxy_list,
        &[
            ("proxy", ""),
            ("proxy:8080", ""),
            ("http://proxy:8080", ""),
            ("HTTPS=proxy", ""),
            ("http=http://proxy:1 https=https://10.0.0.1:65535", ""),
            ("  proxy1   proxy2 ", ""),
            ("[fe80::1%25]:8080", ""),
            ("", "names no proxy"),
            ("  ", "names no proxy"),
            ("ftp=proxy", "http or https"),
            ("ftp://proxy", "http or https"),
            ("http=socks://proxy", "http or https"),
            ("http=", "no server"),
            ("http://", "no server"),
            ("http://:80", "no server"),
            ("proxy1;proxy2", "no server"),
            ("proxy1,proxy2", "no server"),
            ("proxy/path", "no server"),
            ("proxy1\tproxy2", "no server"),
            ("*.example.com", "no server"),
            ("good bäd", "no server"),
            ("proxy:", "port"),
            ("proxy:0", "port"),
            ("proxy:65536", "port"),
            ("proxy:port", "port"),
        ],
    );
}

/// PROP-10: a wildcard at the left end only.
#[test]
fn a_bypass_list_takes_a_wildcard_at_the_left_end_only() {
    assert_checks(
        check_proxy_bypass,
        &[
            ("", ""),
            ("<local>", ""),
            ("<LOCAL>  server.example.com", ""),
            ("*.example.com *example *", ""),
            ("10.0.0.1 fe80::1 [::1]", ""),
            ("10.*", "left end"),
            ("**.com", "left end"),
            ("*.example.*", "left end"),
            ("<remote>", "cannot be read"),
            ("*<local>", "cannot be read"),
            ("http://server", "cannot be read"),
            ("a;b", "cannot be read"),
            ("bäd", "cannot be read"),
        ],
    );
}

/// NOTIFY-24.
#[test]
fn a_command_line_has_no_parameters_alone() {
    assert_eq!(check_command_line(None, None), Ok(()));
    assert_eq!(check_command_line(Some(r"C:\a.exe"), None), Ok(()));
    assert_eq!(check_command_line(Some(r"C:\a.exe"), Some(r"C:\a.exe b")), Ok(()));
    assert_eq!(check_command_line(Some(r"C:\a.exe"), Some("b")), Ok(()));
    assert!(check_command_line(None, Some("b")).is_err());
    assert!(check_command_line(None, Some("")).is_err());
}

#[test]
fn ranges_are_parts_of_a_file_that_lie_apart() {
    type Case = (&'static [(u64, u64)], Option<RangeProblem>);
    const EMPTY: Option<RangeProblem> = Some(RangeProblem::Empty);
    const INVALID: Option<RangeProblem> = Some(RangeProblem::Invalid);
    const OVERLAPPING: Option<RangeProblem> = Some(RangeProblem::Overlapping);
    const EOF: u64 = BG_LENGTH_TO_EOF;
    let cases: &[Case] = &[
        // FILES-17.
        (&[], EMPTY),
        // FILES-18.
        (&[(0, 1)], None),
        (&[(0, EOF)], None),
        (&[(EOF - 1, EOF)], None),
        (&[(0, 0)], INVALID),
        (&[(EOF, 1)], INVALID),
        (&[(EOF, EOF)], INVALID),
        (&[(EOF - 1, 1)], None),
        (&[(EOF - 1, 2)], INVALID),
        (&[(1, EOF - 1)], None),
        (&[(2, EOF - 1)], INVALID),
        // FILES-20: in any order, neighbours, overlaps by one byte, and the same offset.
        (&[(0, 10), (10, 10)], None),
        (&[(10, 10), (0, 10)], None),
        (&[(0, 11), (10, 10)], OVERLAPPING),
        (&[(10, 10), (0, 11)], OVERLAPPING),
        (&[(0, 100), (10, 1), (200, 1)], OVERLAPPING),
        (&[(5, 5), (5, 5)], OVERLAPPING),
        (&[(5, 1), (5, 9)], OVERLAPPING),
        (&[(0, 10), (10, EOF)], None),
        (&[(10, EOF), (0, 10)], None),
        (&[(0, EOF), (u64::MAX - 1, 1)], OVERLAPPING),
        (&[(0, EOF), (0, EOF)], OVERLAPPING),
        // FILES-20: with one offset, in either order, before the length 0 is looked at (FILES-18).
        (&[(100, 5), (100, 0)], OVERLAPPING),
        (&[(100, 0), (100, 5)], OVERLAPPING),
    ];
    for (ranges, refused) in cases {
        let list: Vec<_> = ranges.iter().map(|(at, length)| FileRange::new(*at, *length)).collect();
        assert_eq!(check_ranges(&list).err(), *refused, "{ranges:?}");
    }
}

#[test]
fn a_problem_of_ranges_says_what_would_be_right() {
    for problem in [RangeProblem::Empty, RangeProblem::Invalid, RangeProblem::Overlapping] {
        assert!(problem.text().contains("; give"), "{}", problem.text());
    }
}

/// DONE-01.
#[test]
fn temporary_files_lie_beside_the_destination() {
    for (local_name, number, expected) in [
        (r"C:\folder\a.exe", 0, r"C:\folder\BIT0000.tmp"),
        (r"C:\folder\a.exe", 0x1A2B, r"C:\folder\BIT1A2B.tmp"),
        (r"C:\a.exe", 0x1_0000, r"C:\BIT10000.tmp"),
        (r"\\server\share\a.exe", u32::MAX, r"\\server\share\BITFFFFFFFF.tmp"),
        ("C:/größe/a.exe", 7, "C:/größe/BIT0007.tmp"),
        ("a.exe", 7, "BIT0007.tmp"),
    ] {
        assert_eq!(temporary_name(local_name, number), expected);
    }
}
