//! Conversions into callback objects: closures, objects of their own, shared objects, and none.

use std::sync::Arc;

use super::callback::{Callback, CertificateCallback, IntoCallback};
use super::file::File;
use super::job::Job;
use crate::vocabulary::{Error, FileRange, HResult, JobError, Notification};

impl<O: ?Sized> IntoCallback<O> for Option<Arc<O>> {
    fn into_callback(self) -> Self {
        self
    }
}

impl<O: ?Sized> IntoCallback<O> for Arc<O> {
    fn into_callback(self) -> Option<Self> {
        Some(self)
    }
}

impl<C: Callback + 'static> IntoCallback<dyn Callback> for Arc<C> {
    fn into_callback(self) -> Option<Arc<dyn Callback>> {
        Some(self)
    }
}

impl<C: Callback + 'static> IntoCallback<dyn Callback> for C {
    fn into_callback(self) -> Option<Arc<dyn Callback>> {
        Some(Arc::new(self))
    }
}

impl<C: CertificateCallback + 'static> IntoCallback<dyn CertificateCallback> for Arc<C> {
    fn into_callback(self) -> Option<Arc<dyn CertificateCallback>> {
        Some(self)
    }
}

impl<C: CertificateCallback + 'static> IntoCallback<dyn CertificateCallback> for C {
    fn into_callback(self) -> Option<Arc<dyn CertificateCallback>> {
        Some(Arc::new(self))
    }
}

/// A closure is told every notification. It takes the job by value: of references, the compiler would ask
/// every closure to name the types.
impl<F, R> Callback for F
where
    F: Fn(Job, Notification) -> R + Send + Sync,
    R: IntoHResult,
{
    fn job_transferred(&self, job: &Job) -> HResult {
        self(job.clone(), Notification::JobTransferred).into_hresult()
    }

    fn job_error(&self, job: &Job, _: &JobError) -> HResult {
        self(job.clone(), Notification::JobError).into_hresult()
    }

    fn job_modification(&self, job: &Job) -> HResult {
        self(job.clone(), Notification::JobModification).into_hresult()
    }

    fn file_transferred(&self, job: &Job, file: &File) -> HResult {
        self(job.clone(), Notification::FileTransferred(file.index())).into_hresult()
    }

    fn file_ranges_transferred(&self, job: &Job, file: &File, _: &[FileRange]) -> HResult {
        self(job.clone(), Notification::FileRangesTransferred(file.index())).into_hresult()
    }
}

/// A closure is asked about the job, the server and the hash of its certificate, by value for the same reason.
impl<F, R> CertificateCallback for F
where
    F: Fn(Job, String, Vec<u8>) -> R + Send + Sync,
    R: IntoHResult,
{
    fn validate_server_certificate(&self, job: &Job, server: &str, hash: &[u8]) -> HResult {
        self(job.clone(), server.to_owned(), hash.to_vec()).into_hresult()
    }
}

/// What a closure may return as a callback: a code; nothing, which is `S_OK`; or the result of a call, which
/// is `S_OK` or the code of its error.
pub trait IntoHResult {
    /// Returns the code.
    fn into_hresult(self) -> HResult;
}

impl IntoHResult for HResult {
    fn into_hresult(self) -> HResult {
        self
    }
}

impl IntoHResult for () {
    fn into_hresult(self) -> HResult {
        HResult::S_OK
    }
}

impl<T> IntoHResult for Result<T, Error> {
    fn into_hresult(self) -> HResult {
        self.map_or_else(|error| error.code(), |_| HResult::S_OK)
    }
}
