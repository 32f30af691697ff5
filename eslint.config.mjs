import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'artifacts/',
      'test-results/',
      'test/fixtures/',
      'examples/',
      // AssemblyScript, which its own compiler checks.
      'src/saturation/linalg/wasm/',
      'setup/workbench/spdlog.cjs',
      '.dependency-cruiser.cjs',
    ],
  },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // TypeScript knows what is defined, per process.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-console': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true }],
      // Methods of other people's objects are taken out to be wrapped, and called with their own `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // JSDoc types; what comes out of JSON.parse is checked by hand there.
    files: ['**/*.mjs', '**/*.cjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
)
