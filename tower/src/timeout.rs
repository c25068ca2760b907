//! A limit on the time of what the application brings: a store or a verifier that hangs must hold no request for ever.
//!
//! Guards run on any runtime, so the clock is a thread of its own, which begins with the first future that has to be waited
//! for. On wasm there are no threads, and the host ends what takes too long.

use std::time::Duration;

use crate::verifier::BoxFuture;

/// For one call of a store.
pub(crate) const STORE: Duration = Duration::from_secs(2);
/// For a verifier, for what is known of opaque tokens, and for sessions, each of which may have an issuer to ask several times.
pub(crate) const JUDGEMENT: Duration = Duration::from_secs(30);

#[cfg(target_arch = "wasm32")]
pub(crate) async fn within<T>(_limit: Duration, future: BoxFuture<'_, T>) -> Option<T> {
    Some(future.await)
}

/// What a future answers. `None`: it took longer, and is dropped.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn within<T>(limit: Duration, mut future: BoxFuture<'_, T>) -> Option<T> {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Instant;

    let mut alarm: Option<Arc<clock::Alarm>> = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        match &alarm {
            Some(set) if Instant::now() >= set.at => return Poll::Ready(None),
            Some(set) => set.wakes(context.waker()),
            None => match clock::set(limit, context.waker()) {
                Some(set) => alarm = Some(set),
                None => return Poll::Ready(None),
            },
        }
        Poll::Pending
    })
    .await
}

#[cfg(not(target_arch = "wasm32"))]
mod clock {
    use std::collections::BTreeMap;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
    use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
    use std::task::Waker;
    use std::thread;
    use std::time::{Duration, Instant};

    /// Wakes a task at its time, if it still waits then.
    pub(super) struct Alarm {
        pub(super) at: Instant,
        waker: Mutex<Waker>,
    }

    impl Alarm {
        pub(super) fn wakes(&self, waker: &Waker) {
            self.waker.lock().unwrap_or_else(PoisonError::into_inner).clone_from(waker);
        }

        fn ring(&self) {
            self.waker.lock().unwrap_or_else(PoisonError::into_inner).wake_by_ref();
        }
    }

    /// Sets an alarm. `None`: there is no thread to be had.
    pub(super) fn set(limit: Duration, waker: &Waker) -> Option<Arc<Alarm>> {
        static CLOCK: OnceLock<Option<Sender<Weak<Alarm>>>> = OnceLock::new();
        let at = Instant::now().checked_add(limit)?;
        let alarm = Arc::new(Alarm { at, waker: Mutex::new(waker.clone()) });
        let clock = CLOCK.get_or_init(|| {
            let (sender, receiver) = channel();
            thread::Builder::new()
                .name("countersign-clock".to_owned())
                .spawn(move || run(&receiver))
                .ok()
                .map(|_| sender)
        });
        clock.as_ref()?.send(Arc::downgrade(&alarm)).ok()?;
        Some(alarm)
    }

    fn run(receiver: &Receiver<Weak<Alarm>>) {
        let mut alarms: BTreeMap<(Instant, u64), Weak<Alarm>> = BTreeMap::new();
        for number in 0.. {
            let next = alarms.first_key_value().map(|(&(at, _), _)| at.saturating_duration_since(Instant::now()));
            let set = match next {
                Some(wait) => receiver.recv_timeout(wait),
                None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match set {
                Ok(alarm) => {
                    if let Some(at) = alarm.upgrade().map(|alarm| alarm.at) {
                        alarms.insert((at, number), alarm);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let later = alarms.split_off(&(Instant::now(), u64::MAX));
            for alarm in std::mem::replace(&mut alarms, later).into_values() {
                if let Some(alarm) = alarm.upgrade() {
                    alarm.ring();
                }
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::future::{pending, poll_fn, ready};
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread;
    use std::time::Instant;

    use super::*;

    /// Unparks a thread, and counts.
    struct Unpark(thread::Thread, AtomicUsize);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.unpark();
        }
    }

    /// Runs a future where there is no runtime.
    fn run<T>(future: impl Future<Output = T>) -> (T, usize) {
        let count = Arc::new(Unpark(thread::current(), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&count));
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return (output, count.1.load(Ordering::SeqCst));
            }
            thread::park();
        }
    }

    #[test]
    fn what_hangs_ends_at_its_time() {
        let begun = Instant::now();
        let long = thread::spawn(|| run(within(Duration::from_millis(300), Box::pin(pending::<()>()))).0);
        let short = run(within(Duration::from_millis(50), Box::pin(pending::<()>())));
        assert_eq!(short, (None, 1));
        assert!((50..300).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
        assert_eq!(long.join().unwrap(), None);
        assert!(begun.elapsed() >= Duration::from_millis(300));
    }

    #[test]
    fn what_is_in_time_is_what_it_is() {
        assert_eq!(run(within(Duration::ZERO, Box::pin(ready(1)))), (Some(1), 0));
        let mut polls = 0;
        let later = poll_fn(move |context| {
            polls += 1;
            let waker = context.waker().clone();
            if polls == 4 {
                return Poll::Ready(polls);
            }
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(10));
                waker.wake();
            });
            Poll::Pending
        });
        assert_eq!(run(within(Duration::from_secs(60), Box::pin(later))), (Some(4), 3));
    }
}
