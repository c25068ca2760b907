//! The reasons behind the codes, as sentences that carry nothing of the token.

use core::fmt;

/// Declares an enum of reasons, each with the sentence that explains it.
macro_rules! reasons {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $(#[doc = $text] $(#[$doc])* $variant,)+ }

        impl $name {
            /// The reason as a sentence fragment, free of anything that came with the token.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.message())
            }
        }
    };
}

reasons! {
    /// The reason that a text is not a compact JWS, or JWE.
    MalformedReason {
        Empty => "the token is empty",
        Segments => "the token does not have exactly three segments",
        EmptySegment => "a segment of the token is empty",
        Alphabet => "the token contains a character outside base64url",
        NonCanonical => "a segment is not canonical base64url",
        EncryptedSegments => "the encrypted token does not have exactly five segments",
        EncryptedLengths => "a segment of the encrypted token does not have the length that `alg` and `enc` give it",
    }
}

reasons! {
    /// Which size was passed.
    SizeReason {
        Token => "the token is larger than the limit",
        Header => "the header is larger than the limit",
        Signature => "the signature is larger than any signature this library verifies",
    }
}

reasons! {
    /// Which other kind of object the text is.
    TokenTypeReason {
        Jwe => "this is an encrypted token (JWE), not a signed one",
        NotEncrypted => "this token is not encrypted, and those of this client are",
        JsonSerialization => "this is the JSON serialization; only the compact one is accepted",
        Nested => "this token wraps another token",
        Compressed => "compressed tokens are not accepted",
        EncryptionHeader => "the header of a signed token must not carry encryption parameters",
        Content => "`cty` of the encrypted token is not `JWT`",
    }
}

reasons! {
    /// The reason that the way in which a token is encrypted is not accepted.
    EncryptionReason {
        Algorithm => "`alg` is not one of the accepted ways to encrypt: RSA-OAEP-256, ECDH-ES, ECDH-ES+A128KW, ECDH-ES+A256KW, dir",
        Rsa15 => "`alg` is `RSA1_5`, whose padding gives keys away: have the server use RSA-OAEP-256",
        OaepSha1 => "`alg` is RSA-OAEP with SHA-1: have the server use RSA-OAEP-256",
        Password => "passwords encrypt no tokens (PBES2)",
        Content => "`enc` is not one of the accepted ones: A128CBC-HS256, A256CBC-HS512, A128GCM, A256GCM",
    }
}

reasons! {
    /// The reason that a request's credentials are not one access token.
    RequestReason {
        Credentials => "the credentials are not a scheme and a single token",
        Repeated => "the request presents more than one token",
        TooLarge => "the header field with the token is too large",
    }
}

reasons! {
    /// The reason that a proof of possession is refused (RFC 9449 §4.3).
    DpopReason {
        Missing => "the request has no proof: the token comes as `DPoP`, and the header field of that name is missing",
        Repeated => "the request has more than one `DPoP` header field",
        Form => "the proof is no well-formed JWT, or is too large",
        Typ => "`typ` of the proof is not `dpop+jwt`",
        Algorithm => "the proof's algorithm is not one of those for proofs",
        Key => "`jwk` of the proof is no public key for its algorithm, or an unsafe one",
        Signature => "the signature of the proof does not verify",
        Claims => "a claim of the proof is missing or has another type: `jti`, `htm`, `htu`, `iat`, `ath`, `nonce`",
        Jti => "`jti` of the proof is empty or too long",
        Method => "`htm` of the proof is another method than that of the request",
        Uri => "`htu` of the proof is another URI than that of the request, by the option `resource` where there is one",
        Token => "`ath` of the proof is the hash of another access token",
        Time => "the proof was made too long ago or in the future, by its `iat`",
        OtherKey => "the token is bound to another key than the one that has signed the proof",
    }
}

reasons! {
    /// The reason that the way in which a token is presented does not do.
    BindingReason {
        Bearer => "the token is bound to a key of its client, and is no bearer token",
        Unbound => "the token is bound to no key by `cnf.jkt`: as `DPoP`, and where that is required, it has to be",
        Unknown => "the token is bound to its client in a way that is not known here, by its `cnf`",
        Certificate => "the token is bound to another client certificate than that of the connection",
    }
}

reasons! {
    /// The reason that a JSON text is refused.
    JsonReason {
        NotUtf8 => "it is not valid UTF-8",
        Syntax => "it is not one strict JSON value",
        DuplicateMember => "a member name occurs twice",
        TooDeep => "it is nested too deeply",
        UnsafeInteger => "an integer is outside the range that every JSON parser keeps exact",
        NotAnObject => "it is not a JSON object",
    }
}

reasons! {
    /// The reason that a header parameter is refused.
    HeaderReason {
        NotUtf8 => "the header is not valid UTF-8",
        Syntax => "the header is not strict JSON",
        DuplicateMember => "a header parameter occurs twice",
        TooDeep => "the header is nested too deeply",
        UnsafeInteger => "the header has an integer outside the range that every JSON parser keeps exact",
        NotAnObject => "the header is not a JSON object",
        AlgMissing => "`alg` is missing",
        AlgType => "`alg` is not a string",
        KidType => "`kid` is not a string",
        KidLength => "`kid` is longer than 256 bytes",
        CtyType => "`cty` is not a string",
        Enc => "`enc` is missing or not a string",
        Epk => "`epk` is missing, or is no public key on the curve of the decryption key",
        PartyInfo => "`apu` or `apv` is not base64url, or too long, or both are the same",
    }
}

impl From<JsonReason> for HeaderReason {
    fn from(fault: JsonReason) -> Self {
        match fault {
            JsonReason::NotUtf8 => Self::NotUtf8,
            JsonReason::Syntax => Self::Syntax,
            JsonReason::DuplicateMember => Self::DuplicateMember,
            JsonReason::TooDeep => Self::TooDeep,
            JsonReason::UnsafeInteger => Self::UnsafeInteger,
            JsonReason::NotAnObject => Self::NotAnObject,
        }
    }
}

reasons! {
    /// The reason that a key must not be used for this verification.
    KeyUnsuitableReason {
        KeyType => "the key type is not supported",
        Curve => "the curve is not supported",
        Algorithm => "the key's `alg` is not a supported signature algorithm",
        AlgorithmForKey => "the key's `alg` does not belong to its type or curve",
        AlgorithmForToken => "the key is bound to another algorithm than the token names",
        Use => "the key's `use` is not the one that is wanted: `sig`, where nothing else is said",
        KeyOps => "the key's `key_ops` does not allow `verify`",
        Symmetric => "a symmetric key has no place in a public key set",
        AlgMissing => "keys of this type must name their `alg`",
    }
}

reasons! {
    /// The reason that a key is invalid: unsafe or broken.
    KeyInvalidReason {
        NotAnObject => "the key is not a JSON object",
        Json => "the key is not strict JSON",
        MemberMissing => "a mandatory member of the key is missing",
        MemberType => "a member of the key has the wrong JSON type",
        Encoding => "a member of the key is not canonical base64url",
        PrivateMaterial => "the key contains private parameters",
        Length => "a parameter of the key has the wrong length",
        RsaSize => "an RSA modulus must have 2048 to 4096 bits",
        RsaExponent => "an RSA exponent must be odd, at least 65537 and below 2^32",
        RsaModulus => "the RSA modulus is even or has a small factor",
        Roca => "the RSA modulus has the ROCA fingerprint (CVE-2017-15361)",
        Point => "the point is not on the curve",
        SmallOrder => "the Ed25519 point has small order or is not canonical",
        Pem => "this is not an SPKI public key in PEM (`-----BEGIN PUBLIC KEY-----`)",
        PemLineEnds => "the PEM text has `\\n`, two characters, where its lines should end: turn them into line ends first, with \
                        `.replaceAll(\"\\\\n\", \"\\n\")` in JavaScript",
        PemBoundary => "the PEM text is not whole: write it from the line `-----BEGIN PUBLIC KEY-----` to the line \
                        `-----END PUBLIC KEY-----`, with line ends, and nothing after it",
        PemBody => "the PEM text is damaged: between its first and last line there is more or less than base64; look where \
                    line ends became other characters, or a piece was cut off",
        Pkcs1 => "this is not an RSA public key in PKCS#1 DER",
        Host => "the host's cryptography refuses the key",
        SecretTooShort => "the secret is shorter than the algorithm's hash",
        SecretIsKey => "the secret looks like a public key, a certificate or a JWK",
    }
}

reasons! {
    /// The reason that a JWK Set is refused.
    KeySetReason {
        TooLarge => "the key set is larger than the limit",
        TooManyKeys => "the key set has more keys than the limit",
        Json => "the key set is not strict JSON",
        NoKeys => "the key set has no `keys` array",
        NoUsableKey => "the key set has no usable key",
    }
}

reasons! {
    /// The reason that the key set is unavailable.
    UnavailableReason {
        NotLoaded => "no keys are loaded yet; await `loadKeys()` or `verify()` first",
        Network => "the server could not be reached",
        Timeout => "the server did not answer in time",
        Redirect => "the server answered with a redirect, which is not followed: give the final address as `jwksUri` or `metadataUri`",
        Status => "the server did not answer with status 200",
        TooLarge => "the server's response is larger than the limit",
        Crowded => "too many keys were asked for within a short time",
    }
}

reasons! {
    /// The reason that a claim is invalid.
    ClaimReason {
        Type => "it has the wrong JSON type",
        Empty => "it is empty",
        Range => "it is outside the range of a NumericDate",
        Value => "its value is not acceptable",
        SubjectType => "it must be a string (RFC 7519 §4.1.2): let the issuer write numbers as text",
        NoSubject => "it is empty: for tokens without a subject there is the profile `jwt`",
        NoAudience => "it names no audience: ask the issuer for a token that names this service; if it cannot, say with the option `binding` which claim names your client",
        Party => "it names a client that is not an `audience` of this verifier: add it if it is yours, or verify access tokens with `access-token`",
        Hash => "it is not the hash of the value that came with the token",
        NoHash => "the token's algorithm defines no hash for it",
    }
}

reasons! {
    /// The reason that the server's metadata is refused.
    DiscoveryReason {
        Json => "the metadata is not a strict JSON object",
        Issuer => "the metadata has no `issuer`",
        Member => "a member of the metadata has the wrong JSON type",
        Url => "an endpoint of the metadata is not an https URL",
        JwksUri => "the metadata has no `jwks_uri`",
        NotFound => "there is no metadata where the issuer should have it: give the address of the keys as `jwksUri` or that of the metadata as `metadataUri`, or correct `issuer`",
    }
}

reasons! {
    /// The reason that an authorization response is refused.
    ResponseReason {
        Url => "it is neither at the redirect URI of the request, nor a query or form alone",
        Encoding => "a parameter is not valid form encoding",
        Repeated => "a parameter occurs more than once",
        StateMissing => "`state` is missing",
        CodeMissing => "`code` is missing",
        CodeAndError => "`code` and `error` occur together",
    }
}

reasons! {
    /// The reason that a token response is refused.
    TokenResponseReason {
        Json => "the response is not a strict JSON object",
        AccessToken => "`access_token` is missing",
        IdToken => "`id_token` is missing, though the scope that was asked for has `openid`",
        TokenType => "`token_type` is missing or not Bearer",
        ExpiresIn => "`expires_in` is neither a number nor digits in a string",
        Member => "a member of the response has the wrong JSON type",
        Status => "the status is neither 200 nor 201, and there is no error response",
    }
}

reasons! {
    /// The reason that a response of the authorization server is refused.
    ServerResponseReason {
        Json => "the response is not a strict JSON object",
        Member => "a member of the response is missing or has the wrong JSON type",
        Status => "the status is none that the endpoint answers with",
        ContentType => "the response has another media type than was asked for",
        Url => "an address in the response is not an https URL",
        Signed => "the response is signed, and no keys were given to verify it with",
    }
}
