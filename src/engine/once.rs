//! Values that are computed once and shared.

/// Returns an `Arc` of a value that is computed at the first call and stored in a static.
macro_rules! once {
    ($type:ty, $value:expr) => {{
        static SHARED: crate::sync::OnceLock<alloc::sync::Arc<$type>> = crate::sync::OnceLock::new();
        alloc::sync::Arc::clone(SHARED.get_or_init(|| alloc::sync::Arc::new($value)))
    }};
}

pub(crate) use once;
