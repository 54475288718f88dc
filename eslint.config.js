import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      'dist/**',
      'coverage/**',
      'reports/**',
      '.cache/**',
      'docs/**',
      'properties/otp/corpus/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A promise that nobody waits for is a crash that nobody hears of.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Every union is switched over whole; `default: return unreachable(x)` counts as whole.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `typeof import('x')` is how the type of a package that is loaded late is spelled.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Facades and behaviours are plain objects whose members never use `this`.
      '@typescript-eslint/unbound-method': 'off',
      // A driver's switch may end a case with `return this.#step(effect)`: nothing from nothing.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `async` handlers that happen not to await are part of the API being exercised.
      '@typescript-eslint/require-await': 'off',
      // The type parameters of a ref exist to be read by the compiler at the call site.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `deferred<void>()` is right, and the rule knows no type arguments of calls.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // The compiler believes that a field keeps its value across a call. Here calls come back in
      // and change it, so the rule takes the checks that matter most for dead ones.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An exit reason may be any value: what a user's code threw is passed on as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      eqeqeq: 'error',
      // Standard output is for a command's results; everything else is a log line.
      'no-console': 'error',
    },
  },
  {
    // Plain scripts have no types to check.
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['**/*.test.ts', 'properties/**', 'bench/**'],
    rules: {
      // A test states what is there; when it is not, the exception is the failure.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Bad input is what many tests are about, and its type is wrong on purpose.
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
  {
    files: ['src/examples/**', 'src/cli/**', 'sim/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
);
