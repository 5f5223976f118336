//! Standard output and standard error: with colours on a terminal, and deaf to a reader that has gone.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::builder::styling::{AnsiColor, Style};

/// Of what held.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Of what did not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Of remarks beside what is meant.
pub(crate) const REMARK: Style = Style::new().dimmed();

/// Standard output. Colours reach a terminal only, and not one whose user has set `NO_COLOR`.
pub(crate) type Output = BufWriter<UntilClosed<AutoStream<StdoutLock<'static>>>>;

/// Opens standard output.
pub(crate) fn open() -> Output {
    BufWriter::new(UntilClosed { to: AutoStream::auto(io::stdout().lock()), is_closed: false })
}

/// Flushes what was written, and returns that code; or reports that writing failed.
pub(crate) fn finish(written: io::Result<()>, mut out: Output, code: ExitCode) -> ExitCode {
    match written.and_then(|()| out.flush()) {
        Ok(()) => code,
        Err(error) => {
            complain(format_args!("error: cannot write the output: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Prints a text at once. Returns whether that could be done.
pub(crate) fn print(text: &str) -> bool {
    let mut out = open();
    let written = out.write_all(text.as_bytes());
    finish(written, out, ExitCode::SUCCESS) == ExitCode::SUCCESS
}

/// Writes a message to standard error. Where that fails, as on a full device, the exit code alone remains.
pub(crate) fn complain(message: impl Display) {
    let _ = writeln!(anstream::stderr(), "{message}");
}

/// A writer whose reader may close it, as in `bits run FILE | head`: the rest is written nowhere, so that
/// what is still to be found out does not depend on who reads.
pub(crate) struct UntilClosed<W> {
    to: W,
    is_closed: bool,
}

impl<W: Write> UntilClosed<W> {
    fn unless_closed<T>(
        &mut self,
        act: impl FnOnce(&mut W) -> io::Result<T>,
        otherwise: T,
    ) -> io::Result<T> {
        if self.is_closed {
            return Ok(otherwise);
        }
        match act(&mut self.to) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(|to| to.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(Write::flush, ())
    }
}
