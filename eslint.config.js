import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const architecture = JSON.parse(readFileSync(new URL('./architecture.json', import.meta.url), 'utf8'));
const folders = Object.keys(architecture.layers);

/** Adapters are known to the composition root and to tests alone; a folder sees only the folders below it. */
function importRules(folder) {
  const allowed = new Set([folder, ...architecture.layers[folder]]);
  const foreign = folders.filter((other) => !allowed.has(other));
  const packages = Object.entries(architecture.packages)
    .filter(([, owners]) => !owners.some((owner) => owner === folder || owner.startsWith(`${folder}/`)))
    .map(([name]) => name);
  return {
    files: [`src/${folder}/**/*.ts`],
    ignores: architecture.adapterSuffixes.map((suffix) => `src/${folder}/**/*${suffix}`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: foreign.map((other) => `**/${other}/**`),
              message: `src/${folder} may import only ${[...allowed].join(', ')}.`,
            },
            ...(packages.length > 0
              ? [
                  {
                    group: packages.flatMap((name) => [name, `${name}/*`]),
                    message: 'This package has one door; see architecture.json.',
                  },
                ]
              : []),
          ].filter(({ group }) => group.length > 0),
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.demo/', '.cache/', 'coverage/', 'wp-bridge/*', '!wp-bridge/admin/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/strict-boolean-expressions': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Unions, not enums.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'wp-bridge/admin/src/**/*.ts', 'wp-bridge/admin/src/**/*.tsx'],
    rules: {
      complexity: ['error', 15],
      'max-lines': ['error', { max: 350 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-console': 'error',
    },
  },
  // Tables made by a script from official data.
  { files: ['src/*/data/*.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'src/config.ts alone reads the environment.' },
      ],
    },
  },
  {
    files: architecture.pure.map((folder) => `src/${folder}/**/*.ts`),
    ignores: ['src/kernel/clock.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'AwaitExpression', message: 'Pure folders do no I/O.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is an argument.' },
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time is an argument.' },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Randomness is an argument.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  ...folders.map(importRules),
  { files: ['knexfile.ts', '**/*.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'dev/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
