//! Security flags, client certificates and custom headers.

use crate::common::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::{Call, ComputerEvent, Outcome, Success};
use bits_emulator::settings::{
    CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate, HttpSecurityFlags,
    RedirectPolicy,
};
use bits_emulator::{HResult, JobState, JobType};

const INVALID_BITS: HResult = HResult::E_NOTIMPL;

fn unfinished() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

fn set_flags(bits: u32) -> Call {
    Call::SetSecurityFlags(HttpSecurityFlags::from_bits_retain(bits))
}

/// PROP-20: each flag alone, all together, each redirect policy, each of both.
#[test]
fn security_flags_that_are_defined_are_kept() {
    for policy in [0x000, 0x100, 0x200] {
        for flags in [0, 0x1, 0x2, 0x4, 0x8, 0x10, 0x800, 0x81F] {
            for job_type in JobType::ALL.iter().copied() {
                let mut job = job_in(job_type, Suspended);
                call(&mut job, set_flags(policy | flags), start());
                assert_eq!(job.security_flags().bits(), policy | flags);
                let kept = job.security_flags().redirect_policy().map(RedirectPolicy::value);
                assert_eq!(kept, Some(policy));
                call(&mut job, set_flags(0), start());
                assert_eq!(job.security_flags().bits(), 0, "the new ones replace the old");
            }
        }
    }
}

/// PROP-20
#[test]
fn other_security_flags_are_refused() {
    let undefined = (0..32).map(|bit| 1 << bit).filter(|bit| 0xB1F & bit == 0);
    for bits in undefined.chain([0x300, 0x500, 0x600, 0x700, 0x21, 0x1001, u32::MAX]) {
        for state in unfinished() {
            let mut job = download_in(state);
            assert_eq!(
                refused(&mut job, set_flags(bits), start()).code(),
                INVALID_BITS,
                "{bits:#X}"
            );
        }
    }
}

fn certificate(
    location: CertStoreLocation,
    store: Option<&str>,
    id: Option<CertificateId>,
) -> ClientCertificate {
    ClientCertificate { location, store_name: store.map(Into::into), id }
}

fn hash(length: usize) -> CertificateId {
    CertificateId::Hash(vec![7; length].into())
}

fn subject(name: &str) -> CertificateId {
    CertificateId::Subject(name.into())
}

fn set(certificate: &ClientCertificate, lookup: CertificateLookup) -> Call {
    Call::SetClientCertificate(certificate.clone().into(), lookup)
}

fn code(result: Result<Outcome, bits_emulator::Error>) -> HResult {
    result.map_or_else(|error| error.code(), |outcome| outcome.success.code())
}

/// PROP-21: by hash or by subject, of any store, for every type of job; the last one counts.
#[test]
fn a_client_certificate_is_named_by_hash_or_subject() {
    for job_type in JobType::ALL.iter().copied() {
        let mut job = job_in(job_type, Suspended);
        for (number, location) in (0..8).zip(CertStoreLocation::ALL.iter().copied()) {
            assert_eq!(CertStoreLocation::from_value(number), Ok(location));
            for id in [hash(20), subject("CN=client")] {
                for store in ["CA", "MY", "ROOT", "SPC", "my own"] {
                    let chosen = certificate(location, Some(store), Some(id.clone()));
                    call(&mut job, set(&chosen, CertificateLookup::Found), start());
                    assert_eq!(job.client_certificate(), Ok(&chosen));
                }
            }
        }
    }
    for number in [8, u32::MAX] {
        let code = CertStoreLocation::from_value(number).unwrap_err().code;
        assert_eq!(code, HResult::E_NOTIMPL);
    }
}

/// PROP-21: each flaw with its code; a job that has a certificate keeps it.
#[test]
fn a_certificate_that_cannot_be_is_refused() {
    let user = CertStoreLocation::CurrentUser;
    let long = "s".repeat(256);
    let null = HResult::RPC_X_NULL_REF_POINTER;
    let too_long = HResult::BG_E_STRING_TOO_LONG;
    let (found, my) = (CertificateLookup::Found, Some("MY"));
    let good = certificate(user, my, Some(hash(20)));
    let good_subject = certificate(user, my, Some(subject("client")));
    for (wrong, lookup, expected) in [
        (certificate(user, None, Some(hash(20))), found, null),
        (certificate(user, None, Some(subject("client"))), found, null),
        (certificate(user, my, None), found, null),
        (certificate(user, Some(&long), Some(hash(20))), found, too_long),
        (certificate(user, my, Some(subject(&long))), found, too_long),
        (certificate(user, my, Some(hash(0))), found, HResult::RPC_X_BAD_STUB_DATA),
        (certificate(user, my, Some(hash(32))), found, HResult::RPC_X_BAD_STUB_DATA),
        (good.clone(), CertificateLookup::NoStore, HResult::ERROR_FILE_NOT_FOUND),
        (good.clone(), CertificateLookup::NoCertificate, HResult::CRYPT_E_NOT_FOUND),
        (good.clone(), CertificateLookup::AccessDenied, HResult::E_ACCESSDENIED),
        (good_subject.clone(), CertificateLookup::NoStore, HResult::ERROR_FILE_NOT_FOUND),
        (good_subject.clone(), CertificateLookup::NoCertificate, HResult::CRYPT_E_NOT_FOUND),
        (good_subject, CertificateLookup::AccessDenied, HResult::E_ACCESSDENIED),
    ] {
        for state in unfinished() {
            let mut job = download_in(state);
            call(&mut job, set(&good, CertificateLookup::Found), start());
            assert_eq!(refused(&mut job, set(&wrong, lookup), start()).code(), expected);
            assert_eq!(job.client_certificate(), Ok(&good));
        }
    }
    assert_eq!(HResult::CRYPT_E_NOT_FOUND.value(), 0x8009_2004);
    assert_eq!(HResult::ERROR_FILE_NOT_FOUND.value(), 0x8007_0002);
}

/// PROP-22
#[test]
fn a_certificate_is_removed_once() {
    let remove = Call::RemoveClientCertificate;
    let chosen = certificate(CertStoreLocation::CurrentUser, Some("MY"), Some(hash(20)));
    for state in unfinished() {
        let mut job = download_in(state);
        let none = job.client_certificate().unwrap_err().code();
        assert_eq!(none, HResult::RPC_X_BAD_STUB_DATA, "{state}");
        let outcome = call_outcome(&mut job, remove.clone(), start());
        assert_eq!(outcome.success.code(), HResult::S_FALSE, "{state}");

        call(&mut job, set(&chosen, CertificateLookup::Found), start());
        let outcome = call_outcome(&mut job, remove.clone(), start());
        assert_eq!((outcome.success, outcome.success.code()), (Success::Ok, HResult::S_OK));
        assert!(job.client_certificate().is_err(), "{state}");
        let outcome = call_outcome(&mut job, remove.clone(), start());
        assert_eq!(outcome.success, Success::NothingFound, "{state}");
    }
}

/// PROP-23: the owner only, in every state.
#[test]
fn another_administrator_sets_no_certificate_and_no_headers() {
    let chosen = certificate(CertStoreLocation::CurrentUser, Some("MY"), Some(hash(20)));
    let by_subject = certificate(CertStoreLocation::CurrentUser, Some("MY"), Some(subject("c")));
    let administrator = Token::administrator(500);
    for state in unfinished() {
        for call in [
            set(&chosen, CertificateLookup::Found),
            set(&by_subject, CertificateLookup::Found),
            Call::SetCustomHeaders(Some("X: y\r\n".into())),
            Call::SetCustomHeaders(None),
        ] {
            let mut job = download_in(state);
            let denied = code(job.call_by(&administrator, call.clone(), start()));
            assert_eq!(denied, HResult::E_ACCESSDENIED, "{call:?} in {state}");
            assert_eq!(job, download_in(state));
            assert_eq!(code(job.call(call, start())), HResult::S_OK);
        }
        let denied = download_in(state).custom_headers(&administrator).unwrap_err();
        assert_eq!(denied.code(), HResult::E_ACCESSDENIED, "{state}");
    }
}

fn set_headers(text: &str) -> Call {
    Call::SetCustomHeaders(Some(text.into()))
}

/// PROP-24: with each request, of every type of job, from attempt to attempt.
#[test]
fn custom_headers_are_sent_with_each_request() {
    let text = "X-Channel: beta\r\nX-Size: größe 𝄞\r\n";
    for job_type in JobType::ALL.iter().copied() {
        let mut job = job_in(job_type, Suspended);
        assert_eq!(
            (job.request_headers(), job.custom_headers(&Token::default())),
            (None, Ok(None))
        );
        call(&mut job, set_headers(text), start());
        for state in [TransientError, Transferred] {
            bring_to(&mut job, state, start());
            assert_eq!(job.request_headers().as_deref(), Some(text), "{job_type} in {state}");
            if state == TransientError {
                call(&mut job, Call::Suspend, start());
                event(&mut job, ComputerEvent::ServiceRestarted, start());
            }
        }
        assert_eq!(job.custom_headers(&Token::default()), Ok(Some(text)));
    }
}

/// PROP-24: null removes them, and other ones replace them.
#[test]
fn custom_headers_are_replaced_and_removed() {
    for state in unfinished() {
        let mut job = download_in(state);
        for text in ["X: 1\r\n", "Y: 2\r\n"] {
            call(&mut job, set_headers(text), start());
            assert_eq!(job.custom_headers(&Token::default()), Ok(Some(text)), "{state}");
        }
        call(&mut job, Call::SetCustomHeaders(None), start());
        assert_eq!(job.custom_headers(&Token::default()), Ok(None), "{state}");
        assert_eq!(job.request_headers(), None, "{state}");
    }
}

/// PROP-24: lines may end in CR LF, in LF or not at all; they are read back as given, and those that are
/// well formed are sent. Only a NUL is refused.
#[test]
fn headers_are_stored_as_given() {
    for (text, sent) in [
        ("A1:Test\nA2:Prova", Some("A1:Test\r\nA2:Prova\r\n")),
        ("X: 1", Some("X: 1\r\n")),
        ("X: 1\n", Some("X: 1\r\n")),
        ("X: 1\r\nY: 2", Some("X: 1\r\nY: 2\r\n")),
        ("X: 1\r", None),
        ("nonsense", None),
        ("nonsense\r\n\r\nX: 1\r\n", Some("X: 1\r\n")),
        ("", None),
    ] {
        let mut job = download_in(Suspended);
        call(&mut job, set_headers(text), start());
        assert_eq!(job.custom_headers(&Token::default()), Ok(Some(text)));
        assert_eq!(job.request_headers().as_deref(), sent, "{text:?}");
    }
    refused(&mut download_in(Suspended), set_headers("X: 1\0"), start());
}

/// PROP-25: nothing undoes it: no new headers, no restart, no other owner.
#[test]
fn write_only_headers_stay_so() {
    for state in unfinished() {
        let mut job = download_in(state);
        let hidden = |job: &bits_emulator::machine::JobStateMachine, by: &Token| {
            let denied = job.custom_headers(by).unwrap_err();
            assert_eq!(denied.code(), HResult::E_ACCESSDENIED, "{state}");
        };
        let owner = Token::default();
        call(&mut job, set_headers("X: 1\r\n"), start());
        for _ in 0..2 {
            let outcome = call_outcome(&mut job, Call::MakeCustomHeadersWriteOnly, start());
            assert_eq!(outcome.success, Success::Ok, "{state}");
            hidden(&job, &owner);
        }
        assert_eq!(job.request_headers().as_deref(), Some("X: 1\r\n"), "{state}: they are sent");
        call(&mut job, Call::SetCustomHeaders(None), start());
        hidden(&job, &owner);
        call(&mut job, set_headers("X: 2\r\n"), start());
        hidden(&job, &owner);
        event(&mut job, ComputerEvent::ServiceRestarted, start());
        hidden(&job, &owner);
        let administrator = Token::administrator(500);
        let take = Call::TakeOwnership(bits_emulator::machine::FileAccess::Granted);
        job.call_by(&administrator, take, start()).unwrap();
        hidden(&job, &administrator);
    }
}

/// PROP-25: always S_OK, also in the final states.
#[test]
fn headers_become_write_only_in_every_state() {
    for state in JobState::ALL.iter().copied() {
        let mut job = download_in(state);
        let result = job.call(Call::MakeCustomHeadersWriteOnly, start());
        assert_eq!(code(result), HResult::S_OK, "{state}");
        assert_eq!(job.state(), state);
    }
}
