//! What getters yield, written as the call that would set it.

use std::error::Error;
use std::sync::Arc;

use crate::machine::phrases::call_phrases;
use crate::machine::{Call, Commit, Directory, JobStateMachine};
use crate::vocabulary::{CertificateLookup, Token};

/// The call that would set what is so, or why that cannot be read.
type Current = Result<Call, Box<dyn Error>>;

/// Makes the getters of the settings from the table of calls.
macro_rules! getters {
    (@has) => { false };
    (@has $getter:expr) => { true };
    (@get $job:ident) => { Err("nothing that can be read".into()) };
    (@get $job:ident, $getter:expr) => { read($job, $getter) };
    (Call: $(
        [$($pattern:tt)+] $($kind0:ident($var0:ident))*
        $($text:literal $(? $opt:ident($opt_var:ident))? $($kind:ident($var:ident))*)*
        $(=> $getter:expr)?;
    )+) => {
        #[expect(unused_variables, reason = "few getters depend on what the call holds")]
        impl Call {
            /// Whether a getter yields what the call sets, so that it can be expected.
            pub(in crate::scenario) const fn is_readable(&self) -> bool {
                match self {
                    $($($pattern)+ => getters!(@has $($getter)?),)+
                }
            }

            pub(super) fn current(&self, job: &JobStateMachine) -> Current {
                match self {
                    $($($pattern)+ => getters!(@get job $(, $getter)?),)+
                }
            }
        }
    };
    ($($others:tt)+) => {};
}

call_phrases!(getters);

fn read(job: &JobStateMachine, getter: impl Fn(&JobStateMachine) -> Current) -> Current {
    getter(job)
}

fn command_line(job: &JobStateMachine) -> Call {
    let some = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
    let (program, parameters) = job.notify_cmd_line();
    Call::SetNotifyCmdLine { program: some(program), parameters: some(parameters) }
}

/// As the owner reads them.
fn custom_headers(job: &JobStateMachine) -> Current {
    let owner = Token { user: job.owner(), ..Token::default() };
    Ok(Call::SetCustomHeaders(job.custom_headers(&owner)?.map(Arc::from)))
}
