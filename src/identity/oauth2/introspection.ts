import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  introspectionRequest,
  processIntrospectionResponse,
  ResponseBodyError,
  type AuthorizationServer,
  type IntrospectionResponse,
} from 'oauth4webapi';
import { unixSeconds, type Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { Secret } from '../../kernel/secret.js';
import type { IssuerFetch } from './issuer-fetch.js';
import { insecureOptions, type Issuer } from './issuer.js';
import { issuerUnavailable } from './kept.js';
import { grantOf, refuse, type TokenVerdict } from './token-verdict.js';

export interface IntrospectionDeps {
  readonly issuer: Issuer;
  readonly issuerUrl: URL;
  readonly audience: string;
  readonly client: { readonly id: string; readonly secret: Secret<string> };
  readonly fetch: IssuerFetch;
  readonly clock: Clock;
}

export type Introspect = (token: string) => Promise<TokenVerdict>;

const POSITIVE_SECONDS = 30;
const NEGATIVE_SECONDS = 5;
const CLOCK_SKEW_SECONDS = 30;
const MAX_ENTRIES = 1_000;
/** Questions about unknown tokens at once; whoever invents tokens can't make it more. */
const MAX_RUNNING = 16;
/** What a token may be sent as; a refresh token is none, and some issuers call it active. */
const TOKEN_TYPE = /^(?:bearer|dpop)$/i;

interface Remembered {
  readonly answer: IntrospectionResponse;
  /** Unix seconds. */
  readonly until: number;
}

async function ask(deps: IntrospectionDeps, token: string): Promise<IntrospectionResponse> {
  const server = await deps.issuer.metadata.get();
  const { id, secret } = deps.client;
  const client = { client_id: id };
  const options = { [customFetch]: deps.fetch, ...insecureOptions(deps.issuerUrl) };
  try {
    const reply = await introspectionRequest(server, client, authentication(server, secret), token, {
      ...options,
      additionalParameters: { token_type_hint: 'access_token' },
    });
    return await processIntrospectionResponse(server, client, reply);
  } catch (error) {
    if (isAboutToken(error)) return { active: false };
    throw issuerUnavailable(error);
  }
}

/** Some issuers answer 400 to what can't be a token of theirs. That our own client is refused is another thing. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof ResponseBodyError && error.status === 400 && !/client/.test(error.error);

function authentication(server: AuthorizationServer, secret: Secret<string>) {
  const methods = server.introspection_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') || !methods.includes('client_secret_post')
    ? ClientSecretBasic(secret.reveal())
    : ClientSecretPost(secret.reveal());
}

/** Never past the token's own end, and a refusal is forgotten sooner. */
function remember(answer: IntrospectionResponse, now: number): Remembered {
  const end = answer.active && typeof answer.exp === 'number' ? answer.exp : Infinity;
  return { answer, until: Math.min(now + (answer.active ? POSITIVE_SECONDS : NEGATIVE_SECONDS), end) };
}

type Answer = IntrospectionResponse;

/** The issuer's word on times, undefined when they are right. Its clock has judged them too, so an end gets no tolerance here. */
function whyNotNow({ exp, nbf }: Answer, now: number): string | undefined {
  if (typeof exp === 'number' && exp <= now) return 'it has expired';
  if (typeof nbf === 'number' && nbf > now + CLOCK_SKEW_SECONDS) return 'it is not valid yet';
  return undefined;
}

function whyNotHere({ issuerUrl, audience }: IntrospectionDeps, { iss, aud }: Answer): string | undefined {
  if (iss !== undefined && (!URL.canParse(iss) || new URL(iss).href !== issuerUrl.href))
    return 'it is of another issuer';
  const isForUs = aud === audience || (Array.isArray(aud) && aud.includes(audience));
  return isForUs ? undefined : 'it is for another audience';
}

/** Null when it is bound to nothing, undefined when it is bound in another way than to a key's thumbprint. */
function bindingOf({ cnf }: Answer): string | null | undefined {
  if (cnf === undefined) return null;
  return Object.keys(cnf).length === 1 && typeof cnf.jkt === 'string' ? cnf.jkt : undefined;
}

const isOtherKind = ({ token_type: type }: Answer): boolean => type !== undefined && !TOKEN_TYPE.test(type);

function judge(deps: IntrospectionDeps, answer: Answer, now: number): TokenVerdict {
  if (!answer.active) return refuse('its issuer says that it is not active');
  if (isOtherKind(answer)) return refuse('it is no access token');
  const why = whyNotNow(answer, now) ?? whyNotHere(deps, answer);
  if (why !== undefined) return refuse(why);
  const subject = answer.sub ?? answer.client_id;
  if (typeof subject !== 'string' || subject === '') return refuse('its issuer does not say whose it is');
  const boundTo = bindingOf(answer);
  if (boundTo === undefined) return refuse('it is bound in a way that this service cannot check');
  return { ok: true, token: { subject, grant: grantOf({ ...answer }), boundTo } };
}

/**
 * An opaque token, by asking its issuer (RFC 7662). The answer is kept for half a minute at most, by the token's hash: that is
 * how long a revoked token may still be taken. What the issuer doesn't answer is refused as its failure, never taken.
 *
 * Tokens that were active the last time are asked about whatever happens, and are kept apart from those that weren't: a flood
 * of invented ones takes neither their turn nor their place.
 * @throws issuer_unavailable, overloaded
 */
export function makeIntrospect(deps: IntrospectionDeps): Introspect {
  const active = new LRUCache<string, Remembered>({ max: MAX_ENTRIES });
  const inactive = new LRUCache<string, Remembered>({ max: MAX_ENTRIES });
  const running = new Map<string, Promise<Answer>>();
  let strangers = 0;
  const now = (): number => unixSeconds(deps.clock.now());
  const settle = (key: string, answer: Answer): Answer => {
    (answer.active ? active : inactive).set(key, remember(answer, now()));
    (answer.active ? inactive : active).delete(key);
    return answer;
  };
  const asked = (key: string, token: string): Promise<Answer> => {
    const same = running.get(key);
    if (same !== undefined) return same;
    const turn = active.has(key) ? 0 : 1;
    if (turn > 0 && strangers >= MAX_RUNNING)
      return Promise.reject(new ChaperoneError('overloaded', { retryAfter: 1 }));
    strangers += turn;
    const question = ask(deps, token)
      .then((answer) => settle(key, answer))
      .finally(() => {
        strangers -= turn;
        running.delete(key);
      });
    running.set(key, question);
    return question;
  };
  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64');
    const kept = active.get(key) ?? inactive.get(key);
    const answer = kept !== undefined && now() < kept.until ? kept.answer : await asked(key, token);
    return judge(deps, answer, now());
  };
}
