import type { Config } from './config.js';
import { toolScope } from './execution/tool-scope.js';
import { TOOL_NAMES } from './execution/tools/index.js';
import { metadataUrl, type ResourceDescription } from './http/routes/protected-resource.js';
import { CAPABILITIES } from './identity/capabilities/index.js';
import {
  DPOP_ALGORITHMS,
  makeIntrospect,
  makeIssuer,
  makeIssuerFetch,
  makeVerifyAccessToken,
} from './identity/oauth2/index.js';
import type { TokenReading } from './identity/presented-credential.js';
import type { Ground } from './compose-ground.js';

/** How access tokens are read; undefined where no issuer is configured. Nobody is asked before the first token comes. */
export function makeTokenReading({ config, clock, nonces, stores }: Ground): TokenReading | undefined {
  const { oauth } = config;
  if (oauth === undefined) return undefined;
  const { audience, algorithms, requireDpop, client } = oauth;
  const issuerUrl = new URL(oauth.issuer);
  const fetching = makeIssuerFetch(fetch);
  const issuer = makeIssuer({ issuer: issuerUrl, fetch: fetching, clock });
  const introspect =
    client === undefined ? undefined : makeIntrospect({ issuer, issuerUrl, audience, client, fetch: fetching, clock });
  return {
    issuer: oauth.issuer,
    identities: stores.identities,
    verify: makeVerifyAccessToken({ issuer, audience, algorithms, clock, introspect, nonces, requireDpop }),
  };
}

/** What clients are told about tokens; null where none are taken. */
export function describeResource({ oauth, publicUrl }: Config): ResourceDescription | null {
  if (oauth === undefined) return null;
  return {
    issuer: oauth.issuer,
    scopes: [...CAPABILITIES, ...['*', ...TOOL_NAMES].map(toolScope)],
    metadataUrl: metadataUrl(publicUrl),
    dpopAlgorithms: DPOP_ALGORITHMS,
    requireDpop: oauth.requireDpop,
  };
}
