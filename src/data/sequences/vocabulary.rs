//! The symbols of a text: its characters, in the order of Unicode, the rarest of very many taken as one.

use std::collections::BTreeSet;

/// Characters that are told apart, at most; the rest are one more symbol.
const MAX_KNOWN: usize = 255;
/// Symbols that a text may have.
pub const MAX_SYMBOLS: usize = MAX_KNOWN + 1;
/// What stands for all characters that are not told apart.
pub const UNKNOWN: char = char::REPLACEMENT_CHARACTER;

/// The symbols of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Ascending.
    known: Vec<char>,
    /// Whether there is a symbol for others, which is the last.
    has_unknown: bool,
}

/// A text as symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub symbols: Vec<u16>,
    /// The characters that the vocabulary does not know, each once, in the order of the text. They are left out of the
    /// symbols, or where there is an unknown symbol, are that.
    pub unknown: Vec<char>,
}

impl Vocabulary {
    /// Of a text: its [`MAX_KNOWN`] most frequent characters, of those as frequent the first in Unicode.
    pub(super) fn of(text: &str) -> Self {
        // By code point: a text may be of twenty million characters.
        let mut counts = vec![0_u32; char::MAX as usize + 1];
        text.chars().for_each(|character| counts[character as usize] += 1);
        let mut has_unknown = std::mem::take(&mut counts[UNKNOWN as usize]) > 0;
        let occur = ('\0'..=char::MAX).map(|character| (character, counts[character as usize]));
        let mut known: Vec<(char, u32)> = occur.filter(|(_, count)| *count > 0).collect();
        known.sort_by_key(|&(character, count)| (std::cmp::Reverse(count), character));
        has_unknown |= known.len() > MAX_KNOWN;
        known.truncate(MAX_KNOWN);
        let mut known: Vec<char> = known.into_iter().map(|(character, _)| character).collect();
        known.sort_unstable();
        Self { known, has_unknown }
    }

    /// The one whose symbols are called so ([`Self::names`]), as the data of a run have them; `None` where a name is
    /// not one character, as in tasks whose symbols are no text.
    #[must_use]
    pub fn named(names: &[String]) -> Option<Self> {
        let only = |name: &String| {
            let mut characters = name.chars();
            characters.next().filter(|_| characters.next().is_none())
        };
        let mut known: Vec<char> = names.iter().map(only).collect::<Option<_>>()?;
        let has_unknown = known.pop_if(|last| *last == UNKNOWN).is_some();
        known.is_sorted().then_some(Self { known, has_unknown })
    }

    /// Number of symbols.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len() + usize::from(self.has_unknown)
    }

    /// Whether there is no symbol at all, as of no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The symbols as they stand in a text, in the order of their indices.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let all = self.known.iter().chain(self.has_unknown.then_some(&UNKNOWN));
        all.map(ToString::to_string).collect()
    }

    /// The symbol of a character.
    fn known(&self, character: char) -> Option<u16> {
        self.known.binary_search(&character).ok().map(|index| index as u16)
    }

    /// A text as symbols; line ends are those of the texts that are learned from.
    #[must_use]
    pub fn encode(&self, text: &str) -> Encoded {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut encoded = Encoded { symbols: Vec::with_capacity(text.len()), unknown: Vec::new() };
        let mut met = BTreeSet::new();
        for character in text.chars() {
            if let Some(symbol) = self.known(character) {
                encoded.symbols.push(symbol);
                continue;
            }
            if self.has_unknown {
                encoded.symbols.push(self.known.len() as u16);
            }
            if met.insert(character) {
                encoded.unknown.push(character);
            }
        }
        encoded
    }

    /// Symbols as text; those that it has not are left out.
    #[must_use]
    pub fn decode(&self, symbols: &[u16]) -> String {
        let character = |symbol: &u16| match usize::from(*symbol) {
            index if index == self.known.len() && self.has_unknown => Some(UNKNOWN),
            index => self.known.get(index).copied(),
        };
        symbols.iter().filter_map(character).collect()
    }
}
