use super::refreshing::{access_token, code};
use super::*;

const A: &str = "https://a.example";
const B: &str = "https://b.example/v1";
const C: &str = "urn:c";
/// One that the server has never heard of
const UNKNOWN: &str = "https://unknown.example";

fn resources(options: &mut WebOptions) {
    options.resources = [A, B, C, UNKNOWN].map(|resource| ("default".to_owned(), resource.to_owned())).into();
}

fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for rotates in [true, false] {
        for (store, sessions_in_store) in
            [(StoreKind::None, false), (StoreKind::Atomic, false), (StoreKind::Atomic, true)]
        {
            let mut world = World::new(|options| {
                resources(options);
                (options.store, options.sessions_in_store) = (store, sessions_in_store);
                options.refresh_unlocked = store == StoreKind::None;
            });
            world.rotates = rotates;
            worlds.push(world);
        }
    }
    worlds
}

impl World {
    fn refresh_for(&mut self, browser: &Browser, resource: Option<&str>, can_write: bool) -> Exchange {
        let session = self.session(browser).expect("signed in");
        let moment = self.moment();
        self.auth.clone().refresh(browser.page("/"), session, resource.map(String::from), can_write, moment)
    }

    /// The token for a resource, and its cookies taken.
    fn token(&mut self, browser: &mut Browser, resource: Option<&str>) -> Result<String, Option<ErrorCode>> {
        let exchange = self.refresh_for(browser, resource, true);
        let outcome = self.run(exchange);
        if let Outcome::Visit(visit) | Outcome::Failed(_, visit) = &outcome {
            browser.take(visit.set_cookies.iter().map(String::as_str));
        }
        access_token(&outcome).ok_or(code(&outcome))
    }
}

#[test]
fn each_resource_has_a_token_of_its_own() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        assert_eq!(world.asked, [A, B, C, UNKNOWN]);
        assert_eq!(world.named, [Some(A.to_owned())], "a token request names one");
        let first = Ok(format!("at0 at {A}"));
        let of_b = Ok(format!("at1 at {B}"));
        for _ in 0..2 {
            assert_eq!(world.token(&mut browser, None), first);
            assert_eq!(world.token(&mut browser, Some(A)), first);
            assert_eq!(world.token(&mut browser, Some(B)), of_b);
        }
        world.now = NOW + 2_000;
        assert_eq!(world.token(&mut browser, Some(C)), Ok(format!("at2 at {C}")));
        assert_eq!((world.token(&mut browser, Some(B)), world.refreshes), (of_b.clone(), 2));
        // Each is refreshed when it is due itself, and named again.
        world.now = NOW + 3_500;
        assert_eq!(world.token(&mut browser, Some(C)), Ok(format!("at2 at {C}")));
        assert_eq!(world.token(&mut browser, None), Ok(format!("at3 at {A}")));
        assert_eq!(world.token(&mut browser, Some(B)), Ok(format!("at4 at {B}")));
        assert_eq!(world.token(&mut browser, Some(C)), Ok(format!("at2 at {C}")));
        let named = [A, B, C, A, B].map(|resource| Some(resource.to_owned()));
        assert_eq!((world.named, world.family_is_over), (named.to_vec(), false));
    }
}

#[test]
fn many_at_once_spend_one_refresh_token_for_each_resource() {
    let mut random = Random::new(7);
    for _ in 0..10 {
        for mut world in worlds() {
            let mut browser = world.signed_in();
            let wanted = [Some(B), Some(C), Some(A), None];
            let exchanges = (0..40).map(|index| world.refresh_for(&browser, wanted[index % 4], true)).collect();
            let outcomes = world.race(exchanges, &mut random);
            assert_eq!((world.refreshes, world.family_is_over), (2, false));
            for (index, outcome) in outcomes.iter().enumerate() {
                let token = access_token(outcome).unwrap();
                let resource = wanted[index % 4].unwrap_or(A);
                assert!(token.ends_with(&format!(" at {resource}")), "{token} for {resource}");
            }
            // Whoever comes with the old cookie finds all of them.
            for resource in [B, C] {
                world.token(&mut browser, Some(resource)).unwrap();
            }
            assert_eq!(world.refreshes, 2);
        }
    }
}

#[test]
fn a_resource_that_the_server_refuses_ends_nothing() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        let before = browser.header();
        assert_eq!(world.token(&mut browser, Some(UNKNOWN)), Err(Some(ErrorCode::ResourceRefused)));
        assert_eq!(browser.header(), before);
        assert!(world.token(&mut browser, Some(B)).is_ok());
        // An outage is none of the resource's.
        world.refresh_failure =
            Some(Failure { code: ErrorCode::ServerUnavailable, is_invalid_grant: false, words: None });
        assert_eq!(world.token(&mut browser, Some(C)), Err(Some(ErrorCode::RefreshUnavailable)));
        assert!(world.token(&mut browser, Some(B)).is_ok(), "the session goes on");
        world.refresh_failure = None;
        assert!(world.token(&mut browser, Some(C)).is_ok());
    }
}

#[test]
fn nobody_is_asked_for_a_resource_that_no_sign_in_has_named() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        let asked = world.named.clone();
        assert_eq!(world.token(&mut browser, Some("https://other.example")), Err(Some(ErrorCode::ResourceRefused)));
        assert_eq!((world.named.clone(), world.refreshes), (asked, 0));
        assert!(world.token(&mut browser, Some(B)).is_ok());
    }
}

#[test]
fn the_end_of_the_grant_is_the_end_for_all_of_them() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        world.family_is_over = true;
        assert_eq!(world.token(&mut browser, Some(B)), Err(Some(ErrorCode::SessionEnded)));
    }
}

#[test]
fn without_a_refresh_token_there_is_that_of_the_sign_in() {
    let mut world = World::new(resources);
    let mut browser = world.signed_in();
    assert_eq!(world.token(&mut browser, Some(A)), Ok(format!("at0 at {A}")));
    assert_eq!(world.token(&mut browser, Some(B)), Err(Some(ErrorCode::ResourceRefused)));
    assert!(world.session(&browser).is_some());
}

#[test]
fn where_nothing_can_be_set_no_refresh_token_is_spent() {
    for mut world in worlds() {
        let browser = world.signed_in();
        let exchange = world.refresh_for(&browser, Some(B), false);
        let outcome = world.run(exchange);
        let in_store = world.auth.options.sessions_in_store;
        assert_eq!(code(&outcome), (!in_store).then_some(ErrorCode::SessionRefreshNeeded));
        assert_eq!((access_token(&outcome).is_some(), world.refreshes), (in_store, u32::from(in_store)));
    }
}

#[test]
fn tokens_that_cookies_cannot_hold_make_room_for_those_that_are_wanted() {
    let mut world = World::new(|options| {
        resources(options);
        options.refresh_unlocked = true;
    });
    world.padding = 5_000;
    let mut browser = world.signed_in();
    for (resource, refreshes) in [(B, 1), (C, 2), (C, 2), (B, 3), (A, 3)] {
        let token = world.token(&mut browser, Some(resource)).unwrap();
        assert!(token.contains(resource));
        assert_eq!((world.refreshes, world.family_is_over), (refreshes, false), "{resource}");
    }
    let tokens = Tokens::from_json(world.session(&browser).unwrap().tokens().unwrap(), NOW).unwrap();
    assert_eq!(tokens.others.iter().map(|other| other.resource.as_str()).collect::<Vec<_>>(), [B]);
    // One that does not fit at all says so, and is found again.
    world.padding = 13_000;
    assert_eq!(world.token(&mut browser, Some(C)), Err(Some(ErrorCode::SessionInvalid)));
    assert!(world.token(&mut browser, Some(B)).is_ok(), "the session is as it was");
}

#[test]
fn tokens_that_are_over_are_not_kept() {
    let mut world = World::new(|options| {
        resources(options);
        options.refresh_unlocked = true;
    });
    let mut browser = world.signed_in();
    world.token(&mut browser, Some(B)).unwrap();
    world.now = NOW + 3_600;
    world.token(&mut browser, Some(A)).unwrap();
    let tokens = Tokens::from_json(world.session(&browser).unwrap().tokens().unwrap(), NOW).unwrap();
    assert_eq!((tokens.others.len(), tokens.generation), (0, 2));
}

#[test]
fn a_sign_in_may_ask_for_others() {
    let mut world = World::new(resources);
    let mut browser = Browser::default();
    let params = SignIn { params: vec![("resource".into(), C.into())], ..SignIn::default() };
    let page = browser.page("/notes");
    world.sign_in(&mut browser, page, params);
    assert_eq!(world.asked, [C]);
    let callback = browser.page("/auth/callback?code=c&state=state1");
    world.respond(&mut browser, callback);
    assert_eq!(world.named, [Some(C.to_owned())]);
    assert_eq!(world.token(&mut browser, Some(C)), Ok(format!("at0 at {C}")));
}

#[test]
fn resources_are_of_clients_that_there_are() {
    for (client, resource) in [("other", A), ("default", ""), ("default", "https://a.example/#part")] {
        let mut options = WebOptions::new(ORIGIN);
        options.resources = vec![(client.into(), resource.into())];
        assert_eq!(WebAuth::new(options).err().map(|error| error.option), Some("resources"), "{client} {resource}");
    }
}
