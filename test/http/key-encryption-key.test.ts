import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { readConfig } from '../../src/config.js';
import { missingKeks } from '../../src/secrets/list-secrets.js';
import { kekId } from '../../src/secrets/sealed-box.js';
import { overTheBridge } from '../support/over-the-bridge.js';
import { pairedSite, startSidecar, type PairedSite, type TestSidecar } from '../support/paired-site.js';

let paired: PairedSite;
const more: TestSidecar[] = [];
beforeAll(async () => {
  paired = await pairedSite();
}, 120_000);
afterAll(async () => {
  await Promise.all(more.map((each) => each.close()));
  await paired.stop();
});

/** One more replica, with key-encryption keys of its own choice. */
async function replicaWith(...keks: readonly string[]): Promise<TestSidecar> {
  const config = readConfig({ ...paired.environment, CHAPERONE_KEK: keks.join(',') });
  const one = await startSidecar(config, 0, undefined, paired.config.publicUrl.origin);
  more.push(one);
  return one;
}

const keysOf = ({ body }: { readonly body: { readonly items: readonly { readonly keys: unknown }[] } }): unknown =>
  body.items.map(({ keys }) => keys);

function writeConstant(...keks: readonly string[]): void {
  const file = join(paired.site.path, 'wp-config.php');
  const line = /(define\(\s*'CHAPERONE_KEK',\s*')[^']*('\s*\))/;
  const before = readFileSync(file, 'utf8');
  expect(before).toMatch(line);
  writeFileSync(file, before.replace(line, `$1${keks.join(',')}$2`));
}

describe('a new key-encryption key', () => {
  it('takes the place of the old one while calls run, in the order that docs/rotation.md gives', async () => {
    const { site, agent } = paired;
    const old = paired.environment['CHAPERONE_KEK'] ?? '';
    const fresh = randomBytes(32).toString('base64');
    const bridge = overTheBridge(site);
    const call = (by: Pick<TestSidecar, 'send'>) =>
      by.send({ method: 'POST', path: '/v1/execute', body: { tool: 'site.info', args: {} }, key: agent.key });
    const held = {
      approvals: [
        {
          id: 'all',
          match: { tools: ['site.info'] },
          steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
        },
      ],
    };
    await paired.allow({ tools: [{ id: 'everything', effect: 'allow' }], ...held });
    const { body: waiting } = await call(paired);
    expect(waiting.status).toBe('pending_approval');
    await paired.allow();

    writeConstant(old, fresh);
    expect((await call(paired)).status).toBe(200);
    const second = await replicaWith(fresh, old);
    expect([(await call(second)).status, (await call(paired)).status]).toEqual([200, 200]);
    expect(missingKeks(await (await replicaWith(fresh)).sidecar.listSecrets())).toContain(
      kekId(Buffer.from(old, 'base64')),
    );

    const ring = async (): Promise<unknown> => keysOf(await bridge('GET', '/secrets'));
    const before = await ring();
    const { done, failed } = await second.sidecar.rewrapSecrets({ actor: OPERATOR, progress: () => undefined });
    expect([done, failed]).toEqual([5, []]);
    expect(await second.sidecar.rewrapSecrets({ actor: OPERATOR, progress: () => undefined })).toMatchObject({
      done: 0,
    });

    const third = await replicaWith(fresh);
    writeConstant(fresh);
    expect(missingKeks(await third.sidecar.listSecrets())).toBeUndefined();
    expect([(await call(second)).status, (await call(third)).status]).toEqual([200, 200]);
    const decided = await third.send({
      method: 'POST',
      path: `/v1/approvals/${String(waiting.approval.id)}/approve`,
      body: {},
      user: site.users.editor,
    });
    expect(decided).toMatchObject({ status: 200, body: { status: 'executed' } });
    expect(await third.sidecar.checks.find(({ name }) => name === 'keys')?.check()).toBeUndefined();
    const shown = await third.send({ path: '/v1/secrets', user: site.users.admin });
    expect(keysOf(shown)).toEqual(before);
    expect((await third.send({ path: '/v1/audit/verify', user: site.users.admin })).body).toMatchObject({ ok: true });
  }, 120_000);
});
