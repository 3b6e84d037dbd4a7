const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: '.',
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  ...extra,
});

/** Projects in the order of their price: the first three need nothing but Node, the others a real MariaDB and WordPress. */
export default {
  testTimeout: 30_000,
  projects: ['architecture', 'unit', 'contracts', 'http', 'integration'].map((name) => project(name)),
};
