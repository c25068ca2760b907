use super::*;

#[test]
fn a_sign_out_needs_a_page_of_ours_or_the_token_of_the_session() {
    for mut world in [World::new(|options| options.refresh_unlocked = true), World::with_store()] {
        for (method, token, site, expected) in [
            ("POST", "", "same-origin", 303),
            ("POST", "", "same-site", 403),
            ("POST", "", "cross-site", 403),
            ("POST", "", "none", 403),
            ("GET", "right", "cross-site", 303),
            ("GET", "wrong", "same-origin", 200),
            ("GET", "", "same-origin", 200),
            ("PUT", "", "same-origin", 405),
        ] {
            let mut browser = world.signed_in();
            let session = world.session(&browser).unwrap();
            let target = match token {
                "right" => world.auth.logout_path(&session),
                "wrong" => world.auth.logout_path(&session) + "x",
                _ => "/auth/logout".into(),
            };
            let request = browser.call(method, &target, site);
            let response = world.respond(&mut browser, request);
            assert_eq!(response.status, expected, "{method} {token} {site}");
            assert_eq!(world.session(&browser).is_none(), expected == 303, "{method} {token} {site}");
            if expected == 303 {
                let hint = if world.auth.options.sessions_in_store { "id" } else { "" };
                let location = format!("https://id.example/logout?to=https://app.example/&hint={hint}");
                assert_eq!(response.header("location"), Some(location.as_str()));
                assert_eq!(world.revoked.pop().as_deref(), Some("rt0"));
            }
            world.now += 10;
        }
        let browser = world.signed_in();
        let session = world.session(&browser).unwrap();
        let link = world.auth.logout_path(&session);
        let ahead = browser.page(&link).with_field("sec-purpose", "prefetch");
        assert_eq!(world.respond(&mut browser.clone(), ahead).status, 204);
        assert!(world.session(&browser).is_some());
        assert!(!link.contains(session.id()));
    }
}

#[test]
fn an_answer_that_comes_late_signs_nobody_in_again() {
    for mut world in [World::new(|_| {}), World::with_store()] {
        let mut browser = world.signed_in();
        // A call is under way whose answer renews the session.
        world.now += 20_000;
        let call = browser.call("GET", "/api", "same-origin");
        let late = world.visit(&mut browser.clone(), call).set_cookies;
        assert!(!late.is_empty());
        let logout = browser.call("POST", "/auth/logout", "same-origin");
        world.respond(&mut browser, logout);
        browser.take(late.iter().map(String::as_str));
        assert_eq!(browser.has("__Host-session"), 1, "the cookie is back");
        assert!(world.session(&browser).is_none());
        world.now += 599;
        assert!(world.session(&browser).is_none());
        let page = browser.page("/notes");
        assert!(world.visit(&mut browser, page).session.is_none());
        assert_eq!(browser.has("__Host-session"), 0, "and is deleted");
        // A stranger's response sets nothing.
        let page = browser.page("/notes");
        assert!(world.visit(&mut browser, page).set_cookies.is_empty());
        // A sign-in of the very same second counts.
        let logout = browser.call("POST", "/auth/logout", "same-origin");
        world.respond(&mut browser, logout);
        let login = browser.page("/auth/login");
        world.respond(&mut browser, login);
        let callback = browser.page(&format!("/auth/callback?code=again&state=state{}", world.states));
        world.respond(&mut browser, callback);
        assert!(world.session(&browser).is_some());
    }
}

#[test]
fn a_renewal_during_a_sign_out_brings_nothing_back() {
    let mut random = Random::new(3);
    for _ in 0..300 {
        let mut world = World::with_store();
        let mut browser = world.signed_in();
        world.now += 20_000;
        let (one, two) = (world.moment(), world.moment());
        let renewal = world.auth.clone().admit(browser.call("GET", "/api", "same-origin"), one);
        let logout = world.auth.clone().handle(browser.call("POST", "/auth/logout", "same-origin"), two);
        let before = browser.clone();
        world.race(vec![renewal, logout], &mut random);
        browser.0.clear();
        // Whoever has copied the cookie has nothing.
        assert!(world.session(&before).is_none());
    }
}

#[test]
fn the_authorization_server_ends_sessions() {
    let token = |sid: Option<&str>, jti: &str| Answer::LogoutToken {
        issuer: "https://id.example".into(),
        subject: Some("alice".into()),
        sid: sid.map(Into::into),
        jti: jti.into(),
        expires_at: NOW + 60,
    };
    let post = || WebRequest::new("POST", "/auth/backchannel-logout").with_field("host", "app.example");
    let stores = [StoreKind::Plain, StoreKind::Atomic];
    for (kind, in_store) in stores.iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let mut world = World::new(|options| (options.store, options.sessions_in_store) = (*kind, in_store));
        world.body = Some("logout_token=x.y.z".into());
        let first = world.signed_in();
        world.claims = r#"{"sub":"alice","sid":"s2"}"#.into();
        let second = world.signed_in();
        world.claims = r#"{"sub":"bob","sid":"s3"}"#.into();
        let bob = world.signed_in();
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 400, "not verified");
        world.logout_token = Some(token(Some("s1"), "1"));
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 200);
        assert!(world.session(&first).is_none() && world.session(&second).is_some());
        world.now += 1;
        world.claims = r#"{"sub":"alice","sid":"s1"}"#.into();
        let again = world.signed_in();
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 400, "sent again");
        assert!(world.session(&again).is_some());
        world.logout_token = Some(token(None, "2"));
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 200);
        assert!(world.session(&again).is_none() && world.session(&second).is_none() && world.session(&bob).is_some());
        world.store_is_down = true;
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 503);
        world.store_is_down = false;
        world.body = None;
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 400);
        world.body = Some("logout_token=a&logout_token=b".into());
        assert_eq!(world.respond(&mut Browser::default(), post()).status, 400);
    }
    // Without a store there is no such route.
    let mut world = World::new(|_| {});
    assert!(world.visit(&mut Browser::default(), post()).session.is_none());
}

#[test]
fn a_store_that_is_down_signs_nobody_out() {
    let mut world = World::with_store();
    let mut browser = world.signed_in();
    world.store_is_down = true;
    for request in
        [browser.page("/notes"), browser.page("/auth/me"), browser.call("POST", "/auth/logout", "same-origin")]
    {
        let response = world.respond(&mut browser, request);
        assert_eq!(response.status, 503);
        assert!(response.header("retry-after").is_some() && response.set_cookies().count() == 0);
    }
    world.store_is_down = false;
    assert!(world.session(&browser).is_some());
}

#[test]
fn a_sign_out_is_remembered_as_long_as_a_session_may_last() {
    for (absolute, age) in [(604_800, 604_800), (60, 600)] {
        let mut world = World::new(|options| options.lifetime.absolute = absolute);
        let mut browser = world.signed_in();
        let logout = browser.call("POST", "/auth/logout", "same-origin");
        let response = world.respond(&mut browser, logout);
        let cookie = response.set_cookies().find(|cookie| cookie.starts_with("__Host-signed-out=")).unwrap();
        assert!(cookie.contains(&format!("; Max-Age={age};")), "{cookie}");
    }
}

#[test]
fn a_session_does_not_begin_after_the_logouts_that_end_it() {
    for (ahead, latest) in [(0, 1), (5, 6), (6, 0), (590, 0), (u64::MAX - NOW, 0)] {
        let mut world = World::new(|_| {});
        let mut browser = Browser::default();
        browser.0.insert("__Host-signed-out".into(), (NOW + ahead).to_string());
        let login = browser.page("/auth/login");
        world.respond(&mut browser, login);
        let callback = browser.page("/auth/callback?code=c1&state=state1");
        world.respond(&mut browser, callback);
        assert_eq!(world.session(&browser).unwrap().begun_at(), NOW + latest, "{ahead}");
    }
}

fn logout_token(sid: Option<&str>, expires_at: u64) -> Answer {
    let (issuer, subject) = ("https://id.example".into(), Some("alice".into()));
    Answer::LogoutToken { issuer, subject, sid: sid.map(Into::into), jti: "1".into(), expires_at }
}

#[test]
fn a_logout_with_sid_ends_sessions_of_the_user_that_have_none() {
    for in_store in [false, true] {
        let mut world = World::new(|options| {
            (options.store, options.sessions_in_store) = (StoreKind::Atomic, in_store);
        });
        let other = {
            world.claims = r#"{"sub":"alice","sid":"s2"}"#.into();
            world.signed_in()
        };
        world.claims = r#"{"sub":"alice"}"#.into();
        let alice = world.signed_in();
        world.claims = r#"{"sub":"bob"}"#.into();
        let bob = world.signed_in();
        world.body = Some("logout_token=x.y.z".into());
        world.logout_token = Some(logout_token(Some("s1"), NOW + 60));
        let post = WebRequest::new("POST", "/auth/backchannel-logout").with_field("host", "app.example");
        assert_eq!(world.respond(&mut Browser::default(), post).status, 200);
        assert!(world.session(&alice).is_none());
        assert!(world.session(&bob).is_some() && world.session(&other).is_some());
    }
}

#[test]
fn a_logout_token_is_remembered_as_long_as_it_is_accepted() {
    for (life, remembered) in [(60, 600), (3_600, 3_660)] {
        let mut world = World::with_store();
        world.body = Some("logout_token=x.y.z".into());
        world.logout_token = Some(logout_token(Some("s1"), NOW + life));
        let post = WebRequest::new("POST", "/auth/backchannel-logout").with_field("host", "app.example");
        assert_eq!(world.respond(&mut Browser::default(), post).status, 200);
        let (_, (_, end)) = world.store.iter().find(|(key, _)| key.starts_with("countersign:logout-token:")).unwrap();
        assert_eq!(*end, NOW + remembered);
    }
}

#[test]
fn a_sign_out_ends_every_copy_of_a_cookie_where_there_is_a_store() {
    for kind in [StoreKind::Plain, StoreKind::Atomic] {
        let mut world = World::new(|options| options.store = kind);
        let mut browser = world.signed_in();
        let (copy, other) = (browser.clone(), world.signed_in());
        let logout = browser.call("POST", "/auth/logout", "same-origin");
        world.respond(&mut browser, logout);
        for passed in [0, 86_399] {
            world.now = NOW + passed;
            assert!(world.session(&copy).is_none() && world.session(&other).is_some());
        }
    }
}

#[test]
fn the_application_signs_nobody_out_for_a_link_of_another_page() {
    for (method, has_token, status) in
        [("GET", false, 200), ("HEAD", false, 200), ("GET", true, 303), ("POST", false, 303)]
    {
        let mut world = World::with_store();
        let mut browser = world.signed_in();
        let session = world.session(&browser).unwrap();
        let link = world.auth.logout_path(&session);
        let target = if has_token { link.replace("/auth/logout", "/bye") } else { "/bye".into() };
        let request = browser.call(method, &target, if method == "POST" { "same-origin" } else { "cross-site" });
        let moment = world.moment();
        let Outcome::Response(response) = world.run(world.auth.clone().sign_out(request, moment)) else { panic!() };
        browser.take(response.set_cookies());
        assert_eq!((response.status, world.session(&browser).is_none()), (status, status == 303), "{method}");
    }
}

#[test]
fn the_form_of_the_sign_out_says_where_it_comes_from() {
    let mut world = World::new(|_| {});
    let mut browser = world.signed_in();
    let logout = browser.page("/auth/logout");
    let page = world.respond(&mut browser, logout);
    let policies: Vec<_> = page.headers.iter().filter(|(name, _)| *name == "referrer-policy").collect();
    assert_eq!(policies, [&("referrer-policy", "same-origin".to_owned())]);
}
