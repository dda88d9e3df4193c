//! Documents that somebody counted before, as LDA-C has them: on each line the number of different words, then each as its
//! number from 0 with how often it stands there. The words are lines of a second file, titles those of a third.

use super::corpus::{Bag, too_much};
use crate::error::{Error, Result};

/// Most characters of a title.
pub(super) const MAX_TITLE: usize = 80;

/// Whether a text is of counts, told by its first line.
pub(super) fn are_counts(text: &str) -> bool {
    let mut parts = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().split_whitespace();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut has_pair = false;
    parts.next().is_some_and(is_number)
        && parts.all(|part| {
            has_pair = true;
            part.split_once(':').is_some_and(|(word, count)| is_number(word) && is_number(count))
        })
        && has_pair
}

/// The words and the documents of such files, each with its name.
///
/// # Errors
/// [`Error::File`] for files that are missing, too many or do not belong together, naming the line.
pub(super) fn read(files: Vec<(String, String)>) -> Result<(Vec<String>, Vec<Bag>)> {
    let (mut counted, mut others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, text)| are_counts(text));
    let (name, text) = counted.pop().expect("one of them is of counts");
    if let Some((other, _)) = counted.pop() {
        return Err(Error::file(
            other,
            format!("{name} holds counts too, but one such file at a time is taken"),
        ));
    }
    let of_titles = others.iter().position(|(name, _)| name.to_lowercase().contains("title"));
    let titles = of_titles.map(|index| others.swap_remove(index));
    let Some((of_words, tokens)) = others.pop() else {
        return Err(Error::file(name, "its words are missing: give the file of tokens together with it"));
    };
    if let Some((other, _)) = others.pop() {
        return Err(Error::file(
            other,
            format!("{of_words} came for the words already: give one file of tokens and one of titles"),
        ));
    }
    let words: Vec<String> = tokens.lines().map(|line| line.trim().to_lowercase()).collect();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows: Vec<Vec<(u32, u32)>> = lines
        .map(|(index, line)| {
            row(line, words.len(), &of_words)
                .map_err(|reason| Error::file(&name, format!("line {}: {reason}", index + 1)))
        })
        .collect::<Result<_>>()?;
    let mut called: Vec<String> = (1..=rows.len()).map(|number| format!("document {number}")).collect();
    if let Some((of_titles, titles)) = titles {
        called = titles.lines().filter(|line| !line.trim().is_empty()).enumerate().map(title).collect();
        if called.len() != rows.len() {
            let reason = format!("it has {} titles, but {name} has {} documents", called.len(), rows.len());
            return Err(Error::file(of_titles, reason));
        }
    }
    let bags = called.into_iter().zip(rows).map(|(title, counts)| Bag { title, counts }).collect();
    Ok((words, bags))
}

/// A title, before which its own number may stand.
fn title((index, line): (usize, &str)) -> String {
    let line = line.trim();
    let rest = line.split_once(char::is_whitespace).filter(|(number, _)| *number == index.to_string());
    rest.map_or(line, |(_, title)| title.trim()).chars().take(MAX_TITLE).collect()
}

/// What a line says, or else what is wrong with it.
fn row(line: &str, words: usize, of_words: &str) -> std::result::Result<Vec<(u32, u32)>, String> {
    let mut parts = line.split_whitespace();
    let said = parts.next().unwrap_or_default();
    let mut row: Vec<(u32, u64)> = Vec::new();
    for part in parts {
        let pair = part
            .split_once(':')
            .and_then(|(word, count)| Some((word.parse::<u64>().ok()?, count.parse().ok()?)));
        let Some((word, count)) = pair else {
            let shown: String = part.chars().take(MAX_TITLE).collect();
            return Err(format!("{shown} is no word with its count, as 12:3 is"));
        };
        if word >= words as u64 {
            return Err(format!("the word {word} is none of the {words} of {of_words}, which count from 0"));
        }
        row.push((word as u32, count));
    }
    if said != row.len().to_string() {
        let shown: String = said.chars().take(MAX_TITLE).collect();
        return Err(format!("it says {shown} words, but has {}", row.len()));
    }
    row.sort_unstable();
    row.dedup_by_key(|(word, _)| *word);
    if said != row.len().to_string() {
        return Err("a word stands there twice".into());
    }
    match too_much(row.iter().copied()) {
        Some(reason) => Err(reason),
        None => Ok(row
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| (word, count as u32))
            .collect()),
    }
}
