//! Proxies, credentials, certificates, headers and the method: what requests to servers carry.
//!
//! Few jobs have any of them, so that they stand behind one shared pointer.

use std::sync::Arc;

use crate::vocabulary::errors::ensure;
use crate::vocabulary::text::names;
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{
    AuthScheme, AuthTarget, CertificateId, CertificateLookup, ClientCertificate, Credentials,
    Error, HResult, HttpSecurityFlags, Method, ProxySettings, ProxyUsage, RuleId, rule,
};

/// An interpretation of 4,000 characters or 32 KB (PROP-12).
const PROXY_LIST: LongestText =
    LongestText::new("proxy list", 4_000, HResult::BG_E_PROXY_LIST_TOO_LARGE);
const BYPASS_LIST: LongestText =
    LongestText::new("bypass list", 4_000, HResult::BG_E_PROXY_BYPASS_LIST_TOO_LARGE);
const USER_NAME: LongestText = LongestText::new("user name", 300, HResult::BG_E_USERNAME_TOO_LARGE);
/// An interpretation of 65,536 or 65,535 (PROP-17).
const PASSWORD: LongestText =
    LongestText::new("password", 65_536, HResult::BG_E_PASSWORD_TOO_LARGE);
/// 16,384 with the terminator (PROP-24).
const HEADERS: LongestText =
    LongestText::new("custom headers", 16_383, HResult::BG_E_STRING_TOO_LONG);
/// 256 with the terminator, both (PROP-21).
const STORE_NAME: LongestText = LongestText::new("store name", 255, HResult::BG_E_STRING_TOO_LONG);
const SUBJECT_NAME: LongestText =
    LongestText::new("subject name", 255, HResult::BG_E_STRING_TOO_LONG);
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

    /// What is set, to change it.
    pub(crate) fn change(&mut self) -> &mut Options {
        Arc::make_mut(self.0.get_or_insert_default())
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

/// The longest text that methods take, in UTF-16 units (PROP-05), and the code that refuses a longer one.
pub(crate) struct LongestText {
    pub(crate) what: &'static str,
    pub(crate) limit: usize,
    pub(crate) code: HResult,
}

impl LongestText {
    pub(crate) const fn new(what: &'static str, limit: usize, code: HResult) -> Self {
        Self { what, limit, code }
    }

    pub(crate) fn check(&self, method: Method, text: &str, rule: RuleId) -> Result<(), Error> {
        let Self { what, limit, code } = *self;
        let length = names::utf16_length(text);
        let error = Error::TooLong { method, what, length, limit, code, rule };
        ensure(length <= limit, error)
    }
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
    PROXY_LIST.check(method, list.unwrap_or_default(), rule)?;
    BYPASS_LIST.check(method, bypass.unwrap_or_default(), rule)
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
    USER_NAME.check(method, name.unwrap_or_default(), rule)?;
    PASSWORD.check(method, password.unwrap_or_default(), rule)
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
    STORE_NAME.check(method, store, rule)?;
    match id {
        CertificateId::Hash(hash) if hash.len() != SHA1_LENGTH => {
            let problem = "a SHA-1 hash has 20 bytes";
            return invalid(problem, HResult::RPC_X_BAD_STUB_DATA);
        }
        CertificateId::Hash(_) => {}
        CertificateId::Subject(name) => SUBJECT_NAME.check(method, name, rule)?,
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

/// PROP-24: stored as given, whatever their lines are.
pub(crate) fn check_headers(headers: Option<&str>) -> Result<(), Error> {
    let (method, rule) = (Method::SetCustomHeaders, rule!("PROP-24"));
    let headers = headers.unwrap_or_default();
    HEADERS.check(method, headers, rule)?;
    let problem = "the headers hold a NUL; give text without one";
    ensure(!headers.contains('\0'), Error::invalid(method, problem, HResult::E_INVALIDARG, rule))
}

/// PROP-20
pub(crate) fn check_security_flags(flags: HttpSecurityFlags) -> Result<(), Error> {
    let problem = "a flag or the redirect policy is not defined";
    let method = Method::SetSecurityFlags;
    let known = HttpSecurityFlags::from_value(flags.bits()).map(|_| ());
    known.ok_or(Error::invalid(method, problem, HResult::E_NOTIMPL, rule!("PROP-20")))
}
