use super::*;
use crate::session::{Lifetime, cookies};

#[test]
fn only_pages_of_the_own_origin_change_anything() {
    let own = Some("https://app.example");
    let other = Some("https://evil.example");
    let neighbour = Some("https://x.app.example");
    for (method, site, origin, header, allowed) in [
        ("GET", Some("cross-site"), None, false, true),
        ("HEAD", Some("cross-site"), other, false, true),
        ("POST", Some("same-origin"), own, false, true),
        ("POST", Some("same-origin"), None, false, true),
        ("POST", Some("same-site"), neighbour, false, false),
        ("POST", Some("same-site"), own, true, false),
        ("POST", Some("cross-site"), other, true, false),
        ("POST", Some("none"), None, false, false),
        ("POST", None, own, false, true),
        ("POST", None, other, true, false),
        ("POST", None, neighbour, true, false),
        ("POST", None, Some("null"), true, false),
        ("POST", None, None, false, false),
        ("POST", None, None, true, true),
        ("PUT", Some("same-site"), own, false, false),
        ("DELETE", None, None, false, false),
        ("PATCH", Some("same-origin"), own, false, true),
        ("get", Some("cross-site"), other, false, false),
    ] {
        let mut world = World::new(|_| {});
        let browser = world.signed_in();
        let mut request =
            WebRequest::new(method, "/notes").with_field("host", "app.example").with_field("cookie", browser.header());
        for (name, value) in [("sec-fetch-site", site), ("origin", origin), ("x-csrf", header.then_some("1"))] {
            if let Some(value) = value {
                request = request.with_field(name, value);
            }
        }
        let moment = world.moment();
        let outcome = world.run(world.auth.clone().admit(request.clone(), moment));
        match outcome {
            Outcome::Visit(visit) => assert!(allowed && visit.session.is_some(), "{method} {site:?} {origin:?}"),
            Outcome::Response(response) => {
                assert!(!allowed && response.status == 403, "{method} {site:?} {origin:?}");
                assert!(response.body.contains("csrf_refused"));
            }
            _ => panic!("no answer"),
        }
        let moment = world.moment();
        let read = world.run(world.auth.clone().read(request.clone(), moment));
        match read {
            Outcome::Visit(visit) => assert!(allowed && visit.session.is_some(), "{method} {site:?}"),
            Outcome::Failed(failure, _) => assert_eq!((allowed, failure.code), (false, ErrorCode::CsrfRefused)),
            _ => panic!("no answer"),
        }
        // A program that shows a token is let through, and has no session.
        let visit = world.visit(&mut browser.clone(), request.with_field("authorization", "Bearer x"));
        assert_eq!(visit.session.is_some(), allowed);
        // So is whoever is not signed in.
        let stranger = WebRequest::new(method, "/notes").with_field("sec-fetch-site", "cross-site");
        assert!(world.visit(&mut Browser::default(), stranger).session.is_none());
    }
}

#[test]
fn an_upgrade_comes_from_the_own_origin() {
    for (origin, allowed) in [
        (Some("https://app.example"), true),
        (Some("https://evil.example"), false),
        (Some("null"), false),
        (None, false),
    ] {
        let mut world = World::new(|_| {});
        let browser = world.signed_in();
        let mut request =
            WebRequest::new("GET", "/socket").with_field("upgrade", "websocket").with_field("cookie", browser.header());
        if let Some(origin) = origin {
            request = request.with_field("origin", origin);
        }
        let moment = world.moment();
        let outcome = world.run(world.auth.clone().admit(request, moment));
        assert_eq!(matches!(outcome, Outcome::Visit(_)), allowed, "{origin:?}");
    }
}

#[test]
fn the_host_selects_an_origin_and_does_nothing_else() {
    let several = |options: &mut WebOptions| {
        options.origins = ["https://app.example", "https://preview.app.example:8443", "http://localhost:3000"]
            .map(String::from)
            .into();
    };
    let world = World::new(several);
    let site = |fields: &[(&str, &str)]| {
        let request =
            fields.iter().fold(WebRequest::new("GET", "/"), |request, (name, value)| request.with_field(name, *value));
        world.auth.site(&request).map(|site| site.origin().to_owned()).ok()
    };
    for (fields, origin) in [
        (vec![], "https://app.example"),
        (vec![("host", "app.example")], "https://app.example"),
        (vec![("host", "APP.example:443")], "https://app.example"),
        (vec![("host", "preview.app.example:8443")], "https://preview.app.example:8443"),
        (vec![("host", "preview.app.example")], "https://app.example"),
        (vec![("host", "localhost:3000")], "http://localhost:3000"),
        (
            vec![("host", "pod:3000"), ("x-forwarded-host", "preview.app.example:8443")],
            "https://preview.app.example:8443",
        ),
        (vec![("host", "pod:3000"), ("x-forwarded-host", "evil.example, app.example")], "https://app.example"),
        (vec![("host", "evil.example")], "https://app.example"),
    ] {
        assert_eq!(site(&fields).as_deref(), Some(origin), "{fields:?}");
    }
    for host in ["", "a b", "app.example/", "app.example@evil.example", "app.example:x", "app.example\\", "//x", "a?b"]
    {
        assert_eq!(site(&[("host", host)]), None, "{host}");
        assert_eq!(site(&[("x-forwarded-host", host)]), None, "{host}");
    }
    assert_eq!(site(&[("host", "app.example"), ("host", "app.example")]), None);
    let mut world = World::new(several);
    let bad = WebRequest::new("GET", "/auth/login").with_field("host", "a b");
    assert_eq!(world.respond(&mut Browser::default(), bad).status, 400);
}

#[test]
fn another_name_of_this_computer_is_sent_to_the_configured_one() {
    let mut world = World::new(|options| options.origins = vec!["http://localhost:3000".into()]);
    let at = |host: &str, target: &str| {
        let request = WebRequest::new("GET", target).with_field("host", host).with_field("accept", "text/html");
        request.with_field("sec-fetch-mode", "navigate").with_field("sec-fetch-dest", "document")
    };
    for host in ["127.0.0.1:3000", "[::1]:3000"] {
        let response = world.sign_in(&mut Browser::default(), at(host, "/notes"), SignIn::default());
        assert_eq!(response.header("location"), Some("http://localhost:3000/auth/login?return_to=%2Fnotes"), "{host}");
        assert_eq!(response.set_cookies().count(), 0);
    }
    for host in ["app.example:3000", "127.0.0.1:8080", "localhost.evil.example:3000"] {
        let request = at(host, "/notes");
        assert!(!WebAuth::is_other_loopback(world.auth.site(&request).unwrap(), &request), "{host}");
    }
}

#[test]
fn routes_are_below_the_base_path() {
    let world = World::new(|options| {
        (options.base_path, options.store) = ("/app/auth".into(), StoreKind::Plain);
    });
    let is_route = |path: &str| world.auth.route(path).is_some();
    for name in ["login", "callback", "logout", "me", "backchannel-logout"] {
        for base in ["/app/auth", "/auth"] {
            assert!(is_route(&format!("{base}/{name}")));
        }
        for base in ["", "/", "/x/auth", "/h", "auth", "/app/auth/", "/app/auth/x", "/App/auth"] {
            assert!(!is_route(&format!("{base}/{name}")), "{base}");
        }
    }
    for path in ["/app/auth", "/app/auth/", "/app/auth/other", "/app/auth/login/", "", "login"] {
        assert!(!is_route(path), "{path}");
    }
}

#[test]
fn whatever_is_altered_is_no_session() {
    let mut world = World::new(|_| {});
    world.claims = format!(r#"{{"sub":"alice","name":"{}"}}"#, "n".repeat(6_000));
    let browser = world.signed_in();
    assert_eq!(browser.has("__Host-session"), 3, "in three parts");
    world.claims = format!(r#"{{"sub":"alice","name":"{}"}}"#, "m".repeat(6_000));
    let other = world.signed_in();
    let mut random = Random::new(9);
    for name in browser.0.keys() {
        let mut mixed = browser.clone();
        mixed.0.insert(name.clone(), other.0[name].clone());
        assert!(world.session(&mixed).is_none(), "parts of two sessions");
        for _ in 0..500 {
            let mut altered = browser.clone();
            let value = altered.0.get_mut(name).unwrap();
            let at = random.below(value.len());
            let letter = random.pick(&["A", "b", "-", "_", "0", "="]);
            if &value[at..=at] == letter {
                continue;
            }
            value.replace_range(at..=at, letter);
            assert!(world.session(&altered).is_none());
            let mut cut = browser.clone();
            cut.0.get_mut(name).unwrap().truncate(at);
            assert!(world.session(&cut).is_none());
        }
    }
    let mut swapped = browser.clone();
    let parts: Vec<String> = browser.0.values().cloned().collect();
    for (name, value) in browser.0.keys().zip(parts.iter().rev()) {
        swapped.0.insert(name.clone(), value.clone());
    }
    assert!(world.session(&swapped).is_none());
    // Sealed for another origin or another name.
    let session = world.session(&browser).unwrap();
    let purpose = crate::session::Purpose::Session;
    for (origin, name, found) in
        [(ORIGIN, "session", true), ("https://x.app.example", "session", false), (ORIGIN, "other", false)]
    {
        let site = crate::session::Site::new(origin).unwrap();
        let sealed = world.keys.seal(purpose, name, &site, [1; 12], session.to_text().as_bytes());
        let mut browser = Browser::default();
        let own = crate::session::Site::new(ORIGIN).unwrap();
        browser.take(cookies::write(&own, "session", &sealed, 60).unwrap().iter().map(String::as_str));
        assert_eq!(world.session(&browser).is_some(), found, "{origin} {name}");
    }
}

#[test]
fn a_session_that_is_too_large_says_so() {
    let mut world = World::new(|_| {});
    let browser = world.signed_in();
    let session = world.session(&browser).unwrap();
    let large = session.with_contents("{}", &format!(r#"{{"a":"{}"}}"#, "x".repeat(20_000))).unwrap();
    let moment = world.moment();
    let outcome = world.run(world.auth.clone().save(browser.page("/"), large, moment));
    assert!(matches!(outcome, Outcome::Failed(failure, _) if failure.code == ErrorCode::SessionInvalid));
}

#[test]
fn a_renewal_keeps_what_another_request_has_changed() {
    let mut world = World::with_store();
    let mut browser = world.signed_in();
    world.now += 20_000;
    let read = world.session(&browser).unwrap();
    // A call begins, and reads the session; another changes it; the first renews it.
    let moment = world.moment();
    let mut call = world.auth.clone().admit(browser.call("GET", "/api", "same-origin"), moment);
    let mut answer = None;
    let mut reads = 0;
    while reads < 2 {
        let Step::Task(task) = call.step(answer.take()) else { panic!("it is over") };
        reads += u32::from(matches!(task, Task::Read { .. }));
        answer = Some(world.answer(task));
    }
    let changed = read.with_contents("{}", r#"{"cart":[1]}"#).unwrap();
    let moment = world.moment();
    let saved = world.run(world.auth.clone().save(browser.page("/"), changed, moment));
    assert!(matches!(saved, Outcome::Visit(_)));
    let outcome = loop {
        match call.step(answer.take()) {
            Step::Task(task) => answer = Some(world.answer(task)),
            Step::Done(outcome) => break outcome,
        }
    };
    let Outcome::Visit(visit) = outcome else { panic!("no visit") };
    assert!(!visit.set_cookies.is_empty());
    browser.take(visit.set_cookies.iter().map(String::as_str));
    let session = world.session(&browser).unwrap();
    assert_eq!((session.data(), session.idle_until()), (r#"{"cart":[1]}"#, world.now + 86_400));
    assert!(session.claims().contains("alice"), "what a user is called is none of the application's");
}

#[test]
fn mistakes_in_the_options_are_named() {
    type Change = fn(&mut WebOptions);
    let problem = |change: fn(&mut WebOptions)| {
        let mut options = WebOptions::new(ORIGIN);
        change(&mut options);
        WebAuth::new(options).err().map(|error| error.option)
    };
    assert_eq!(problem(|_| {}), None);
    let cases: [(Change, &str); 17] = [
        (|o| o.origins.clear(), "origin"),
        (|o| o.origins.push("http://app.example".into()), "origin"),
        (|o| o.origins = vec![ORIGIN.into(); 33], "origin"),
        (|o| o.base_path = String::new(), "base_path"),
        (|o| o.base_path = "auth".into(), "base_path"),
        (|o| o.base_path = "/auth/".into(), "base_path"),
        (|o| o.base_path = "//auth".into(), "base_path"),
        (|o| o.base_path = "/auth?x".into(), "base_path"),
        (|o| o.clients.clear(), "clients"),
        (|o| o.clients = vec!["a b".into()], "clients"),
        (|o| o.name = "a=b".into(), "session.name"),
        (|o| o.name = String::new(), "session.name"),
        (|o| o.lifetime.idle = 0, "session"),
        (|o| o.lifetime = Lifetime { idle: 1, absolute: 0 }, "session"),
        (|o| o.return_to = "//evil.example".into(), "return_to"),
        (|o| o.return_to = "https://app.example/".into(), "return_to"),
        (|o| o.sessions_in_store = true, "store"),
    ];
    for (change, option) in cases {
        assert_eq!(problem(change), Some(option));
    }
}

#[test]
fn sessions_of_another_name_in_the_same_store_are_none() {
    let named = |name: &'static str| {
        World::new(|options| {
            (options.store, options.sessions_in_store, options.name) = (StoreKind::Atomic, true, name.into());
        })
    };
    let mut customers = named("customers");
    let browser = customers.signed_in();
    assert!(customers.session(&browser).is_some());
    let mut staff = named("staff");
    staff.store.clone_from(&customers.store);
    let mut other = Browser::default();
    other.0.insert("__Host-staff".into(), browser.0["__Host-customers"].clone());
    assert!(staff.session(&other).is_none());
}

#[test]
fn a_session_of_a_client_that_is_gone_is_none() {
    for in_store in [false, true] {
        let options = |options: &mut WebOptions| {
            (options.store, options.sessions_in_store) = (StoreKind::Atomic, in_store);
        };
        let mut world = World::new(|all| {
            options(all);
            all.clients = vec!["old".into()];
        });
        let mut browser = world.signed_in();
        let session = world.session(&browser).unwrap();
        let mut later = World::new(options);
        later.store.clone_from(&world.store);
        assert!(later.session(&browser).is_none());
        // Nor is its refresh token sent to the server of another client.
        later.now = NOW + 4_000;
        let moment = later.moment();
        let refresh = later.auth.clone().refresh(browser.page("/"), session, None, true, moment);
        assert!(matches!(later.run(refresh), Outcome::Failed(failure, _) if failure.code == ErrorCode::SessionEnded));
        let logout = browser.call("POST", "/auth/logout", "same-origin");
        assert_eq!(later.respond(&mut browser, logout).header("location"), Some("/"));
        assert!(later.refreshes == 0 && later.revoked.is_empty());
    }
}
