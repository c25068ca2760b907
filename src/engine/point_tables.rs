//! The tables of a point: a small one at its first use, a larger one when it is used much.

use alloc::sync::Arc;

pub(crate) use lazy::Tables;

/// Makes the table of a point with a stride.
pub(crate) trait BuildTable {
    type Table: Send + Sync + 'static;

    /// The strides of the small and the larger table.
    fn strides(&self) -> [usize; 2];
    fn tabulate(&self, stride: usize) -> Self::Table;
    fn bytes(table: &Self::Table) -> usize;
}

mod lazy {
    use alloc::sync::Weak;
    use alloc::vec::Vec;

    // Of the module around, because the tests have another.
    use super::super::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
    use super::super::sync::{OnceLock, RwLock};
    use super::{Arc, BuildTable};

    /// Bytes of all larger tables together; the one not used for the longest time makes room for a new one.
    pub(crate) const BUDGET: usize = 1 << 20;

    /// A larger table costs about as much as it saves in so many verifications.
    const USES: u32 = 16;

    /// The tables of one point. Dropped with it.
    pub(crate) struct Tables<T> {
        small: OnceLock<Arc<T>>,
        larger: Arc<Larger<T>>,
    }

    struct Larger<T> {
        table: RwLock<Option<Arc<T>>>,
        /// Since there was a larger table the last time, if ever
        uses: AtomicU32,
        /// When it was used last, by the [`CLOCK`]
        used: AtomicUsize,
    }

    impl<T: Send + Sync + 'static> Tables<T> {
        pub(crate) fn new(_: &impl BuildTable<Table = T>) -> Self {
            let larger = Larger { table: RwLock::new(None), uses: AtomicU32::new(0), used: AtomicUsize::new(0) };
            Self { small: OnceLock::new(), larger: Arc::new(larger) }
        }

        /// The best table that there is by now.
        pub(crate) fn get(&self, point: &impl BuildTable<Table = T>) -> Arc<T> {
            let Larger { table, uses, used } = &*self.larger;
            used.store(CLOCK.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
            if let Some(table) = &*table.read() {
                return Arc::clone(table);
            }
            let [small, larger] = point.strides();
            // Others go on with the small table while one makes the larger.
            if uses.fetch_add(1, Ordering::Relaxed) == USES {
                let made = Arc::new(point.tabulate(larger));
                // Before it is in the list: every entry of it may be asked at any time to drop its table, and must have one then.
                *table.write() = Some(Arc::clone(&made));
                make_room(bytes(point, &made), &self.larger);
                return made;
            }
            Arc::clone(self.small.get_or_init(|| Arc::new(point.tabulate(small))))
        }
    }

    #[cfg(all(test, feature = "std"))]
    #[allow(dead_code, reason = "for the model of this file, in tables_model.rs")]
    impl<T: Send + Sync + 'static> Tables<T> {
        /// How many larger tables the point has, and how many entries in the list.
        pub(crate) fn census(&self) -> [usize; 2] {
            let holder: Arc<dyn Holder> = Arc::<Larger<T>>::clone(&self.larger);
            let holder = Arc::downgrade(&holder);
            let entries = HOLDERS.read().iter().filter(|(one, _)| one.ptr_eq(&holder)).count();
            [usize::from(self.larger.table.read().is_some()), entries]
        }
    }

    /// Counts the uses of all tables.
    static CLOCK: AtomicUsize = AtomicUsize::new(0);

    /// The points that have, or had, a larger table, and its bytes.
    static HOLDERS: RwLock<Vec<(Weak<dyn Holder>, usize)>> = RwLock::new(Vec::new());

    trait Holder: Send + Sync {
        fn used(&self) -> usize;
        fn give_up(&self);
    }

    impl<T: Send + Sync> Holder for Larger<T> {
        fn used(&self) -> usize {
            self.used.load(Ordering::Relaxed)
        }

        fn give_up(&self) {
            *self.table.write() = None;
            self.uses.store(0, Ordering::Relaxed);
        }
    }

    fn bytes<B: BuildTable>(_: &B, table: &B::Table) -> usize {
        B::bytes(table)
    }

    /// Registers a new table, and drops others until all of them are within the budget.
    fn make_room<T: Send + Sync + 'static>(bytes: usize, holder: &Arc<Larger<T>>) {
        let mut holders = HOLDERS.write();
        holders.retain(|(holder, _)| holder.strong_count() > 0);
        let total = |holders: &[(Weak<dyn Holder>, usize)]| {
            holders.iter().fold(bytes, |sum, (_, bytes)| sum.saturating_add(*bytes))
        };
        while total(&holders) > BUDGET {
            let idlest = holders.iter().enumerate().min_by_key(|(_, (holder, _))| holder.upgrade().map(|it| it.used()));
            let Some(index) = idlest.map(|(index, _)| index) else { break };
            if let Some(holder) = holders.swap_remove(index).0.upgrade() {
                holder.give_up();
            }
        }
        let holder: Arc<dyn Holder> = Arc::<Larger<T>>::clone(holder);
        holders.push((Arc::downgrade(&holder), bytes));
    }
}
