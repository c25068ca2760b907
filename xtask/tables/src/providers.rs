//! Servers to sign in at without OpenID Connect, of the npm package and of the guide, out of the core's table.

use std::fmt::Write as _;

use countersign::client::{ErrorForm, Quirks, ResponseMode};
use countersign::preset::{Provider, SecretPlace, UserSource};

const HEAD: &str = r#"// Written by `cargo xtask tables` from the core's own table, src/preset/providers: change that.

/**
 * Well-known servers to sign in at that have no OpenID Connect, or depart from the standard, as options of `createClient`:
 * plain data, beside which any other option may be spread.
 *
 * @module
 */

import { fill } from "./fill.js";
import type { Provider, ProviderOptions, ProviderPreset } from "./types.js";

export type { ProviderData, ProviderOptions, ProviderPreset, ProviderQuirks, ProviderUser } from "./types.js";
"#;

/// The module of the npm package.
pub(crate) fn module() -> String {
    let mut text = HEAD.to_owned();
    for provider in Provider::ALL {
        let Provider { name, title, remark, .. } = provider;
        let constant = name.to_uppercase();
        let remark = if remark.is_empty() { String::new() } else { format!(" {remark}") };
        let secret = if provider.secret == SecretPlace::Nowhere { "" } else { ", clientSecret" };
        // A `String` takes whatever is written.
        let _ = write!(
            text,
            "\nconst {constant}: Provider = {};\n\n/**\n * {title}.{remark}\n *\n * @throws TypeError for options that are missing \
             or contradict each other.\n *\n * @example\n * ```ts\n * createClient({{ ...{name}({{ clientId{secret} }}), \
             redirectUri }});\n * ```\n */\nexport const {name} = (options: ProviderOptions): ProviderPreset => fill({constant}, \
             options);\n",
            row(provider),
        );
    }
    text
}

/// The row, without what it does not say.
fn row(provider: &Provider) -> String {
    let mut members = Vec::new();
    let mut add = |name: &str, code: String| members.push(format!("{name}: {code}"));
    add("name", text(provider.name));
    add("issuer", text(provider.issuer));
    add("authorizationEndpoint", text(provider.authorization_endpoint));
    add("tokenEndpoint", text(provider.token_endpoint));
    if let Some(endpoint) = provider.revocation_endpoint {
        add("revocationEndpoint", text(endpoint));
    }
    if let Some(uri) = provider.jwks_uri {
        add("jwksUri", text(uri));
    }
    match provider.secret {
        SecretPlace::Header => add("secret", text("client_secret_basic")),
        SecretPlace::Body => add("secret", text("client_secret_post")),
        _ => {}
    }
    add("scope", text(provider.scope));
    if provider.response_mode == ResponseMode::FormPost {
        add("responseMode", text("form_post"));
    }
    if !provider.params.is_empty() {
        let params: Vec<_> = provider.params.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
        add("params", object(&params));
    }
    match provider.user {
        UserSource::Resource { url, id, client_id_header } => {
            let mut user = vec![format!("url: {}", text(url)), format!("id: {}", texts(id))];
            user.extend(client_id_header.map(|name| format!("clientIdHeader: {}", text(name))));
            add("user", object(&user));
        }
        UserSource::TokenResponse { id } => add("user", object(&[format!("id: {}", texts(id))])),
        _ => {}
    }
    let quirks = quirks(&provider.quirks);
    if !quirks.is_empty() {
        add("quirks", object(&quirks));
    }
    object(&members)
}

fn quirks(quirks: &Quirks) -> Vec<String> {
    let flags = [
        ("commaScopes", quirks.comma_scopes),
        ("commaScopesInAnswers", quirks.comma_scopes_in_answers),
        ("formAnswers", quirks.form_answers),
        ("missingTokenTypeIsBearer", quirks.missing_token_type_is_bearer),
        ("noNonce", quirks.no_nonce),
    ];
    let mut members: Vec<_> = flags.iter().filter(|(_, set)| *set).map(|(name, _)| format!("{name}: true")).collect();
    if !quirks.bearer_names.is_empty() {
        members.push(format!("bearerNames: {}", texts(quirks.bearer_names)));
    }
    match quirks.errors {
        ErrorForm::Object => members.push(r#"errors: "object""#.to_owned()),
        ErrorForm::Message => members.push(r#"errors: "message""#.to_owned()),
        _ => {}
    }
    members
}

/// The table of the guide.
pub(crate) fn guide() -> String {
    let mut text =
        String::from("| Provider | Preset | Scopes | Who it is | What to know |\n| --- | --- | --- | --- | --- |\n");
    for provider in Provider::ALL {
        let user = match provider.user {
            UserSource::IdToken => "`sub` of the ID token".to_owned(),
            UserSource::Resource { id, .. } => format!("`{}` of userinfo", id.join(".")),
            UserSource::TokenResponse { id } => format!("`{}` of the token response", id.join(".")),
            _ => String::new(),
        };
        let scope = if provider.scope.is_empty() { String::new() } else { format!("`{}`", provider.scope) };
        let _ = writeln!(text, "| {} | `{}` | {scope} | {user} | {} |", provider.title, provider.name, provider.remark);
    }
    text
}

fn text(value: &str) -> String {
    format!("{value:?}")
}

fn texts(values: &[&str]) -> String {
    format!("[{}]", values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", "))
}

fn object(members: &[String]) -> String {
    format!("{{ {} }}", members.join(", "))
}
