//! Setters of settings that tests change one by one.

/// Writes setters: each sets one field and returns the settings.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($($value:ident: $type:ty),*) => $field:ident = $set:expr;)*) => {
        $($(#[$doc])*
        pub fn $name(&mut self, $($value: $type),*) -> &mut Self {
            self.$field = $set;
            self
        })*
    };
}

pub(super) use setters;
