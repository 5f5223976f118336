//! A sender of reports that waits for the reply. It tells the three failures apart (ERR-18): the upload
//! failed, and may be sent again; the application on the server failed, and may have worked on the
//! report already; the reply failed, and nothing is to be sent again.
//!
//! Run it: `cargo run --example upload_reply`

use std::time::Duration;

use bits_emulator::server::Content;
use bits_emulator::{
    Emulator, Error, ErrorContext, HResult, Job, JobError, JobState, JobType, Session,
};

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The reply; empty if the application had nothing to say.
    Answered(Vec<u8>),
    /// The server never had it.
    NotReceived(HResult),
    /// The application had it, and refused it.
    Rejected(HResult),
    /// The application has worked on it, and its reply got lost.
    ReplyLost(HResult),
    /// The report itself cannot be read, or changed while it was sent.
    Unreadable(HResult),
    /// BITS does not answer, or another client ended the job.
    Broken(HResult),
}

/// Which part of an upload-reply failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Upload,
    Application,
    Reply,
    Local,
}

/// ERR-18: the context alone does not tell upload from reply; the size of the reply does, which is
/// unknown until the reply begins.
fn failed_part(job: &Job, error: &JobError) -> Result<Part, Error> {
    Ok(match error.context() {
        ErrorContext::RemoteApplication => Part::Application,
        ErrorContext::LocalFile => Part::Local,
        _ if job.reply_progress()?.bytes_total.is_some() => Part::Reply,
        _ => Part::Upload,
    })
}

/// How often each part is tried again after a fatal error.
const TRIES: u32 = 3;

/// Sends a report and waits for the reply.
pub(crate) fn send(
    session: &Session,
    (url, path): (&str, &str),
    wait: &mut dyn FnMut(Duration),
) -> Sent {
    let created = session.create_job("report", JobType::UploadReply);
    let sent = created.and_then(|job| {
        let sent = begin(&job, url, path).and_then(|()| follow(&job, wait));
        if !matches!(sent, Ok(Sent::Answered(_))) {
            let _ = job.cancel();
        }
        sent
    });
    sent.unwrap_or_else(|error| Sent::Broken(error.code()))
}

fn begin(job: &Job, url: &str, path: &str) -> Result<(), Error> {
    job.add_file(url, path)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.set_no_progress_timeout(Duration::from_secs(3_600))?;
    job.resume()
}

fn follow(job: &Job, wait: &mut dyn FnMut(Duration)) -> Result<Sent, Error> {
    let mut tries = 0;
    loop {
        match job.state()? {
            JobState::Transferred => {
                let path = job.reply_file_name()?;
                let _ = job.complete()?;
                let reply = job.reply_data()?.as_ref().and_then(Content::bytes).map(<[u8]>::to_vec);
                println!("the reply is kept in {}", path.unwrap_or_default());
                return Ok(Sent::Answered(reply.unwrap_or_default()));
            }
            JobState::Error => {
                let error = job.error()?;
                let code = error.code();
                tries += 1;
                match failed_part(job, &error)? {
                    Part::Local => return Ok(Sent::Unreadable(code)),
                    // Sending it again would have it worked on twice.
                    Part::Application => return Ok(Sent::Rejected(code)),
                    Part::Upload if tries > TRIES => return Ok(Sent::NotReceived(code)),
                    Part::Reply if tries > TRIES => return Ok(Sent::ReplyLost(code)),
                    // What is done stays done: Resume goes on with the part that failed.
                    Part::Upload | Part::Reply => job.resume()?,
                }
            }
            JobState::Acknowledged | JobState::Cancelled => {
                return Ok(Sent::Broken(HResult::BG_E_NOT_FOUND));
            }
            _ => {}
        }
        wait(Duration::from_secs(10));
    }
}

fn main() {
    let emulator = Emulator::new();
    let place = emulator.server("https://example.com").resource("/in/report.txt");
    place.fails(503).with_state(|resource| {
        resource.uploads().reply("thank you");
    });
    emulator.disk().write(r"C:\data\report.txt", "all is well");
    let session = emulator.connect("alice");
    let names = ("https://example.com/in/report.txt", r"C:\data\report.txt");
    let sent = send(&session, names, &mut |time| {
        emulator.advance(time);
    });
    println!("{sent:?} at {}", emulator.now());
}
