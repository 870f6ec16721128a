import { builtinModules } from 'node:module';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** By exact name: as patterns they would also match our own folder `domain`, the name of a Node module. */
const nodeBuiltins = builtinModules.filter((name) => !name.startsWith('_'));
const noNode = {
  paths: nodeBuiltins.map((name) => ({ name, message: 'This code runs without Node.' })),
  pattern: { regex: '^node:', message: 'This code runs without Node.' },
};

const environmentRule = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only workers/ and scripts/environment.ts read the environment; take the value as an argument.',
};
const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'Use a union of string literals: it is plain JSON in a history.',
};

const noProcess = { selector: "Identifier[name='process']", message: 'There is no process here.' };
/** The rules must give the same answer on every replay and every machine; in workflows Temporal itself replaces clock and chance. */
const noClock = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes in as an argument.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as an argument.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Chance comes in as an argument.' },
];

export default defineConfig(
  globalIgnores(['node_modules', '.golive', 'out', 'coverage', 'console/dist', 'test/**/fixtures']),
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', environmentRule, noEnum],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A port is asynchronous even where one of its adapters answers at once.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnum, noProcess, ...noClock] },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: ['domain/**/*.schema.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: noNode.paths,
          patterns: [noNode.pattern, { regex: '^(zod|@temporalio/.*)$', message: 'The rules need no library.' }],
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noEnum, noProcess],
      'no-restricted-imports': [
        'error',
        {
          paths: noNode.paths,
          patterns: [
            noNode.pattern,
            {
              regex: '^@temporalio/(client|worker|activity|testing)',
              message: 'Workflows use @temporalio/workflow and @temporalio/common only.',
            },
            { regex: '(^zod($|/)|\\.schema\\.ts$)', message: 'zod costs 2.5 MB in every cached workflow.' },
          ],
        },
      ],
    },
  },
  {
    files: ['workers/**/*.ts', 'scripts/environment.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnum] },
  },
  {
    files: ['scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
