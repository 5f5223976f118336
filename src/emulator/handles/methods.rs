//! Macros that declare the methods of a handle which make one call, or read one value.
//!
//! A row begins with the name that the method has in the Windows headers.

/// Declares methods that make a call: `"Suspend" suspend(&self) => Call::Suspend;`.
macro_rules! calls {
    ($handle:ident: $(
        $(#[$meta:meta])*
        $com:literal $name:ident(&$self:ident $(, $argument:ident: $type:ty)*) => $call:expr;
    )+) => {
        impl $handle {
            $(
                $(#[$meta])*
                #[doc(alias = $com)]
                pub fn $name(&$self $(, $argument: $type)*) -> Result<(), Error> {
                    $self.apply($call)
                }
            )+
        }
    };
}

/// Declares methods that read a value: `"GetState" state(&self) -> JobState = GetState, read;`.
macro_rules! reads {
    ($handle:ident: $(
        $(#[$meta:meta])*
        $com:literal $name:ident(&$self:ident) -> $result:ty = $method:ident, $read:expr;
    )+) => {
        impl $handle {
            $(
                $(#[$meta])*
                #[doc(alias = $com)]
                pub fn $name(&$self) -> Result<$result, Error> {
                    $self.read(Method::$method, $read)
                }
            )+
        }
    };
}

pub(crate) use {calls, reads};
