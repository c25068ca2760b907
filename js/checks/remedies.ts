// Written by `cargo xtask tables` from docs/reference/errors.md: change that.

import type { ErrorCode } from "../errors.js";

/** Why an error comes, and what to do about it: Markdown without blocks, with `code` and [links](…) in it. */
export interface Remedy {
  readonly cause: string;
  readonly remedy: string;
}

/** The entries of the reference of errors, by their codes. */
export const REMEDIES: Readonly<Record<ErrorCode, Remedy>> = {
  token_malformed: {
    cause: "The text is not three segments of canonical base64url: a segment is missing or empty, there is padding, white space or another character outside the alphabet, or the unused bits of a last character are not zero.",
    remedy: "Pass the token exactly as it was issued, without `Bearer `, quotation marks or line ends. If it came out of a URL or a cookie, decode that first.",
  },
  token_too_large: {
    cause: "The token has more than 16,384 bytes, its header more than 4,096, or its signature more than 8,192.",
    remedy: "Ask the issuer to put less into the token. If it has to be this large, raise `limits.token` or `limits.header`.",
  },
  token_type_unsupported: {
    cause: "The text is an encrypted token (JWE), a token inside a token, a compressed token, or the JSON serialization. Or the other way round: a client with `decryptionKeys` was sent an ID token that is not encrypted.",
    remedy: "Configure the issuer to send signed tokens in the compact form. To use an encrypted one, decrypt it elsewhere and verify the signed token inside. Where a client has `decryptionKeys`, register it with `id_token_encrypted_response_alg`, or give no keys; `acceptUnencryptedIdTokens` is for servers that send both.",
  },
  header_invalid: {
    cause: "The header is not strict JSON: it has a member twice, is nested too deeply, is not UTF-8, has an integer beyond 2^53 − 1, or lacks `alg`; or `alg`, `kid` or `cty` is not a string.",
    remedy: "The issuer, or something between you and it, builds the token wrongly. Show its operator the part before the first dot, which holds no secret.",
  },
  crit_unsupported: {
    cause: "The header has `crit` or `b64`. It asks for an extension, and this library implements none.",
    remedy: "Turn the extension off at the issuer. A verifier that does not know it must refuse the token.",
  },
  alg_not_allowed: {
    cause: "`alg` is unknown, is `none`, or is not in the verifier's `algorithms`. HMAC is never allowed beside public keys.",
    remedy: "If the issuer really uses this algorithm, add it to `algorithms`. For HMAC create a verifier for a shared secret.",
  },
  encryption_unsupported: {
    cause: "The token is encrypted (RFC 7516) by an `alg` or `enc` that is not accepted. RSA1_5, RSA-OAEP with SHA-1 and passwords (PBES2) are refused by name.",
    remedy: "Register the client with `id_token_encrypted_response_alg` RSA-OAEP-256, ECDH-ES, ECDH-ES+A128KW, ECDH-ES+A256KW or dir, and `id_token_encrypted_response_enc` A128CBC-HS256, A256CBC-HS512, A128GCM or A256GCM.",
  },
  key_not_found: {
    cause: "No key has the token's `kid`, or none is for its algorithm. Keys that are fetched have been fetched again already. Of an encrypted token: none of `decryptionKeys` is for its `alg`, `enc` and `kid`.",
    remedy: "Check that the token comes from the issuer whose keys you use. After a rotation, publish the new key before signing with it. Some servers never publish the keys of tokens that are for themselves (Okta's org server): nobody else can verify those, so ask for a token for your API.",
  },
  key_ambiguous: {
    cause: "Several keys fit, since the token has no `kid` or several keys have the same one.",
    remedy: "Let the issuer give each key a `kid` of its own and write it into the tokens.",
  },
  key_unsuitable: {
    cause: "The key that the token means is for something else: another algorithm, `use` that is not `sig`, `key_ops` without `verify`, a type or curve that is not supported, or a symmetric key in a public key set. Keys that are fetched have been fetched again already.",
    remedy: "Correct the key's `alg`, `use` or `key_ops`. An RSA key without `alg` serves RS256, or the one RSA algorithm that `algorithms` names.",
  },
  key_invalid: {
    cause: "The key is broken or unsafe: RSA below 2048 or above 4096 bits or with an odd exponent below 65537 or an even one, a point that is not on its curve or of small order, a field that is missing or not canonical base64url, private parameters in public; a PEM text that is not one whole `PUBLIC KEY`; or a secret that is shorter than its hash or looks like a public key.",
    remedy: "Replace the key. `loadKeys()` in JavaScript and `KeySet::skipped()` in Rust say what is wrong with each. A PEM text may be indented, have any line ends, or be one line with both boundaries. Where a variable or file has `\\n`, two characters, for its line ends, write `.replaceAll(\"\\\\n\", \"\\n\")` after it.",
  },
  decryption_failed: {
    cause: "The token cannot be decrypted: it was changed on its way, or was encrypted for another key. Which step has failed is not said, neither here nor by the time it takes: whoever can tell learns the key by asking often enough.",
    remedy: "Compare the key with the one that is registered at the issuer, in its `jwks_uri` or `jwks`. For `dir`, the client secret has to be the one of the registration.",
  },
  signature_invalid: {
    cause: "The signature does not belong to these bytes and this key, has the wrong length, or is a number out of range.",
    remedy: "Refuse the request. If it happens with every token: the keys are those of another issuer or another environment. With a shared secret: its bytes are others. Most issuers use the secret as the text that it is, `new TextEncoder().encode(secret)`, even where it looks like base64; some say that it is base64.",
  },
  typ_mismatch: {
    cause: "The token is of another kind: its `typ` does not go with the profile, or `claim` names a claim that only another kind has: `at_hash`, `c_hash`, `s_hash` and mostly `nonce` are those of ID tokens, `events` that of logout tokens. So are the payload's `typ` (Keycloak's `ID`, `Refresh`, `Logout`) and `token_use` (Cognito's `id`). Or the claim that `binding.use` names has another value.",
    remedy: "Send the access token to APIs, not the ID token. An API that is meant to get ID tokens has the profile `id-token`, if it did not begin the sign-in with `acceptUncheckedNonce`. For another kind of token use the profile `jwt` with `typ`. See [Which tokens](../guides/protect-an-api.md#which-tokens) for when a `nonce` marks an ID token.",
  },
  claim_invalid: {
    cause: "`claim` has the wrong JSON type or an unacceptable value, such as a text in `exp`, a number in `sub`, an `at_hash` of another token or an `azp` that is not you. `iss`, `aud`, `exp`, `nbf`, `iat` and `sub` must have their types in any token; other claims where the profile, an option or an expectation looks at them. Without `claim`: the payload as a whole is not a strict JSON object. An integer beyond 2^53 − 1 that is written down to its units makes it none: send such IDs as strings.",
    remedy: "Let the issuer send the claim as its specification says; `sub` is a string (RFC 7519 §4.1.2). There is no switch to ignore it. An empty `sub` is that of a token without a subject: the profile `jwt` takes it, and `requiredClaims` names what stands in its place. An empty `aud`: see `claim_missing`. An `azp` that is not among the audiences: if that client is yours (an app beside its server), name it as `audience` too.",
  },
  claim_missing: {
    cause: "`claim` is absent, or `null` though it is required. `iss`, `exp` and `aud` are always required, or the claim of `binding` in place of `aud`; profiles and the options `requiredClaims`, `maxTokenAge` and `subject` add to them.",
    remedy: "Let the issuer add the claim, or do not require it. `aud`: ask for a token for this API (`audience` or `resource` at the issuer); where the issuer has no audiences, say with [`binding`](../guides/protect-an-api.md#tokens-without-an-audience) which claim names your client; the [presets](../guides/vendors.md) know it for many vendors. The claim of `issuerVariable` is required too. `sub`: for tokens without a subject there is the profile `jwt`. `exp`: a token that never expires is never accepted. `iss`: there is no way around it, since nobody could tell whose token it is.",
  },
  issuer_mismatch: {
    cause: "`iss` is not the configured issuer, nor one of `issuerAliases`, character by character; a final `/` counts. With `issuerVariable`: it is not what the claim's value makes of them, or the value is none of yours.",
    remedy: "Compare `expected` and `actual`. Write the issuer as the tokens have it; where its metadata or keys are elsewhere, give that address as `metadataUri` or `jwksUri`. An issuer that has two names has one as `issuer` and the other among `issuerAliases`. Microsoft Entra signs v1 tokens as `https://sts.windows.net/<tenant>/` and v2 tokens as `https://login.microsoftonline.com/<tenant>/v2.0`, by the setting `accessTokenAcceptedVersion` of your API: the [preset](../guides/vendors.md) takes both.",
  },
  audience_mismatch: {
    cause: "`aud` does not name you; in an ID token it names somebody else as well. Or `claim` is the one that `binding` names, and has none of its values. With `binding` alone, a token that has an `aud` is for somebody else.",
    remedy: "Request the token for this API (`audience` or `resource` at the issuer), or correct the option `audience`. Keycloak writes `account` there until the client has an audience mapper for your API. An ID token that names further audiences of yours, as Zitadel's do: name them all, and bind `azp` to the client that is meant.",
  },
  subject_mismatch: {
    cause: "`sub` is not the one subject that the option `subject` allows; or userinfo is about another one than the token.",
    remedy: "Refuse the request, or leave the option out.",
  },
  token_expired: {
    cause: "`exp` has passed, the tolerance of 30 seconds included.",
    remedy: "Get a new token. If it is new, compare the clocks: `expected` is this machine's time, `actual` the token's end.",
  },
  token_not_yet_valid: {
    cause: "`claim`, which is `nbf` or `iat`, lies in the future by more than the tolerance.",
    remedy: "Set the clocks of both machines by the network. `clockTolerance` may be raised to 300 seconds.",
  },
  token_too_old: {
    cause: "`iat` is longer ago than `maxTokenAge`, or `auth_time` than `maxAge`.",
    remedy: "Get a new token; for `auth_time`, let the user sign in again.",
  },
  nonce_mismatch: {
    cause: "The ID token's `nonce` is not the one of the sign-in, or it has one though none was expected.",
    remedy: "Pass the `nonce` of this very sign-in. If you did, the token belongs to another one: refuse it. A service that is sent the ID tokens of sign-ins that it did not begin cannot know the nonce: it has [`acceptUncheckedNonce`](../guides/protect-an-api.md#id-tokens-of-somebody-elses-sign-in).",
  },
  token_missing: {
    cause: "The request has no access token: no credentials at all, or only those of another scheme, such as `Basic`.",
    remedy: "Send `Authorization: Bearer` and the token. Where people without a token are welcome, say `optional: true`.",
  },
  request_invalid: {
    cause: "The credentials are not one access token: the header field is there twice (where the host shows both) or has two tokens in it, something stands before or behind the token, or the cookie with the token is there twice.",
    remedy: "Send the token once, with nothing around it. A cookie that is there twice was set for two paths or by a neighbouring domain; a name that begins with `__Host-` prevents that.",
  },
  scheme_unsupported: {
    cause: "The token was sent with `Authorization: DPoP`, and the guard takes bearer tokens.",
    remedy: "Send the token as `Bearer`, or give the guard the option [`dpop`](../guides/dpop.md).",
  },
  token_binding_required: {
    cause: "The token and the way in which it came do not fit. It has `cnf`: it is bound to a key that its client proves to have (RFC 7800), and came as a bearer token, as a stolen one would. Or it came as `DPoP`, or has to by `mode: \"required\"`, and has no `cnf.jkt`. Or `cnf` has a member that is not known here.",
    remedy: "Let the client send what [the guide](../guides/dpop.md) says, or ask for a token that is not bound to a key.",
  },
  dpop_invalid: {
    cause: "The token came as `DPoP`, and its proof is missing or does not hold (RFC 9449 §4.3): it is for another method, URI or token, by another key than the token's, too old, in an algorithm that is none for proofs, or malformed. The message says which.",
    remedy: "The client makes a proof for each request. Is the API behind a proxy, then `resource` has to be the address that clients know, and the path the one that they ask for. Is it `iat`, then one of the clocks is wrong.",
  },
  dpop_nonce_required: {
    cause: "The guard asks for nonces, and the proof has none or one that is out of use (RFC 9449 §9). Clients meet it once at first, and after a pause.",
    remedy: "The client asks again with the nonce of `DPoP-Nonce` in the answer; clients that know DPoP do so by themselves. If it never ends, the instances do not share their `nonceSecret`.",
  },
  replay_detected: {
    cause: "The proof was used before (RFC 9449 §11.1).",
    remedy: "The client makes a proof for each request, also where it repeats one.",
  },
  insufficient_authentication: {
    cause: "The operation wants another `acr`, or a sign-in that is more recent by `auth_time` (RFC 9470). A token without these claims does not say, and is refused too.",
    remedy: "Send the user to sign in again, with `acr_values` and `max_age` from the challenge.",
  },
  insufficient_scope: {
    cause: "The token lacks a scope of the operation, also by `implies`.",
    remedy: "Ask for a token with all scopes of the challenge. Where the issuer has the scopes in a claim of its own, name it with `scopes`.",
  },
  insufficient_permission: {
    cause: "The token lacks a permission of the operation, or `authorize` said no.",
    remedy: "Another token of the same user will not help: the issuer's operator has to give the permission. Where the issuer has them in a claim of its own, name it with `permissions`.",
  },
  csrf_refused: {
    cause: "The token is in a cookie, or in a field that a proxy sets; the request may change something; and nothing says that it comes from a page of an own origin.",
    remedy: "Name the pages' origins with `origins`. Programs that are no browser send `X-CSRF: 1`, or the token in `Authorization`.",
  },
  store_unavailable: {
    cause: "The store of used proofs, or that of [sessions](../guides/sessions.md), has thrown, took longer than two seconds, or has answered neither `true` nor `false`. The token was not judged: what cannot be remembered could be used twice. Nor does it say that nobody has signed in.",
    remedy: "See `cause`, which [`onError`](../guides/sessions.md#when-something-fails) hears where users get a page. Try again later, as `Retry-After` says. `memoryStore` throws when it is full: raise `maxEntries`.",
  },
  introspection_unavailable: {
    cause: "The issuer was to be asked about a token that is no JWT, and does not answer, not in time, not with status 200, or with too much. The token was not judged.",
    remedy: "See `cause` and the message. With 401 the issuer does not take `clientId` and `clientAuthentication`. Else try again later, as `Retry-After` says.",
  },
  introspection_invalid: {
    cause: "The issuer's answer about a token is not one by RFC 7662 §2.2: no JSON object, without `active`, or with a member of another type. Or it is signed (RFC 9701) and does not hold, or should be signed and is not.",
    remedy: "See that `endpoint` is the issuer's introspection endpoint. For signed answers, see that the client is registered with `introspection_signed_response_alg`, and that clocks agree: an answer is of the last minute.",
  },
  jwks_unavailable: {
    cause: "The keys could not be fetched: no connection, no answer in 5 seconds, a redirect, or a status other than 200; and there are none from before, or they are older than a day. In Rust, or in `verifySync`, also: no keys are loaded yet. In a guard also: the function that you gave as `verifier` has failed, or took more than 5 seconds, or is being asked about too many issuers at once; the `cause` says which.",
    remedy: "Try again later; good keys that were fetched before stay in use. Redirects are not followed: give the address where they end as `jwksUri` or `metadataUri`. Before `verifySync`, await `loadKeys()`.",
  },
  jwks_invalid: {
    cause: "What was fetched or given as `jwks` is not a JWK Set, has a member twice, has too many keys or is too large, or has no key that can be used.",
    remedy: "Check `jwksUri`; an HTML page is a frequent finding. Raise `limits.jwks` or `limits.keys` if the set is really so large.",
  },
  discovery_issuer_mismatch: {
    cause: "The metadata is that of another issuer than the configured one.",
    remedy: "Write the issuer exactly as its metadata does: `expected` is yours, `actual` is the metadata's. If you have to reach the server under another address than its name, write that as `metadataUri` (or that of its keys as `jwksUri`), and leave `issuer` as the tokens have it.",
  },
  discovery_invalid: {
    cause: "There is no usable metadata: neither well-known address has any (404, 410 and the like), or what is there is not strict JSON, lacks `jwks_uri`, or has an endpoint that is not `https`. A server that fails (500) or is busy (429) is `jwks_unavailable`.",
    remedy: "Check the issuer. If it publishes no metadata, or has it elsewhere, give `jwksUri` or `metadataUri`. To development hosts, and only to them, plain http is possible: `allowInsecureHosts`.",
  },
  response_too_large: {
    cause: "A server's answer was larger than allowed, 256 KiB for keys. Reading stopped there.",
    remedy: "Check the address. If the answer is right, raise `limits.jwks`.",
  },
  state_mismatch: {
    cause: "`state` in the callback is not the one of the transaction: it belongs to another sign-in, another browser, or an attacker.",
    remedy: "Start the sign-in again. Keep each transaction with the browser that began it.",
  },
  response_issuer_mismatch: {
    cause: "`iss` in the callback names another server than the one that was asked, or is missing though the server promises it.",
    remedy: "Start again. If it repeats, check that each server has a redirect URI of its own.",
  },
  authorization_response_invalid: {
    cause: "The callback has neither `code` nor `error`, or both, no `state`, or a parameter twice; or its address is not the redirect URI; or a file is among the fields of its form.",
    remedy: "Pass the whole URL as the browser requested it. Behind a proxy, where you do not see that, pass the query alone: `new URL(request.url).searchParams`. After `response_mode=form_post`, pass the body of the POST.",
  },
  transaction_expired: {
    cause: "The callback came too long after the sign-in began.",
    remedy: "Send the user to sign in again, with a new transaction.",
  },
  transaction_missing: {
    cause: "The callback belongs to no sign-in that is under way in this browser, also after it was begun again: it took more than ten minutes, was opened in another browser, or cookies do not arrive. In JavaScript it is the page that `countersign/web` answers with.",
    remedy: "Let the user sign in again. If it repeats, the browser keeps no cookies of ours: the option `origin` has to be the address in the browser's bar, with https but on loopback.",
  },
  return_to_refused: {
    cause: "The page to return to after a sign-in is not one of this application: another origin, no path, or a text that browsers read as another address.",
    remedy: "Give a path with its query: `/auth/login?return_to=%2Fnotes%3Fpage%3D2`.",
  },
  authorization_error: {
    cause: "The server refused, or the user did. `actual` is its `error` and `error_description`.",
    remedy: "On `access_denied` offer to try again. The other values of RFC 6749 §4.1.2.1 point to the request or the client's registration.",
  },
  pkce_unsupported: {
    cause: "The server's metadata lists methods for PKCE, and S256 is not among them.",
    remedy: "Turn PKCE with S256 on at the server. There is no way around it here.",
  },
  token_endpoint_error: {
    cause: "The token endpoint refused, with whatever status, or another endpoint that a client asks. `actual` is its `error` and `error_description`. An `invalid_grant` with status 429 or 5xx is `server_unavailable`.",
    remedy: "On `invalid_grant` start again: the code was used already or is too old. On `invalid_client` check ID and secret.",
  },
  token_response_invalid: {
    cause: "The token endpoint's answer is not a token response: no strict JSON, no `access_token`, no `id_token` though the transaction given has `openid`, or a `token_type` other than `Bearer`.",
    remedy: "Check the address of the token endpoint, and what stands between you and it. A server that sends an ID token alone: give `parseTokenResponse` the `transaction`. One that sends no `token_type`: `missingTokenTypeIsBearer`.",
  },
  server_unavailable: {
    cause: "The authorization server could not be reached, answered with 429 or a status from 500 on, or with more than is read.",
    remedy: "Try again later. It says nothing about the user, the session or its tokens: keep them.",
  },
  server_response_invalid: {
    cause: "Userinfo, introspection, device authorization, a pushed request or a revocation was answered with something else than its specification has.",
    remedy: "Check the address of the endpoint, and what stands between you and it.",
  },
  session_invalid: {
    cause: "What the session shall keep is no JSON object, is nested deeper than 16, or does not fit into five cookies of 4,096 bytes.",
    remedy: "Keep less in it: an identifier rather than what it names. Or give a `store`, which holds more.",
  },
  session_refresh_needed: {
    cause: "The access token has expired, or `update` is called, where no cookie can be set: with `session(request)`, or after the handler of `mount` has returned its response. A refresh token is not spent where its successor would be lost.",
    remedy: "Call `accessToken()` or `update()` in the handler, before it returns. With a `store` tokens are refreshed everywhere.",
  },
  session_ended: {
    cause: "The authorization server has ended the grant (`invalid_grant`): its refresh token has expired, was revoked, or was used twice. Or the access token has expired, and the session has no refresh token. Or the user has signed out meanwhile; in a page, in another tab, or somebody else has signed in there.",
    remedy: "Send the user to sign in: `auth.signIn(request)`, in a page `login()`, which comes back to where the user was. For a refresh token many providers want the scope `offline_access`.",
  },
  refresh_unavailable: {
    cause: "The access token has expired, and the authorization server cannot be asked for another at the moment, or another request has been at it for five seconds.",
    remedy: "Answer with 503, and try again later. The session goes on: nobody is signed out by an outage.",
  },
  resource_refused: {
    cause: "The authorization server gives a session, or `countersign token`, no access token for one of `resources`. It answers `invalid_target` (RFC 8707 §2), since it does not know the API, or takes one in a sign-in and not several; or the session has no refresh token, which the tokens for all resources but the first come by; or the user signed in before the API was among `resources`. The message says which, and `cause` has the server's words.",
    remedy: "Write each API in `resources` as the server has it registered. Where it takes one in a sign-in, name one, and make a client of its own for each further API. For a refresh token many providers want the scope `offline_access`.",
  },
  storage_unavailable: {
    cause: "`countersign/spa`: the browser keeps nothing for this page, because cookies and site data are blocked for it or its storage is full. What the sign-in has to remember until the provider's response would be lost. Also, where tokens are bound to a key: IndexedDB, which has the key, failed, or did not answer within ten seconds.",
    remedy: "Ask the user to allow site data for the page. In a frame of another site, open it in a window of its own. Where IndexedDB hangs, reloading the page or starting the browser again helps.",
  },
  engine_unavailable: {
    cause: "Nothing here verifies signatures of the token's algorithm: the build has no engine of its own (`countersign/slim`; in Rust, without the feature `engine`), and the host's cryptography lacks the algorithm, gets it wrong, or does not take the key (Workers: RSA exponents other than 65537). The key is sound, and the token may be. Nothing but the signature was left to check when this was found.",
    remedy: "Import `countersign` in place of `countersign/slim`, or turn the feature `engine` on. Or list what the host can verify as `algorithms`: the others are then `alg_not_allowed`.",
  },
  core_unavailable: {
    cause: "The wasm core, or the engine that the token needs, cannot be loaded: neither its file nor the module with its bytes is where the package looks for them, or they are others (a server answers with a page); or the host forbids to compile WebAssembly (a content security policy, Workers); or it has no WebAssembly at all (React Native). The message says which, and for which host the package was loaded or bundled; `cause` has the host's own error. Only the npm package reports this.",
    remedy: "Copy `countersign/core.wasm` (`countersign/guard.wasm` for `countersign/guard`; `countersign/auth.wasm` for `countersign/client`, and beside it `countersign/session.wasm` for `countersign/web`; `countersign/spa.wasm` for `countersign/spa`) and `countersign/engine.wasm` to where they are looked for, or `await init(core, engine)` once, with the files as modules, as bytes or as URLs. In a page's policy, write `script-src 'self' 'wasm-unsafe-eval'`. In a Worker, import the file as a module. Without WebAssembly there is no way: verify on a server.",
  },
  internal_error: {
    cause: "A defect in this library, or the host's cryptography failed in a way that says nothing about the token. The next call works on a fresh instance. With a `cause`, a function of the application's has thrown it.",
    remedy: "See `cause`, which [`onError`](../guides/sessions.md#when-something-fails) hears where users get a page. Without one, report it with the versions of the package and the host. Treat the token as not verified.",
  },
};
