//! State of the client's own check of server certificates.

use std::sync::Arc;

use crate::machine::input::call::ValidationInterface;
use crate::vocabulary::text::stored::stored;

/// A server, as `host:port`, and the hash of the certificate that it showed.
pub(crate) type Certificate = (Arc<str>, Arc<[u8]>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub(crate) struct CertificateCheck(pub(crate) Option<Arc<Check>>);

stored! {
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
    pub(crate) struct Check {
        /// The client's object can be called; it ends with the client's process (NET-13).
        pub(crate) usable: bool = skip,
        /// Accepted since the object was set (PROP-29).
        pub(crate) accepted: Vec<Certificate> = default,
        /// The client was asked about it.
        pub(crate) asked: Option<Certificate> = skip,
    }
}

impl CertificateCheck {
    /// PROP-26: the last caller wins, and null removes it; either way nothing is accepted any more
    /// (PROP-29).
    pub(crate) fn set(&mut self, interface: ValidationInterface) {
        self.0 = match interface {
            ValidationInterface::Callback => {
                Some(Arc::new(Check { usable: true, ..Check::default() }))
            }
            ValidationInterface::Null | ValidationInterface::Wrong => None,
        };
    }

    /// NET-13: the object is not persisted; that a check is wanted is. What was accepted stays so:
    /// interpretation. Says whether it was just asked.
    pub(crate) fn lose_callback(&mut self) -> bool {
        let Some(check) = &mut self.0 else { return false };
        let check = Arc::make_mut(check);
        check.usable = false;
        check.asked.take().is_some()
    }

    /// The client that was asked need not answer any more.
    pub(crate) fn end_attempt(&mut self) {
        if let Some(check) = self.0.as_mut().filter(|check| check.asked.is_some()) {
            Arc::make_mut(check).asked = None;
        }
    }
}
