import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig([
  { ignores: ["pkg/", "target/", "node_modules/", "examples/", "js/type-tests/", "**/*.d.ts"] },
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
