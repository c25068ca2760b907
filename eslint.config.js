import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";
import tseslint from "typescript-eslint";

export default defineConfig([
  { ignores: ["pkg/", "target/", "**/node_modules/", "examples/*/public/", "js/type-tests/", "**/*.d.ts"] },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [js.configs.recommended],
    // `const { left, out, ...rest }` leaves out.
    rules: { "no-unused-vars": ["error", { ignoreRestSiblings: true }] },
    // Tests and benches run on every host. What a host lacks shows when they run there.
    languageOptions: {
      globals: {
        ...globals.nodeBuiltin,
        ...globals.browser,
        ...globals.serviceworker,
        Deno: "readonly",
        Bun: "readonly",
      },
    },
  },
  {
    files: ["js/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers print as expected.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // What a caller gave is whatever it is, whatever its type says.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true }],
    },
  },
]);
