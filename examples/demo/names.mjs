// Names that the provider and its clients must agree on.

export const clientId = "demo";
export const audience = "https://api.example";

/** The protected resources that the provider knows (RFC 8707): what a token for each is like. */
export const apis = {
  rs256: { resource: "https://api.example/rs256", audience, algorithm: "RS256", seconds: 3600 },
  es256: { resource: "https://api.example/es256", audience, algorithm: "ES256", seconds: 3600 },
  eddsa: { resource: "https://api.example/eddsa", audience, algorithm: "EdDSA", seconds: 3600 },
  brief: { resource: "https://api.example/brief", audience, algorithm: "RS256", seconds: 1 },
  other: { resource: "https://other.example/", audience: "https://other.example", algorithm: "RS256", seconds: 3600 },
};
