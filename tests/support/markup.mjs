// Texts that a provider or an address can choose, which would be markup or a script if they were taken for it.

/** One text with all of it: elements, the end of an attribute and of a script, an address, a template. */
export const MARKUP = [
  '"><img src=x onerror="pwned=1">',
  "'><svg onload=pwned=2>",
  "</script><script>pwned=3</script>",
  '<iframe srcdoc="<script>parent.pwned=4</script>"></iframe>',
  "javascript:pwned=5",
  "{{pwned=6}}${pwned=7}",
  "&lt;b&gt;<!--",
].join("");

/** For the page: what has come of it. `wanted`: the text, which has to be seen as it is. */
export function foundIn(wanted) {
  const foreign = [
    ...document.querySelectorAll("img[src=x], svg[onload], iframe, script:not([src]), [onerror], [onload], [srcdoc]"),
  ];
  const links = [
    ...document.querySelectorAll("[href^='javascript:' i], [src^='javascript:' i], [action^='javascript:' i]"),
  ];
  return {
    ran: globalThis.pwned ?? null,
    foreign: [...foreign, ...links].map(({ outerHTML }) => outerHTML.slice(0, 100)),
    isShown: wanted === undefined || (document.documentElement.textContent ?? "").includes(wanted),
  };
}

export const HARMLESS = { ran: null, foreign: [], isShown: true };
