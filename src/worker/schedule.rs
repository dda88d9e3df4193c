//! Which figures of a running network a frame has time for. Filling them, and telling the page of them, may take a
//! tenth of what training takes, and all the time in which the worker would only wait.

/// Filling figures and sending them takes at most this share of the time of training.
const SHARE: f64 = 0.1;
/// What waiting can save up, so that a figure is not put off after a while without any.
const MOST_SAVED_MS: f64 = 50.0;
/// What one long figure, or a pause of the machine, can take in advance.
const MOST_OWED_MS: f64 = 50.0;
/// A figure that has waited so long is filled even where there is no time: a slow machine may need all of it for messages.
const MOST_WAIT_MS: f64 = 1000.0;
/// A figure is redrawn so seldom that drawing it leaves the page its 60 frames a second: every third of them.
const PAUSE_MS: f64 = 40.0;

/// When the figures were last filled, what that took, and the time that there is for more.
#[derive(Default)]
pub struct Schedule {
    filled: Vec<Filled>,
    /// Time for figures, in milliseconds; below 0 when they took more than there was.
    left_ms: f64,
}

struct Filled {
    figure: String,
    at_ms: f64,
    cost_ms: f64,
}

impl Schedule {
    /// Adds the time that training of `trained_ms` allows.
    pub fn earn(&mut self, trained_ms: f64) {
        self.left_ms = (self.left_ms + trained_ms * SHARE).min(MOST_SAVED_MS);
    }

    /// Adds the time in which nothing was asked, and takes what messages took.
    pub fn note(&mut self, waited_ms: f64, messages_ms: f64) {
        self.left_ms = (self.left_ms + waited_ms - messages_ms).clamp(-MOST_OWED_MS, MOST_SAVED_MS);
    }

    /// Takes what making a frame took.
    pub fn spend(&mut self, ms: f64) {
        self.left_ms = (self.left_ms - ms).max(-MOST_OWED_MS);
    }

    /// Whether this figure was filled since it last had to change at once.
    pub fn knows(&self, figure: &str) -> bool {
        self.find(figure).is_some()
    }

    /// Whether there is time to fill a figure as long as that took last, when this frame took `spent_ms` already, or it
    /// has waited too long. One for which there is none is to be waited for: filled before it, those after it would
    /// take its time.
    pub fn affords(&self, figure: &str, spent_ms: f64, now_ms: f64) -> bool {
        self.find(figure).is_none_or(|filled| {
            let has_time = self.left_ms - spent_ms >= filled.cost_ms.min(MOST_SAVED_MS);
            has_time || now_ms - filled.at_ms >= MOST_WAIT_MS
        })
    }

    fn find(&self, figure: &str) -> Option<&Filled> {
        self.filled.iter().find(|filled| filled.figure == figure)
    }

    /// `figures` by how long they have waited for what they cost, the longest first, without those filled just
    /// now; one that was never filled waits longest.
    pub fn due<'a>(&self, figures: &'a [String], now_ms: f64) -> Vec<&'a String> {
        let waited = |figure: &String| {
            self.find(figure).map_or(Some(f64::INFINITY), |filled| {
                let waited = now_ms - filled.at_ms;
                (waited >= PAUSE_MS).then(|| waited / filled.cost_ms.max(f64::MIN_POSITIVE))
            })
        };
        let mut due: Vec<_> = figures.iter().filter_map(|figure| Some((waited(figure)?, figure))).collect();
        due.sort_by(|(a, _), (b, _)| b.total_cmp(a)); // stable: in the order of the page
        due.into_iter().map(|(_, figure)| figure).collect()
    }

    /// Keeps that a figure was filled between two moments.
    pub fn fill(&mut self, figure: &str, from_ms: f64, to_ms: f64) {
        let filled = Filled { figure: figure.into(), at_ms: to_ms, cost_ms: to_ms - from_ms };
        match self.filled.iter_mut().find(|before| before.figure == figure) {
            Some(before) => *before = filled,
            None => self.filled.push(filled),
        }
    }

    /// Lets every figure be filled anew.
    pub fn clear(&mut self) {
        self.filled.clear();
    }

    /// Lets the figures be filled anew for which `is_stale`.
    pub fn clear_those(&mut self, is_stale: impl Fn(&str) -> bool) {
        self.filled.retain(|filled| !is_stale(&filled.figure));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of 16 ms in which training takes `trained_ms` and messages take `messages_ms`, and what is then left is
    /// waited; figures of these costs. How often each was filled, and their share of the time of training.
    fn played(costs: &[f64], trained_ms: f64, messages_ms: f64, frames: usize) -> (Vec<usize>, f64) {
        let figures: Vec<String> = (0..costs.len()).map(|index| index.to_string()).collect();
        let (mut schedule, mut now, mut times, mut spent) =
            (Schedule::default(), 0.0, vec![0; costs.len()], 0.0);
        for _ in 0..frames {
            now += trained_ms;
            schedule.earn(trained_ms);
            let mut took = 0.0;
            for figure in schedule.due(&figures, now) {
                if schedule.knows(figure) && !schedule.affords(figure, took, now) {
                    break;
                }
                let index: usize = figure.parse().expect("an index");
                schedule.fill(figure, now, now + costs[index]);
                times[index] += 1;
                now += costs[index];
                took += costs[index];
            }
            schedule.spend(took);
            spent += took;
            let waited = (16.0 - trained_ms - took - messages_ms).max(0.0);
            now += waited + messages_ms;
            schedule.note(waited, messages_ms);
        }
        (times, spent / (trained_ms * frames as f64))
    }

    #[test]
    fn figures_take_a_tenth_of_a_busy_worker() {
        let (times, share) = played(&[12.0, 3.0, 0.1, 0.1, 6.0], 16.0, 0.0, 2000);
        assert!((0.08..0.105).contains(&share), "{share}");
        assert!(times.iter().all(|&times| times > 20), "{times:?}");
        assert!(times[2] > 5 * times[0], "cheap ones are filled more often: {times:?}");
    }

    #[test]
    fn figures_are_filled_as_often_as_they_are_seen_while_the_worker_waits() {
        let (times, _) = played(&[2.0, 1.0, 0.1], 1.0, 0.0, 2000);
        // 32 s at a pause of 40 ms, which ends within the third frame.
        assert!(times.iter().all(|&times| (600..=800).contains(&times)), "{times:?}");
    }

    #[test]
    fn figures_are_filled_once_a_second_where_messages_take_all_the_time() {
        let (times, _) = played(&[20.0, 3.0], 16.0, 3.0, 2000);
        // 38 s and the time of the figures.
        assert!(times.iter().all(|&times| (30..=45).contains(&times)), "{times:?}");
    }
}
