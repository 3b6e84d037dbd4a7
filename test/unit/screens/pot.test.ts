import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const plugin = new URL('../../../wp-bridge/', import.meta.url);

describe('the texts of the plugin', () => {
  it('stand in languages/chaperone.pot, all of them and no others (made by npm run docs)', async () => {
    const { makePot } = (await import(new URL('admin/make-pot.mjs', plugin).href)) as { makePot: () => string };
    expect(readFileSync(new URL('languages/chaperone.pot', plugin), 'utf8')).toBe(makePot());
  });

  it('say to translators what each placeholder is', () => {
    const entries = readFileSync(new URL('languages/chaperone.pot', plugin), 'utf8').split('\n\n');
    expect(entries.length).toBeGreaterThan(200);
    const unsaid = entries.filter((entry) => /^msgid ".*%/m.test(entry) && !entry.includes('translators:'));
    expect(unsaid).toEqual([]);
  });
});
