//! Locks, and cells that are written once: the standard library's or, where that is not linked and there is but one
//! thread, cells that need no lock.

#[cfg(feature = "engine")]
pub(crate) use core::sync::atomic;

#[cfg(feature = "std")]
pub(crate) use locks::RwLock;
#[cfg(not(feature = "std"))]
pub(crate) use one_thread::{OnceLock, RwLock};
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
#[allow(unsafe_code)]
mod one_thread {
    use core::cell::{OnceCell, RefCell};
    use core::ops::{Deref, DerefMut};

    #[cfg(any(not(target_arch = "wasm32"), target_feature = "atomics"))]
    compile_error!("the feature `wasm` without `std` is for WebAssembly without threads");

    /// A value in a build with a single thread.
    #[derive(Clone, Default)]
    pub(crate) struct OneThread<T>(T);

    // SAFETY: the target has no second thread, or the above would not have compiled.
    unsafe impl<T: Send> Sync for OneThread<T> {}

    impl<T> Deref for OneThread<T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }

    pub(crate) type OnceLock<T> = OneThread<OnceCell<T>>;

    impl<T> OnceLock<T> {
        pub(crate) const fn new() -> Self {
            Self(OnceCell::new())
        }
    }

    pub(crate) type RwLock<T> = OneThread<RefCell<T>>;

    impl<T> RwLock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(RefCell::new(value))
        }

        pub(crate) fn read(&self) -> impl Deref<Target = T> {
            self.0.borrow()
        }

        pub(crate) fn write(&self) -> impl DerefMut<Target = T> {
            self.0.borrow_mut()
        }
    }
}
