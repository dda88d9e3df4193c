//! How training items are dealt into batches: reshuffled every epoch, the last, smaller batch used.

use crate::tensor::{Rng, Stream, bytes_of};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::sync::Arc;

/// Items per step: a number, or `"full"` for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    Items(usize),
    Full,
}

impl BatchSize {
    /// Number of items a batch of `total` training items has, the last of an epoch aside.
    #[must_use]
    pub fn items(self, total: usize) -> usize {
        match self {
            Self::Items(items) => items,
            Self::Full => total,
        }
    }
}

impl fmt::Display for BatchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Items(items) => items.fmt(f),
            Self::Full => f.write_str("full"),
        }
    }
}

impl Serialize for BatchSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Items(items) => items.serialize(serializer),
            Self::Full => serializer.serialize_str("full"),
        }
    }
}

impl<'de> Deserialize<'de> for BatchSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrFull;
        impl de::Visitor<'_> for NumberOrFull {
            type Value = BatchSize;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a whole number from 1, or \"full\"")
            }
            fn visit_u64<E: de::Error>(self, items: u64) -> Result<BatchSize, E> {
                usize::try_from(items)
                    .map(BatchSize::Items)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(items), &self))
            }
            // JavaScript's whole numbers come signed.
            fn visit_i64<E: de::Error>(self, items: i64) -> Result<BatchSize, E> {
                usize::try_from(items)
                    .map(BatchSize::Items)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(items), &self))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<BatchSize, E> {
                match text {
                    "full" => Ok(BatchSize::Full),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(NumberOrFull)
    }
}

/// Deals the indices of the training items, epoch after epoch.
#[derive(Clone, Debug)]
pub struct Batches {
    order: Vec<u32>,
    position: usize,
    epoch: usize,
    rng: Rng,
}

/// Where dealing stands. Those of one epoch share its order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dealing {
    #[serde(skip)]
    order: Arc<[u32]>,
    position: usize,
    epoch: usize,
    rng: Rng,
}

impl Dealing {
    /// The same with the order that was written apart from it; `None` where it cannot be one.
    #[must_use]
    pub fn with_order(self, order: Vec<u32>) -> Option<Self> {
        let mut dealt = vec![false; order.len()];
        let is_once =
            |&item: &u32| dealt.get_mut(item as usize).is_some_and(|dealt| !std::mem::replace(dealt, true));
        let is_of_the_stream = self.rng.is_of(Stream::Shuffle);
        let is_right = order.iter().all(is_once) && self.position < order.len() && is_of_the_stream;
        is_right.then(|| Self { order: order.into(), ..self })
    }

    /// Passes over the items that are complete.
    #[must_use]
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The items in the order of this epoch.
    #[must_use]
    pub fn order(&self) -> &Arc<[u32]> {
        &self.order
    }
}

impl Batches {
    /// Over so many items; the order of every epoch follows from the seed.
    #[must_use]
    pub fn new(items: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed, Stream::Shuffle);
        let mut order: Vec<u32> = (0..items as u32).collect();
        rng.shuffle(&mut order);
        Self { order, position: 0, epoch: 0, rng }
    }

    /// Deals so many items from now on; where there were others, from the start of a new order.
    pub fn resize(&mut self, items: usize) {
        if items != self.order.len() {
            self.order = (0..items as u32).collect();
            self.position = 0;
            self.rng.shuffle(&mut self.order);
        }
    }

    /// The items of the next step, without dealing them.
    #[must_use]
    pub fn peek(&self, size: usize) -> &[u32] {
        &self.order[self.position..(self.position + size).min(self.order.len())]
    }

    /// Takes the items that [`Self::peek`] shows; after the last the next epoch begins.
    pub fn advance(&mut self, size: usize) {
        self.position += size;
        if self.position >= self.order.len() {
            self.position = 0;
            self.epoch += 1;
            self.rng.shuffle(&mut self.order);
        }
    }

    /// Where it stands; shares the order of the epoch with one that was taken `before`, where it can.
    #[must_use]
    pub fn dealing(&self, before: Option<&Dealing>) -> Dealing {
        let same = before.filter(|before| before.epoch == self.epoch && *before.order == *self.order);
        let order = same.map_or_else(|| self.order.as_slice().into(), |same| Arc::clone(&same.order));
        Dealing { order, position: self.position, epoch: self.epoch, rng: self.rng.clone() }
    }

    /// Goes on from where it stood.
    pub fn resume(&mut self, dealing: &Dealing) {
        self.order.clone_from_slice(&dealing.order);
        (self.position, self.epoch, self.rng) = (dealing.position, dealing.epoch, dealing.rng.clone());
    }

    /// Bytes of the order of the epoch.
    pub(crate) fn bytes(&self) -> usize {
        bytes_of(&self.order)
    }

    /// The items in the order of this epoch.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Items dealt since the epoch began.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Passes over the training items that are complete.
    #[must_use]
    pub fn epoch(&self) -> usize {
        self.epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_deals_each_item_once_in_a_new_order() {
        let mut batches = Batches::new(10, 3);
        let mut epochs = Vec::new();
        for _ in 0..3 {
            let mut dealt = Vec::new();
            let sizes: Vec<usize> = (0..3)
                .map(|_| {
                    dealt.extend_from_slice(batches.peek(4));
                    let size = batches.peek(4).len();
                    batches.advance(4);
                    size
                })
                .collect();
            assert_eq!(sizes, [4, 4, 2]);
            epochs.push(dealt.clone());
            dealt.sort_unstable();
            assert_eq!(dealt, (0..10).collect::<Vec<_>>());
        }
        assert!(epochs[0] != epochs[1] && epochs[0] != epochs[2] && epochs[1] != epochs[2]);
        assert_eq!(batches.epoch(), 3);
    }
}
