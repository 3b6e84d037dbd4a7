import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../dev/paths.js';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

const { packages } = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8')) as Lockfile;

/** Where npm looks for a package: beside whoever needs it, and in each folder above. */
function isLocked(name: string, from: string): boolean {
  const places = from
    .split('/node_modules/')
    .map((_, count, parts) => parts.slice(0, count + 1).join('/node_modules/'));
  return ['', ...places].some((place) =>
    Object.hasOwn(packages, `${place === '' ? '' : `${place}/`}node_modules/${name}`),
  );
}

describe('the lockfile', () => {
  it('names the optional parts of every system, without which `npm ci` refuses it', () => {
    const wanted = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ name, from })),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter(({ name, from }) => !isLocked(name, from)).map(({ name }) => name)).toEqual([]);
  });
});
