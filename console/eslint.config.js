import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'src/shared/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      complexity: ['error', 12],
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@/console/*', '@/phone/*'], message: 'Use relative paths inside a bundle; bundles share only @/shared.' }] },
      ],
    },
  },
  // A component's conditions are what it shows, one per line of its markup.
  { files: ['src/**/*.tsx'], rules: { complexity: ['error', 20] } },
)
