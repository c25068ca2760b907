// What a person does with what is left running, step by step.

export const whatToClick = ({ web, spa, worker, node, playground, page, inspector, provider }) =>
  `Everything is left running. Ctrl-C ends it. From a sign-in to a protected API, in a browser of yours:

1. A web application on workerd    ${web.workerd}
     Click "Sign in". At the provider any name and any password will do: "Sign-in", then "Continue".
     Click "Ask worker-api", then "Ask node-api": each answers 200, with whom it has read from your access token.
     Click "Sign out", confirm at the provider, and ask again: you are sent to sign in.
2. The same on Node                ${web.node}
     The same steps. Where you are still signed in at the provider, it asks for your consent alone.
3. A page without a server         ${spa}
     Click "Sign in", then write a note: the page sends the access token to its API itself. Reload: you are still signed in.
4. The protected APIs              ${worker}  (workerd)
                                   ${node}  (Node)
     Open one: without a token it answers 401. "curl -i" shows the challenge. /public is for everybody.
5. The tokens themselves           ${playground}
     Sign in for a token of each algorithm, send it anywhere, or look at each check in the inspector.

Also here: tokens verified in a page   ${page}
           the inspector               ${inspector}
           the provider's metadata     ${provider}`;
