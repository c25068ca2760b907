// The type tests: every project of js/type-tests/, each an environment, against the declarations as they are published.
// A file passes when it compiles, and an `@ts-expect-error` when what follows it does not.

import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const folder = fileURLToPath(new URL("../../js/type-tests/", import.meta.url));
const projects = readdirSync(folder).filter((name) => /^tsconfig.*\.json$/.test(name));
const total = { passed: 0, failed: 0 };

for (const project of projects.sort()) {
  const file = path.join(folder, project);
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config ?? {}, ts.sys, folder, undefined, file);
  const program = ts.createProgram(fileNames, options);
  const problems = [...(error ? [error] : []), ...errors, ...ts.getPreEmitDiagnostics(program)];

  const directives = fileNames.map((name) => program.getSourceFile(name)?.commentDirectives?.length ?? 0);
  const checks = fileNames.length + directives.reduce((sum, count) => sum + count, 0);
  const failed = Math.min(problems.length, checks);
  total.passed += checks - failed;
  total.failed += failed;

  console.log(`${project}: ${checks - failed} of ${checks} files and expectations hold`);
  if (problems.length > 0) {
    const host = { getCurrentDirectory: () => folder, getCanonicalFileName: (name) => name, getNewLine: () => "\n" };
    console.log(ts.formatDiagnostics(problems, host));
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
