import {
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
  type AuthorizationServer,
  type JWKS,
} from 'oauth4webapi';
import type { Clock } from '../../kernel/clock.js';
import { isJsonObject, type Json } from '../../kernel/json.js';
import type { IssuerFetch } from './issuer-fetch.js';
import { makeKept, type Kept } from './kept.js';

/** The authorization server, as it describes itself, with the keys that it signs with. */
export interface Issuer {
  readonly metadata: Kept<AuthorizationServer>;
  readonly keys: Kept<JWKS>;
}

const METADATA_MAX_AGE_MS = 3_600_000;
/** How long a key that its issuer has withdrawn may still verify. */
const KEYS_MAX_AGE_MS = 300_000;

/** The configuration lets plain http through for loopback alone; its endpoints are then as close. */
export const insecureOptions = (issuer: URL) => ({ [allowInsecureRequests]: issuer.protocol === 'http:' });

/** OpenID Connect's place first, then that of RFC 8414. */
async function discover(issuer: URL, fetch: IssuerFetch): Promise<AuthorizationServer> {
  const options = { [customFetch]: fetch, ...insecureOptions(issuer) };
  const first = await discoveryRequest(issuer, { ...options, algorithm: 'oidc' });
  const answer = first.status === 200 ? first : await discoveryRequest(issuer, { ...options, algorithm: 'oauth2' });
  return processDiscoveryResponse(issuer, answer);
}

async function loadKeys(issuer: URL, address: string | undefined, fetch: IssuerFetch): Promise<JWKS> {
  if (address === undefined || !URL.canParse(address)) throw new Error('the issuer names no jwks_uri');
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== issuer.protocol) throw new Error('jwks_uri is not https');
  const answer = await fetch(url.href, { headers: { accept: 'application/json, application/jwk-set+json' } });
  if (answer.status !== 200) throw new Error(`jwks_uri answered ${answer.status}`);
  const set = (await answer.json()) as Json;
  const keys = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys) || !(keys as readonly Json[]).every(isJsonObject)) throw new Error('jwks_uri has no keys');
  return { keys: keys as JWKS['keys'] };
}

/** Nothing is asked before the first token comes: the issuer may start later than this service. */
export function makeIssuer(deps: { readonly issuer: URL; readonly fetch: IssuerFetch; readonly clock: Clock }): Issuer {
  const { issuer, fetch, clock } = deps;
  const metadata = makeKept({ load: () => discover(issuer, fetch), clock, maxAgeMs: METADATA_MAX_AGE_MS });
  const keys = makeKept({
    load: async () => loadKeys(issuer, (await metadata.get()).jwks_uri, fetch),
    clock,
    maxAgeMs: KEYS_MAX_AGE_MS,
  });
  return { metadata, keys };
}
