//! What requests to servers carry, and what is checked of them.

use std::sync::Arc;

use winnow::combinator::{alt, cut_err, opt, preceded};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::quantities::{expected, member, phrase, sign};
use super::texts::{headers, hex, name, name_or};
use crate::machine::{Call, ValidationInterface};
use crate::scenario::words::NULL;
use crate::vocabulary::{
    CertificateId, CertificateLookup, ClientCertificate, Credentials, ProxySettings,
};

const TARGET: &str = "SERVER or PROXY";
const SCHEME: &str = "BASIC, DIGEST, NTLM, NEGOTIATE or PASSPORT";

pub(super) fn http_option(input: &mut &str) -> ModalResult<Call> {
    alt((
        preceded(phrase("proxy"), cut_err(proxy)),
        preceded(phrase("credentials"), cut_err(credentials)),
        preceded(phrase("remove credentials"), cut_err((member(TARGET), member(SCHEME))))
            .map(|(target, scheme)| Call::RemoveCredentials(target, scheme)),
        preceded(phrase("client certificate"), cut_err(certificate)),
        preceded(phrase("custom headers"), cut_err(headers))
            .map(|headers| Call::SetCustomHeaders(Some(headers))),
        preceded(phrase("HTTP method"), cut_err(name)).map(Call::SetHttpMethod),
        preceded(phrase("certificate callback"), cut_err(certificate_callback)),
    ))
    .parse_next(input)
}

/// `, WORD NAME`, if it is there.
fn clause<'a>(word: &'static str) -> impl ModalParser<&'a str, Option<Arc<str>>, ContextError> {
    opt(preceded((sign(","), phrase(word)), cut_err(name)))
}

fn proxy(input: &mut &str) -> ModalResult<Call> {
    let usage = member("PRECONFIG, NO_PROXY, OVERRIDE or AUTODETECT").parse_next(input)?;
    let (proxy_list, bypass_list) = (clause("list"), clause("bypass")).parse_next(input)?;
    Ok(Call::SetProxySettings(Arc::new(ProxySettings { usage, proxy_list, bypass_list })))
}

fn credentials(input: &mut &str) -> ModalResult<Call> {
    let (target, scheme) = (member(TARGET), member(SCHEME)).parse_next(input)?;
    let (user_name, password) = (clause("user"), clause("password")).parse_next(input)?;
    Ok(Call::SetCredentials(Arc::new(Credentials { target, scheme, user_name, password })))
}

/// `LOCATION STORE [, hash HEX | , subject NAME] [, no such store …]`
fn certificate(input: &mut &str) -> ModalResult<Call> {
    let location = member("a store location such as CURRENT_USER or LOCAL_MACHINE");
    let (location, store_name) = (location, name_or(NULL)).parse_next(input)?;
    let id = alt((
        preceded(phrase("hash"), cut_err(hex)).map(CertificateId::Hash),
        preceded(phrase("subject"), cut_err(name)).map(CertificateId::Subject),
    ));
    let id = opt(preceded(sign(","), id)).parse_next(input)?;
    let lookup = alt((
        phrase("no such store").value(CertificateLookup::NoStore),
        phrase("no such certificate").value(CertificateLookup::NoCertificate),
        phrase("store denied").value(CertificateLookup::AccessDenied),
    ));
    let lookup = opt(preceded(sign(","), lookup)).parse_next(input)?.unwrap_or_default();
    Ok(Call::SetClientCertificate(Arc::new(ClientCertificate { location, store_name, id }), lookup))
}

fn certificate_callback(input: &mut &str) -> ModalResult<Call> {
    alt((
        phrase("set").value(ValidationInterface::Callback),
        phrase("removed").value(ValidationInterface::Null),
        phrase("without interface").value(ValidationInterface::Wrong),
    ))
    .context(expected("`set`, `removed`, `without interface` or `returns`"))
    .map(Call::SetServerCertificateValidationInterface)
    .parse_next(input)
}
