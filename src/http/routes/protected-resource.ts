import { ChaperoneError } from '../../kernel/errors.js';
import type { TokenResource } from '../challenges.js';
import type { OpenRoute } from '../route.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** The path of the public address, where it has one of its own. */
const suffixOf = (publicUrl: URL): string => publicUrl.pathname.replace(/\/$/, '');

/** Between host and path (RFC 9728, section 3.1). */
export const metadataUrl = (publicUrl: URL): string => new URL(WELL_KNOWN + suffixOf(publicUrl), publicUrl.origin).href;

export interface ResourceDescription extends TokenResource {
  readonly issuer: string;
  readonly scopes: readonly string[];
}

/**
 * What this service is to clients of an authorization server (RFC 9728). Served at both places, so that a proxy which
 * takes the path off and one that doesn't do the same. Nothing, where no issuer is configured.
 */
export function protectedResourceRoutes(publicUrl: URL, resource: ResourceDescription | null): readonly OpenRoute[] {
  const suffix = suffixOf(publicUrl);
  const route = (path: string, operationId: string): OpenRoute => ({
    method: 'get',
    path,
    operationId,
    summary: 'Which authorization server issues tokens for this service, and which scopes they may have (RFC 9728).',
    access: 'open',
    responses: { 200: 'the metadata' },
    handle() {
      if (resource === null) throw new ChaperoneError('not_found', { detail: 'This service takes no access tokens.' });
      const body = {
        resource: publicUrl.origin + suffix,
        authorization_servers: [resource.issuer],
        scopes_supported: resource.scopes,
        bearer_methods_supported: ['header'],
        dpop_signing_alg_values_supported: resource.dpopAlgorithms,
        dpop_bound_access_tokens_required: resource.requireDpop,
        resource_name: 'Chaperone',
      };
      return Promise.resolve({ status: 200, body });
    },
  });
  const isPlain = /^[\w./~-]+$/.test(suffix);
  return [
    route(WELL_KNOWN, 'protectedResource'),
    ...(isPlain ? [route(WELL_KNOWN + suffix, 'protectedResourceAtPath')] : []),
  ];
}
