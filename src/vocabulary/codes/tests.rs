mod known;

use std::collections::BTreeSet;

use super::advice::ROWS;
use super::table::TABLE;
use super::{CodeKind, HResult};
use crate::codes::FailureClass;
use crate::codes::FailureClass::{Fatal, Transient};
use crate::vocabulary::ErrorContext::{
    GeneralQueueManager, GeneralTransport, LocalFile, RemoteFile, ServerCertificateCallback,
};
use crate::vocabulary::{ErrorContext, RuleId};
use known::KNOWN;

#[test]
fn the_table_is_sorted_and_has_no_number_twice() {
    assert!(TABLE.is_sorted_by_key(|info| info.code));
    assert!(TABLE.windows(2).all(|pair| pair[0].code != pair[1].code));
}

#[test]
fn no_name_occurs_twice() {
    let names: Vec<&str> = HResult::all().flat_map(|info| info.names()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn every_row_is_found_by_number_and_by_each_name() {
    for info in HResult::all() {
        assert_eq!(info.code.info(), Some(info));
        for name in info.names() {
            assert_eq!(name.parse(), Ok(info.code));
            assert_eq!(name.to_lowercase().parse(), Ok(info.code));
        }
    }
}

#[test]
fn numbers_between_the_rows_have_no_name() {
    for info in HResult::all() {
        let next = HResult::new(info.code.value() + 1);
        assert_eq!(next.info().is_some(), TABLE.iter().any(|info| info.code == next), "{next}");
    }
    assert_eq!(HResult::new(u32::MAX).info(), None);
}

#[test]
fn every_known_code_is_in_the_table_and_no_other() {
    let mut numbers = BTreeSet::new();
    for (name, value) in KNOWN {
        assert_eq!(name.parse(), Ok(HResult::new(*value)));
        assert!(HResult::new(*value).info().is_some(), "{name}");
        numbers.insert(*value);
    }
    assert_eq!(numbers.len(), TABLE.len());
}

#[test]
fn aliases_are_other_names_of_the_same_code() {
    assert_eq!(HResult::E_ACCESSDENIED, HResult::ERROR_ACCESS_DENIED);
    assert_eq!(HResult::E_ACCESSDENIED.name(), Some("E_ACCESSDENIED"));
    assert_eq!(HResult::BG_E_SERVER_EXECUTE_ENABLED.name(), Some("BG_E_SERVER_EXECUTE_ENABLE"));
    assert_eq!(
        HResult::ERROR_INTERNET_CONNECTION_ABORTED.name(),
        Some("ERROR_WINHTTP_CONNECTION_ERROR")
    );
}

#[test]
fn the_kind_agrees_with_the_top_bit() {
    for info in HResult::all() {
        assert_eq!(info.code.is_success(), info.kind == CodeKind::Success, "{}", info.name);
        assert_ne!(info.code.is_success(), info.code.is_failure());
    }
}

#[test]
fn only_codes_of_jobs_have_a_context_or_are_transient() {
    for info in HResult::all().filter(|info| !info.kind.fails_job()) {
        assert_eq!((info.class, info.context), (Fatal, None), "{}", info.name);
    }
    for info in HResult::all().filter(|info| info.kind == CodeKind::Job) {
        assert!(info.context.is_some_and(|context| context != ErrorContext::None), "{}", info.name);
    }
}

fn is_source(word: &str) -> bool {
    word.ends_with(".md")
        || word.ends_with(".h")
        || ["rfc6585", "recordings"].contains(&word)
        || word.strip_prefix("cc").is_some_and(|page| page.parse::<u32>().is_ok())
        || RuleId::parse(word).is_some()
}

#[test]
fn every_row_names_its_source_and_meaning() {
    for info in HResult::all() {
        assert!(info.source.split(' ').all(is_source), "{}: {}", info.name, info.source);
        assert!(info.meaning.ends_with('.') && info.meaning.len() < 90, "{}", info.name);
    }
}

#[test]
fn every_code_has_a_sentence_of_its_facility() {
    for facility in 0..0x800 {
        for code in [1, 99, 404, 503, 999, 12_345, 0xFFFF] {
            for top in [0, 0x8000_0000] {
                let code = HResult::new(top | facility << 16 | code);
                assert!(code.meaning().ends_with('.'), "{code}");
                assert_ne!(code.meaning().contains("succeeded"), code.is_failure(), "{code}");
            }
        }
    }
    for (value, wanted) in [
        (0x8019_01A2, "The server refused the request with an HTTP status."),
        (0x8020_FFFF, "BITS failed; its code has no text here."),
        (0x8007_2AF9, "The network of Windows failed; its code has no text here."),
        (0x8024_0001, "Windows Update failed; its code has no text here."),
        (0x80D0_2002, "Delivery Optimization failed; its code has no text here."),
    ] {
        assert_eq!(HResult::new(value).meaning(), wanted);
    }
}

#[test]
fn advice_names_known_codes_once_and_its_source() {
    let mut advised = BTreeSet::new();
    for row in ROWS {
        for code in row.codes {
            assert!(advised.insert(*code), "{code} has two advices");
            assert_eq!(code.advice(), row.advice);
        }
        assert!(row.source.split(' ').all(is_source), "{}", row.source);
    }
}

/// Whatever the code is, something can be said of what to do.
#[test]
fn every_code_has_an_advice() {
    let unknown =
        [0x8004_1234, 0x8007_270F, 0x8019_01A2, 0x8019_0258, 0x0004_1234].map(HResult::new);
    for code in HResult::all().map(|info| info.code).chain(unknown) {
        let advice = code.advice();
        assert!(advice.ends_with('.') && advice.len() < 260, "{code}: {advice}");
    }
    for (code, wanted) in [
        (HResult::from_win32(302), "BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP"),
        (HResult::BG_E_HTTP_ERROR_501, "a proxy before the server"),
        (HResult::ERROR_NOT_LOGGED_ON, "logged on interactively"),
        (
            HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE,
            "from the entry into ERROR or TRANSIENT_ERROR",
        ),
        (HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, "dynamic content"),
        (HResult::from_http_status(418), "then Resume"),
        (HResult::from_http_status(599), "BITS tries again by itself"),
        (HResult::BG_E_STRING_TOO_LONG, "changed nothing"),
        (HResult::S_OK, "nothing to mend"),
    ] {
        assert!(code.advice().contains(wanted), "{code}: {}", code.advice());
    }
}

/// ERR-28, restated as a table of ranges.
#[test]
fn http_statuses_have_the_documented_class() {
    let mut fatal: Vec<u16> = [300, 301, 302, 303, 304, 305, 307, 501, 505].into();
    fatal.extend((400..500).filter(|status| ![408, 409].contains(status)));
    for status in 100..=599 {
        let expected = if fatal.contains(&status) { Fatal } else { Transient };
        let code = HResult::from_http_status(status);
        assert_eq!(FailureClass::of_http_status(status), expected, "{status}");
        assert_eq!(code.failure_class(), expected, "{status}");
        assert_eq!(code.usual_context(), Some(RemoteFile), "{status}");
        assert_eq!(code.http_status(), Some(status));
    }
}

#[test]
fn named_http_statuses_carry_their_number() {
    let statuses: Vec<_> =
        HResult::all().filter(|info| info.name.starts_with("BG_E_HTTP_ERROR_")).collect();
    assert_eq!(statuses.len(), 44);
    for info in statuses {
        let status = info.code.http_status().unwrap();
        assert_eq!(info.name, format!("BG_E_HTTP_ERROR_{status}"));
        assert!(info.meaning.starts_with(&format!("HTTP {status}: ")));
    }
}

/// T3, cell by cell. Rows whose code depends on the case are left out.
#[test]
fn documented_failures_have_their_class_and_context() {
    let rows = [
        (HResult::BG_E_NETWORK_DISCONNECTED, Transient, GeneralTransport),
        (HResult::BG_E_BLOCKED_BY_POLICY, Transient, GeneralQueueManager),
        (HResult::BG_E_DESTINATION_LOCKED, Transient, LocalFile),
        (HResult::BG_E_VOLUME_CHANGED, Fatal, LocalFile),
        (HResult::ERROR_WINHTTP_CANNOT_CONNECT, Transient, GeneralTransport),
        (HResult::ERROR_WINHTTP_TIMEOUT, Transient, GeneralTransport),
        (HResult::ERROR_WINHTTP_CONNECTION_ERROR, Transient, GeneralTransport),
        (HResult::ERROR_INTERNET_CONNECTION_RESET, Transient, GeneralTransport),
        (HResult::ERROR_CONNECTION_REFUSED, Transient, GeneralTransport),
        (HResult::ERROR_HOST_UNREACHABLE, Transient, GeneralTransport),
        (HResult::ERROR_SHARING_VIOLATION, Transient, LocalFile),
        (HResult::BG_E_LOCAL_FILE_CHANGED, Fatal, LocalFile),
        (HResult::BG_E_FILE_CHANGED, Fatal, LocalFile),
        (HResult::BG_E_MISSING_FILE_SIZE, Fatal, RemoteFile),
        (HResult::BG_E_INSUFFICIENT_HTTP_SUPPORT, Fatal, RemoteFile),
        (HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, Fatal, RemoteFile),
        (HResult::BG_E_INVALID_RANGE, Fatal, RemoteFile),
        (HResult::BG_E_INVALID_SERVER_RESPONSE, Fatal, RemoteFile),
        (HResult::BG_E_INVALID_PROXY_INFO, Fatal, GeneralTransport),
        (HResult::BG_E_HTTP_ERROR_401, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_407, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_403, Fatal, RemoteFile),
        (HResult::ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, Fatal, RemoteFile),
        (HResult::ERROR_WINHTTP_SECURE_CERT_REV_FAILED, Fatal, RemoteFile),
        (HResult::ERROR_WINHTTP_SECURE_CERT_REVOKED, Fatal, RemoteFile),
        (HResult::from_win32(300), Fatal, RemoteFile),
        (HResult::from_win32(301), Fatal, RemoteFile),
        (HResult::from_win32(302), Fatal, RemoteFile),
        (HResult::from_win32(303), Fatal, RemoteFile),
        (HResult::from_win32(307), Fatal, RemoteFile),
        (HResult::BG_E_TOKEN_REQUIRED, Fatal, GeneralQueueManager),
        (HResult::ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY, Fatal, GeneralTransport),
        (HResult::BG_E_MAXDOWNLOAD_TIMEOUT, Fatal, GeneralQueueManager),
        (HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, Fatal, RemoteFile),
        (HResult::BG_E_VALIDATION_FAILED, Fatal, RemoteFile),
        (HResult::ERROR_PATH_NOT_FOUND, Fatal, RemoteFile),
        (HResult::ERROR_FILE_NOT_FOUND, Fatal, RemoteFile),
        (HResult::BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, Fatal, ServerCertificateCallback),
        (HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, Transient, GeneralQueueManager),
        (HResult::BG_E_BLOCKED_BY_BATTERY_SAVER, Transient, GeneralQueueManager),
        (HResult::BG_E_BLOCKED_BY_BATTERY_POLICY, Transient, GeneralQueueManager),
        (HResult::BG_E_BLOCKED_BY_GAME_MODE, Transient, GeneralQueueManager),
        (HResult::BG_E_STANDBY_MODE, Transient, GeneralQueueManager),
        (HResult::BG_E_TOO_LARGE, Fatal, RemoteFile),
        (HResult::BG_E_SERVER_EXECUTE_ENABLE, Fatal, RemoteFile),
        (HResult::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, Fatal, RemoteFile),
        (HResult::BG_E_SESSION_NOT_FOUND, Transient, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_400, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_404, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_414, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_501, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_505, Fatal, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_503, Transient, RemoteFile),
        (HResult::BG_E_HTTP_ERROR_504, Transient, RemoteFile),
    ];
    for (code, class, context) in rows {
        assert_eq!((code.failure_class(), code.usual_context()), (class, Some(context)), "{code}");
        assert!(code.info().is_none_or(|info| info.kind.fails_job()), "{code}");
        assert!(!code.meaning().contains("no text here"), "{code}");
    }
    // "Depends on the side": the one row of T3 without a context of its own.
    assert_eq!(HResult::E_ACCESSDENIED.failure_class(), Fatal);
    assert_eq!(HResult::E_ACCESSDENIED.usual_context(), None);
}

#[test]
fn an_unresolved_name_concerns_the_remote_file() {
    let code = HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED;
    assert_eq!((code.failure_class(), code.usual_context()), (Transient, Some(RemoteFile)));
}

#[test]
fn codes_without_a_row_follow_err_32() {
    for code in [HResult::new(0x8004_1234), HResult::from_win32(9_999)] {
        assert_eq!((code.failure_class(), code.usual_context()), (Fatal, None));
        assert_eq!(code.name(), None);
        assert!(code.meaning().ends_with("no text here."), "{code}: {}", code.meaning());
    }
    assert_eq!(HResult::from_http_status(308).failure_class(), Transient);
    assert_eq!(HResult::from_http_status(418).failure_class(), Fatal);
}

#[test]
fn wrapping_keeps_the_number() {
    assert_eq!(HResult::from_win32(0), HResult::S_OK);
    assert_eq!(HResult::from_win32(5), HResult::E_ACCESSDENIED);
    assert_eq!(HResult::from_win32(12_007), HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED);
    assert_eq!(HResult::from_win32(0x0001_0005), HResult::E_ACCESSDENIED);
    assert_eq!(HResult::from_win32(HResult::E_NOTIMPL.value()), HResult::E_NOTIMPL);
    assert_eq!(HResult::E_ACCESSDENIED.win32(), Some(5));
    for code in [HResult::S_OK, HResult::BG_E_EMPTY, HResult::new(0x0007_0005)] {
        assert_eq!(code.win32(), None, "{code}");
    }
    assert_eq!(HResult::BG_E_EMPTY.facility(), 0x20);
    assert_eq!(HResult::E_ACCESSDENIED.facility(), 7);
    assert_eq!(HResult::BG_S_PARTIAL_COMPLETE.facility(), 0x20);
}

#[test]
fn numbers_above_999_are_no_http_status() {
    assert_eq!(HResult::from_http_status(1_000).http_status(), Some(999));
    assert_eq!(HResult::from_http_status(u16::MAX).http_status(), Some(999));
    assert_eq!(HResult::from_http_status(99).http_status(), None);
    assert_eq!(HResult::BITS_MC_JOB_CANCELLED.http_status(), None);
    assert_eq!(HResult::BG_E_NOT_FOUND.http_status(), None);
}

#[test]
fn codes_are_shown_with_name_and_number() {
    let named = HResult::BG_E_HTTP_ERROR_404;
    assert_eq!(named.to_string(), "BG_E_HTTP_ERROR_404 (0x80190194)");
    assert_eq!(format!("{named:?}"), named.to_string());
    assert_eq!(HResult::S_OK.to_string(), "S_OK (0x00000000)");
    assert_eq!(HResult::new(0x8004_ABCD).to_string(), "0x8004ABCD");
    assert_eq!(
        format!("{:x} {:#X}", HResult::E_NOTIMPL, HResult::E_NOTIMPL),
        "80004001 0x80004001"
    );
}

#[test]
fn numbers_are_read_in_every_usual_form() {
    for text in ["0x80190194", "0X80190194", "2149122452", "-2145844844"] {
        assert_eq!(text.parse(), Ok(HResult::BG_E_HTTP_ERROR_404), "{text}");
    }
    assert_eq!("0".parse(), Ok(HResult::S_OK));
    for text in ["", "0x", "0x+1", "0x1801901940", "4294967296", "-2147483649", "BG_E_", " 1"] {
        let error = text.parse::<HResult>().unwrap_err();
        assert_eq!((error.given.as_str(), error.nearest), (text, None), "{text}");
    }
}

#[test]
fn a_decimal_number_up_to_65535_is_refused_with_what_it_may_mean() {
    for (given, message) in [
        (
            "12030",
            "`12030` is no HRESULT; the WinHTTP error 12030 is 0x80072EFE, ERROR_WINHTTP_CONNECTION_ERROR",
        ),
        (
            "403",
            "`403` is no HRESULT; the HTTP status 403 is 0x80190193, BG_E_HTTP_ERROR_403, \
             the Win32 error 403 is 0x80070193",
        ),
        ("5", "`5` is no HRESULT; the Win32 error 5 is 0x80070005, E_ACCESSDENIED"),
        ("65535", "`65535` is no HRESULT; the Win32 error 65535 is 0x8007FFFF"),
    ] {
        assert_eq!(given.parse::<HResult>().unwrap_err().to_string(), message);
    }
    for (given, value) in [("0", 0), ("1", 1), ("65536", 65_536), ("-1", u32::MAX), ("0x193", 403)]
    {
        assert_eq!(given.parse(), Ok(HResult::new(value)));
    }
}

#[test]
fn a_close_name_is_suggested() {
    for (given, nearest) in [
        ("BG_E_HTTP_ERROR_4O4", Some("BG_E_HTTP_ERROR_404")),
        ("bg_e_notfound", Some("BG_E_NOT_FOUND")),
        ("E_ACCESS_DENIED", Some("E_ACCESSDENIED")),
        ("BG_E_BLOCKED_BY_POLCY", Some("BG_E_BLOCKED_BY_POLICY")),
        ("SOMETHING_ELSE", None),
    ] {
        assert_eq!(given.parse::<HResult>().unwrap_err().nearest, nearest, "{given}");
    }
    assert_eq!(
        "SOMETHING_ELSE".parse::<HResult>().unwrap_err().to_string(),
        "`SOMETHING_ELSE` is neither a known result code nor a 32-bit number"
    );
}
