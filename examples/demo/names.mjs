// Names that the provider and its clients must agree on.

export const clientId = "demo";
/** The web applications, by the host that they run on, and the page without a server. */
export const webClients = { workerd: "web-workerd", node: "web-node" };
export const pageClient = "page";
/** For a server that nobody but this machine reaches. */
export const clientSecret = "a secret of the demo, for thirty-two bytes";
export const audience = "https://api.example";

/** The API of the page without a server. */
export const notes = { resource: "https://notes.example", audience: "https://notes.example", algorithm: "ES256" };

/** The protected resources that the provider knows (RFC 8707): what a token for each is like. */
export const apis = {
  rs256: { resource: "https://api.example/rs256", audience, algorithm: "RS256", seconds: 3600 },
  es256: { resource: "https://api.example/es256", audience, algorithm: "ES256", seconds: 3600 },
  eddsa: { resource: "https://api.example/eddsa", audience, algorithm: "EdDSA", seconds: 3600 },
  brief: { resource: "https://api.example/brief", audience, algorithm: "RS256", seconds: 1 },
  other: { resource: "https://other.example/", audience: "https://other.example", algorithm: "RS256", seconds: 3600 },
};
