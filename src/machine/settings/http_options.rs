//! Proxies, credentials, certificates, headers and the method: what requests to servers carry.
//!
//! Few jobs have any of them, so that they stand behind one shared pointer.

use std::sync::Arc;

use crate::vocabulary::text::names;
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{
    AuthScheme, AuthTarget, CertificateId, CertificateLookup, ClientCertificate, Credentials,
    Error, HResult, HttpSecurityFlags, Method, ProxySettings, ProxyUsage, RuleId, rule,
};

/// The longest proxy list and bypass list: an interpretation of 4,000 characters or 32 KB
/// (PROP-12).
const LONGEST_PROXY_LIST: usize = 4_000;
/// The longest user name and password: an interpretation of 65,536 or 65,535 (PROP-17).
const LONGEST_USER_NAME: usize = 300;
const LONGEST_PASSWORD: usize = 65_536;
/// With terminator (PROP-24).
const LONGEST_HEADERS: usize = 16_384;
/// With terminator (PROP-21).
const LONGEST_CERTIFICATE_TEXT: usize = 256;
const SHA1_LENGTH: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub(crate) struct HttpOptions(Option<Arc<Options>>);

stored! {
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
    pub(crate) struct Options {
        pub(crate) proxy: ProxySettings = default,
        pub(crate) credentials: Vec<Credentials> = default,
        pub(crate) certificate: Option<Arc<ClientCertificate>> = default,
        pub(crate) headers: Option<Arc<str>> = default,
        pub(crate) headers_write_only: bool = default,
        /// Another than the default (PROP-39).
        pub(crate) method: Option<Arc<str>> = default,
    }
}

impl HttpOptions {
    /// Refuses what no calls lead to.
    #[cfg(feature = "serde")]
    pub(crate) fn check(&self) -> Result<(), Error> {
        let Some(options) = self.get() else { return Ok(()) };
        check_proxy(&options.proxy)?;
        options.credentials.iter().try_for_each(check_credentials)?;
        if let Some(certificate) = &options.certificate {
            let (method, lookup) = (Method::SetClientCertificateById, CertificateLookup::Found);
            check_certificate(method, certificate, lookup)?;
        }
        check_headers(options.headers.as_deref())
    }

    pub(crate) fn get(&self) -> Option<&Options> {
        self.0.as_deref()
    }

    fn change(&mut self) -> &mut Options {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    pub(crate) fn set_proxy(&mut self, settings: &ProxySettings) {
        self.change().proxy = settings.clone();
    }

    pub(crate) fn proxy(&self) -> Option<&ProxySettings> {
        self.get().map(|options| &options.proxy)
    }

    /// PROP-14: one entry for each target and scheme.
    pub(crate) fn set_credentials(&mut self, credentials: &Credentials) {
        self.remove_credentials(credentials.target, credentials.scheme);
        self.change().credentials.push(credentials.clone());
    }

    pub(crate) fn remove_credentials(&mut self, target: AuthTarget, scheme: AuthScheme) {
        self.change().credentials.retain(|known| (known.target, known.scheme) != (target, scheme));
    }

    pub(crate) fn credentials(
        &self,
        target: AuthTarget,
        scheme: AuthScheme,
    ) -> Option<&Credentials> {
        let mut known = self.get()?.credentials.iter();
        known.find(|known| (known.target, known.scheme) == (target, scheme))
    }

    pub(crate) fn set_certificate(&mut self, certificate: &Arc<ClientCertificate>) {
        self.change().certificate = Some(Arc::clone(certificate));
    }

    pub(crate) fn remove_certificate(&mut self) {
        self.change().certificate = None;
    }

    pub(crate) fn set_headers(&mut self, headers: Option<&Arc<str>>) {
        self.change().headers = headers.cloned();
    }

    /// PROP-25: nothing undoes it.
    pub(crate) fn make_headers_write_only(&mut self) {
        self.change().headers_write_only = true;
    }

    pub(crate) fn set_method(&mut self, method: &Arc<str>) {
        self.change().method = Some(Arc::clone(method));
    }

    pub(crate) fn has_custom_method(&self) -> bool {
        self.get().is_some_and(|options| options.method.is_some())
    }

    /// SEC-07: a new owner gets none of these.
    pub(crate) fn forget_secrets(&mut self) {
        if self.0.is_some() {
            let options = self.change();
            options.credentials.clear();
            options.certificate = None;
            options.headers = None;
        }
    }
}

/// Refuses a text that is longer than the limit (PROP-05).
pub(crate) fn check_length(
    method: Method,
    (what, text): (&'static str, &str),
    limit: usize,
    (code, rule): (HResult, RuleId),
) -> Result<(), Error> {
    let length = names::utf16_length(text);
    if length > limit {
        return Err(Error::TooLong { method, what, length, limit, code, rule });
    }
    Ok(())
}

/// PROP-08, PROP-09, PROP-12. What the lists say is looked at when a proxy is used (PROP-13).
pub(crate) fn check_proxy(settings: &ProxySettings) -> Result<(), Error> {
    let method = Method::SetProxySettings;
    let invalid = |problem, rule| Err(Error::invalid(method, problem, HResult::E_INVALIDARG, rule));
    let (list, bypass) = (settings.proxy_list.as_deref(), settings.bypass_list.as_deref());
    match settings.usage {
        ProxyUsage::Override if list.is_none() => {
            let problem = "OVERRIDE needs a proxy list";
            return invalid(problem, rule!("PROP-08"));
        }
        ProxyUsage::Preconfig | ProxyUsage::NoProxy | ProxyUsage::AutoDetect
            if list.is_some() || bypass.is_some() =>
        {
            // The code is an interpretation.
            let problem = "only OVERRIDE takes lists; leave both null";
            return invalid(problem, rule!("PROP-09"));
        }
        _ => {}
    }
    let rule = rule!("PROP-12");
    let too_large = HResult::BG_E_PROXY_LIST_TOO_LARGE;
    let list = ("proxy list", list.unwrap_or_default());
    check_length(method, list, LONGEST_PROXY_LIST, (too_large, rule))?;
    let too_large = HResult::BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
    let bypass = ("bypass list", bypass.unwrap_or_default());
    check_length(method, bypass, LONGEST_PROXY_LIST, (too_large, rule))
}

/// PROP-15, PROP-17
pub(crate) fn check_credentials(credentials: &Credentials) -> Result<(), Error> {
    let method = Method::SetCredentials;
    let (name, password) = (credentials.user_name.as_deref(), credentials.password.as_deref());
    if !credentials.scheme.takes_logged_on_user() && (name.is_none() || password.is_none()) {
        let problem = "name and password must not be null with this scheme";
        let code = HResult::E_INVALIDARG;
        let rule = rule!("PROP-15");
        return Err(Error::invalid(method, problem, code, rule));
    }
    let rule = rule!("PROP-17");
    let too_large = HResult::BG_E_USERNAME_TOO_LARGE;
    let name = ("user name", name.unwrap_or_default());
    check_length(method, name, LONGEST_USER_NAME, (too_large, rule))?;
    let too_large = HResult::BG_E_PASSWORD_TOO_LARGE;
    let password = ("password", password.unwrap_or_default());
    check_length(method, password, LONGEST_PASSWORD, (too_large, rule))
}

/// PROP-21: null, length, size of the hash; then what the store says.
pub(crate) fn check_certificate(
    method: Method,
    certificate: &ClientCertificate,
    lookup: CertificateLookup,
) -> Result<(), Error> {
    let rule = rule!("PROP-21");
    let invalid = |problem, code| Err(Error::invalid(method, problem, code, rule));
    let (Some(store), Some(id)) = (certificate.store_name.as_deref(), &certificate.id) else {
        let problem = "the store and the certificate must not be null";
        return invalid(problem, HResult::RPC_X_NULL_REF_POINTER);
    };
    let too_long = (HResult::BG_E_STRING_TOO_LONG, rule);
    check_length(method, ("store name", store), LONGEST_CERTIFICATE_TEXT - 1, too_long)?;
    match id {
        CertificateId::Hash(hash) if hash.len() != SHA1_LENGTH => {
            let problem = "a SHA-1 hash has 20 bytes";
            return invalid(problem, HResult::RPC_X_BAD_STUB_DATA);
        }
        CertificateId::Hash(_) => {}
        CertificateId::Subject(name) => {
            let name = ("subject name", &**name);
            check_length(method, name, LONGEST_CERTIFICATE_TEXT - 1, too_long)?;
        }
    }
    match lookup {
        CertificateLookup::Found => Ok(()),
        CertificateLookup::NoStore => {
            invalid("there is no such certificate store", HResult::ERROR_FILE_NOT_FOUND)
        }
        CertificateLookup::NoCertificate => {
            invalid("the store has no such certificate", HResult::CRYPT_E_NOT_FOUND)
        }
        CertificateLookup::AccessDenied => {
            let reason = "the certificate store may not be read";
            Err(Error::denied(method, reason, rule))
        }
    }
}

/// PROP-24. That a line without its CR LF is refused with E_INVALIDARG is an interpretation.
pub(crate) fn check_headers(headers: Option<&str>) -> Result<(), Error> {
    let (method, rule) = (Method::SetCustomHeaders, rule!("PROP-24"));
    let headers = headers.unwrap_or_default();
    let too_long = (HResult::BG_E_STRING_TOO_LONG, rule);
    check_length(method, ("custom headers", headers), LONGEST_HEADERS - 1, too_long)?;
    names::check_headers(headers).map_err(|problem| {
        let code = HResult::E_INVALIDARG;
        Error::invalid(method, problem, code, rule)
    })
}

/// PROP-20
pub(crate) fn check_security_flags(flags: HttpSecurityFlags) -> Result<(), Error> {
    let problem = "a flag or the redirect policy is not defined";
    let method = Method::SetSecurityFlags;
    let known = HttpSecurityFlags::from_value(flags.bits()).map(|_| ());
    known.ok_or(Error::invalid(method, problem, HResult::E_NOTIMPL, rule!("PROP-20")))
}
