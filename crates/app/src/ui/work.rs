//! A thread that does what takes long, so that the screen never waits.
//!
//! Whoever asks gets a future. Dropping it cancels what has not begun. Work that panics answers [`WorkError`], and the thread goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use futures_channel::oneshot;

/// Ends after this long, or a little later.
pub async fn pause(length: Duration) {
    let (over, waited) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(length);
        let _ = over.send(());
    });
    let _ = waited.await;
}

/// The work ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work failed; start the app again")]
pub struct WorkError;

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Where work on an `S` is handed in. Copies lead to the same thread.
pub struct Worker<S> {
    jobs: Sender<Job<S>>,
}

impl<S> Clone for Worker<S> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone() }
    }
}

impl<S: 'static> Worker<S> {
    /// Starts the thread, which begins with making what it works on.
    pub fn start(make: impl FnOnce() -> S + Send + 'static) -> Self {
        let (jobs, queue) = mpsc::channel::<Job<S>>();
        thread::spawn(move || {
            let mut state = make();
            for job in queue {
                // The answer's sender is dropped then, and whoever waits for it notices. What the work had begun to change is whole: the
                // archive and its keys change what they hold in memory after the disk, in one assignment, an assessor changes nothing, and
                // what reads another model catches its panics.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut state)));
            }
        });
        Self { jobs }
    }

    /// Hands the work in at once, so that it is done in the order of asking; its answer is awaited.
    ///
    /// # Errors
    /// When it panics.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> T + Send + 'static,
    ) -> impl Future<Output = Result<T, WorkError>> + 'static {
        let (answer, receiver) = oneshot::channel();
        let job = move |state: &mut S| {
            if !answer.is_canceled() {
                let _ = answer.send(work(state));
            }
        };
        self.hand_in(Box::new(job));
        async move { receiver.await.map_err(|_| WorkError) }
    }

    /// Hands in work whose end nobody waits for, and which is done all the same.
    pub fn tell(&self, work: impl FnOnce(&mut S) + Send + 'static) {
        self.hand_in(Box::new(work));
    }

    fn hand_in(&self, job: Job<S>) {
        // A thread that is gone drops the job, and whoever waits for its answer notices.
        let _ = self.jobs.send(job);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_not_the_thread() {
        let worker = Worker::start(|| 1);
        assert_eq!(worker.ask(|state| *state + 1).await, Ok(2));
        assert_eq!(worker.ask(|_| -> i32 { panic!("on purpose") }).await, Err(WorkError));
        assert_eq!(worker.ask(|state| *state + 2).await, Ok(3));
    }

    #[tokio::test]
    async fn work_is_done_in_the_order_of_asking() {
        let worker = Worker::start(Vec::new);
        let asked: Vec<_> =
            (0..9).map(|number| worker.ask(move |state: &mut Vec<i32>| state.push(number))).collect();
        for answer in asked.into_iter().rev() {
            assert_eq!(answer.await, Ok(()));
        }
        assert_eq!(worker.ask(|state| state.clone()).await, Ok((0..9).collect()));
    }

    #[tokio::test]
    async fn dropped_work_is_not_begun() {
        let worker = Worker::start(Vec::new);
        let (go, wait) = mpsc::channel::<()>();
        let copy = worker.clone();
        let first = tokio::spawn(async move { copy.ask(move |_| wait.recv().is_ok()).await });
        tokio::task::yield_now().await;
        let copy = worker.clone();
        let dropped = tokio::spawn(async move { copy.ask(|state: &mut Vec<i32>| state.push(1)).await });
        tokio::task::yield_now().await;
        dropped.abort();
        assert!(dropped.await.is_err());
        worker.tell(|state| state.push(2));
        go.send(()).expect("waiting");
        assert_eq!(first.await.expect("joined"), Ok(true));
        assert_eq!(worker.ask(|state| state.clone()).await, Ok(vec![2]), "what nobody need wait for is done");
    }
}
