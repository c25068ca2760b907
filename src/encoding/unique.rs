//! Whether names occur once, however many an adversary sends.

/// Up to so many, every pair is looked at; more are sorted first.
const FEW: usize = 16;

/// Whether no two items have the same name. May reorder them.
pub(crate) fn all_unique_by<T, N: Ord + ?Sized>(items: &mut [T], name: impl Fn(&T) -> &N) -> bool {
    if items.len() > FEW {
        sort(items, &name);
        return items.windows(2).all(|pair| matches!(pair, [one, other] if name(one) != name(other)));
    }
    let mut rest = &*items;
    while let [first, after @ ..] = rest {
        if after.iter().any(|other| name(other) == name(first)) {
            return false;
        }
        rest = after;
    }
    true
}

/// A heap sort: n log n steps for every order of the items, and a tenth of the standard library's in size.
pub(crate) fn sort<T, N: Ord + ?Sized>(items: &mut [T], name: impl Fn(&T) -> &N) {
    let sift = |heap: &mut [T], mut parent: usize| {
        loop {
            let left = parent.saturating_mul(2).saturating_add(1);
            let right = left.saturating_add(1);
            let key = |index: usize| heap.get(index).map(&name);
            let child = if key(right) > key(left) { right } else { left };
            if key(child) <= key(parent) {
                return;
            }
            heap.swap(parent, child);
            parent = child;
        }
    };
    for parent in (0..items.len() / 2).rev() {
        sift(items, parent);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        if let Some(heap) = items.get_mut(..end) {
            sift(heap, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_sort_sorts() {
        for count in 0..200u32 {
            let mut items: Vec<u32> = (0..count).map(|index| index * 31 % 97).collect();
            let mut expected = items.clone();
            sort(&mut items, |item| item);
            expected.sort_unstable();
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn names_are_told_apart_whatever_their_number() {
        for count in [1, 2, 15, 16, 17, 18, 100, 3000] {
            // A permutation, since 7919 is a prime.
            let names = || (0..count).map(|index| index * 7919 % count);
            assert!(all_unique_by(&mut names().collect::<Vec<u32>>(), |name| name));
            for twice in [0, count / 2, count - 1] {
                assert!(
                    !all_unique_by(&mut names().chain([twice]).collect::<Vec<u32>>(), |name| name),
                    "{twice} of {count}"
                );
                assert!(!all_unique_by(&mut [twice].into_iter().chain(names()).collect::<Vec<u32>>(), |name| name));
            }
        }
    }
}
