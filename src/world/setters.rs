//! Setters of settings that tests change one by one.

/// Writes setters: each changes the settings, and returns them.
macro_rules! setters {
    ($(
        $(#[$doc:meta])*
        $name:ident($($value:ident: $type:ty),*) |$settings:ident| $change:expr;
    )*) => {
        $($(#[$doc])*
        pub fn $name(&mut self, $($value: $type),*) -> &mut Self {
            let $settings = &mut *self;
            $change;
            self
        })*
    };
}

pub(super) use setters;
