//! A browser of an application, and what the server of tests/client/run.mjs does for it.

use std::sync::{Arc, LazyLock, Mutex};

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};

pub static ISSUER: LazyLock<String> = LazyLock::new(|| {
    std::env::var("COUNTERSIGN_CLIENT_ISSUER").expect("run tests/client/run.mjs, which starts a server")
});

/// Tells the server something that only a test would.
pub async fn command(path: &str, body: String) -> String {
    let response = Client::new().post(format!("{}{path}", *ISSUER)).body(body).send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{text}");
    text
}

/// Cookies of one origin, and header fields as browsers send them.
#[derive(Clone)]
pub struct Browser {
    http: Client,
    pub origin: String,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
}

pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

const PAGE: [(&str, &str); 4] = [
    ("accept", "text/html"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
];
const CALL: [(&str, &str); 4] =
    [("accept", "*/*"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty"), ("sec-fetch-site", "same-origin")];

impl Browser {
    pub fn new(origin: &str) -> Self {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { http, origin: origin.to_owned(), cookies: Arc::default() }
    }

    /// Another browser with the same cookies.
    pub fn copy(&self) -> Self {
        let cookies = Arc::new(Mutex::new(self.cookies.lock().unwrap().clone()));
        Self { http: self.http.clone(), origin: self.origin.clone(), cookies }
    }

    pub fn has(&self, beginning: &str) -> bool {
        self.cookies.lock().unwrap().iter().any(|(name, _)| name.starts_with(beginning))
    }

    /// The user goes to a page.
    pub async fn visit(&self, path: &str) -> Page {
        self.send(Method::GET, path, &PAGE).await
    }

    /// A page of the application calls it.
    pub async fn call(&self, method: Method, path: &str) -> Page {
        self.send(method, path, &CALL).await
    }

    pub async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Page {
        self.carry(method, path, fields, None).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)], body: &str) -> Page {
        self.carry(Method::POST, path, fields, Some(body.to_owned())).await
    }

    async fn carry(&self, method: Method, path: &str, fields: &[(&str, &str)], body: Option<String>) -> Page {
        let cookies = self.cookies.lock().unwrap().clone();
        let cookie = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        if !cookie.is_empty() {
            request = request.header("cookie", cookie);
        }
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            cookies.retain(|(other, _)| other != name);
            if !line.contains("Max-Age=0;") {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Page { status, headers, text: response.text().await.unwrap() }
    }

    /// Goes to a page that wants a sign-in, and answers where the browser comes back to at last.
    pub async fn sign_in(&self, path: &str, account: &str) -> String {
        let page = self.visit(path).await;
        assert_eq!(page.status, 303, "{}", page.text);
        let callback = self.at_server(page.field("location").unwrap(), "/auth/callback", account).await;
        let page = self.visit(&callback).await;
        assert_eq!(page.status, 303, "{}", page.text);
        page.field("location").unwrap().to_owned()
    }

    /// What the user does at the server: the path by which the browser comes back.
    pub async fn at_server(&self, url: &str, until: &str, account: &str) -> String {
        let until = format!("{}{until}", self.origin);
        let url = command("/test/browse", json!({ "url": url, "until": until, "account": account }).to_string()).await;
        url.strip_prefix(&self.origin).unwrap_or_else(|| panic!("{url}")).to_owned()
    }
}
