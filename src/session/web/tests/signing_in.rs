use super::*;

#[test]
fn a_user_signs_in_and_has_a_session() {
    for mut world in [World::new(|_| {}), World::with_store()] {
        let mut browser = world.signed_in();
        assert_eq!((browser.has("__Host-session"), browser.has("__Host-sign-in")), (1, 0));
        let session = world.session(&browser).unwrap();
        assert_eq!((session.issuer(), session.subject(), session.sid()), ("https://id.example", "alice", Some("s1")));
        assert_eq!(session.claims(), r#"{"sub":"alice","name":"Al\"ice"}"#, "the chosen ones");
        assert_eq!(session.client(), Some("default"));
        let me = browser.page("/auth/me");
        assert_eq!(world.respond(&mut browser, me).body, session.claims());
        let stranger = Browser::default();
        assert_eq!(world.respond(&mut Browser::default(), stranger.page("/auth/me")).body, "null");
        // Another sign-in, another identifier; and the one before is gone.
        let before = browser.clone();
        let login = browser.page("/auth/login");
        world.respond(&mut browser, login);
        let callback = browser.page("/auth/callback?code=c2&state=state2");
        assert_eq!(world.respond(&mut browser, callback).header("location"), Some("/"));
        assert_ne!(world.session(&browser).unwrap().id(), session.id());
        let is_in_store = world.auth.options.sessions_in_store;
        assert_eq!(world.session(&before).is_none(), is_in_store);
        assert_eq!(world.store.len(), if is_in_store { 2 } else { 0 }, "the session, and the note that one has ended");
        for (key, (value, _)) in &world.store {
            let text = format!("{key} {value}");
            assert!(!["alice", "rt0", "at0", session.id()].iter().any(|secret| text.contains(secret)), "{text}");
        }
    }
}

#[test]
fn only_a_store_or_the_option_keeps_a_refresh_token() {
    for (mut world, has_token) in [
        (World::new(|_| {}), false),
        (World::new(|options| options.store = StoreKind::Plain), false),
        (World::new(|options| options.refresh_unlocked = true), true),
        (World::new(|options| options.store = StoreKind::Atomic), true),
        (World::with_store(), true),
    ] {
        let browser = world.signed_in();
        let session = world.session(&browser).unwrap();
        let tokens = session.tokens().unwrap();
        assert_eq!(tokens.contains("rt0"), has_token);
        let compared = tokens.contains(r#""claims":{"sub":"alice"}"#);
        assert_eq!(compared, has_token, "what a refreshed ID token is compared with");
        assert_eq!(tokens.contains("idToken"), world.auth.options.sessions_in_store);
    }
}

#[test]
fn several_sign_ins_are_under_way_and_a_storm_leaves_four() {
    let mut world = World::new(|_| {});
    let mut browser = Browser::default();
    for _ in 0..1_000 {
        let page = browser.page("/notes");
        assert_eq!(world.sign_in(&mut browser, page, SignIn::default()).status, 303);
        assert!(browser.has("__Host-sign-in") <= 4);
        world.now += 1;
    }
    let mut first = browser.clone();
    for state in [998, 1000] {
        let callback = first.page(&format!("/auth/callback?code=c{state}&state=state{state}"));
        assert_eq!(world.respond(&mut first, callback).header("location"), Some("/notes"));
    }
    for field in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch"), ("rsc", "1")] {
        let mut browser = Browser::default();
        let page = browser.page("/notes").with_field(field.0, field.1);
        let response = world.sign_in(&mut browser, page, SignIn::default());
        assert_eq!((response.status, browser.0.len()), (204, 0));
    }
}

#[test]
fn calls_hear_that_nobody_is_signed_in_and_forms_go_to_the_login() {
    let mut world = World::new(|_| {});
    let mut browser = Browser::default();
    let response = {
        let call = browser.call("GET", "/api/notes", "same-origin");
        world.sign_in(&mut browser, call, SignIn::default())
    };
    assert_eq!((response.status, response.header("www-authenticate")), (401, Some("Bearer")));
    assert!(response.body.contains(r#""code":"token_missing""#));
    let form = WebRequest::new("POST", "/notes").with_field("sec-fetch-mode", "navigate");
    let form = form.with_field("sec-fetch-dest", "document").with_field("accept", "text/html");
    for (referer, location) in [
        ("https://app.example/notes?a=b", "/auth/login?return_to=%2Fnotes%3Fa%3Db"),
        ("https://evil.example/notes", "/auth/login"),
        ("https://app.example.evil.example/", "/auth/login"),
    ] {
        let request = form.clone().with_field("referer", referer);
        let response = world.sign_in(&mut browser, request, SignIn::default());
        assert_eq!((response.status, response.header("location")), (303, Some(location)));
    }
    assert!(browser.0.is_empty());
}

#[test]
fn a_callback_without_its_transaction_goes_home_or_begins_again_once() {
    let mut world = World::new(|_| {});
    // A reload of the callback, signed in.
    let mut browser = world.signed_in();
    let callback = browser.page("/auth/callback?code=c1&state=state1");
    assert_eq!(world.respond(&mut browser, callback).header("location"), Some("/"));
    // Nobody is signed in: once more, and then a page that says so.
    let mut browser = Browser::default();
    let lost = |browser: &Browser| browser.page("/auth/callback?code=c&state=lost");
    let request = lost(&browser);
    let again = world.respond(&mut browser, request);
    assert_eq!(again.header("location"), Some("/auth/login?restarted=1"));
    let login = browser.page("/auth/login?restarted=1");
    let again = world.respond(&mut browser, login);
    assert!(again.header("location").unwrap().starts_with("https://id.example/authorize"));
    let request = lost(&browser);
    let response = world.respond(&mut browser, request);
    assert_eq!(response.status, 400);
    assert!(response.body.contains("transaction_missing") && response.body.contains("href=\"/auth/login\""));
    // The one that was begun again ends well.
    let request = lost(&browser);
    world.respond(&mut browser, request);
    let login = browser.page("/auth/login?restarted=1");
    world.respond(&mut browser, login);
    let callback = browser.page(&format!("/auth/callback?code=c9&state=state{}", world.states));
    assert_eq!(world.respond(&mut browser, callback).header("location"), Some("/"));
    assert_eq!(browser.has("__Host-sign-in-again"), 0);
    // What is no page begins nothing.
    let call = Browser::default().call("GET", "/auth/callback?code=c&state=lost", "same-origin");
    assert_eq!(world.respond(&mut Browser::default(), call).status, 400);
    // A code that comes twice, with its transaction still there.
    let mut browser = Browser::default();
    let login = browser.page("/auth/login");
    world.respond(&mut browser, login);
    let state = world.states;
    let copy = browser.clone();
    let callback = browser.page(&format!("/auth/callback?code=d&state=state{state}"));
    world.respond(&mut browser, callback.clone());
    let mut copy_with_session = copy.clone();
    copy_with_session.0.extend(browser.0.clone());
    let callback = copy_with_session.page(&format!("/auth/callback?code=d&state=state{state}"));
    assert_eq!(world.respond(&mut copy_with_session, callback).header("location"), Some("/"));
}

#[test]
fn a_refusal_is_shown_as_text() {
    let mut world = World::new(|_| {});
    let mut browser = Browser::default();
    let login = browser.page("/auth/login");
    world.respond(&mut browser, login);
    let callback = browser.page("/auth/callback?error=access_denied&state=state1");
    let response = world.respond(&mut browser, callback);
    assert_eq!((response.status, browser.has("__Host-sign-in")), (400, 0));
    assert!(response.body.contains("access_denied: &lt;b&gt;no&lt;/b&gt;") && !response.body.contains("<b>"));
    assert!(response.header("content-security-policy").unwrap().starts_with("default-src 'none'; "));
}

#[test]
fn from_the_page_of_a_refusal_the_user_signs_in_by_the_same_client_or_goes_back() {
    let mut world = World::new(|options| {
        options.clients = vec!["default".into(), "staff".into()];
        options.return_to = "/start".into();
    });
    for (query, link) in [
        (
            "client=staff&return_to=/notes%3Fa=1%26b=2",
            "/auth/login?client=staff&amp;return_to=%2Fnotes%3Fa%3D1%26b%3D2",
        ),
        ("client=staff", "/auth/login?client=staff"),
        ("return_to=/start", "/auth/login"),
    ] {
        let mut browser = Browser::default();
        let login = browser.page(&format!("/auth/login?{query}"));
        world.respond(&mut browser, login);
        let callback = browser.page(&format!("/auth/callback?error=access_denied&state=state{}", world.states));
        let page = world.respond(&mut browser, callback).body;
        for link in [link, "/start"] {
            assert!(page.contains(&format!("<a href=\"{link}\">")), "{link} {page}");
        }
    }
    // Neither a client that there is not, nor another site's address, is in such a link.
    let browser = Browser::default();
    for query in ["client=other", "return_to=//evil.example"] {
        let login = browser.page(&format!("/auth/login?{query}"));
        let page = world.respond(&mut Browser::default(), login).body;
        assert!(page.contains("<a href=\"/auth/login\">") && !page.contains("evil"), "{page}");
    }
}

#[test]
fn a_form_is_posted_again_by_a_page_of_ours() {
    let mut world = World::new(|_| {});
    let mut browser = Browser::default();
    let login = browser.page("/auth/login?return_to=/notes");
    world.respond(&mut browser, login);
    let form = "state=state1&code=%22%3E%3Cscript%3Ex%3C%2Fscript%3E";
    let post = |browser: &Browser| {
        let request = browser.call("POST", "/auth/callback", "cross-site");
        request.with_field("accept", "text/html")
    };
    world.body = Some(form.into());
    let page = world.respond(&mut browser.clone(), post(&Browser::default()));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(r#"name="code" value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;""#), "{}", page.body);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self'") && policy.contains("script-src 'sha256-"), "{policy}");
    assert!(page.body.matches("<script>").count() == 1);
    // Once: without the cookie also the second time it is no sign-in.
    world.body = Some(format!("{form}&countersign_resubmitted=1"));
    assert_eq!(world.respond(&mut Browser::default(), post(&Browser::default())).status, 400);
    let request = post(&browser);
    assert_eq!(world.respond(&mut browser, request).header("location"), Some("/notes"));
    assert_eq!(world.redeemed, [form], "as the server sent it");
    world.body = Some("x=1&".repeat(20_000));
    assert_eq!(world.respond(&mut browser.clone(), post(&browser)).status, 400);
}

#[test]
fn a_user_returns_to_a_place_of_the_application() {
    let mut world = World::new(|_| {});
    for target in ["//evil.example", "https://evil.example/", "/%0d%0a//x\\", "javascript:1"] {
        let mut browser = Browser::default();
        let login = browser.page(&format!("/auth/login?return_to={target}"));
        let response = world.respond(&mut browser, login);
        let is_refused = response.status == 400 && browser.0.is_empty();
        assert!(is_refused || target.starts_with("/%"), "{target}");
        if is_refused {
            assert!(response.body.contains("return_to_refused"));
        }
    }
    let mut browser = Browser::default();
    let page = browser.page("/");
    let params = SignIn { return_to: Some("//evil.example".into()), ..SignIn::default() };
    assert_eq!(world.sign_in(&mut browser, page, params).status, 400);
    let login = browser.page("/auth/login?client=other");
    assert_eq!(world.respond(&mut browser, login).status, 400, "a client that there is not");
}

#[test]
fn where_no_cookies_arrive_a_sign_in_ends_with_a_page_that_says_so() {
    let mut world = World::new(|_| {});
    let stranger = Browser::default();
    let callback = stranger.page("/auth/callback?code=c&state=lost");
    let response = world.respond(&mut Browser::default(), callback);
    assert_eq!((response.status, world.states), (303, 0), "nothing is begun yet");
    let login = stranger.page(response.header("location").unwrap());
    let response = world.respond(&mut Browser::default(), login);
    assert_eq!((response.status, world.states), (400, 0));
    assert!(response.body.contains("transaction_missing"));
}

#[test]
fn a_sign_in_that_begins_again_is_the_same_one() {
    let mut world = World::new(|options| options.clients = vec!["default".into(), "staff".into()]);
    let mut browser = Browser::default();
    let login = browser.page("/auth/login?client=staff&return_to=%2Fnotes");
    world.respond(&mut browser, login);
    // The code was used already, and its session is not here.
    let callback = browser.page("/auth/callback?code=c&state=state1");
    world.respond(&mut browser.clone(), callback.clone());
    let response = world.respond(&mut browser, callback);
    let location = response.header("location").unwrap().to_owned();
    assert_eq!(location, "/auth/login?client=staff&return_to=%2Fnotes&restarted=1");
    let login = browser.page(&location);
    let response = world.respond(&mut browser, login);
    assert!(response.header("location").unwrap().contains("client_id=staff"));
    let callback = browser.page("/auth/callback?code=d&state=state2");
    assert_eq!(world.respond(&mut browser, callback).header("location"), Some("/notes"));
    assert_eq!(world.session(&browser).unwrap().client(), Some("staff"));
}
