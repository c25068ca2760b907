// Whether a token verifies, and is read as it was meant. See sign.py for how that is spelled.

const text = (points) => String.fromCodePoint(...points);

/** `judge` answers what is wrong with the verdict on a token, or undefined. */
export function makeVerifiers({ createSharedSecretVerifier, createVerifier, CountersignError }, { now, jwks, secret }) {
  const own = new Map(jwks.keys.map((key) => [key.alg, { keys: [key] }]));

  function verifier({ algorithm, expected, names }, options) {
    const { iss, sub, aud } = expected;
    const audience = aud.array ? text(aud.array.at(-1).text) : text(aud.text);
    const all = {
      issuer: text(iss.text),
      audience,
      subject: text(sub.text),
      requiredClaims: names.map(text),
      now: () => now * 1000,
      ...options,
    };
    return algorithm.startsWith("HS")
      ? createSharedSecretVerifier({ ...all, algorithm, secret })
      : createVerifier({ ...all, jwks: own.get(algorithm) });
  }

  const verdict = (entry, options) => {
    try {
      return { claims: verifier(entry, options).verifySync(entry.token).claims };
    } catch (error) {
      if (error instanceof CountersignError) return { code: error.code };
      throw error;
    }
  };

  return {
    judge(entry) {
      const { claims, code } = verdict(entry, {});
      if (!entry.meant) return code === "claim_invalid" ? undefined : `${code ?? "accepted"} instead of claim_invalid`;
      if (code) return code;
      if (!same(claims, entry.meant)) return `read as ${JSON.stringify(claims)}`;
      // What the core read is what it compares with.
      const other = verdict(entry, { subject: `${text(entry.expected.sub.text)}\u{10FFFF}` });
      return other.code === "subject_mismatch" ? undefined : `${other.code ?? "accepted"} for another subject`;
    },
  };
}

function same(value, meant) {
  if ("literal" in meant) return value === meant.literal;
  if (meant.text) return value === text(meant.text);
  if (meant.number) return Object.is(value, new DataView(Uint8Array.from(meant.number).buffer).getFloat64(0));
  if (meant.array) {
    return (
      Array.isArray(value) &&
      value.length === meant.array.length &&
      meant.array.every((one, index) => same(value[index], one))
    );
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return (
    isObject &&
    Object.keys(value).length === meant.object.length &&
    meant.object.every(([name, one]) => Object.hasOwn(value, text(name)) && same(value[text(name)], one))
  );
}
