//! Values that clients set: credentials, certificates, proxies and generic properties.

pub(super) mod certificate;
pub(super) mod credentials;
pub(super) mod property;
pub(super) mod property_id;
pub(super) mod proxy;
