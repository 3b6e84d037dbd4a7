import { randomBytes } from 'node:crypto';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import { Secret, type SigningKey } from '../../../src/client/index.js';
import { parseKeyId, type WpUserId } from '../../../src/kernel/ids.js';
import { readBridgeKeys } from '../../../src/secrets/bridge-keys.js';
import { makeSealedBox } from '../../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../../src/secrets/sealed-options.js';
import { mysqlSiteOptions } from '../../../src/settings/site-options.mysql.js';
import type { AuthorizationServer } from '../../support/authorization-server.js';
import { makeProofMaker } from '../../support/dpop.js';
import type { TestRequest } from '../../support/http-request.js';
import type { PairedSite } from '../../support/paired-site.js';
import { isAgent, isOpen, ROLE_NAMES, scopesFor, type Combination, type Role } from './expectation.js';

interface Person {
  readonly id: number;
  readonly login: string;
  readonly applicationPassword: string;
  /** An agent's own; people stand beside the key of the agent, which isn't theirs. */
  readonly key: SigningKey;
}

const WORDPRESS_ROLES: Readonly<Record<Role, string>> = {
  administrator: 'administrator',
  editor: 'editor',
  author: 'author',
  subscriber: 'subscriber',
  'service account': 'ai_agent',
  agent: 'ai_agent',
  'agent who is an administrator': 'administrator',
};

async function makePerson(paired: PairedSite, role: Role): Promise<Person> {
  const user = await paired.site.createUser({ role: WORDPRESS_ROLES[role] });
  return { ...user, key: isAgent(role) ? (await paired.newAgent(user)).key : paired.agent.key };
}

async function bridgeKey(paired: PairedSite): Promise<SigningKey> {
  const { keks, tablePrefix } = paired.config;
  const options = mysqlSiteOptions(paired.db, `${tablePrefix}options`);
  const sealed = makeSealedOptions(options, makeSealedBox(keks, randomBytes));
  const [key] = (await readBridgeKeys(sealed, 'to_sidecar', new Date())) ?? [];
  if (key === undefined) throw new Error('the site is not paired');
  return { id: key.id, algorithm: 'hmac-sha256', secret: key.secret };
}

function stranger(): SigningKey {
  const id = parseKeyId(`key_${'0'.repeat(20)}`);
  if (id === undefined) throw new Error('no key id');
  return { id, algorithm: 'hmac-sha256', secret: new Secret<Uint8Array>(randomBytes(32)) };
}

/** One user per role with every credential, and the request that a combination of the matrix means. */
export async function makePeople(paired: PairedSite, server: AuthorizationServer) {
  const people = new Map<Role, Person>();
  for (const role of ROLE_NAMES) {
    const person = await makePerson(paired, role);
    people.set(role, person);
    const { issuer } = server;
    const bound = { issuer, subject: person.login, userId: person.id as WpUserId };
    await paired.sidecar.addIdentity({ ...bound, actor: OPERATOR, capabilities: { has: () => true } });
  }
  const [bridge, maker] = [await bridgeKey(paired), makeProofMaker()];
  const start = Math.floor(Date.now() / 1000);
  const now = (): number => Math.floor(Date.now() / 1000);
  const tokens = new Map<string, { readonly token: string | Promise<string>; readonly at: number }>();
  /** Tokens live five minutes; on a busy machine the walk takes longer. */
  const remembered = (name: string, make: () => string | Promise<string>): string | Promise<string> => {
    const known = tokens.get(name);
    if (known !== undefined && now() - known.at < 200) return known.token;
    const token = make();
    tokens.set(name, { token, at: now() });
    return token;
  };
  const authorization = (value: string): Partial<TestRequest> => ({ headers: [['Authorization', value]] });
  const credentialOf = async (combination: Combination, place: Pick<TestRequest, 'method' | 'path'>) => {
    const person = people.get(combination.role);
    if (person === undefined) throw new Error('nobody has this role');
    const scope = scopesFor(combination).join(' ');
    const signed = (claims: object = {}) =>
      remembered(JSON.stringify([person.login, scope, claims]), () =>
        server.sign(server.claims({ sub: person.login, scope, auth_time: now(), ...claims })),
      );
    const opaque = () =>
      remembered(`${person.login} ${scope}`, async () => {
        const { accessToken } = await server.userToken(person.login, { scope, format: 'opaque' });
        return accessToken;
      });
    switch (combination.credential) {
      case 'nothing':
        return {};
      case 'a wrong password':
        return { user: { login: person.login, applicationPassword: 'wrong' } };
      case 'an unknown scheme':
        return authorization(`Magic ${await signed()}`);
      case 'a signature by an unknown key':
        return { key: stranger() };
      case 'a password':
        return { user: person };
      case 'a bearer token':
        return authorization(`Bearer ${await signed()}`);
      case 'an opaque token':
        return authorization(`Bearer ${await opaque()}`);
      case 'a token bound to a key': {
        const token = await signed({ cnf: { jkt: maker.thumbprint } });
        const proof = maker.proof({ method: place.method ?? 'GET', url: paired.url + place.path, token });
        const headers = [
          ['Authorization', `DPoP ${token}`],
          ['DPoP', proof],
        ] as const;
        return { headers };
      }
      case 'a token of an old login':
        return authorization(`Bearer ${await signed({ auth_time: start - 3_600 })}`);
      case 'a token of nobody':
        return authorization(`Bearer ${await signed({ sub: 'nobody' })}`);
      case 'an expired token':
        return authorization(`Bearer ${await signed({ exp: start - 60 })}`);
      case 'a signature':
        return { key: person.key };
      case 'a signature beside a password':
        return { key: person.key, user: person };
      case 'a signature beside a token':
        return { key: person.key, ...authorization(`Bearer ${await signed()}`) };
      case 'the bridge':
        return { key: bridge, headers: [['AI-Agent-Acting-User', String(person.id)]] as const };
    }
  };
  let caller = 0;
  /** Everybody calls from a network of their own: wrong credentials are counted by network, and that isn't the question here. */
  const nextAddress = (): string => `2001:db8:${(caller += 1).toString(16)}::1`;
  return {
    /** A body that no route reads, and a name that nothing has: who is let in finds nothing to do. */
    async requestOf(combination: Combination): Promise<TestRequest> {
      const { route } = combination;
      const method = route.method.toUpperCase();
      const path = route.path.replace(/\{\w+\}/g, 'x');
      const hasBody = !isOpen(route) && route.body !== undefined;
      const body = hasBody ? { body: 'nothing', contentType: 'text/plain' } : {};
      const credential: Partial<TestRequest> = await credentialOf(combination, { method, path });
      const from = ['X-Forwarded-For', nextAddress()] as const;
      return { method, path, ...body, ...credential, headers: [...(credential.headers ?? []), from] };
    },
  };
}
