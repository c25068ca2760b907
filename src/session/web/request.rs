//! What the rules see of a request.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::form;
use crate::resource_server::RequestContext;
use crate::session::web::failure::Failure;
use crate::session::{Navigation, SignInStart, Site};

/// A request: its method, its path and query, and the header fields that matter.
#[derive(Clone, PartialEq, Eq)]
pub struct WebRequest {
    pub(super) method: String,
    target: String,
    fields: Vec<(String, String)>,
}

impl WebRequest {
    /// The header fields that matter, in small letters. Others may be left out.
    pub const FIELDS: &'static [&'static str] = &[
        "accept",
        "authorization",
        "cookie",
        "host",
        "next-router-prefetch",
        "origin",
        "purpose",
        "referer",
        "rsc",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-purpose",
        "upgrade",
        "x-csrf",
        "x-forwarded-host",
        "x-moz",
    ];

    /// Begins with the method, and with the path and query: `/notes?page=2`.
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self { method: method.into(), target: target.into(), fields: Vec::new() }
    }

    /// With a header field. One that comes several times is given several times.
    #[must_use]
    pub fn with_field(mut self, name: &str, value: impl Into<String>) -> Self {
        let name = name.to_ascii_lowercase();
        if Self::FIELDS.contains(&name.as_str()) {
            self.fields.push((name, value.into()));
        }
        self
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    pub(super) fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    pub(super) fn query(&self) -> &str {
        let whole = self.target.split('#').next().unwrap_or_default();
        whole.split_once('?').map(|(_, query)| query).unwrap_or_default()
    }

    /// A parameter of the query. `None` also where it is there twice.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        only(self.query(), name)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn field<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    pub(super) fn cookies(&self) -> Vec<&str> {
        self.all("cookie").collect()
    }

    fn navigation<'a>(&'a self, method: &'a str) -> Navigation<'a> {
        let mut navigation = Navigation::new(method);
        navigation.sec_fetch_mode = self.field("sec-fetch-mode");
        navigation.sec_fetch_dest = self.field("sec-fetch-dest");
        navigation.purpose = ["sec-purpose", "purpose", "x-moz"].iter().find_map(|name| self.field(name));
        navigation.router_prefetch = ["next-router-prefetch", "rsc"].iter().any(|name| self.field(name).is_some());
        navigation.accept = self.field("accept");
        navigation
    }

    pub(super) fn sign_in_start(&self) -> SignInStart {
        self.navigation(&self.method).sign_in_start()
    }

    /// Whether a browser goes to a page by another method than GET.
    pub(super) fn is_submission(&self) -> bool {
        self.method != "GET" && self.navigation("GET").sign_in_start() == SignInStart::Redirect
    }

    pub(super) fn is_prefetch(&self) -> bool {
        self.sign_in_start() == SignInStart::Prefetch
    }

    /// Whether a user is behind it: a page, or a call of a page's. What pages load by themselves is none, nor what is fetched
    /// ahead.
    pub(super) fn is_activity(&self) -> bool {
        let is_of_user =
            self.field("sec-fetch-dest").is_none_or(|dest| matches!(dest, "document" | "empty" | "iframe"));
        is_of_user && !self.is_prefetch()
    }

    pub(super) fn wants_html(&self) -> bool {
        self.field("accept").is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html"))
    }

    /// Refuses what a page of another origin may have sent with the user's cookies.
    pub(super) fn check_origin(&self, site: &Site) -> Result<(), &'static Failure> {
        let mut context = RequestContext::new(&self.method);
        context.upgrade = self.field("upgrade").is_some();
        context.sec_fetch_site = self.field("sec-fetch-site");
        context.origin = self.field("origin");
        context.csrf_header = self.field("x-csrf");
        // A page of the same site, such as a neighbouring subdomain's, is not one of ours.
        if !context.upgrade && !matches!(self.method.as_str(), "GET" | "HEAD") {
            match context.sec_fetch_site {
                Some("same-origin") | None => {}
                Some(_) => return Err(Failure::CSRF_REFUSED),
            }
        }
        context.check([site.origin()].into_iter()).map_err(|_| Failure::CSRF_REFUSED)
    }
}

/// The parameter of a form. `None` also where it is there twice.
pub(super) fn only(form: &str, name: &str) -> Option<String> {
    let mut found = form::parse(form).ok()?.into_iter().filter(|(own, _)| own == name);
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}
