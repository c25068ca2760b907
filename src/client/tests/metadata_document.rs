//! What a client says of itself.

use super::{builder, secret, server};
use crate::client::{Client, ClientAuthentication, DocumentParams};
use crate::encoding::json;
use crate::jose::algorithm::Algorithm;

const ID: &str = "https://app.example/client.json";

fn client(id: &str, authentication: ClientAuthentication) -> Client {
    Client::builder(server(), id).authentication(authentication).redirect_uri("https://app.example/cb").build().unwrap()
}

#[test]
fn the_document_names_its_own_address() {
    let mut params = DocumentParams::default();
    params.redirect_uris.push("http://127.0.0.1/cb".into());
    params.client_name = Some("A \"b\"".into());
    params.jwks_uri = Some("https://app.example/jwks".into());
    for (authentication, method) in [
        (ClientAuthentication::None, "none"),
        (ClientAuthentication::PrivateKeyJwt { algorithm: Algorithm::ES256, kid: None }, "private_key_jwt"),
        (ClientAuthentication::Tls, "tls_client_auth"),
    ] {
        let document = client(ID, authentication).metadata_document(&params).unwrap();
        let members = json::parse_object(&document, 4).unwrap();
        assert_eq!(members.string("client_id"), Ok(Some(ID)));
        assert_eq!(members.string("client_name"), Ok(Some("A \"b\"")));
        assert_eq!(members.string("token_endpoint_auth_method"), Ok(Some(method)));
        let uris = members.strings_or_null("redirect_uris").unwrap().unwrap();
        assert_eq!(uris, ["https://app.example/cb", "http://127.0.0.1/cb"]);
        assert!(!members.contains("client_secret") && !members.contains("dpop_bound_access_tokens"));
    }
}

#[test]
fn who_cannot_introduce_themselves_does_not() {
    let option =
        |client: &Client, params: &DocumentParams| client.metadata_document(params).err().map(|error| error.option);
    let plain = DocumentParams::default();
    for uri in ["javascript:alert(1)", "http://app.example/cb", "https://app.example/cb#x", ""] {
        let mut params = DocumentParams::default();
        params.redirect_uris.push(uri.into());
        assert_eq!(option(&client(ID, ClientAuthentication::None), &params), Some("redirect_uris"), "{uri}");
    }
    for id in ["app", "https://app.example", "https://app.example/", "http://app.example/client.json"] {
        assert_eq!(option(&client(id, ClientAuthentication::None), &plain), Some("client_id"), "{id}");
    }
    for secret in [
        ClientAuthentication::Basic("s".into()),
        ClientAuthentication::Post("s".into()),
        ClientAuthentication::SecretJwt(secret()),
    ] {
        assert_eq!(option(&client(ID, secret), &plain), Some("authentication"));
    }
    let key = ClientAuthentication::PrivateKeyJwt { algorithm: Algorithm::ES256, kid: None };
    assert_eq!(option(&client(ID, key.clone()), &plain), Some("jwks_uri"));
    let insecure = DocumentParams { jwks_uri: Some("http://app.example/jwks".into()), ..DocumentParams::default() };
    assert_eq!(option(&client(ID, key), &insecure), Some("jwks_uri"));
    let nowhere = Client::builder(server(), ID).build().unwrap();
    assert_eq!(option(&nowhere, &plain), Some("redirect_uri"));
    assert_eq!(option(&builder().build().unwrap(), &plain), Some("client_id"));
}
