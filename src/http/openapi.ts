import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { ERRORS } from '../kernel/errors.js';
import { jsonValue } from '../kernel/json-value.js';
import type { JsonObject } from '../kernel/json.js';
import { scopesOf } from './admit.js';
import type { OpenRoute, Route } from './route.js';

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    callId: { type: 'string' },
    findings: { type: 'array', items: { type: 'object' } },
    retryAfter: { type: 'integer' },
    unlock: { type: 'object' },
  },
} as const;

const SECURITY: Readonly<Record<Route['access'], Record<string, string[]>[]>> = {
  open: [],
  any: [{ applicationPassword: [] }, { accessToken: [] }, { signature: [] }],
  signed: [{ signature: [] }, { signature: [], applicationPassword: [] }, { signature: [], accessToken: [] }],
  bridge: [{ signature: [] }],
  webhook: [{ standardWebhooks: [] }],
};

const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name ?? '',
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }));

function requestOf(route: Route): {
  body?: { content: { 'application/json': { schema: z.ZodType } } };
  query?: z.ZodObject;
} {
  if (route.access === 'webhook') return { body: { content: { 'application/json': { schema: jsonValue } } } };
  if (route.access === 'open') return {};
  return {
    ...(route.body === undefined ? {} : { body: { content: { 'application/json': { schema: route.body } } } }),
    ...(route.query === undefined ? {} : { query: route.query as z.ZodObject }),
  };
}

function capabilityNote(route: Route): string {
  if (route.access === 'open' || route.access === 'webhook') return '';
  const scopes = scopesOf(route);
  const tokens = scopes.length === 0 ? '' : ` A token needs the scope ${scopes.join(' or ')}.`;
  const needed = route.needsOneOf === true ? route.tokenScopes.join(' or ') : route.capability;
  return `${needed === null ? '' : ` Needs the capability ${needed}.`}${tokens}`;
}

/** The OpenAPI 3.1 document of these routes; made from the table that serves them, so that they can't differ. */
export function openApiDocument(routes: readonly Route[], version: string, publicUrl: string): JsonObject {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'applicationPassword', {
    type: 'http',
    scheme: 'basic',
    description: 'A WordPress application password.',
  });
  registry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An OAuth 2 access token (RFC 6750) or, bound to a key, with the scheme DPoP (RFC 9449); see docs/oauth.md.',
  });
  registry.registerComponent('securitySchemes', 'signature', {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: 'RFC 9421, tag "ai-agent"; see docs/api.md.',
  });
  registry.registerComponent('securitySchemes', 'standardWebhooks', {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'Standard Webhooks 1.0, with webhook-id and webhook-timestamp; see docs/webhooks.md.',
  });
  registry.registerComponent('schemas', 'Problem', PROBLEM as never);
  for (const route of routes) {
    registry.registerPath({
      method: route.method,
      path: route.path,
      operationId: route.operationId,
      summary: route.summary,
      description: `${route.summary}${capabilityNote(route)}`,
      security: SECURITY[route.access],
      parameters: pathParameters(route.path),
      request: requestOf(route),
      responses: {
        ...Object.fromEntries(
          Object.entries(route.responses).map(([status, description]) => [
            status,
            { description, content: { 'application/json': { schema: { type: 'object' as const } } } },
          ]),
        ),
        default: {
          description: 'a problem (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    });
  }
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Chaperone', version, license: { name: 'GPL-2.0-or-later' } },
    servers: [{ url: publicUrl }],
  });
  return document as unknown as JsonObject;
}

/** The document is made at the first request for it. */
export function openApiRoute(make: () => JsonObject): OpenRoute {
  let document: JsonObject | undefined;
  return {
    method: 'get',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'This description.',
    access: 'open',
    responses: { 200: 'OpenAPI 3.1' },
    handle: () => Promise.resolve({ status: 200, body: (document ??= make()) }),
  };
}
