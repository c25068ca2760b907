use super::*;
use crate::session::Lifetime;

pub(super) fn code(outcome: &Outcome) -> Option<ErrorCode> {
    if let Outcome::Failed(failure, _) = outcome { Some(failure.code) } else { None }
}

/// The access token that an operation ends with.
pub(super) fn access_token(outcome: &Outcome) -> Option<String> {
    let Outcome::Visit(Visit { access_token, .. }) = outcome else { return None };
    access_token.as_ref().map(|token| token.access_token.clone())
}

impl World {
    fn refresh(&mut self, browser: &Browser, can_write: bool) -> Exchange {
        let session = self.session(browser).expect("signed in");
        let moment = self.moment();
        self.auth.clone().refresh(browser.page("/"), session, None, can_write, moment)
    }

    /// The operation, and its cookies taken.
    fn refreshed(&mut self, browser: &mut Browser) -> Outcome {
        let exchange = self.refresh(browser, true);
        let outcome = self.run(exchange);
        if let Outcome::Visit(visit) | Outcome::Failed(_, visit) = &outcome {
            browser.take(visit.set_cookies.iter().map(String::as_str));
        }
        outcome
    }
}

pub(super) fn worlds() -> [World; 3] {
    [
        World::new(|options| options.refresh_unlocked = true),
        World::new(|options| options.store = StoreKind::Atomic),
        World::with_store(),
    ]
}

fn fail(world: &mut World, code: ErrorCode, is_invalid_grant: bool) {
    world.refresh_failure = Some(Failure { code, is_invalid_grant, words: None });
}

#[test]
fn a_token_is_refreshed_when_it_is_due() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        for (passed, token, refreshes) in [(0, "at0", 0), (3_239, "at0", 0), (3_240, "at1", 1), (3_241, "at1", 1)] {
            world.now = NOW + passed;
            let outcome = world.refreshed(&mut browser);
            assert_eq!(access_token(&outcome).as_deref(), Some(token), "{passed}");
            assert_eq!(world.refreshes, refreshes, "{passed}");
        }
    }
}

#[test]
fn many_at_once_spend_a_refresh_token_once() {
    let mut random = Random::new(5);
    for passed in [3_300, 4_000] {
        for mut world in worlds() {
            for _ in 0..20 {
                world.family_is_over = false;
                world.now = NOW;
                let browser = world.signed_in();
                world.now = NOW + passed;
                let before = world.refreshes;
                let exchanges = (0..50).map(|_| world.refresh(&browser, true)).collect();
                let outcomes = world.race(exchanges, &mut random);
                assert_eq!(world.refreshes, before + 1);
                assert!(!world.family_is_over);
                let newest = format!("at{}", world.refresh_token);
                for outcome in &outcomes {
                    // Before the end the others go on with what they have.
                    let is_new = access_token(outcome).as_ref() == Some(&newest);
                    assert!(is_new || (passed == 3_300 && access_token(outcome).is_some()));
                }
                // Whoever comes a moment later with the old cookie finds the successor.
                world.now += 29;
                let late = world.refresh(&browser, true);
                assert_eq!(access_token(&world.run(late)), Some(newest));
                assert_eq!(world.refreshes, before + 1);
            }
        }
    }
}

#[test]
fn whoever_waits_in_vain_is_not_signed_out() {
    for mut world in worlds() {
        let browser = world.signed_in();
        world.now = NOW + 4_000;
        // The winner is gone with the lock.
        let mut winner = world.refresh(&browser, true);
        world.until(&mut winner, |task| matches!(task, Task::Refresh { .. }));
        let loser = world.refresh(&browser, true);
        let outcome = world.run(loser);
        assert_eq!(code(&outcome), Some(ErrorCode::RefreshUnavailable));
        assert_eq!((world.waited, world.refreshes), (5_000, 0));
        assert!(matches!(&outcome, Outcome::Failed(_, visit) if visit.set_cookies.is_empty()));
        world.now += 31;
        let next = world.refresh(&browser, true);
        assert_eq!(access_token(&world.run(next)).as_deref(), Some("at1"));
    }
}

#[test]
fn nobody_waits_for_a_refresh_that_has_failed() {
    for mut world in worlds() {
        let browser = world.signed_in();
        world.now = NOW + 4_000;
        let (mut winner, mut loser) = (world.refresh(&browser, true), world.refresh(&browser, true));
        let asked = world.until(&mut winner, |task| matches!(task, Task::Refresh { .. }));
        let waits = world.until(&mut loser, |task| matches!(task, Task::Wait { .. }));
        fail(&mut world, ErrorCode::TokenEndpointError, false);
        for (exchange, task, waited) in [(winner, asked, 0), (loser, waits, 250)] {
            let answer = world.answer(task);
            let outcome = world.run_from(exchange, Some(answer));
            assert_eq!((code(&outcome), world.waited), (Some(ErrorCode::RefreshUnavailable), waited));
        }
        world.refresh_failure = None;
        let next = world.refresh(&browser, true);
        assert_eq!(access_token(&world.run(next)).as_deref(), Some("at1"));
    }
}

#[test]
fn only_invalid_grant_ends_a_session() {
    for failure in [ErrorCode::ServerUnavailable, ErrorCode::TokenEndpointError, ErrorCode::ResponseTooLarge] {
        for mut world in worlds() {
            let mut browser = world.signed_in();
            fail(&mut world, failure, false);
            world.now = NOW + 3_300;
            assert_eq!(access_token(&world.refreshed(&mut browser)).as_deref(), Some("at0"), "it is good yet");
            world.now = NOW + 4_000;
            assert_eq!(code(&world.refreshed(&mut browser)), Some(ErrorCode::RefreshUnavailable));
            assert!(world.session(&browser).is_some());
            world.refresh_failure = None;
            assert_eq!(access_token(&world.refreshed(&mut browser)).as_deref(), Some("at1"));
            fail(&mut world, ErrorCode::TokenEndpointError, true);
            world.now = NOW + 8_000;
            let copy = browser.clone();
            assert_eq!(code(&world.refreshed(&mut browser)), Some(ErrorCode::SessionEnded));
            assert_eq!(browser.has("__Host-session"), 0);
            if world.auth.options.sessions_in_store {
                assert!(world.session(&copy).is_none());
            } else {
                // The others learn of it, and do not ask again.
                let refreshes = world.refreshes;
                let late = world.refresh(&copy, true);
                assert_eq!(code(&world.run(late)), Some(ErrorCode::SessionEnded));
                assert_eq!(world.refreshes, refreshes);
            }
        }
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_spent() {
    for mut world in worlds() {
        let browser = world.signed_in();
        let is_in_store = world.auth.options.sessions_in_store;
        for (passed, expected) in [(3_300, "at0"), (4_000, "")] {
            world.now = NOW + passed;
            let exchange = world.refresh(&browser, false);
            let outcome = world.run(exchange);
            if is_in_store {
                assert_eq!(access_token(&outcome).as_deref(), Some("at1"), "the store is always there");
            } else if expected.is_empty() {
                assert_eq!(code(&outcome), Some(ErrorCode::SessionRefreshNeeded));
            } else {
                assert_eq!(access_token(&outcome).as_deref(), Some(expected));
            }
            assert_eq!(world.refreshes, u32::from(is_in_store));
        }
    }
}

#[test]
fn without_a_refresh_token_a_session_outlives_its_access_token_and_says_so() {
    let mut world = World::new(|_| {});
    let browser = world.signed_in();
    world.now = NOW + 3_599;
    let exchange = world.refresh(&browser, true);
    assert_eq!(access_token(&world.run(exchange)).as_deref(), Some("at0"));
    world.now = NOW + 3_600;
    let exchange = world.refresh(&browser, true);
    let outcome = world.run(exchange);
    assert_eq!(code(&outcome), Some(ErrorCode::SessionEnded));
    assert!(matches!(&outcome, Outcome::Failed(_, visit) if visit.set_cookies.is_empty()), "the session goes on");
    assert!(world.session(&browser).is_some());
}

#[test]
fn a_token_of_a_minute_is_not_refreshed_by_every_request() {
    let mut world = World::with_store();
    world.expires_in = 60;
    let mut browser = world.signed_in();
    for (passed, refreshes) in [(29, 0), (30, 1), (59, 1), (60, 2)] {
        world.now = NOW + passed;
        assert!(access_token(&world.refreshed(&mut browser)).is_some());
        assert_eq!(world.refreshes, refreshes, "{passed}");
    }
}

#[test]
fn a_store_that_is_down_is_no_end() {
    let mut world = World::new(|options| options.store = StoreKind::Atomic);
    let browser = world.signed_in();
    for (passed, is_good) in [(3_300, true), (4_000, false)] {
        world.now = NOW + passed;
        let exchange = world.refresh(&browser, true);
        world.store_is_down = true;
        let outcome = world.run(exchange);
        assert_eq!(access_token(&outcome).is_some(), is_good);
        assert_eq!(code(&outcome), (!is_good).then_some(ErrorCode::RefreshUnavailable));
        world.store_is_down = false;
    }
    assert_eq!(world.refreshes, 0);
}

#[test]
fn a_session_slides_by_what_its_user_does() {
    let lifetime = Lifetime { idle: 1_000, absolute: 10_000 };
    for mut world in [
        World::new(|options| options.lifetime = lifetime),
        World::new(|options| {
            (options.lifetime, options.store, options.sessions_in_store) = (lifetime, StoreKind::Atomic, true);
        }),
    ] {
        let browser = world.signed_in();
        for (passed, request, slides) in [
            (99, browser.page("/notes"), false),
            (100, browser.page("/notes"), true),
            (500, browser.call("GET", "/api", "same-origin"), true),
            (500, browser.page("/notes").with_field("sec-purpose", "prefetch"), false),
            (500, browser.page("/notes").with_field("next-router-prefetch", "1"), false),
        ] {
            world.now = NOW + passed;
            assert_eq!(!world.visit(&mut browser.clone(), request).set_cookies.is_empty(), slides, "{passed}");
            if world.auth.options.sessions_in_store {
                break;
            }
        }
        for dest in ["image", "script", "style", "font", "video"] {
            let request = WebRequest::new("GET", "/x").with_field("cookie", browser.header());
            let request = request.with_field("sec-fetch-dest", dest);
            assert!(world.visit(&mut browser.clone(), request).set_cookies.is_empty());
        }
        let me = world.respond(&mut browser.clone(), browser.call("GET", "/auth/me", "same-origin"));
        assert_eq!(me.set_cookies().count(), 0);
    }
}

#[test]
fn a_cookie_of_long_ago_leads_to_the_newest_tokens() {
    for mut world in worlds() {
        let mut browser = world.signed_in();
        let copy = browser.clone();
        for hour in 1..=12 {
            world.now = NOW + hour * 3_600;
            assert_eq!(access_token(&world.refreshed(&mut browser)), Some(format!("at{hour}")));
        }
        world.now += 1_000;
        let late = world.refresh(&copy, true);
        assert_eq!(access_token(&world.run(late)).as_deref(), Some("at12"));
        assert_eq!((world.refreshes, world.family_is_over), (12, false));
        // And spends the newest of them, if that is due.
        world.now += 3_600;
        let late = world.refresh(&copy, true);
        assert_eq!(access_token(&world.run(late)).as_deref(), Some("at13"));
        assert_eq!(access_token(&world.refreshed(&mut browser)).as_deref(), Some("at13"));
        assert_eq!((world.refreshes, world.family_is_over), (13, false));
    }
}

#[test]
fn data_that_is_written_during_a_refresh_leaves_the_newer_tokens() {
    let mut random = Random::new(11);
    for _ in 0..300 {
        let mut world = World::with_store();
        let browser = world.signed_in();
        world.now = NOW + 4_000;
        let changed = world.session(&browser).unwrap().with_contents("{}", r#"{"cart":[1]}"#).unwrap();
        let moment = world.moment();
        let save = world.auth.clone().save(browser.page("/"), changed, moment);
        let refresh = world.refresh(&browser, true);
        world.race(vec![save, refresh], &mut random);
        // What the store has is what the next refresh spends.
        let session = world.session(&browser).unwrap();
        let tokens = crate::session::web::Tokens::from_json(session.tokens().unwrap(), NOW).unwrap();
        assert_eq!(tokens.refresh_token.as_deref(), Some("rt1"));
    }
}

#[test]
fn a_refresh_that_a_sign_out_overtakes_is_revoked() {
    let mut world = World::with_store();
    let mut browser = world.signed_in();
    world.now = NOW + 4_000;
    let mut refresh = world.refresh(&browser, true);
    let mut answer = None;
    while world.refreshes == 0 {
        let Step::Task(task) = refresh.step(answer.take()) else { panic!("it is over") };
        answer = Some(world.answer(task));
    }
    let logout = browser.call("POST", "/auth/logout", "same-origin");
    assert_eq!(world.respond(&mut browser, logout).status, 303);
    let outcome = loop {
        match refresh.step(answer.take()) {
            Step::Task(task) => answer = Some(world.answer(task)),
            Step::Done(outcome) => break outcome,
        }
    };
    assert_eq!(code(&outcome), Some(ErrorCode::SessionEnded));
    assert_eq!(world.revoked, ["rt0", "rt1"]);
}

#[test]
fn a_refresh_token_that_stays_is_spent_each_time_it_is_due() {
    for mut world in worlds() {
        world.rotates = false;
        let mut browser = world.signed_in();
        let copy = browser.clone();
        for hour in 1..=3 {
            world.now = NOW + hour * 3_600;
            for _ in 0..2 {
                assert_eq!(access_token(&world.refreshed(&mut browser)), Some(format!("at{hour}")));
                world.now += 10;
            }
            let late = world.refresh(&copy, true);
            assert_eq!(access_token(&world.run(late)), Some(format!("at{hour}")));
        }
        assert_eq!(world.refreshes, 3);
    }
}
