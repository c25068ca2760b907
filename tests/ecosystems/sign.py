"""Tokens as Python's libraries sign them, with claims from all of Unicode:  python sign.py COUNT SEED

Writes one JSON document: the public keys, and for each token what its claims are meant to be. What is meant is spelled so
that nobody's reading of strings and numbers has a part in it: a string as its code points, a double as its bytes.
"""

import json
import random
import struct
import sys

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jwt as jwcrypto_jwt

NOW = 1_800_000_000
SAFE = 2**53 - 1
SECRET = bytes(range(100, 164))
CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1, "ES256K": ec.SECP256K1}
# A key of RSA takes one algorithm here, as any key does there.
PRIVATE = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "RS512": rsa.generate_private_key(65537, 2048),
    "PS256": rsa.generate_private_key(65537, 2048),
    **{name: ec.generate_private_key(curve()) for name, curve in CURVES.items()},
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
ALGORITHMS = [*PRIVATE, "HS256", "HS384", "HS512"]

# Where a reader of JSON has something to decide, and a share of everything else.
SPECIAL = [0x22, 0x5C, 0x2F, 0x08, 0x0C, 0x0A, 0x0D, 0x09, 0x00, 0x1F, 0x7F, 0x2028, 0x2029, 0xFEFF, 0xD7FF, 0xE000,
           0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x103FF, 0x10400, 0x1F600, 0x1FFFF, 0x20000, 0xFFFFF, 0x100000, 0x10FFFF]
RANGES = [(0x20, 0x7E), (0x00, 0x1F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]


class Raw(json.JSONEncoder):
    """Writes characters as they are, whatever the library asks for."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{**options, "ensure_ascii": False})


class Escaped(json.JSONEncoder):
    """Escapes what is not ASCII, as Python does unless told otherwise."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{**options, "ensure_ascii": True})


def character(draw):
    if draw.random() < 0.25:
        return chr(draw.choice(SPECIAL))
    return chr(draw.randint(*draw.choice(RANGES)))


def text(draw, least=0, most=12):
    return "".join(character(draw) for _ in range(draw.randint(least, most)))


def number(draw):
    kind = draw.random()
    if kind < 0.4:
        return draw.choice([0, 1, -1, SAFE, -SAFE, draw.randint(-SAFE, SAFE), draw.randint(-1000, 1000)])
    if kind < 0.7:
        return draw.choice([-0.0, 0.1, 1e16, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
                            round(draw.uniform(-1e6, 1e6), draw.randint(0, 6))])
    while True:
        value = struct.unpack(">d", draw.getrandbits(64).to_bytes(8, "big"))[0]
        # From 2^53 on, what is written down to its units is refused, and below 10^17 Python writes it so.
        is_refused = SAFE < abs(value) < 1e17
        if value == value and value not in (float("inf"), float("-inf")) and not is_refused:
            return value


def value(draw, depth=4):
    kind = draw.random()
    if depth == 0 or kind < 0.5:
        return text(draw)
    if kind < 0.65:
        return number(draw)
    if kind < 0.75:
        return draw.choice([None, True, False])
    size = draw.randint(0, 3)
    if kind < 0.87:
        return [value(draw, depth - 1) for _ in range(size)]
    return {text(draw): value(draw, depth - 1) for _ in range(size)}


def claims_of(draw):
    audience = [text(draw, 1) for _ in range(draw.randint(1, 3))]
    claims = {"iss": text(draw, 1), "sub": text(draw, 1), "exp": NOW + draw.randint(1, 3600)}
    claims["aud"] = audience[0] if len(audience) == 1 else audience
    claims["iat"] = NOW - draw.randint(0, 3600) - draw.choice([0, 0.25])
    # A name of its own for each token, so that no reader recognises it.
    for _ in range(draw.randint(1, 5)):
        name = text(draw, 3)
        claims.setdefault(name, value(draw))
    return claims


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def sign_by_pyjwt(algorithm, kid, claims, raw):
    key = SECRET if algorithm.startswith("HS") else PRIVATE[algorithm]
    return jwt.encode(claims, key, algorithm, {"kid": kid}, json_encoder=Raw if raw else Escaped)


JWCRYPTO = {name: jwcrypto_jwk.JWK.from_pem(pem(key)) for name, key in PRIVATE.items()}
JWCRYPTO_SECRET = jwcrypto_jwk.JWK(kty="oct", k=jwt.utils.base64url_encode(SECRET).decode())


def sign_by_jwcrypto(algorithm, kid, claims, raw):
    body = json.dumps(claims, cls=Raw if raw else Escaped)
    token = jwcrypto_jwt.JWT({"alg": algorithm, "kid": kid}, body, algs=[algorithm])
    token.make_signed_token(JWCRYPTO_SECRET if algorithm.startswith("HS") else JWCRYPTO[algorithm])
    return token.serialize()


KEY_TYPES = {"ES": "EC", "Ed": "OKP", "RS": "RSA", "PS": "RSA"}
JOSERFC = {name: joserfc_jwk.import_key(pem(key), KEY_TYPES[name[:2]]) for name, key in PRIVATE.items()}
JOSERFC_SECRET = joserfc_jwk.import_key(SECRET, "oct")


def sign_by_joserfc(algorithm, kid, claims, raw):
    key = JOSERFC_SECRET if algorithm.startswith("HS") else JOSERFC[algorithm]
    # The registered name of today; the other libraries write the older one.
    name = "Ed25519" if algorithm == "EdDSA" else algorithm
    encoder = Raw if raw else Escaped
    return joserfc_jwt.encode({"alg": name, "kid": kid}, claims, key, algorithms=[name], encoder_cls=encoder)


LIBRARIES = {"PyJWT": sign_by_pyjwt, "jwcrypto": sign_by_jwcrypto, "joserfc": sign_by_joserfc}


def points(string):
    return [ord(character) for character in string]


def meaning(this):
    """The value in JSON that only has small integers and no strings but the names of kinds."""
    if this is None or isinstance(this, bool):
        return {"literal": this}
    if isinstance(this, str):
        return {"text": points(this)}
    if isinstance(this, (int, float)):
        return {"number": list(struct.pack(">d", this))}
    if isinstance(this, list):
        return {"array": [meaning(one) for one in this]}
    return {"object": [[points(name), meaning(one)] for name, one in this.items()]}


def spoil(draw, claims):
    """Something that Python writes and that is no JSON, no Unicode text, or not the same everywhere."""
    claims[text(draw, 3)] = draw.choice([
        chr(draw.randint(0xD800, 0xDFFF)), "\ud83d", "\ude00\ud83d", float("nan"), float("inf"), SAFE + 1, -(2**64),
    ])


def main(count, seed):
    draw = random.Random(seed)
    kids = {algorithm: text(draw, 1) for algorithm in PRIVATE}
    tokens = []
    for index in range(count + count // 50):
        library = list(LIBRARIES)[index % 3]
        algorithm = draw.choice(ALGORITHMS)
        claims = claims_of(draw)
        good = index < count
        raw = draw.random() < 0.5
        meant = meaning(claims) if good else None
        if not good:
            spoil(draw, claims)
            raw = False  # A lone surrogate cannot be written as itself.
        kid = kids.get(algorithm, "secret")
        token = LIBRARIES[library](algorithm, kid, claims, raw)
        tokens.append({
            "library": library, "algorithm": algorithm, "raw": raw, "token": token, "meant": meant,
            "expected": {name: meaning(claims[name]) for name in ("iss", "sub", "aud")},
            "names": [points(name) for name in claims if good and claims[name] is not None],
        })
    keys = []
    for algorithm, key in PRIVATE.items():
        jwk = json.loads(jwcrypto_jwk.JWK.from_pem(pem(key)).export_public())
        keys.append({**jwk, "alg": algorithm, "kid": kids[algorithm]})
    json.dump({"now": NOW, "jwks": {"keys": keys}, "secret": list(SECRET), "tokens": tokens}, sys.stdout)


main(int(sys.argv[1]), int(sys.argv[2]))
