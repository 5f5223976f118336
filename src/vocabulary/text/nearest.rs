//! Suggestions for a word that is not known, by edit distance.

/// Returns how far a word is from a known one: how many letters are put in, left out, replaced or exchanged
/// with their neighbour, whatever their case. `None` if those are more than a third of the longer word,
/// rounded up, or the whole of the shorter one: then the one was hardly meant by the other.
pub(crate) fn distance(word: &str, known: &str) -> Option<usize> {
    let (shorter, longer) = {
        let lengths = (word.chars().count(), known.chars().count());
        (lengths.0.min(lengths.1), lengths.0.max(lengths.1))
    };
    let most = longer.div_ceil(3);
    // The comparison takes the product of the lengths; most words are ruled out without it.
    if longer - shorter > most {
        return None;
    }
    let distance = strsim::osa_distance(&word.to_lowercase(), &known.to_lowercase());
    (distance <= most && distance < shorter).then_some(distance)
}

/// Returns the known word that is nearest to the one that was given, if any is near ([`distance`]); of
/// several the first.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().filter_map(|known| Some((distance(word, known)?, known)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let states = ["TRANSFERRING", "TRANSFERRED", "TRANSIENT_ERROR", "ERROR"];
        assert_eq!(nearest("TRANSFERED", states), Some("TRANSFERRED"));
        assert_eq!(nearest("transferring", states), Some("TRANSFERRING"));
        assert_eq!(nearest("EROR", states), Some("ERROR"));
        assert_eq!(nearest("SOON", states), None);
        assert_eq!(nearest("srever", ["seed", "server", "service"]), Some("server"));
    }

    #[test]
    fn the_threshold_is_a_third_rounded_up_and_not_the_whole_word() {
        assert_eq!(distance("BG_E_NOPE", "BG_E_EMPTY"), Some(4));
        assert_eq!(distance("BG_E_NONE", "E_POINTER"), None);
        assert_eq!(distance("a", "b"), None);
        assert_eq!(distance("", "b"), None);
        assert_eq!(distance(&"x".repeat(1 << 20), "resume"), None);
    }
}
