import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { Secret, type SigningKey } from '../../src/client/index.js';

import type { BridgeDirection } from '../../src/secrets/bridge-keys.js';
import { readBridgeKeys } from '../../src/secrets/bridge-keys.js';
import { makeSealedBox } from '../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../src/secrets/sealed-options.js';
import { mysqlSiteOptions } from '../../src/settings/site-options.mysql.js';
import { httpRequest } from '../support/http-request.js';
import { overTheBridge } from '../support/over-the-bridge.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { rounds } from '../support/rounds.js';

/** Per kind of key. */
const ROTATIONS = rounds('ROTATIONS', { usual: 3, published: 100 });
const CALLERS = 3;

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
}, 120_000);
afterAll(() => paired.stop());

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls without a pause until it is told to stop; answers that aren't a success, and how many there were. */
function load(call: () => Promise<{ status: number; text: string }>) {
  let isOver = false;
  let sent = 0;
  const refused: string[] = [];
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isOver) {
      const { status, text } = await call();
      sent += 1;
      if (status !== 200) refused.push(`${status} ${text.slice(0, 300)}`);
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(callers);
    return { sent, refused };
  };
}

const ringOf = async (direction: BridgeDirection): Promise<readonly SigningKey[]> => {
  const box = makeSealedBox(paired.config.keks, () => new Uint8Array());
  const options = makeSealedOptions(mysqlSiteOptions(paired.db, 'wp_options'), box);
  const keys = (await readBridgeKeys(options, direction, new Date())) ?? [];
  return keys.map(({ id, secret }) => ({ id, algorithm: 'hmac-sha256', secret }));
};

describe(`${ROTATIONS} rotations under load`, () => {
  it('of an agent’s key refuse no valid call and accept no old key after its end', async () => {
    const { agent, sidecar } = paired;
    let key = agent.key;
    let [accepted, tried] = [0, 0];
    const stop = load(() => paired.execute({ tool: 'site.info' }, { key }));
    const info = (by: SigningKey) => paired.execute({ tool: 'site.info' }, { key: by });
    for (let count = 0; count < ROTATIONS; count += 1) {
      const old = key;
      const made = await sidecar.rotateKey({
        agentId: agent.id,
        keyId: old.id,
        overlapSeconds: 1,
        force: true,
        actor: OPERATOR,
      });
      const bytes: Uint8Array = Buffer.from(made.secret?.reveal() ?? '', 'base64');
      // The agent learns of its new key while the old one is still good, as it does in life.
      await pause(100);
      key = { id: made.key.id, algorithm: 'hmac-sha256', secret: new Secret(bytes) };
      await pause((made.oldKeyValidUntil?.getTime() ?? 0) - Date.now());
      for (const answer of await Promise.all([info(old), info(old)])) {
        tried += 1;
        if (answer.status !== 401) accepted += 1;
      }
    }
    const { sent, refused } = await stop();
    console.info(
      `agent keys: ${ROTATIONS} rotations, ${sent} calls, ${refused.length} refused; old keys ${tried} tries, ${accepted} accepted`,
    );
    expect([refused, accepted]).toEqual([[], 0]);
    expect(sent).toBeGreaterThan(ROTATIONS);
  }, 600_000);

  it.each(['to_wordpress', 'to_sidecar'] as const)(
    'of the bridge’s key %s refuse no valid call and accept no old key after its end',
    async (direction) => {
      const bridge = overTheBridge(paired.site);
      const { key } = await paired.newAgent();
      // Through the sidecar to WordPress, or from WordPress to the sidecar: each signs with the key that is rotated.
      const through = () =>
        direction === 'to_wordpress' ? paired.execute({ tool: 'site.info' }, { key }) : bridge('GET', '/settings');
      const stop = load(through);
      let [accepted, tried] = [0, 0];
      for (let count = 0; count < ROTATIONS; count += 1) {
        const [old] = await ringOf(direction);
        if (old === undefined) throw new Error('no key');
        const made = await paired.sidecar.rotateSecret({
          name: `bridge_key_${direction}`,
          overlapSeconds: 2,
          force: true,
          actor: OPERATOR,
        });
        await pause((made.oldValidUntil?.getTime() ?? 0) - Date.now() + 50);
        tried += 1;
        if ((await byHand(direction, old)).status !== 401) accepted += 1;
      }
      const { sent, refused } = await stop();
      console.info(
        `bridge key ${direction}: ${ROTATIONS} rotations, ${sent} calls, ${refused.length} refused; old keys ${tried} tries, ${accepted} accepted`,
      );
      expect([refused, accepted]).toEqual([[], 0]);
      const [now] = await ringOf(direction);
      if (now === undefined) throw new Error('no key');
      expect((await byHand(direction, now)).status).toBe(200);
    },
    900_000,
  );
});

/** A request of the other side's, signed with a key that we hold. */
function byHand(direction: BridgeDirection, key: SigningKey) {
  const acting = String(paired.site.users.admin.id);
  const headers = [['AI-Agent-Acting-User', acting]] as const;
  return direction === 'to_sidecar'
    ? paired.send({ path: '/v1/pairing', key, headers })
    : httpRequest(paired.site.url, { path: '/wp-json/wp/v2/users/me', key, headers });
}
