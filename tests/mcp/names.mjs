// What the server and its authorization server agree on.

/** The server's address, as its users know it. Requests for it go to workerd. */
export const resource = "https://mcp.example/mcp";
/** Somebody else's. */
export const other = "https://other.example/mcp";
/** Tokens for the server that live for a second. */
export const brief = "https://mcp.example/brief";
export const clientId = "mcp-client";
export const redirectUri = "http://127.0.0.1/callback";
