//! `IBackgroundCopyJobHttpOptions` to `…HttpOptions3`, and `IBitsTokenOptions`.

use std::sync::Arc;

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, JobStateMachine, ValidationInterface};
use bits_emulator::settings::{
    CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate, HelperTokenFlags,
    HttpSecurityFlags, JobProperty,
};
use bits_emulator::{Error, HResult, JobType};

use super::case::{Case, at_once, by, by_owner, case, code_of, finally, getter, setter, unknown};
use crate::common::*;

pub(crate) fn cases() -> Vec<Case> {
    let hash = CertificateId::Hash(Arc::new([7; 20]));
    let subject = CertificateId::Subject("client".into());
    let mut cases = certificates("HttpOptions::SetClientCertificateByID", hash);
    cases.extend(certificates("HttpOptions::SetClientCertificateByName", subject));
    cases.push(case("HttpOptions::SetClientCertificateByID", HResult::RPC_X_BAD_STUB_DATA, || {
        at_once(certificate(Some("MY"), CertificateId::Hash(Arc::new([7; 19]))))
    }));
    cases.extend(known_certificates());
    cases.extend(headers());
    cases.extend(flags_and_methods());
    cases.extend(tokens());
    cases
}

fn looked_up(store: Option<&str>, id: CertificateId, lookup: CertificateLookup) -> Call {
    let location = CertStoreLocation::CurrentUser;
    let store_name = store.map(Into::into);
    let certificate = ClientCertificate { location, store_name, id: Some(id) };
    Call::SetClientCertificate(certificate.into(), lookup)
}

fn certificate(store: Option<&str>, id: CertificateId) -> Call {
    looked_up(store, id, CertificateLookup::Found)
}

fn certificates(name: &'static str, id: CertificateId) -> Vec<Case> {
    let answers = [
        (HResult::E_ACCESSDENIED, CertificateLookup::AccessDenied),
        (HResult::ERROR_FILE_NOT_FOUND, CertificateLookup::NoStore),
        (HResult::CRYPT_E_NOT_FOUND, CertificateLookup::NoCertificate),
    ];
    let answered = answers.map(|(code, lookup)| {
        let id = id.clone();
        case(name, code, move || at_once(looked_up(Some("MY"), id.clone(), lookup)))
    });
    let mut cases = Vec::from(answered);
    let (long, null, other) = (id.clone(), id.clone(), id.clone());
    cases.extend([
        case(name, HResult::E_NOTIMPL, || unknown(CertStoreLocation::from_value(8))),
        case(name, HResult::BG_E_STRING_TOO_LONG, move || {
            at_once(certificate(Some(&"s".repeat(256)), long.clone()))
        }),
        case(name, HResult::RPC_X_NULL_REF_POINTER, move || {
            at_once(certificate(None, null.clone()))
        }),
        case(name, HResult::E_ACCESSDENIED, move || {
            let call = certificate(Some("MY"), other.clone());
            by(&Token::administrator(500), download_in(Suspended), call)
        }),
    ]);
    cases.extend(setter(name, certificate(Some("MY"), id)));
    cases
}

fn with_certificate() -> JobStateMachine {
    let mut job = download_in(Suspended);
    let id = CertificateId::Subject("client".into());
    call(&mut job, certificate(Some("MY"), id), start());
    job
}

fn known_certificates() -> Vec<Case> {
    let (get, remove) =
        ("HttpOptions::GetClientCertificate", "HttpOptions::RemoveClientCertificate");
    vec![
        case(get, HResult::S_OK, || code_of(with_certificate().client_certificate())),
        case(get, HResult::RPC_X_BAD_STUB_DATA, || {
            code_of(download_in(Suspended).client_certificate())
        }),
        case(remove, HResult::S_OK, || by_owner(with_certificate(), Call::RemoveClientCertificate)),
        case(remove, HResult::S_FALSE, || at_once(Call::RemoveClientCertificate)),
        case(remove, HResult::BG_E_INVALID_STATE, || {
            finally(JobType::Download, &Call::RemoveClientCertificate)
        }),
    ]
}

fn headers() -> Vec<Case> {
    let (name, get) = ("HttpOptions::SetCustomHeaders", "HttpOptions::GetCustomHeaders");
    let set = |text: &str| Call::SetCustomHeaders(Some(text.into()));
    let (owner, administrator) = (Token::default(), Token::administrator(500));
    let with_headers = move || {
        let mut job = download_in(Suspended);
        call(&mut job, set("X-Channel: beta\r\n"), start());
        job
    };
    let found = |result: Result<Option<&str>, Error>| match result {
        Ok(Some(_)) => HResult::S_OK,
        Ok(None) => HResult::S_FALSE,
        Err(error) => error.code(),
    };
    let mut cases = vec![
        case(name, HResult::BG_E_STRING_TOO_LONG, move || {
            at_once(set(&format!("X: {}\r\n", "h".repeat(16_379))))
        }),
        case(name, HResult::E_ACCESSDENIED, move || {
            by(&administrator, download_in(Suspended), set("X: y\r\n"))
        }),
        case(get, HResult::S_OK, move || found(with_headers().custom_headers(&owner))),
        case(get, HResult::S_FALSE, move || found(download_in(Suspended).custom_headers(&owner))),
        case(get, HResult::E_ACCESSDENIED, move || {
            found(with_headers().custom_headers(&administrator))
        }),
        case(get, HResult::E_ACCESSDENIED, move || {
            let mut job = with_headers();
            call(&mut job, Call::MakeCustomHeadersWriteOnly, start());
            found(job.custom_headers(&owner))
        }),
    ];
    cases.extend(setter(name, set("X-Channel: beta\r\n")));
    cases
}

fn flags_and_methods() -> Vec<Case> {
    let (flags, method) = ("HttpOptions::SetSecurityFlags", "HttpOptions2::SetHttpMethod");
    let check = "HttpOptions3::SetServerCertificateValidationInterface";
    let write_only = "HttpOptions3::MakeCustomHeadersWriteOnly";
    let set = |bits| Call::SetSecurityFlags(HttpSecurityFlags::from_bits_retain(bits));
    let post = || Call::SetHttpMethod("POST".into());
    let interface = Call::SetServerCertificateValidationInterface;
    let mut cases = vec![
        case(flags, HResult::E_NOTIMPL, move || at_once(set(0x300))),
        getter("HttpOptions::GetSecurityFlags", || {
            download_in(Suspended).security_flags() == HttpSecurityFlags::empty()
        }),
        case(method, HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, move || {
            by_owner(download_in(Queued), post())
        }),
        case(method, HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, move || {
            let mut job = download_in(Suspended);
            call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
            by_owner(job, post())
        }),
        getter("HttpOptions2::GetHttpMethod", || download_in(Suspended).http_method() == "GET"),
        case(check, HResult::E_NOINTERFACE, move || at_once(interface(ValidationInterface::Wrong))),
        case(check, HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE, move || {
            by_owner(download_in(Queued), interface(ValidationInterface::Callback))
        }),
        // PROP-25: always.
        case(write_only, HResult::S_OK, || at_once(Call::MakeCustomHeadersWriteOnly)),
        case(write_only, HResult::S_OK, || {
            finally(JobType::Download, &Call::MakeCustomHeadersWriteOnly)
        }),
    ];
    cases.extend(setter(flags, set(0x11F)));
    cases.extend(setter(method, post()));
    cases.extend(setter(check, interface(ValidationInterface::Callback)));
    cases
}

fn tokens() -> Vec<Case> {
    let name = "TokenOptions::SetHelperToken";
    let mut cases = vec![
        case(name, HResult::E_ACCESSDENIED, || {
            by(&Token::administrator(500), download_in(Suspended), Call::SetHelperToken)
        }),
        getter("TokenOptions::GetHelperTokenFlags", || {
            download_in(Suspended).helper_token_flags() == HelperTokenFlags::empty()
        }),
        getter("TokenOptions::GetHelperTokenSid", || {
            let mut job = download_in(Suspended);
            call(&mut job, Call::SetHelperToken, start());
            job.helper_token_sid() == Some(Sid::default())
        }),
    ];
    let flags = Call::SetHelperTokenFlags(HelperTokenFlags::all());
    cases.extend(setter(name, Call::SetHelperToken));
    cases.extend(setter("TokenOptions::SetHelperTokenFlags", flags));
    cases.extend(setter("TokenOptions::ClearHelperToken", Call::ClearHelperToken));
    cases
}
