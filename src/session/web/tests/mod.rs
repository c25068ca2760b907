//! The rules, driven by a host that is all there: browsers, a store, and an authorization server that rotates.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod refreshing;
mod resources;
mod rules;
mod signing_in;
mod signing_out;
mod stepping;

use alloc::collections::BTreeMap;
use std::sync::Arc;

use crate::error::ErrorCode;
use crate::random::Random;
use crate::session::web::{
    Answer, Exchange, Failure, Moment, Outcome, SignIn, Step, StoreKind, Task, Tokens, Visit, WebAuth, WebOptions,
    WebRequest, WebResponse,
};
use crate::session::{SealingKeys, Session};

const NOW: u64 = 1_800_000_000;
const ORIGIN: &str = "https://app.example";

/// A browser's cookies.
#[derive(Clone, Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    fn take<'a>(&mut self, set: impl IntoIterator<Item = &'a str>) {
        for line in set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            assert!(line.contains("; Path=/;") && line.contains("; HttpOnly; SameSite=Lax"), "{line}");
            if line.contains("Max-Age=0;") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn has(&self, beginning: &str) -> usize {
        self.0.keys().filter(|name| name.starts_with(beginning)).count()
    }

    /// A user goes to a page.
    fn page(&self, target: &str) -> WebRequest {
        let request =
            WebRequest::new("GET", target).with_field("host", "app.example").with_field("cookie", self.header());
        let request = request.with_field("sec-fetch-mode", "navigate").with_field("sec-fetch-dest", "document");
        request.with_field("accept", "text/html")
    }

    /// A script of a page calls.
    fn call(&self, method: &str, target: &str, site: &str) -> WebRequest {
        let request =
            WebRequest::new(method, target).with_field("host", "app.example").with_field("cookie", self.header());
        let request = request.with_field("sec-fetch-mode", "cors").with_field("sec-fetch-dest", "empty");
        request.with_field("sec-fetch-site", site)
    }
}

/// The host, the store and the authorization server.
struct World {
    auth: Arc<WebAuth>,
    keys: SealingKeys,
    now: u64,
    random: u8,
    store: BTreeMap<String, (String, u64)>,
    process: BTreeMap<String, (String, u64)>,
    store_is_down: bool,
    body: Option<String>,
    /// What a code is exchanged for
    claims: String,
    states: u32,
    redeemed: Vec<String>,
    /// The refresh token that is good, and those that were spent
    refresh_token: u32,
    family_is_over: bool,
    /// Whether each refresh gives another refresh token
    rotates: bool,
    refreshes: u32,
    /// The resources that authorization requests and token requests have named
    asked: Vec<String>,
    named: Vec<Option<String>>,
    /// What makes access tokens long
    padding: usize,
    refresh_failure: Option<Failure>,
    expires_in: u64,
    revoked: Vec<String>,
    waited: u64,
    logout_token: Option<Answer>,
}

impl World {
    fn new(change: impl FnOnce(&mut WebOptions)) -> Self {
        let mut options = WebOptions::new(ORIGIN);
        change(&mut options);
        Self {
            auth: Arc::new(WebAuth::new(options).unwrap()),
            keys: SealingKeys::new(&[[7; 32]]).unwrap(),
            now: NOW,
            random: 0,
            store: BTreeMap::new(),
            process: BTreeMap::new(),
            store_is_down: false,
            body: None,
            claims: r#"{"sub":"alice","name":"Al\"ice","sid":"s1","secret":1}"#.into(),
            states: 0,
            redeemed: Vec::new(),
            refresh_token: 0,
            family_is_over: false,
            rotates: true,
            refreshes: 0,
            asked: Vec::new(),
            named: Vec::new(),
            padding: 0,
            refresh_failure: None,
            expires_in: 3600,
            revoked: Vec::new(),
            waited: 0,
            logout_token: None,
        }
    }

    /// Sessions in cookies; and in a store, with everything.
    fn with_store() -> Self {
        Self::new(|options| (options.store, options.sessions_in_store) = (StoreKind::Atomic, true))
    }

    fn moment(&mut self) -> Moment {
        self.random = self.random.wrapping_add(1);
        Moment { now: self.now, random: [self.random; 16] }
    }

    fn tokens(&self, resource: Option<&str>) -> String {
        let at = resource.map(|resource| format!(" at {resource}")).unwrap_or_default() + &"x".repeat(self.padding);
        format!(
            r#"{{"issuer":"https://id.example","accessToken":"at{0}{at}","tokenType":"Bearer","refreshToken":"rt{3}","idToken":"id","expiresAt":{1},"claims":{2}}}"#,
            self.refresh_token,
            self.now + self.expires_in,
            self.claims,
            if self.rotates { self.refresh_token } else { 0 }
        )
    }

    fn table(&mut self, place: super::Place) -> &mut BTreeMap<String, (String, u64)> {
        match place {
            super::Place::Store => &mut self.store,
            super::Place::Process => &mut self.process,
        }
    }

    #[allow(clippy::too_many_lines, reason = "an answer for each task")]
    fn answer(&mut self, task: Task) -> Answer {
        let alive =
            |entry: Option<&(String, u64)>, now| entry.filter(|(_, end)| now < *end).map(|(value, _)| value.clone());
        let now = self.now;
        let is_down = self.store_is_down;
        let failed = |code| Answer::Failed(Failure { code, is_invalid_grant: false, words: None });
        if is_down
            && matches!(&task, Task::Read { place, .. } | Task::Write { place, .. } | Task::Add { place, .. } if *place == super::Place::Store)
        {
            return failed(ErrorCode::InternalError);
        }
        match task {
            Task::Body { limit } => Answer::Text(self.body.clone().filter(|body| body.len() <= limit)),
            Task::Open { purpose, name, site, text } => {
                let opened = self.keys.open(purpose, &name, &site, &text);
                Answer::Text(opened.map(|bytes| String::from_utf8(bytes).unwrap()))
            }
            Task::Seal { purpose, name, site, text } => {
                self.random = self.random.wrapping_add(1);
                Answer::Text(Some(self.keys.seal(purpose, &name, &site, [self.random; 12], text.as_bytes())))
            }
            Task::Read { place, keys } => {
                let table = self.table(place);
                Answer::Values(keys.iter().map(|key| alive(table.get(key), now)).collect())
            }
            Task::Write { place, key, value, seconds } => {
                self.table(place).insert(key, (value, now + seconds));
                Answer::Done
            }
            Task::Add { place, key, value, seconds } => {
                let table = self.table(place);
                let is_free = alive(table.get(&key), now).is_none();
                if is_free {
                    table.insert(key, (value, now + seconds));
                }
                Answer::Added(is_free)
            }
            Task::Delete { place, key } => {
                self.table(place).remove(&key);
                Answer::Done
            }
            Task::Wait { milliseconds } => {
                self.waited += milliseconds;
                Answer::Done
            }
            Task::Authorize { client, redirect_uri, params } => {
                self.asked =
                    params.into_iter().filter(|(name, _)| name == "resource").map(|(_, value)| value).collect();
                assert_eq!(redirect_uri, "https://app.example/auth/callback");
                self.states += 1;
                let state = format!("state{}", self.states);
                Answer::Authorization {
                    url: format!("https://id.example/authorize?client_id={client}&state={state}"),
                    transaction: format!("transaction of {state}"),
                    state,
                }
            }
            Task::Redeem { response, transaction, resource, .. } => {
                let state = transaction.strip_prefix("transaction of ").unwrap();
                assert!(response.contains(&format!("state={state}")), "{response}");
                if response.contains("error=") {
                    let words = Some("access_denied: <b>no</b>".into());
                    let code = ErrorCode::AuthorizationError;
                    return Answer::Failed(Failure { code, is_invalid_grant: false, words });
                }
                if self.redeemed.contains(&response) {
                    let code = ErrorCode::TokenEndpointError;
                    return Answer::Failed(Failure { code, is_invalid_grant: true, words: None });
                }
                self.redeemed.push(response);
                let tokens = self.tokens(resource.as_deref());
                self.named.push(resource);
                Answer::Tokens(tokens)
            }
            Task::Refresh { tokens, resource, .. } => {
                if resource.as_deref() == Some("https://unknown.example") {
                    let words = Some("invalid_target: it is unknown".into());
                    let code = ErrorCode::TokenEndpointError;
                    return Answer::Failed(Failure { code, is_invalid_grant: false, words });
                }
                self.refreshes += 1;
                if let Some(failure) = &self.refresh_failure {
                    return Answer::Failed(failure.clone());
                }
                let current = format!("\"refreshToken\":\"rt{}\"", if self.rotates { self.refresh_token } else { 0 });
                if self.family_is_over || !tokens.contains(&current) {
                    self.family_is_over = true;
                    let code = ErrorCode::TokenEndpointError;
                    return Answer::Failed(Failure { code, is_invalid_grant: true, words: None });
                }
                self.refresh_token += 1;
                let tokens = self.tokens(resource.as_deref());
                self.named.push(resource);
                Answer::Tokens(tokens)
            }
            Task::Revoke { token, milliseconds, .. } => {
                assert_eq!(milliseconds, 2_000);
                self.revoked.push(token);
                Answer::Done
            }
            Task::LogoutUrl { redirect_uri, id_token, .. } => {
                let hint = id_token.unwrap_or_default();
                Answer::Text(Some(format!("https://id.example/logout?to={redirect_uri}&hint={hint}")))
            }
            Task::LogoutToken { .. } => {
                self.logout_token.clone().unwrap_or_else(|| failed(ErrorCode::SignatureInvalid))
            }
        }
    }

    fn run(&mut self, exchange: Exchange) -> Outcome {
        self.run_from(exchange, None)
    }

    /// The first task of that kind, which is not performed.
    fn until(&mut self, exchange: &mut Exchange, is_it: impl Fn(&Task) -> bool) -> Task {
        let mut answer = None;
        loop {
            match exchange.step(answer.take()) {
                Step::Task(task) if is_it(&task) => return task,
                Step::Task(task) => answer = Some(self.answer(task)),
                Step::Done(_) => panic!("it ends before"),
            }
        }
    }

    fn run_from(&mut self, mut exchange: Exchange, mut answer: Option<Answer>) -> Outcome {
        for _ in 0..200 {
            match exchange.step(answer) {
                Step::Task(task) => answer = Some(self.answer(task)),
                Step::Done(outcome) => return outcome,
            }
        }
        panic!("it does not end")
    }

    /// All at once, in whatever order.
    fn race(&mut self, exchanges: Vec<Exchange>, random: &mut Random) -> Vec<Outcome> {
        let mut under_way: Vec<(usize, Exchange, Option<Answer>)> =
            exchanges.into_iter().enumerate().map(|(index, exchange)| (index, exchange, None)).collect();
        let mut outcomes = BTreeMap::new();
        while !under_way.is_empty() {
            let at = random.below(under_way.len());
            let (index, exchange, answer) = &mut under_way[at];
            match exchange.step(answer.take()) {
                Step::Task(task) => *answer = Some(self.answer(task)),
                Step::Done(outcome) => {
                    outcomes.insert(*index, outcome);
                    drop(under_way.remove(at));
                }
            }
        }
        outcomes.into_values().collect()
    }

    /// The answer to a request for a route.
    fn respond(&mut self, browser: &mut Browser, request: WebRequest) -> WebResponse {
        let moment = self.moment();
        let Outcome::Response(response) = self.run(self.auth.clone().admit(request, moment)) else {
            panic!("no response")
        };
        let is_private = response.header("cache-control") == Some("no-store");
        assert!(is_private, "every response of a route");
        browser.take(response.set_cookies());
        response
    }

    fn visit(&mut self, browser: &mut Browser, request: WebRequest) -> Visit {
        let moment = self.moment();
        let Outcome::Visit(visit) = self.run(self.auth.clone().admit(request, moment)) else { panic!("no visit") };
        browser.take(visit.set_cookies.iter().map(String::as_str));
        visit
    }

    fn session(&mut self, browser: &Browser) -> Option<Session> {
        let moment = self.moment();
        match self.run(self.auth.clone().read(browser.page("/"), moment)) {
            Outcome::Visit(visit) => visit.session,
            _ => panic!("no session"),
        }
    }

    /// The application sends the user away.
    fn sign_in(&mut self, browser: &mut Browser, request: WebRequest, params: SignIn) -> WebResponse {
        let moment = self.moment();
        let Outcome::Response(response) = self.run(self.auth.clone().sign_in(request, params, moment)) else {
            panic!()
        };
        browser.take(response.set_cookies());
        response
    }

    /// A whole sign-in, up to the page that was asked for.
    fn signed_in(&mut self) -> Browser {
        let mut browser = Browser::default();
        let login = browser.page("/auth/login?return_to=%2Fnotes");
        assert_eq!(self.respond(&mut browser, login).status, 303);
        let callback = browser.page(&format!("/auth/callback?code=c{0}&state=state{0}", self.states));
        let response = self.respond(&mut browser, callback);
        assert_eq!((response.status, response.header("location")), (303, Some("/notes")));
        browser
    }
}
