import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UNCHANGED, type OptionName, type SiteOptions } from '../../src/settings/site-options.js';

/** What every keeper of our options promises. `make` gives one in which nothing of ours is kept. */
export function siteOptionsContract(name: string, make: () => Promise<SiteOptions>): void {
  describe(`the site options contract: ${name}`, () => {
    let options: SiteOptions;
    beforeEach(async () => {
      options = await make();
    });

    it('has nothing at first', async () => {
      expect(await options.read('ai_agent_test')).toBeUndefined();
      expect(await options.lock('ai_agent_test')).toBeUndefined();
    });

    it.each(['', 'text', '{"a":"Grüße 🔑 \\\\ \' \\""}', 'x'.repeat(100_000), ' spaces and\nlines '])(
      'keeps %.20j',
      async (value) => {
        await options.write('ai_agent_test', value);
        expect(await options.read('ai_agent_test')).toBe(value);
        expect(await options.read('ai_agent_other')).toBeUndefined();
      },
    );

    it('replaces what was there', async () => {
      await options.write('ai_agent_test', 'one');
      await options.write('ai_agent_test', 'two');
      expect(await options.read('ai_agent_test')).toBe('two');
      expect(await options.lock('ai_agent_test')).toBe('two');
    });

    it.each(['text', '{"a":"Gr\\u00fc\\u00dfe"}', 'x'.repeat(100_000)])(
      'tells %.20j from others by its digest',
      async (value) => {
        const sha256 = createHash('sha256').update(value).digest('hex');
        expect(await options.readIfOther('ai_agent_test', sha256)).toBeUndefined();
        await options.write('ai_agent_test', value);
        expect(await options.readIfOther('ai_agent_test', sha256)).toBe(UNCHANGED);
        await options.write('ai_agent_test', `${value} `);
        expect(await options.readIfOther('ai_agent_test', sha256)).toBe(`${value} `);
      },
    );

    it('has an initial value for what is locked before it is there', async () => {
      expect(await options.lockOrCreate('ai_agent_test', 'initial')).toBe('initial');
      expect(await options.read('ai_agent_test')).toBe('initial');
      await options.write('ai_agent_test', 'later');
      expect(await options.lockOrCreate('ai_agent_test', 'initial')).toBe('later');
    });

    it.each(['siteurl', 'ai_agent', 'active_plugins', 'ai_agent_', 'xai_agent_a', "ai_agent_a' OR '1"])(
      'does not reach %s',
      async (foreign) => {
        await expect(options.read(foreign as OptionName)).rejects.toThrow('one of ours');
        await expect(options.lock(foreign as OptionName)).rejects.toThrow('one of ours');
        await expect(options.write(foreign as OptionName, 'x')).rejects.toThrow('one of ours');
      },
    );
  });
}
