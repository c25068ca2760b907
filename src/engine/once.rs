//! Values that are computed once and shared, where the build has a `OnceLock`.

/// Returns an `Arc` of a value that is computed at the first call and stored in a static.
#[cfg(any(feature = "std", feature = "wasm"))]
macro_rules! once {
    ($type:ty, $value:expr) => {{
        static SHARED: crate::sync::OnceLock<alloc::sync::Arc<$type>> = crate::sync::OnceLock::new();
        alloc::sync::Arc::clone(SHARED.get_or_init(|| alloc::sync::Arc::new($value)))
    }};
}

/// An `Arc` of a value of its own for every call.
#[cfg(not(any(feature = "std", feature = "wasm")))]
macro_rules! once {
    ($type:ty, $value:expr) => {{
        let value: alloc::sync::Arc<$type> = alloc::sync::Arc::new($value);
        value
    }};
}

pub(crate) use once;
