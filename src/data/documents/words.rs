//! What counts as a word of a text.

/// Fewest letters of a word.
const FEWEST: usize = 3;
/// Most characters of a word: what is longer is no word of a language.
const MOST: usize = 40;

/// Words of three letters or more that say nothing of what a text is about.
const STOP_WORDS: [&str; 130] = [
    "about",
    "above",
    "after",
    "again",
    "against",
    "all",
    "also",
    "although",
    "always",
    "and",
    "another",
    "any",
    "are",
    "around",
    "because",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "but",
    "can",
    "cannot",
    "could",
    "did",
    "does",
    "doing",
    "done",
    "down",
    "during",
    "each",
    "either",
    "else",
    "even",
    "ever",
    "every",
    "few",
    "for",
    "from",
    "further",
    "had",
    "has",
    "have",
    "having",
    "hence",
    "her",
    "here",
    "hers",
    "herself",
    "him",
    "himself",
    "his",
    "how",
    "however",
    "into",
    "isn't",
    "it's",
    "its",
    "itself",
    "just",
    "less",
    "many",
    "may",
    "might",
    "more",
    "most",
    "much",
    "must",
    "myself",
    "neither",
    "nor",
    "not",
    "off",
    "often",
    "once",
    "only",
    "other",
    "our",
    "ours",
    "out",
    "over",
    "own",
    "per",
    "quite",
    "rather",
    "same",
    "shall",
    "she",
    "should",
    "since",
    "some",
    "still",
    "such",
    "than",
    "that",
    "the",
    "their",
    "them",
    "themselves",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "this",
    "those",
    "through",
    "thus",
    "too",
    "toward",
    "under",
    "until",
    "upon",
    "very",
    "was",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "with",
    "within",
];

/// The words of a text in their order: runs of letters and apostrophes in lower case, less those of fewer than three letters
/// and those that say nothing.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let is_mark = |c: char| matches!(c, '\'' | '’');
    text.split(move |c: char| !c.is_alphabetic() && !is_mark(c)).filter_map(move |run| {
        let run = run.trim_matches(is_mark);
        if run.chars().filter(|c| c.is_alphabetic()).count() < FEWEST || run.chars().count() > MOST {
            return None;
        }
        let word = run.to_lowercase().replace('’', "'");
        (!is_stop_word(&word)).then_some(word)
    })
}

pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_apostrophes() {
        let all = |text: &str| words(text).collect::<Vec<_>>();
        assert_eq!(
            all("The tide'll rise; it's 'late', o'clock no 12th!"),
            ["tide'll", "rise", "late", "o'clock"]
        );
        assert_eq!(all("Größe d’été ab a-b-c"), ["größe", "d'été"]);
        assert_eq!(all(&"x".repeat(41)).len(), 0);
        assert_eq!(all("").len(), 0);
    }

    #[test]
    fn words_that_say_nothing_stand_in_order() {
        assert!(STOP_WORDS.is_sorted_by(|a, b| a < b));
    }
}
