// A provider that sends the browser back with another response than it has made.

/** Changes of an authorization response, by name. Each has something to hide: markup in what is shown to the user. */
export const TAMPERINGS = {
  issuer: (response) => response.set("iss", "https://evil.example"),
  state: (response) => response.set("state", "somebody-elses"),
  code: (response) => response.set("code", "somebody-elses"),
  error(response) {
    response.delete("code");
    response.set("error", "access_denied");
    response.set("error_description", '<img src=x onerror="document.title=1">');
  },
};

/** Has `change` done to the redirect that takes a code to a client. */
export function changeResponse(response, change) {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => {
    const isResponse = name.toLowerCase() === "location" && /[?&]code=/.test(value);
    return setHeader(name, isResponse ? changed(value, change) : value);
  };
}

/** An address with its query changed. */
export function changed(address, change) {
  const url = new URL(address);
  change(url.searchParams);
  return url.href;
}
