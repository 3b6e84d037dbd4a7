import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'oidc-provider';

/** A client of the server: a service with a secret. */
export interface TestClient {
  readonly id: string;
  readonly secret: string;
}

export interface TokenWish {
  readonly scope: string;
  /** Default `jwt`. */
  readonly format?: 'jwt' | 'opaque';
  /** Headers of a DPoP proof, for a token that is bound to its key. */
  readonly dpop?: string;
}

/** A real authorization server (oidc-provider) on a port of loopback, in the test's own process. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly audience: string;
  readonly client: TestClient;
  /** A token for the service client itself. */
  clientToken(wish: TokenWish): Promise<string>;
  /** A token for a person, by the authorization code flow with PKCE; and the id token that came with it. */
  userToken(
    accountId: string,
    wish: TokenWish,
  ): Promise<{ readonly accessToken: string; readonly idToken: string; readonly refreshToken: string }>;
  revoke(token: string): Promise<void>;
  /** Signs anything with the server's own key: what a server that errs would issue. */
  sign(claims: object, header?: object): string;
  /** The claims that a good token has; changes may take some away with undefined. */
  claims(changes?: Readonly<Record<string, unknown>>): object;
  /** A new signing key in place of the old one. */
  rotateKeys(): void;
  /** Requests so far whose path ends so. */
  asked(path: string): number;
  /** While true, connections are cut. */
  down: boolean;
  /** The time that `auth_time` of new tokens is moved by, in seconds. */
  loginAge: number;
  /** The public half of the signing key as PEM. */
  readonly publicPem: string;
  stop(): Promise<void>;
}

interface ServerKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

function newKey(): ServerKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomBytes(6).toString('hex');
  return { kid, privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const REDIRECT = 'http://127.0.0.1:1/back';
const OPAQUE = '/opaque';

export interface ServerOptions {
  /** What `aud` of its tokens holds. */
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** It says at each start, over and over, that it is set up for a test. */
for (const level of ['info', 'warn'] as const) {
  const print = console[level].bind(console);
  console[level] = (...words: readonly unknown[]) => {
    if (!String(words[0]).startsWith('oidc-provider ')) print(...words);
  };
}
const oidc = await import('oidc-provider');

function configuration(options: ServerOptions, client: TestClient, key: ServerKey, server: { loginAge: number }) {
  const { audience, scopes } = options;
  return {
    jwks: { keys: [key.jwk] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [REDIRECT],
        application_type: 'native',
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    scopes: ['openid', ...scopes],
    issueRefreshToken: () => true,
    pkce: { required: () => true },
    enabledJWA: { dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    cookies: { keys: ['a test'] },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    extraTokenClaims(context: { oidc: { entities: { AuthorizationCode?: { authTime?: number } } } }) {
      const authTime = context.oidc.entities.AuthorizationCode?.authTime;
      return authTime === undefined ? undefined : { auth_time: authTime - server.loginAge, acr: 'password' };
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_context: unknown, resource: string) {
          const isOpaque = resource === audience + OPAQUE;
          if (!isOpaque && resource !== audience) throw new oidc.errors.InvalidTarget();
          const format = isOpaque
            ? { accessTokenFormat: 'opaque' }
            : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
          return { scope: scopes.join(' '), audience, accessTokenTTL: 300, ...format };
        },
      },
    },
  };
}

/** Logs in as whom the address bar said, and consents to everything, without a page. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const { login_hint: accountId, client_id: clientId, scope, resource } = params as Record<string, string>;
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: accountId ?? '' } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: clientId ?? '' });
  grant.addOIDCScope(scope ?? '');
  grant.addResourceScope(resource ?? '', scope ?? '');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

export async function startAuthorizationServer(options: ServerOptions): Promise<AuthorizationServer> {
  const client = { id: 'translation-service', secret: randomBytes(16).toString('hex') };
  const state = { down: false, loginAge: 0, key: newKey(), paths: [] as string[] };
  let provider: Provider | undefined;
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    state.paths.push(pathname);
    if (state.down || provider === undefined) {
      request.socket.destroy();
      return;
    }
    if (!pathname.startsWith('/interaction/')) {
      void provider.callback()(request, response);
      return;
    }
    interact(provider, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const start = (): void => {
    provider = new oidc.Provider(issuer, configuration(options, client, state.key, state));
  };
  start();
  const post = async (path: string, body: Record<string, string>, headers: Record<string, string> = {}) => {
    const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
    const reply = await fetch(issuer + path, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, ...headers },
      body: new URLSearchParams(body),
    });
    const answer = (await reply.json().catch(() => ({}))) as Record<string, string>;
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const resourceOf = ({ format }: TokenWish): string => options.audience + (format === 'opaque' ? OPAQUE : '');
  const proof = ({ dpop }: TokenWish): Record<string, string> => (dpop === undefined ? {} : { dpop });
  return {
    issuer,
    audience: options.audience,
    client,
    async clientToken(wish) {
      const body = { grant_type: 'client_credentials', scope: wish.scope, resource: resourceOf(wish) };
      return (await post('/token', body, proof(wish)))['access_token'] ?? '';
    },
    async userToken(accountId, wish) {
      const verifier = randomBytes(32).toString('base64url');
      const code = await authorize(issuer, {
        client_id: client.id,
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: `openid ${wish.scope}`,
        resource: resourceOf(wish),
        login_hint: accountId,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      const body = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        resource: resourceOf(wish),
      };
      const answer = await post('/token', body, proof(wish));
      return {
        accessToken: answer['access_token'] ?? '',
        idToken: answer['id_token'] ?? '',
        refreshToken: answer['refresh_token'] ?? '',
      };
    },
    revoke: async (token) => {
      await post('/token/revocation', { token });
    },
    sign(claims, header = {}) {
      const { kid, privateKey } = state.key;
      const signed = `${encode({ alg: 'RS256', typ: 'at+jwt', kid, ...header })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    claims(changes = {}) {
      const now = Math.floor(Date.now() / 1000);
      const { id } = client;
      return {
        iss: issuer,
        aud: options.audience,
        sub: id,
        client_id: id,
        jti: randomBytes(9).toString('hex'),
        iat: now,
        exp: now + 300,
        scope: options.scopes.join(' '),
        ...changes,
      };
    },
    rotateKeys() {
      state.key = newKey();
      start();
    },
    asked: (path) => state.paths.filter((each) => each.endsWith(path)).length,
    get down() {
      return state.down;
    },
    set down(isDown) {
      state.down = isDown;
    },
    get loginAge() {
      return state.loginAge;
    },
    set loginAge(seconds) {
      state.loginAge = seconds;
    },
    get publicPem() {
      return createPublicKey(state.key.privateKey).export({ format: 'pem', type: 'spki' }).toString();
    },
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** Follows the redirects of the authorization endpoint as a browser would, with its cookies, until the code comes back. */
async function authorize(issuer: string, params: Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>();
  let next = new URL(`/auth?${new URLSearchParams(params).toString()}`, issuer);
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const line of reply.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = reply.headers.get('location');
    if (location === null) throw new Error(`authorization: ${reply.status} ${await reply.text()}`);
    next = new URL(location, next);
    const code = next.searchParams.get('code');
    if (code !== null) return code;
    const error = next.searchParams.get('error');
    if (error !== null) throw new Error(`authorization: ${next.href}`);
  }
  throw new Error('authorization goes in a circle');
}
