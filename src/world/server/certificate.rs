//! Problems of server certificates that the system finds.

use crate::vocabulary::{HResult, HttpSecurityFlags};

/// A problem of the certificate of a server. The system checks certificates first (HTTP-11), and ignores
/// the problems that the flags of the job name (PROP-20).
///
/// ```
/// use bits_emulator::HResult;
/// use bits_emulator::server::CertificateProblem;
/// use bits_emulator::settings::HttpSecurityFlags;
///
/// let problem = CertificateProblem::Expired;
/// assert_eq!(problem.code(), HResult::ERROR_WINHTTP_SECURE_CERT_DATE_INVALID);
/// assert!(problem.is_seen(HttpSecurityFlags::empty()));
/// assert!(!problem.is_seen(HttpSecurityFlags::IGNORE_CERT_DATE_INVALID));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It is for another host name.
    WrongName,
    /// It has expired, or is not valid yet.
    Expired,
    /// Its issuer is unknown.
    UnknownIssuer,
    /// It is meant for another use.
    WrongUsage,
    /// It is revoked, which is seen only if the job asks for that check (HTTP-16).
    Revoked,
}

impl CertificateProblem {
    /// Returns the code with which the attempt fails.
    #[must_use]
    pub const fn code(self) -> HResult {
        match self {
            Self::WrongName => HResult::ERROR_WINHTTP_SECURE_CERT_CN_INVALID,
            Self::Expired => HResult::ERROR_WINHTTP_SECURE_CERT_DATE_INVALID,
            Self::UnknownIssuer => HResult::ERROR_WINHTTP_SECURE_INVALID_CA,
            Self::WrongUsage => HResult::ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE,
            Self::Revoked => HResult::ERROR_WINHTTP_SECURE_CERT_REVOKED,
        }
    }

    /// Returns whether an attempt of a job with those flags fails.
    #[must_use]
    pub const fn is_seen(self, flags: HttpSecurityFlags) -> bool {
        match self {
            Self::WrongName => !flags.contains(HttpSecurityFlags::IGNORE_CERT_CN_INVALID),
            Self::Expired => !flags.contains(HttpSecurityFlags::IGNORE_CERT_DATE_INVALID),
            Self::UnknownIssuer => !flags.contains(HttpSecurityFlags::IGNORE_UNKNOWN_CA),
            Self::WrongUsage => !flags.contains(HttpSecurityFlags::IGNORE_CERT_WRONG_USAGE),
            Self::Revoked => flags.contains(HttpSecurityFlags::ENABLE_CRL_CHECK),
        }
    }
}
