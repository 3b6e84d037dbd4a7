import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorsPage } from '../../src/cli/commands/errors.js';
import { ERRORS } from '../../src/kernel/errors.js';
import { VERSION } from '../../src/version.js';
import {
  adapterFaults,
  environmentFaults,
  layerFaults,
  packageFaults,
  purityFaults,
  unknownPackages,
} from './rules.js';
import { architecture, layerOf, listFiles, root, sources } from './sources.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as { version: string; dependencies: Record<string, string> };

describe('src', () => {
  it('is read whole', () => {
    expect(sources.length).toBeGreaterThan(100);
    console.info(`architecture: ${sources.length} files, ${sources.flatMap(({ imports }) => imports).length} imports`);
  });

  it('imports run one way', () => {
    expect(sources.flatMap(layerFaults)).toEqual([]);
  });

  it('adapters are known to compose.ts alone', () => {
    expect(sources.flatMap(adapterFaults)).toEqual([]);
  });

  it('each package has one door', () => {
    expect(sources.flatMap(packageFaults)).toEqual([]);
  });

  it('uses no package but its own dependencies', () => {
    const known = new Set(Object.keys(manifest.dependencies));
    expect(sources.flatMap((file) => unknownPackages(file, known))).toEqual([]);
  });

  it('has no folder for leftovers', () => {
    const folders = sources.flatMap(({ path }) => path.split('/').slice(0, -1));
    expect(folders.filter((folder) => architecture.forbiddenFolders.includes(folder))).toEqual([]);
  });

  it('reads the environment in config.ts alone', () => {
    expect(sources.flatMap(environmentFaults)).toEqual([]);
  });

  it('takes time and chance as arguments in its pure folders', () => {
    expect(sources.flatMap(purityFaults)).toEqual([]);
  });

  it('explains itself in every folder of a feature', () => {
    const layers = new Set(sources.filter(({ path }) => path.includes('/')).map(({ path }) => layerOf(path)));
    const features = sources
      .filter(({ path }) => path.startsWith('identity/') && path.split('/').length > 2)
      .map(({ path }) => path.split('/').slice(0, 2).join('/'));
    const silent = [...new Set([...layers, ...features])].filter(
      (folder) => !existsSync(join(root, 'src', folder, 'README.md')),
    );
    expect(silent.map((folder) => `src/${folder} has no README.md`)).toEqual([]);
  });
});

describe('the registry of errors', () => {
  const raised = sources.filter(({ path }) => path !== 'kernel/errors.ts').map(({ tree }) => tree.text);

  it.each(Object.keys(ERRORS))('%s is raised somewhere', (code) => {
    expect(raised.some((text) => text.includes(`'${code}'`))).toBe(true);
  });

  it('is what docs/errors.md shows; if this fails, run: npm run docs', () => {
    expect(read('docs/errors.md').trimEnd()).toBe(errorsPage());
  });

  it('is used by nobody who makes up a code', () => {
    const made = raised.flatMap((text) =>
      [...text.matchAll(/new ChaperoneError\(\s*'([a-z_]+)'/g)].map(([, code]) => code),
    );
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter((code) => code === undefined || !(code in ERRORS))).toEqual([]);
  });
});

describe('the repository', () => {
  it('has one version', () => {
    expect(VERSION).toBe(manifest.version);
    const lock = JSON.parse(read('package-lock.json')) as { version: string };
    expect(lock.version).toBe(manifest.version);
  });

  it('says nothing of where its packages came from', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  it('names no package registry', () => {
    const registries = new RegExp(
      [
        'registry\\.[a-z]+js\\.',
        'registry\\.yarnpkg\\.',
        'npm\\.pkg\\.github\\.',
        'repo\\.packagist\\.',
        'packagist\\.org',
      ].join('|'),
    );
    const skipped = /(^|\/)(node_modules|vendor|dist|\.git|\.demo|\.cache|coverage)\//;
    const isText = (name: string): boolean =>
      /\.(ts|js|mjs|json|md|php|ya?ml|txt|dist|css|html|sh)$|^\.?[a-z]+(rc|ignore)?$/.test(name);
    const folders = ['src', 'migrations', 'test', 'dev', 'bench', 'docs', 'wp-bridge', '.ci', '.github'];
    const files = folders
      .filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => listFiles(folder, isText).map((path) => `${folder}/${path}`))
      .concat(
        ['package.json', 'package-lock.json', 'README.md', '.npmrc'].filter((path) => existsSync(join(root, path))),
      )
      .filter((path) => !skipped.test(path));
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter((path) => registries.test(read(path)))).toEqual([]);
  });
});
