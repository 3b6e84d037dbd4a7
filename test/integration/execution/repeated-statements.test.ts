import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cuttingRelay, type CuttingRelay } from '../../../dev/cutting-relay.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';

/**
 * WordPress sends a statement again when its connection to the database breaks (`wpdb::query`), though the database may have
 * carried it out. What a call writes would be there twice.
 */
describe.each(['7.1', '6.8', '6.1'] as const)('WordPress %s loses its database in the middle of a call', (version) => {
  let paired: PairedSite;
  let relay: CuttingRelay;
  beforeAll(async () => {
    paired = await pairedSite({ version });
    relay = await cuttingRelay(new URL(paired.site.database.url));
    const file = join(paired.site.path, 'wp-config.php');
    const own = new URL(paired.site.database.url).host;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(own, new URL(relay.url).host));
  }, 90_000);
  afterAll(async () => {
    await relay.close();
    await paired.stop();
  });

  const titled = async (title: string): Promise<unknown[]> =>
    (await paired.db('wp_posts').where({ post_title: title, post_type: 'post' }).select('ID')) as unknown[];

  it('the answer to the writing statement is lost: it is there once, and the outcome is unknown', async () => {
    relay.loseAnswerTo('INSERT INTO `wp_posts`');
    const answer = await paired.execute({ tool: 'posts.create', args: { title: 'Once' } });
    expect(relay.lost()).toBe(1);
    expect(await titled('Once')).toHaveLength(1);
    expect([answer.status, answer.body]).toMatchObject([504, { code: 'outcome_unknown' }]);
  });

  it('the answer about its arrival is lost: nothing is there, and the outcome is unknown', async () => {
    relay.loseAnswerTo("arrival = 'begun'");
    const answer = await paired.execute({ tool: 'posts.create', args: { title: 'Never' } });
    expect(relay.lost()).toBe(2);
    expect([answer.status, answer.body]).toMatchObject([504, { code: 'outcome_unknown' }]);
    expect(await titled('Never')).toHaveLength(0);
  });

  it('a call after that is made as ever', async () => {
    expect((await paired.execute({ tool: 'posts.create', args: { title: 'Next' } })).status).toBe(200);
    expect(await titled('Next')).toHaveLength(1);
  });
});
