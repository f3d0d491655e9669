import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["build/", "dist/", "prebuilds/", "node_modules/", ".cache/", "coverage/"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 260, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
      // Without await a resource of the function is disposed of while the returned work still runs.
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "no-console": "error",
    },
  },
  { files: ["lib/cli/**", "bench/**", "examples/**", "test/**"], rules: { "no-console": "off" } },
  {
    files: ["test/**"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
  { files: ["**/*.mjs", "**/*.cjs"], ...tseslint.configs.disableTypeChecked },
  {
    // TypeScript checks them by a configuration of their own, names of the browser included.
    files: ["examples/desktop/page/*.mjs"],
    rules: { "no-undef": "off" },
  },
);
