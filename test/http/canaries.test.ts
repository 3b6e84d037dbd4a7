import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import type { WpUserId } from '../../src/kernel/ids.js';
import { Secret } from '../../src/kernel/secret.js';
import { readBridgeKeys } from '../../src/secrets/bridge-keys.js';
import { makeSealedBox } from '../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../src/secrets/sealed-options.js';
import { mysqlSiteOptions } from '../../src/settings/site-options.mysql.js';
import { aSource, sendTo } from '../integration/webhooks/webhook-sender.js';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.js';
import { makeProofMaker } from '../support/dpop.js';
import type { TestAnswer, TestRequest } from '../support/http-request.js';
import { overTheBridge } from '../support/over-the-bridge.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

const AUDIENCE = 'https://chaperone.example/agents';

let server: AuthorizationServer;
let paired: PairedSite;
beforeAll(async () => {
  server = await startAuthorizationServer({
    audience: AUDIENCE,
    scopes: ['ai_agent_execute_tool', 'ai_agent_view_logs', 'tool:*'],
  });
  paired = await pairedSite({
    sidecarEnv: {
      CHAPERONE_LOG_LEVEL: 'trace',
      CHAPERONE_OAUTH_ISSUER: server.issuer,
      CHAPERONE_OAUTH_AUDIENCE: AUDIENCE,
      CHAPERONE_OAUTH_CLIENT_ID: server.client.id,
      CHAPERONE_OAUTH_CLIENT_SECRET: server.client.secret,
    },
  });
  for (const [subject, userId] of [
    [server.client.id, paired.agent.userId],
    ['admin', paired.site.users.admin.id],
  ] as const) {
    await paired.sidecar.addIdentity({
      issuer: server.issuer,
      subject,
      userId: userId as WpUserId,
      actor: OPERATOR,
      capabilities: { has: () => true },
    });
  }
}, 120_000);
afterAll(async () => {
  await paired.stop();
  await server.stop();
});

/** A secret, by what it is, in each form in which it might turn up. */
type Canaries = Map<string, readonly string[]>;

const textForms = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  return [text, bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(text)];
};
const byteForms = (bytes: Uint8Array): readonly string[] => {
  const buffer = Buffer.from(bytes);
  return [buffer.toString('base64'), buffer.toString('base64url'), buffer.toString('hex'), buffer.toString('latin1')];
};

/** Every row of every table, texts as they are and bytes as latin1, so that a secret in the clear is found as such. */
async function wholeDatabase(): Promise<string> {
  const { db } = paired;
  const [tables] = (await db.raw('SHOW TABLES')) as [Record<string, string>[]];
  let text = '';
  for (const table of tables.flatMap((row) => Object.values(row))) {
    const [rows] = (await db.raw('SELECT * FROM ??', [table])) as [Record<string, unknown>[]];
    for (const value of rows.flatMap((row) => Object.values(row))) {
      text += `${value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value)}\n`;
    }
  }
  return text;
}

/** Uses every secret rightly and wrongly, and keeps every answer but those that show a secret this once. */
async function useEverything(canaries: Canaries): Promise<readonly TestAnswer[]> {
  const answers: TestAnswer[] = [];
  const send = async (request: TestRequest): Promise<TestAnswer> => {
    const answer = await paired.send(request);
    answers.push(answer);
    return answer;
  };
  const { agent, site } = paired;
  const execute = { method: 'POST', path: '/v1/execute', body: { tool: 'site.info', args: {} } };
  canaries.set("the agent's password", textForms(agent.applicationPassword));
  canaries.set("the admin's password", textForms(site.users.admin.applicationPassword));
  canaries.set("the agent's key", byteForms(Buffer.from(agent.secret, 'base64')));
  await send({ ...execute, key: agent.key });
  await send({ ...execute, key: agent.key, user: agent });
  await send({ ...execute, user: agent });
  await send({ path: '/v1/audit', user: site.users.admin });
  const wrong = `WRONGguess${randomBytes(8).toString('hex')}`;
  canaries.set('a wrong password', textForms(wrong));
  await send({ path: '/v1/tools', user: { login: site.users.admin.login, applicationPassword: wrong } });
  await send({ ...execute, key: agent.key, user: { ...agent, applicationPassword: wrong } });
  await send({ path: '/v1/tools', headers: [['Cookie', `wordpress_logged_in_x=${wrong}`]] });

  const proofs = makeProofMaker();
  const tokens = {
    'an access token': await server.clientToken({ scope: 'ai_agent_execute_tool tool:*' }),
    'an opaque token': (await server.userToken('admin', { scope: 'ai_agent_view_logs', format: 'opaque' })).accessToken,
    'a forged token': server.sign(server.claims({ aud: 'elsewhere' })),
  };
  for (const [name, token] of Object.entries(tokens)) {
    canaries.set(name, textForms(token));
    const authorization = ['Authorization', `Bearer ${token}`] as const;
    await send({ path: '/v1/audit', headers: [authorization] });
    await send({ ...execute, key: agent.key, headers: [authorization] });
    await send({ path: `/v1/tools?access_token=${encodeURIComponent(token)}` });
    const proof = proofs.proof({ method: 'GET', url: `${paired.url}/v1/tools`, token });
    canaries.set(`the DPoP proof of ${name}`, textForms(proof));
    await send({
      path: '/v1/tools',
      headers: [
        ['Authorization', `DPoP ${token}`],
        ['DPoP', proof],
      ],
    });
  }

  const source = await aSource(paired, 'canary');
  canaries.set("a webhook source's secret", textForms(source.secret.replace(/^whsec_/, '')));
  answers.push(await sendTo(paired, source, { id: 'msg_1' }), await sendTo(paired, source, { id: 'msg_1' }));

  const bridge = overTheBridge(site);
  const made = await bridge('POST', '/agents', { name: 'Canary', login: 'canary', applicationPassword: true });
  canaries.set("a new agent's key", byteForms(Buffer.from(String(made.body.key.secret), 'base64')));
  canaries.set("a new agent's password", textForms(String(made.body.account.applicationPassword)));
  const rotated = await bridge('POST', `/agents/${made.body.id}/keys/${made.body.key.id}/rotate`, {});
  canaries.set(
    'a rotated key',
    byteForms(Buffer.from(String(rotated.body.key?.secret ?? rotated.body.secret), 'base64')),
  );
  for (const path of [
    '/agents',
    `/agents/${made.body.id}`,
    `/agents/${made.body.id}/keys`,
    '/secrets',
    '/settings',
    '/audit',
  ])
    answers.push(await bridge('GET', path));
  answers.push(await bridge('POST', '/secrets/bridge_key_to_sidecar/rotate', {}));
  answers.push(await bridge('POST', '/secrets/bridge_key_to_wordpress/rotate', { overlap: 0 }));
  await send({ path: '/v1/audit/export', user: site.users.admin });
  await send({ path: '/openapi.json' });
  await send({ path: '/readyz' });
  return answers;
}

/** What is sealed, opened with the key that the test knows. */
async function sealedSecrets(canaries: Canaries): Promise<void> {
  const kek = Buffer.from(paired.environment['CHAPERONE_KEK'] ?? '', 'base64');
  canaries.set('the key-encryption key', byteForms(kek));
  canaries.set("the database's password", textForms(new URL(paired.site.database.url).password));
  canaries.set("the OAuth client's secret", textForms(server.client.secret));
  const options = mysqlSiteOptions(paired.db, `${paired.config.tablePrefix}options`);
  const sealed = makeSealedOptions(
    options,
    makeSealedBox([new Secret<Uint8Array>(kek)], (count) => randomBytes(count)),
  );
  for (const direction of ['to_wordpress', 'to_sidecar'] as const) {
    const keys = (await readBridgeKeys(sealed, direction, new Date())) ?? [];
    keys.forEach(({ secret }, index) => canaries.set(`bridge key ${direction} ${index}`, byteForms(secret.reveal())));
    expect(keys.length).toBeGreaterThan(0);
  }
}

describe('a canary in every place where a secret can be', () => {
  it('turns up in no log, no answer, no entry and no row of the database', async () => {
    const canaries: Canaries = new Map();
    await sealedSecrets(canaries);
    const answers = await useEverything(canaries);
    await sealedSecrets(canaries);
    const places = {
      log: paired.log.join(''),
      answers: answers.map(({ text, headers }) => text + JSON.stringify(headers)).join('\n'),
      database: await wholeDatabase(),
      printed: JSON.stringify(paired.config) + String(paired.config.databaseUrl),
    };
    const found: string[] = [];
    for (const [name, forms] of canaries) {
      for (const [place, text] of Object.entries(places)) {
        for (const form of forms) if (form.length >= 8 && text.includes(form)) found.push(`${name}: ${place}`);
      }
    }
    const sizes = Object.entries(places).map(([place, text]) => `${place} ${Math.round(text.length / 1_024)} KB`);
    console.info(`canaries: ${canaries.size} secrets, looked for in ${sizes.join(', ')}: ${found.length} found`);
    expect(found).toEqual([]);
    expect(places.log.length).toBeGreaterThan(1_000);
    expect(canaries.size).toBeGreaterThan(15);
  }, 120_000);
});
