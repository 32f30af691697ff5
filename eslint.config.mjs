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
      // AssemblyScript is checked by its own compiler.
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
      // TypeScript already reports undefined names, and it knows which globals exist in which process.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-console': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true }],
      // Methods of other libraries' objects are read in order to wrap them; they are called with the right `this`
      // later.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // These files have JSDoc types only, and values from JSON.parse stay `any` in them.
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
