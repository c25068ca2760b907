// The glue of wasm-bindgen without what makes an instance, and with what it repeats in each function written once.

import { readFileSync, writeFileSync } from "node:fs";

/** The first function of those that load, compile and instantiate. They are the last of the file. */
const ANCHOR = "async function __wbg_load(";

/** What the functions before the anchor are: `js/core/core.ts` makes the instances and puts them in. */
const EXPORTS = `export { __wbg_get_imports as imports, __wbg_finalize_init as adopt };
export const memory = () => wasm.memory;
`;

/** Cuts the file. Fails where this wasm-bindgen writes something else than what is cut here. */
export function cutGlue(file) {
  const glue = readFileSync(file, "utf8");
  const parts = glue.split(ANCHOR);
  if (parts.length !== 2) throw new Error(`${file} has no single \`${ANCHOR}\`: wasm-bindgen writes other glue`);
  const [kept] = parts;
  for (const name of ["__wbg_get_imports", "__wbg_finalize_init"]) {
    if (!kept.includes(`function ${name}(`)) throw new Error(`${file} has no function ${name}`);
  }
  if (/\binstanceof\b|import\.meta/.test(kept)) throw new Error(`${file} judges objects of its host by their realm`);
  writeFileSync(file, withoutRepetition(kept, file) + EXPORTS + objectOf(kept));
}

/** All that is exported, as one object. */
function objectOf(kept) {
  const names = [...kept.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  return `export const glue = { ${names.join(", ")}, memory, imports: __wbg_get_imports, adopt: __wbg_finalize_init };\n`;
}

const STALE = "Invalid stale object from previous Wasm instance";

/** What stands in each function or class, and what stands for it. `left` may be nowhere afterwards. */
const REPEATED = [
  {
    // Nothing here is disposed of by `using`.
    find: /^if \(Symbol\.dispose\) .*\n/gm,
    put: "",
    left: "Symbol.dispose",
  },
  {
    find: /if \(this\.__wbg_inst !== undefined && this\.__wbg_inst !== __wbg_instance_id\) \{\s*throw new Error\('Invalid stale object from previous Wasm instance'\);\s*\}/g,
    put: "__wbg_check(this);",
    left: STALE,
    once: `function __wbg_check(object) {
    if (object.__wbg_inst !== undefined && object.__wbg_inst !== __wbg_instance_id) throw new Error("${STALE}");
}
`,
  },
  {
    // It frees what was passed before an argument that cannot be: texts and bytes always can, or the instance is given up.
    find: /(let ptr\d, len\d(?:, ptr\d, len\d)*;\s*)try \{([^{}]*)\} catch \(e\) \{(?:\s*if \(ptr\d\) \{[^{}]*\})+\s*throw e;\s*\}/g,
    put: "$1$2",
    left: "throw e;",
  },
  {
    find: /\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{ register: \(\) => \{\}, unregister: \(\) => \{\} \}\s*: new FinalizationRegistry\(\(\{ ptr, instance \}\) => \{\s*if \(instance === __wbg_instance_id\) wasm\.(\w+)\(ptr, 1\);\s*\}\);/g,
    put: "__wbg_finalization((ptr) => wasm.$1(ptr, 1));",
    left: "FinalizationRegistry",
    once: `function __wbg_finalization(free) {
    if (typeof FinalizationRegistry === "undefined") return { register() {}, unregister() {} };
    return new FinalizationRegistry(({ ptr, instance }) => {
        if (instance === __wbg_instance_id) free(ptr);
    });
}
`,
  },
  {
    // The allocator can always grow what it gave.
    find: /if \(realloc === undefined\) \{[^{}]*return ptr;\s*\}/g,
    put: "",
    left: "realloc === undefined",
  },
];

function withoutRepetition(glue, file) {
  let text = glue;
  let helpers = "";
  for (const { find, put, left, once = "" } of REPEATED) {
    const shorter = text.replace(find, put);
    if (shorter.includes(left))
      throw new Error(`${file} has \`${left}\` in another place: wasm-bindgen writes other glue`);
    if (shorter !== text) helpers += once;
    text = shorter;
  }
  return text + helpers;
}
