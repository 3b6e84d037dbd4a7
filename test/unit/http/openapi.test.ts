import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { AUDIT_KINDS } from '../../../src/audit/audit-entry.js';
import { compose } from '../../../src/compose.js';
import { readConfig } from '../../../src/config.js';
import { TOOL_NAMES } from '../../../src/execution/tools/index.js';
import { makeLog } from '../../../src/http/log.js';
import { openApiDocument } from '../../../src/http/openapi.js';
import { ERRORS } from '../../../src/kernel/errors.js';
import { isJsonObject, type Json, type JsonObject } from '../../../src/kernel/json.js';
import { VERSION } from '../../../src/version.js';

const FILE = new URL('../../../docs/openapi.json', import.meta.url);

/** Composing touches nothing: the database and WordPress behind these addresses need not exist. */
const config = readConfig({
  CHAPERONE_DATABASE_URL: 'mysql://nobody:nothing@127.0.0.1:1/nowhere',
  CHAPERONE_WORDPRESS_URL: 'https://site.example',
  CHAPERONE_PUBLIC_URL: 'https://chaperone.example',
  CHAPERONE_KEK: Buffer.alloc(32).toString('base64'),
});
const sidecar = compose(config, makeLog('silent', process.stdout));
const { routes } = sidecar;
const document = JSON.parse(JSON.stringify(openApiDocument(routes, VERSION, config.publicUrl.href))) as JsonObject;

afterAll(() => sidecar.close());

const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), value);

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly it: JsonObject;
}

function operations(): readonly Operation[] {
  const paths = at(document, 'paths');
  if (!isJsonObject(paths)) throw new Error('no paths');
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([method, operation]) =>
      isJsonObject(operation) ? [{ method, path, it: operation }] : [],
    ),
  );
}

function references(value: Json): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(references);
  if (!isJsonObject(value)) return [];
  const own = typeof value['$ref'] === 'string' ? [value['$ref']] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

describe('the OpenAPI document', () => {
  it('is the checked-in docs/openapi.json (renew it with UPDATE_OPENAPI=1 npm test -- --testPathPatterns openapi)', async () => {
    const options = await resolveConfig(FILE);
    const text = await format(JSON.stringify(document), { ...options, parser: 'json' });
    if (process.env['UPDATE_OPENAPI'] === '1') writeFileSync(FILE, text);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(document);
  });

  it('describes the routes that are served, each once', () => {
    const served = routes.map(({ method, path }) => `${method} ${path}`);
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([...served].sort());
    expect(new Set(served).size).toBe(served.length);
  });

  it('has the form of OpenAPI 3.1', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(document['info']).toEqual({ title: 'Chaperone', version: VERSION, license: { name: 'GPL-2.0-or-later' } });
    expect(document['servers']).toEqual([{ url: 'https://chaperone.example/' }]);
  });

  it('every reference leads somewhere', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(0);
    for (const reference of all) expect(at(document, ...reference.replace('#/', '').split('/'))).toBeDefined();
  });

  it('operations have names of their own, words, answers, and a problem for everything else', () => {
    const ids = operations().map(({ it: each }) => each['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { it: each } of operations()) {
      expect(each['operationId']).toMatch(/^[a-z]\w+$/);
      expect(each['summary']).toMatch(/\w.+\.$/);
      const answers = Object.keys(at(each, 'responses') as JsonObject);
      expect(answers).toContain('default');
      expect(answers.filter((status) => /^(200|201|202|503|default)$/.test(status))).toEqual(answers);
      expect(at(each, 'responses', 'default', 'content', 'application/problem+json', 'schema', '$ref')).toBe(
        '#/components/schemas/Problem',
      );
    }
  });

  it('names each parameter of a path, and no other', () => {
    for (const { path, it: each } of operations()) {
      const parameters = (each['parameters'] ?? []) as readonly JsonObject[];
      const inPath = parameters.filter((one) => one['in'] === 'path');
      expect(inPath.map(({ name }) => `{${name as string}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      for (const one of inPath) expect(one['required']).toBe(true);
      expect(parameters.every((one) => one['in'] === 'path' || one['in'] === 'query')).toBe(true);
    }
  });

  it('says how each route is guarded, as the route table has it', () => {
    const schemes = Object.keys(at(document, 'components', 'securitySchemes') as JsonObject);
    for (const route of routes) {
      const each = operations().find(({ method, path }) => method === route.method && path === route.path)?.it;
      const security = (each?.['security'] ?? []) as readonly JsonObject[];
      expect(security.flatMap((one) => Object.keys(one)).every((name) => schemes.includes(name))).toBe(true);
      expect(security.length === 0).toBe(route.access === 'open');
      if (route.access === 'signed') for (const one of security) expect(one).toHaveProperty('signature');
      if ('capability' in route && route.capability !== null) expect(each?.['description']).toContain(route.capability);
    }
  });

  it('lists every error code', () => {
    expect(at(document, 'components', 'schemas', 'Problem', 'properties', 'code', 'enum')).toEqual(Object.keys(ERRORS));
  });

  it('knows the body of each route that reads one, strictly', () => {
    const execute = operations().find(({ path }) => path === '/v1/execute')?.it;
    expect(at(execute, 'requestBody', 'content', 'application/json', 'schema')).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['tool'],
    });
  });
});

describe('the route table', () => {
  it('only the routes of section 9 that say so are open', () => {
    const open = routes.filter(({ access }) => access === 'open').map(({ path }) => path);
    expect(open.sort()).toEqual(['/.well-known/oauth-protected-resource', '/livez', '/openapi.json', '/readyz']);
  });

  it('one route takes Standard Webhooks in place of a principal', () => {
    expect(routes.filter(({ access }) => access === 'webhook').map(({ path }) => path)).toEqual([
      '/v1/webhooks/{source}',
    ]);
  });

  it('what changes something names a capability', () => {
    const loose = routes.filter((route) => 'capability' in route && route.capability === null);
    const changing = loose.filter((route) => route.method !== 'get' && !('trial' in route) && !('needsOneOf' in route));
    expect(changing.map(({ path }) => path)).toEqual([]);
  });

  it('a path without parameters stands before those that would swallow it', () => {
    routes.forEach((route, index) => {
      const pattern = new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`);
      const swallowed = routes
        .slice(index + 1)
        .filter(({ method, path }) => method === route.method && pattern.test(path));
      expect(swallowed.map(({ path }) => path)).toEqual([]);
    });
  });

  it('what makes or replaces keys and secrets answers the bridge alone, where somebody is logged in (ADR 13)', () => {
    const named = routes.filter(({ access }) => access === 'bridge').map(({ method, path }) => `${method} ${path}`);
    expect(named.sort()).toEqual([
      'get /v1/pairing',
      'post /v1/agents',
      'post /v1/agents/{id}/keys',
      'post /v1/agents/{id}/keys/{kid}/activate',
      'post /v1/agents/{id}/keys/{kid}/revoke',
      'post /v1/agents/{id}/keys/{kid}/rotate',
      'post /v1/agents/{id}/password',
      'post /v1/secrets/{name}/rotate',
      'post /v1/webhook-endpoints',
      'post /v1/webhook-endpoints/{id}/rotate',
      'post /v1/webhook-sources',
      'post /v1/webhook-sources/{name}/rotate',
    ]);
  });

  it('every kind of entry can be asked for, and every first word of one', () => {
    const route = routes.find(({ operationId }) => operationId === 'listAudit');
    if (route === undefined || !('query' in route)) throw new Error('no listAudit');
    const kinds = [...AUDIT_KINDS, ...AUDIT_KINDS.map((kind) => kind.replace(/\..*/, ''))];
    expect(kinds.filter((kind) => route.query?.safeParse({ kind }).success !== true)).toEqual([]);
    expect(route.query.safeParse({ kind: 'call.%' }).success).toBe(false);
  });

  it('every tool has a JSON Schema', async () => {
    const route = routes.find(({ path }) => path === '/v1/tools');
    if (route === undefined || !('capability' in route)) throw new Error('no such route');
    const answer = await route.handle({ principal: { agentTools: null } } as never);
    if ('lines' in answer) throw new Error('a list, not lines');
    const items = answer.body['items'] as readonly JsonObject[];
    expect(items.map(({ name }) => name)).toEqual([...TOOL_NAMES]);
    for (const item of items) expect(item['schema']).toMatchObject({ type: 'object', additionalProperties: false });
  });
});
