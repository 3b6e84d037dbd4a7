import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { connect } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import { signRequest, type SigningKey } from '../../../src/identity/signatures/index.js';
import type { HeaderLine } from '../../../src/identity/signatures/index.js';
import { parseKeyId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import { createBridgeKey, readBridgeKeys, type BridgeDirection } from '../../../src/secrets/bridge-keys.js';
import { writeKekCanary } from '../../../src/secrets/kek-canary.js';
import { makeSealedBox } from '../../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../../src/secrets/sealed-options.js';
import { mysqlSiteOptions } from '../../../src/settings/site-options.mysql.js';
import { createSite, type TestSite, type TestSiteOptions, type TestUser } from '../../support/stack.js';

/** What a test changes about a request after (or instead of) signing it. */
export interface Call {
  readonly method?: string;
  /** Path and query below the site's address. */
  readonly path: string;
  readonly body?: unknown;
  /** The acting user; undefined leaves the header out. Default 0. */
  readonly as?: number | string | undefined;
  /** Covered when the profile covers them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent beside what is signed. */
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly created?: number;
  readonly nonce?: string;
  readonly key?: SigningKey;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface PairedSite extends TestSite {
  readonly knex: Knex;
  readonly kek: string;
  /** Signs as the sidecar does, with the sidecar's own signer. */
  call(call: Call): Promise<Answer>;
  /** The headers of a signed call, to be sent some other way. */
  sign(call: Call): readonly HeaderLine[];
  key(direction: BridgeDirection): Promise<SigningKey>;
  /** Binds a user to an agent, as the sidecar's table has it. */
  bind(user: Pick<TestUser, 'id'>, directUse?: boolean): Promise<void>;
}

/** A WordPress with the bridge, the sidecar's tables, and keys sealed by the sidecar's own code. */
export async function createPairedSite(options: TestSiteOptions = {}): Promise<PairedSite> {
  const kek = randomBytes(32);
  const constants = {
    CHAPERONE_KEK: kek.toString('base64'),
    WP_DEBUG: true,
    WP_DEBUG_DISPLAY: false,
    WP_DEBUG_LOG: true,
  };
  const site = await createSite({ ...options, bridge: true, constants: { ...constants, ...options.constants } });
  const prefix = site.database.tablePrefix;
  const knex = connect({ url: new Secret(site.database.url), tablePrefix: prefix, poolSize: 2 });
  await migrate(knex, prefix);
  const box = makeSealedBox([new Secret<Uint8Array>(kek)], randomBytes);
  const sealed = makeSealedOptions(mysqlSiteOptions(knex, `${prefix}options`), box);
  const at = new Date();
  await writeKekCanary(sealed, at);
  await createBridgeKey(sealed, 'to_wordpress', { at, random: randomBytes });
  await createBridgeKey(sealed, 'to_sidecar', { at, random: randomBytes });
  const keyOf = async (direction: BridgeDirection): Promise<SigningKey> => {
    const [first] = (await readBridgeKeys(sealed, direction, at)) ?? [];
    if (first === undefined) throw new Error('the site is not paired');
    return { id: first.id, algorithm: 'hmac-sha256', secret: first.secret };
  };
  const ours = await keyOf('to_wordpress');
  return {
    ...site,
    knex,
    kek: constants.CHAPERONE_KEK,
    key: keyOf,
    sign: (call) => signedHeaders(site.url, call, ours),
    call: (call) => send(site.url, call, signedHeaders(site.url, call, ours)),
    async bind({ id }, directUse = false) {
      const now = new Date();
      await knex(`${prefix}ai_agent_agents`).insert({
        id: `agt_${randomBytes(10).toString('hex')}`,
        name: 'An agent',
        user_id: id,
        state: 'active',
        direct_use: directUse ? 1 : 0,
        created_at: now,
        updated_at: now,
      });
    },
    async stop() {
      await knex.destroy();
      await site.stop();
    },
  };
}

const bytesOf = ({ body }: Call): Uint8Array =>
  body === undefined ? new Uint8Array() : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');

function signedHeaders(siteUrl: string, call: Call, ours: SigningKey): readonly HeaderLine[] {
  const { method = 'GET', path, headers = {}, key = ours } = call;
  const acting = 'as' in call ? call.as : 0;
  const body = bytesOf(call);
  const sent: HeaderLine[] = [
    ...(acting === undefined ? [] : [['AI-Agent-Acting-User', String(acting)] as const]),
    ...(body.byteLength > 0 ? [['Content-Type', 'application/json'] as const] : []),
    ...Object.entries(headers),
  ];
  const { created = Math.floor(Date.now() / 1000), nonce = randomBytes(18).toString('base64url') } = call;
  const added = signRequest({ method, url: new URL(siteUrl + path), headers: sent, body }, key, { created, nonce });
  return [...sent, ...added];
}

export async function send(siteUrl: string, call: Call, headers: readonly HeaderLine[]): Promise<Answer> {
  const body = bytesOf(call);
  const reply = await fetch(siteUrl + call.path, {
    method: call.method ?? 'GET',
    headers: [
      ...headers.map(([name, value]): [string, string] => [name, value]),
      ...Object.entries(call.unsigned ?? {}),
    ],
    redirect: 'manual',
    ...(body.byteLength > 0 ? { body } : {}),
  });
  const text = await reply.text();
  return { status: reply.status, body: parse(text), headers: reply.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const basic = ({
  login,
  applicationPassword,
}: Pick<TestUser, 'login' | 'applicationPassword'>): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${login}:${applicationPassword}`).toString('base64')}`,
});

/** A signing key that WordPress doesn't know. */
export function strangersKey(id: string): SigningKey {
  const keyId = parseKeyId(id);
  if (keyId === undefined) throw new Error('not a key id');
  return { id: keyId, algorithm: 'hmac-sha256', secret: new Secret<Uint8Array>(randomBytes(32)) };
}

/** What PHP wrote into WordPress's log about this plugin's files. Core's own deprecations on a newer PHP aren't ours. */
export function ownLinesOfLog(site: Pick<TestSite, 'path'>): readonly string[] {
  const log = join(site.path, 'wp-content', 'debug.log');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  return lines.filter((line) => line.includes('plugins/chaperone') || line.includes('ai_agent'));
}
