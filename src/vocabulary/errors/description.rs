//! Texts for codes and contexts, and the languages that have any.

use super::error::Error;
use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::enums::error_context::ErrorContext;
use crate::vocabulary::enums::method::Method;
use crate::vocabulary::rule;

/// The ten low bits of a `LANGID` are the language, the others the country.
const LANGUAGE: u16 = 0x03FF;
const ENGLISH: u16 = 0x0009;

impl HResult {
    /// The text for the code in a language (`IBackgroundCopyManager::GetErrorDescription`, and
    /// that of the error object). The language is a `LANGID`; there is text in English, whatever
    /// the country.
    ///
    /// Any code has a text. For one that the table does not hold it says no more than its number
    /// does: an interpretation, as ERR-13 knows no failure but that of the language.
    ///
    /// ```
    /// use bits_emulator::HResult;
    ///
    /// let code = HResult::BG_E_EMPTY;
    /// assert_eq!(code.description(0x0409), Ok("The job has no files, so it cannot be resumed."));
    /// let german = code.description(0x0407).unwrap_err();
    /// assert_eq!(german.code(), HResult::ERROR_RESOURCE_LANG_NOT_FOUND);
    /// ```
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for language 0, `ERROR_RESOURCE_LANG_NOT_FOUND` for one without text
    /// (ERR-13).
    #[doc(alias = "GetErrorDescription")]
    pub fn description(self, language: u16) -> Result<&'static str, Error> {
        check_language(Method::GetErrorDescription, language)?;
        Ok(self.meaning())
    }
}

impl ErrorContext {
    /// The text for the context in a language
    /// (`IBackgroundCopyError::GetErrorContextDescription`). The language is a `LANGID`; there is
    /// text in English, whatever the country.
    ///
    /// ```
    /// use bits_emulator::{ErrorContext, HResult};
    ///
    /// let context = ErrorContext::LocalFile;
    /// assert_eq!(context.description(0x0409), Ok(context.meaning()));
    /// let german = context.description(0x0407).unwrap_err();
    /// assert_eq!(german.code(), HResult::ERROR_RESOURCE_LANG_NOT_FOUND);
    /// ```
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for language 0, `ERROR_RESOURCE_LANG_NOT_FOUND` for one without text
    /// (ERR-13).
    #[doc(alias = "GetErrorContextDescription")]
    pub fn description(self, language: u16) -> Result<&'static str, Error> {
        check_language(Method::GetErrorContextDescription, language)?;
        Ok(self.meaning())
    }
}

/// Whether there are texts in a language (ERR-13).
fn check_language(method: Method, language: u16) -> Result<(), Error> {
    let (code, problem) = match language {
        0 => (
            HResult::E_INVALIDARG,
            "no language is given; give its LANGID, such as 0x0409 for English",
        ),
        _ if language & LANGUAGE == ENGLISH => return Ok(()),
        _ => (
            HResult::ERROR_RESOURCE_LANG_NOT_FOUND,
            "there is no text in the language; ask for English, such as 0x0409",
        ),
    };
    Err(Error::invalid(method, problem, code, rule!("ERR-13")))
}
