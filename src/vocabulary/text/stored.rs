//! Structs as snapshots hold them (feature `serde`).

/// Declares a struct that snapshots hold. A field with `= default` behind its type is left out while it
/// has its default value; unknown fields are refused.
macro_rules! stored {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $(
                $(#[$field_meta:meta])*
                $field_visibility:vis $field:ident: $type:ty $(= $default:ident)?,
            )+
        }
    ) => {
        $(#[$meta])*
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
        $visibility struct $name {
            $(
                $(#[$field_meta])*
                $(#[cfg_attr(
                    feature = "serde",
                    serde($default, skip_serializing_if = "crate::vocabulary::text::serial::is_default")
                )])?
                $field_visibility $field: $type,
            )+
        }
    };
}
pub(crate) use stored;
