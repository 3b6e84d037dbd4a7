import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Every file that `chaperone/client` loads, and the packages that those files name. */
function reach(file: string, seen: Map<string, readonly string[]> = new Map<string, readonly string[]>()) {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, 'utf8');
  const targets = [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from '([^']+)';/gm)].map(
    (match) => match[1] ?? '',
  );
  seen.set(
    file,
    targets.filter((target) => !target.startsWith('.')),
  );
  for (const target of targets) {
    if (target.startsWith('.')) reach(join(dirname(file), target.replace(/\.js$/, '.ts')), seen);
  }
  return seen;
}

describe('chaperone/client', () => {
  it('needs nothing but Node', () => {
    const files = reach('src/client/index.ts');
    expect([...files.keys()]).toContain('src/identity/signatures/sign.ts');
    expect(new Set([...files.values()].flat())).toEqual(new Set(['node:crypto', 'node:util']));
  });
});
