import type { Clock } from '../../../../src/kernel/clock.js';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import { Secret } from '../../../../src/kernel/secret.js';
import {
  makeIntrospect,
  makeIssuer,
  makeIssuerFetch,
  makeVerifyAccessToken,
  TOKEN_ALGORITHMS,
  type AccessToken,
} from '../../../../src/identity/oauth2/index.js';
import type { AuthorizationServer } from '../../../support/authorization-server.js';
import { FakeNonceStore } from '../../../support/fakes/fake-nonce-store.js';

export const AUDIENCE = 'https://chaperone.example/site';
export const SCOPES = ['ai_agent_execute_tool', 'ai_agent_view_logs', 'tool:posts.*'];
export const URL_OF_TOOLS = 'https://chaperone.example/v1/tools';

export interface ReadingOptions {
  readonly algorithms?: readonly string[];
  readonly requireDpop?: boolean;
  readonly introspection?: boolean;
  readonly nonces?: FakeNonceStore;
  readonly fetch?: typeof fetch;
  readonly issuer?: string;
}

export interface Sent {
  readonly dpop?: string;
  readonly method?: string;
  readonly url?: string;
}

/** A resource server of its own, with a clock that stands still until a test moves it. */
export function makeReading(server: AuthorizationServer, options: ReadingOptions = {}) {
  const time = { offset: 0 };
  const start = Date.now();
  const clock: Clock = { now: () => new Date(start + time.offset * 1_000) };
  const issuerUrl = new URL(options.issuer ?? server.issuer);
  const fetching = makeIssuerFetch(options.fetch ?? fetch);
  const issuer = makeIssuer({ issuer: issuerUrl, fetch: fetching, clock });
  const { id, secret } = server.client;
  const client = { id, secret: new Secret(secret) };
  const introspect = makeIntrospect({ issuer, issuerUrl, audience: AUDIENCE, client, fetch: fetching, clock });
  const verify = makeVerifyAccessToken({
    issuer,
    audience: AUDIENCE,
    algorithms: options.algorithms ?? TOKEN_ALGORITHMS,
    clock,
    introspect: options.introspection === false ? undefined : introspect,
    nonces: options.nonces ?? new FakeNonceStore(),
    requireDpop: options.requireDpop ?? false,
  });
  const read = (authorization: string, { dpop, method = 'GET', url = URL_OF_TOOLS }: Sent = {}): Promise<AccessToken> =>
    verify({ authorization, dpop, method, url: new URL(url) });
  return {
    time,
    read,
    bearer: (token: string, sent?: Sent) => read(`Bearer ${token}`, sent),
    /** `ok`, or the code with its words. */
    async outcome(authorization: string, sent?: Sent): Promise<string> {
      try {
        await read(authorization, sent);
        return 'ok';
      } catch (error) {
        if (!(error instanceof ChaperoneError)) throw error;
        return `${error.code}: ${error.message}`;
      }
    },
  };
}

export type Reading = ReturnType<typeof makeReading>;
