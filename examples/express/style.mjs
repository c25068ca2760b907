// The looks of the pages: light or dark as the user has it, and for narrow screens too.

export const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7fa, #10131a);
  --surface: light-dark(#ffffff, #191d27);
  --line: light-dark(#d9deea, #303748);
  --text: light-dark(#1a2030, #e7eaf1);
  --quiet: light-dark(#566075, #a0abc0);
  --accent: light-dark(#1f4fc9, #8db0ff);
  --on-accent: light-dark(#ffffff, #0b1120);
  font: 1rem/1.6 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: clamp(1rem, 4vw, 2rem); background: var(--ground); color: var(--text); }
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; }
nav { display: flex; gap: 1.25rem; }
main { margin-top: 1.5rem; padding: clamp(1rem, 4vw, 2rem); background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; outline: none; }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.2; }
a { color: var(--accent); }
.user { display: flex; gap: 0.75rem; align-items: center; }
button, .button { font: inherit; padding: 0.45rem 1rem; border: 1px solid transparent; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
.user button { background: transparent; color: var(--accent); border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
.row { display: flex; gap: 0.5rem; }
input { flex: 1; min-width: 0; font: inherit; padding: 0.45rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--ground); color: inherit; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: 0.5rem; background: var(--surface); }
li { overflow-wrap: anywhere; }
`;
