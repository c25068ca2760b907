//! Which API's access token goes where, and what a server has against it (RFC 8707).

/// Which of the resources an address is of. `address` and the resources are origin and path, as the URL standard writes them;
/// a resource that is no address of the web is the empty text.
///
/// A resource covers its own path and what lies beneath, and the longest of several counts. Where there is but one, all
/// requests are its own: an API may be elsewhere than where it is named.
pub fn resource_at(address: &str, resources: &[&str]) -> Option<usize> {
    if resources.len() == 1 {
        return Some(0);
    }
    let length = |resource: &&str| resource.trim_end_matches('/').len();
    let covering = resources.iter().enumerate().filter(|(_, resource)| covers(resource, address));
    covering.max_by_key(|(_, resource)| length(resource)).map(|(index, _)| index)
}

fn covers(resource: &str, address: &str) -> bool {
    let beneath = (!resource.is_empty()).then(|| address.strip_prefix(resource.trim_end_matches('/'))).flatten();
    beneath.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_that_covers_an_address_counts() {
        let resources = [
            "https://api.example/",
            "https://api.example/notes",
            "https://api.example/notes/old/",
            "",
            "https://b.example/v1",
        ];
        for (address, expected) in [
            ("https://api.example/", Some(0)),
            ("https://api.example/other", Some(0)),
            ("https://api.example/notes", Some(1)),
            ("https://api.example/notes/", Some(1)),
            ("https://api.example/notes/7", Some(1)),
            ("https://api.example/notes/old", Some(2)),
            ("https://api.example/notes/old/7", Some(2)),
            ("https://api.example/notes/older", Some(1)),
            ("https://api.example/notes2", Some(0)),
            ("https://api.example/Notes", Some(0)),
            ("https://b.example/v1/x", Some(4)),
            ("https://b.example/v2", None),
            ("https://b.example/", None),
            ("https://api.example.evil/notes", None),
            ("https://api.example:8443/notes", None),
            ("http://api.example/notes", None),
            ("", None),
        ] {
            assert_eq!(resource_at(address, &resources), expected, "{address}");
        }
    }

    #[test]
    fn the_only_one_is_everywhere() {
        assert_eq!(resource_at("https://elsewhere.example/", &["https://api.example/v1"]), Some(0));
        assert_eq!(resource_at("https://elsewhere.example/", &[""]), Some(0));
        assert_eq!(resource_at("https://elsewhere.example/", &[]), None);
        assert_eq!(resource_at("https://elsewhere.example/", &["", ""]), None);
    }
}
