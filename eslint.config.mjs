// Biome formats and lints; ESLint runs only the rules that need types.
import tseslint from "typescript-eslint";

export default tseslint.config({
  files: ["**/*.ts"],
  // AssemblyScript is no TypeScript to a type checker
  ignores: ["node_modules/**", "flow-logs/kernel/**"],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: true },
  },
  plugins: { "@typescript-eslint": tseslint.plugin },
  rules: {
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/no-misused-promises": "error",
    "@typescript-eslint/switch-exhaustiveness-check": "error",
    "@typescript-eslint/await-thenable": "error",
    "@typescript-eslint/only-throw-error": "error",
    // catches a Pulumi Output inside a template literal
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
  },
});
