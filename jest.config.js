const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: '.',
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
  ...extra,
});

/** Makes the folder in which a run's MariaDB and sites live; only for runs that touch a project which may need them. */
const stack = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

/** Projects in the order of their price: the first three need nothing but Node, the others a real MariaDB and WordPress. */
export default {
  testTimeout: 30_000,
  maxWorkers: 2,
  projects: [
    ...['architecture', 'unit'].map((name) => project(name)),
    ...['contracts', 'http', 'integration', 'browser'].map((name) => project(name, stack)),
  ],
};
