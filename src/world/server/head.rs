//! How a server answers HEAD, where that differs from GET.

/// How a server answers the HEAD with which each download of a file begins (HTTP-02, HTTP-18).
///
/// ```
/// use bits_emulator::server::HeadAnswer;
/// use bits_emulator::{Emulator, HResult, JobState, JobType};
///
/// let emulator = Emulator::new();
/// let file = emulator.server("https://example.com").file("/app.exe", 10);
/// file.with_state(|file| _ = file.head(HeadAnswer::Status(403)));
///
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// let _ = emulator.run_until_idle();
/// assert_eq!(job.state()?, JobState::Error);
/// assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_403);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HeadAnswer {
    /// As it answers GET, without the bytes.
    #[default]
    AsGet,
    /// With that HTTP status instead, such as 403 or 405.
    Status(u16),
    /// Well, but without a length.
    WithoutLength,
    /// With that length instead of the file's.
    Length(u64),
}
