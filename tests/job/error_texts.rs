//! The texts of the error object, and the languages that have any.

use std::collections::BTreeSet;

use crate::common::*;
use bits_emulator::machine::{Event, Failure, FileIndex};
use bits_emulator::server::Protocol;
use bits_emulator::{ErrorContext, HResult, JobState, Method};

/// English as spoken in the United States.
const ENGLISH: u16 = 0x0409;

/// ERR-10
#[test]
fn the_error_object_has_six_answers() {
    let mut job = download_in(Transferring);
    let failure = Failure::http(404).in_context(ErrorContext::RemoteFile);
    event(&mut job, Event::Failed(failure), start());
    let error = job.error().unwrap();
    assert_eq!(error.code(), HResult::BG_E_HTTP_ERROR_404);
    assert_eq!(error.context(), ErrorContext::RemoteFile);
    assert_eq!(error.description(ENGLISH), HResult::BG_E_HTTP_ERROR_404.description(ENGLISH));
    assert_eq!(
        error.description(ENGLISH),
        Ok(HResult::BG_E_HTTP_ERROR_404.meaning()),
        "the text of the table"
    );
    assert_eq!(
        error.context_description(ENGLISH),
        Ok("The error arose while the remote file was processed.")
    );
    assert_eq!(error.file(), Ok(FileIndex(0)));
    // ERR-12.
    assert_eq!(error.protocol().map(Protocol::name), Ok("http"));
}

/// ERR-13
#[test]
fn a_language_has_english_text_or_none() {
    let not_found = Some(HResult::new(0x8007_0717));
    for (language, refused) in [
        (0x0000, Some(HResult::E_INVALIDARG)),
        (0x0009, None),
        (0x0409, None),
        (0x0809, None),
        (0xFC09, None),
        (0x0407, not_found),
        (0x040C, not_found),
        (0x0400, not_found),
        (0x0008, not_found),
        (0x000A, not_found),
        (0x0109, not_found),
        (0xFFFF, not_found),
    ] {
        let code = |refusal: bits_emulator::Error| refusal.code();
        let text = HResult::BG_E_EMPTY.description(language);
        assert_eq!(text.map_err(code).err(), refused, "{language:#06X}");
        let text = ErrorContext::LocalFile.description(language);
        assert_eq!(text.map_err(code).err(), refused, "{language:#06X}");

        let job = download_in(JobState::Error);
        let error = job.error().unwrap();
        assert_eq!(error.description(language).map_err(code).err(), refused);
        assert_eq!(error.context_description(language).map_err(code).err(), refused);
    }
    assert_eq!(HResult::ERROR_RESOURCE_LANG_NOT_FOUND.value(), 0x8007_0717);
}

/// ERR-13
#[test]
fn a_refusal_names_the_method_and_what_would_be_right() {
    let refusal = HResult::BG_E_EMPTY.description(0).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "GetErrorDescription: no language is given; give its LANGID, such as 0x0409 for English: \
         E_INVALIDARG (0x80070057), ERR-13"
    );
    let refusal = ErrorContext::LocalFile.description(0x0407).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "GetErrorContextDescription: there is no text in the language; ask for English, such as \
         0x0409: ERROR_RESOURCE_LANG_NOT_FOUND (0x80070717), ERR-13"
    );
    assert_eq!(Method::GetErrorDescription.name(), "GetErrorDescription");
    assert_eq!(Method::GetErrorContextDescription.name(), "GetErrorContextDescription");
}

/// ERR-13
#[test]
fn any_code_has_a_text() {
    for info in HResult::all() {
        assert_eq!(info.code.description(ENGLISH), Ok(info.meaning));
    }
    // Codes without a row tell what their number tells.
    for (code, expected) in [
        (HResult::from_http_status(418), "refused the request"),
        (HResult::from_http_status(599), "failed to serve"),
        (HResult::from_http_status(700), "unexpected HTTP status"),
        (HResult::from_win32(0xFFFF), "part of Windows"),
        (HResult::from_win32(302), "redirected"),
        (HResult::new(0x8004_1234), "failed"),
        (HResult::new(0x0004_1234), "succeeded"),
    ] {
        assert!(code.name().is_none(), "{code}");
        let text = code.description(ENGLISH).unwrap();
        assert!(text.contains(expected), "{code}: {text}");
    }
}

/// ERR-16
#[test]
fn the_contexts_have_their_numbers_and_a_text_each() {
    let numbered: Vec<_> =
        ErrorContext::ALL.iter().map(|context| (context.value(), context.name())).collect();
    assert_eq!(
        numbered,
        [
            (0, "BG_ERROR_CONTEXT_NONE"),
            (1, "BG_ERROR_CONTEXT_UNKNOWN"),
            (2, "BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER"),
            (3, "BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION"),
            (4, "BG_ERROR_CONTEXT_LOCAL_FILE"),
            (5, "BG_ERROR_CONTEXT_REMOTE_FILE"),
            (6, "BG_ERROR_CONTEXT_GENERAL_TRANSPORT"),
            (7, "BG_ERROR_CONTEXT_REMOTE_APPLICATION"),
            (8, "BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK"),
        ]
    );
    let texts: BTreeSet<_> =
        ErrorContext::ALL.iter().map(|context| context.description(ENGLISH).unwrap()).collect();
    assert_eq!(texts.len(), ErrorContext::ALL.len());
    for context in ErrorContext::ALL {
        assert_eq!(ErrorContext::from_value(context.value()), Ok(*context));
        assert_eq!(context.description(ENGLISH), Ok(context.meaning()));
    }
}
