import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../dev/paths.js';

const root = projectRoot();
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs',
  'docs/adr',
  'docs/policies',
  'bench',
  'test',
  'dev',
  'wp-bridge/admin',
]
  .flatMap((place) =>
    place.endsWith('.md') ? [place] : readdirSync(join(root, place)).map((name) => join(place, name)),
  )
  .filter((name) => name.endsWith('.md'));
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('documents', () => {
  it.each(pages)('%s names only tests that are there', (page) => {
    const named = [...textOf(page).matchAll(/`(test\/[\w/.-]+\.(?:test|cases|contract)\.ts)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(pages)('%s links only to files that are there', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)\s]*)?\)/g)].map(
      ([, path = '']) => path,
    );
    expect(links.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });

  it('docs/threat-model.md names a test in every line of its tables but those of what and who', () => {
    const lines = textOf('docs/threat-model.md').split('\n');
    const from = lines.findIndex((line) => line.startsWith('## What holds each off'));
    const rows = lines.slice(from).filter((line) => /^\| (?!who|---| )/.test(line) && !/^\| *\|/.test(line));
    expect(rows.length).toBeGreaterThan(70);
    expect(rows.filter((line) => !/`test\/[\w/.-]+`/.test(line) && !line.startsWith('|---'))).toEqual([]);
  });
});
