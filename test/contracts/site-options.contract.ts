import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OptionName, SiteOptions } from '../../src/settings/site-options.js';

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
