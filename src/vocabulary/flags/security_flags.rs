//! HTTP security flags and redirect policies.

use super::flags;

use crate::vocabulary::enums::enumeration::enumeration;

enumeration! {
    /// The redirect policy of a download: what it does when the server redirects it (PROP-20,
    /// HTTP-12, HTTP-13).
    ///
    /// ```
    /// use bits_emulator::settings::RedirectPolicy;
    ///
    /// assert_eq!(RedirectPolicy::default(), RedirectPolicy::AllowSilent);
    /// assert_eq!(RedirectPolicy::Disallow.value(), 0x200);
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    #[derive(Default)]
    RedirectPolicy is "BG_HTTP_REDIRECT_POLICY", prefix "BG_HTTP_REDIRECT_POLICY_" {
        /// Follow, and keep the remote name.
        #[default]
        AllowSilent "BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT" = 0x000,
        /// Follow, and store the final URL as remote name.
        AllowReport "BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT" = 0x100,
        /// Fail, and store the URL that the redirect names.
        Disallow "BG_HTTP_REDIRECT_POLICY_DISALLOW" = 0x200,
    }
}

flags! {
    /// The security flags of a job: what its HTTPS checks ignore, and its redirect policy
    /// (PROP-20).
    ///
    /// ```
    /// use bits_emulator::settings::{HttpSecurityFlags, RedirectPolicy};
    ///
    /// let flags = HttpSecurityFlags::from_value(0x201).unwrap();
    /// assert!(flags.contains(HttpSecurityFlags::ENABLE_CRL_CHECK));
    /// assert_eq!(flags.redirect_policy(), Some(RedirectPolicy::Disallow));
    ///
    /// // Two policies at once are none.
    /// assert_eq!(HttpSecurityFlags::from_value(0x300), None);
    /// ```
    #[derive(Default)]
    HttpSecurityFlags {
        /// Ask before each file whether the certificate is revoked (HTTP-16).
        ENABLE_CRL_CHECK "BG_SSL_ENABLE_CRL_CHECK" = 0x0001,
        /// Accept a certificate for another host name (PROP-20).
        IGNORE_CERT_CN_INVALID "BG_SSL_IGNORE_CERT_CN_INVALID" = 0x0002,
        /// Accept an expired certificate (PROP-20).
        IGNORE_CERT_DATE_INVALID "BG_SSL_IGNORE_CERT_DATE_INVALID" = 0x0004,
        /// Accept an unknown issuer (PROP-20).
        IGNORE_UNKNOWN_CA "BG_SSL_IGNORE_UNKNOWN_CA" = 0x0008,
        /// Accept a certificate meant for another use (PROP-20).
        IGNORE_CERT_WRONG_USAGE "BG_SSL_IGNORE_CERT_WRONG_USAGE" = 0x0010,
        /// The bits that hold the [`RedirectPolicy`] (PROP-20).
        REDIRECT_POLICY_MASK "BG_HTTP_REDIRECT_POLICY_MASK" = 0x0700,
        /// Follow a redirect that gives up HTTPS (HTTP-12).
        ALLOW_HTTPS_TO_HTTP "BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP" = 0x0800,
    }
}

impl HttpSecurityFlags {
    /// The flags with that number; none if a flag or the redirect policy is not defined, which
    /// `SetSecurityFlags` refuses with [`E_NOTIMPL`](crate::HResult::E_NOTIMPL) (PROP-20).
    #[must_use]
    pub fn from_value(value: u32) -> Option<Self> {
        Self::from_bits(value).filter(|flags| flags.redirect_policy().is_some())
    }

    /// The redirect policy; none if its bits name no policy.
    #[must_use]
    pub fn redirect_policy(self) -> Option<RedirectPolicy> {
        RedirectPolicy::from_value(self.intersection(Self::REDIRECT_POLICY_MASK).bits()).ok()
    }

    /// The same flags with another redirect policy.
    #[must_use]
    pub const fn with_redirect_policy(self, policy: RedirectPolicy) -> Self {
        self.difference(Self::REDIRECT_POLICY_MASK).union(Self::from_bits_truncate(policy.value()))
    }
}
