//! A model of `point_tables` under threads: the real source over locks and atomics that let another thread go on at
//! every step, in thousands of orders.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::duplicate_mod, reason = "that is the point")]

use alloc::sync::Arc;

use tables::{BuildTable, Tables};

#[path = "point_tables.rs"]
mod tables;

/// What `crate::sync` has, with a chance for other threads before each step.
mod sync {
    use core::ops::{Deref, DerefMut};

    use shuttle::thread::yield_now;

    pub(super) mod atomic {
        pub(in super::super) use core::sync::atomic::Ordering;

        macro_rules! atomic {
            ($name:ident, $number:ty) => {
                pub(in super::super) struct $name(core::sync::atomic::$name);

                #[allow(dead_code, reason = "one has more uses than the other")]
                impl $name {
                    pub(in super::super) const fn new(value: $number) -> Self {
                        Self(core::sync::atomic::$name::new(value))
                    }

                    pub(in super::super) fn load(&self, order: Ordering) -> $number {
                        super::yield_now();
                        self.0.load(order)
                    }

                    pub(in super::super) fn store(&self, value: $number, order: Ordering) {
                        super::yield_now();
                        self.0.store(value, order);
                    }

                    pub(in super::super) fn fetch_add(&self, value: $number, order: Ordering) -> $number {
                        super::yield_now();
                        self.0.fetch_add(value, order)
                    }
                }
            };
        }

        atomic!(AtomicU32, u32);
        atomic!(AtomicUsize, usize);
    }

    pub(super) struct RwLock<T>(std::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(super) const fn new(value: T) -> Self {
            Self(std::sync::RwLock::new(value))
        }

        pub(super) fn read(&self) -> impl Deref<Target = T> {
            loop {
                yield_now();
                if let Ok(guard) = self.0.try_read() {
                    return guard;
                }
            }
        }

        pub(super) fn write(&self) -> impl DerefMut<Target = T> {
            loop {
                yield_now();
                if let Ok(guard) = self.0.try_write() {
                    return guard;
                }
            }
        }
    }

    pub(super) struct OnceLock<T>(std::sync::OnceLock<T>);

    impl<T> OnceLock<T> {
        pub(super) const fn new() -> Self {
            Self(std::sync::OnceLock::new())
        }

        pub(super) fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
            yield_now();
            self.0.get_or_init(init)
        }
    }
}

/// A point whose larger table takes more than half of the budget of 2^20 bytes.
struct Point;

/// A table: its stride and its bytes.
struct Table {
    stride: usize,
    bytes: usize,
}

impl BuildTable for Point {
    type Table = Table;

    fn strides(&self) -> [usize; 2] {
        [2, 1]
    }

    fn tabulate(&self, stride: usize) -> Table {
        Table { stride, bytes: if stride == 1 { (1 << 20) / 7 * 4 } else { 4 } }
    }

    fn bytes(table: &Table) -> usize {
        table.bytes
    }
}

#[test]
#[cfg_attr(miri, ignore = "threads of its own making")]
fn every_larger_table_is_listed_once() {
    shuttle::check_random(
        || {
            let points = [(); 3].map(|()| Arc::new(Tables::new(&Point)));
            // So often that the next use makes the larger table.
            for point in &points {
                for _ in 0..16 {
                    assert_eq!(point.get(&Point).stride, 2);
                }
            }
            let uses = points.iter().chain(&points[..2]).map(|point| {
                let point = Arc::clone(point);
                shuttle::thread::spawn(move || {
                    point.get(&Point);
                    point.get(&Point);
                })
            });
            for thread in uses.collect::<alloc::vec::Vec<_>>() {
                thread.join().expect("no panic");
            }
            for point in &points {
                let [tables, entries] = point.census();
                assert_eq!(tables, entries, "a table and its entry in the list");
            }
            assert!(points.iter().map(|point| point.census()[0]).sum::<usize>() == 1, "as many as there is room for");
        },
        3_000,
    );
}
