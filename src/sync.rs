//! Locks, and cells that are written once: the standard library's or, where that is not linked, those of `spin`. In
//! WebAssembly without threads nothing ever waits for these.

#[cfg(feature = "engine")]
pub(crate) use core::sync::atomic;

#[cfg(feature = "std")]
pub(crate) use locks::RwLock;
#[cfg(not(feature = "std"))]
pub(crate) use spinning::{OnceLock, RwLock};
#[cfg(feature = "std")]
pub(crate) use std::sync::OnceLock;

#[cfg(feature = "std")]
mod locks {
    use core::ops::{Deref, DerefMut};
    use std::sync::PoisonError;

    /// An `RwLock` that ignores poisoning: every protected value is valid after any partial update.
    pub(crate) struct RwLock<T>(std::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::sync::RwLock::new(value))
        }

        pub(crate) fn read(&self) -> impl Deref<Target = T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        pub(crate) fn write(&self) -> impl DerefMut<Target = T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(not(feature = "std"))]
mod spinning {
    use spin::Once;
    pub(crate) use spin::RwLock;

    /// As the standard library's.
    pub(crate) struct OnceLock<T>(Once<T>);

    impl<T> OnceLock<T> {
        pub(crate) const fn new() -> Self {
            Self(Once::new())
        }

        pub(crate) fn get(&self) -> Option<&T> {
            self.0.get()
        }

        pub(crate) fn get_or_init(&self, value: impl FnOnce() -> T) -> &T {
            self.0.call_once(value)
        }

        /// Returns the value where there is one already.
        pub(crate) fn set(&self, value: T) -> Result<(), T> {
            let mut value = Some(value);
            // The closure runs once at most, and so has the value; where it does not run, the value is left.
            let _ = self.0.try_call_once(|| value.take().ok_or(()));
            value.map_or(Ok(()), Err)
        }
    }

    impl<T> Default for OnceLock<T> {
        fn default() -> Self {
            Self::new()
        }
    }

    impl<T: Clone> Clone for OnceLock<T> {
        fn clone(&self) -> Self {
            Self(self.0.get().cloned().map_or_else(Once::new, Once::initialized))
        }
    }
}
