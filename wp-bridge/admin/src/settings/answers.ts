import * as z from 'zod/mini';
import { ask } from '../api/ask.js';

const about = z.object({
  description: z.string(),
  locked: z.boolean(),
  by: z.nullable(z.string()),
  default: z.unknown(),
  unreadable: z.boolean(),
});
export type About = z.infer<typeof about>;

const settings = z.object({
  version: z.number(),
  settings: z.record(z.string(), z.unknown()),
  about: z.record(z.string(), about),
  killSwitch: z.object({
    on: z.boolean(),
    reason: z.string(),
    at: z.nullable(z.string()),
    by: z.nullable(z.number()),
  }),
});
export type Settings = z.infer<typeof settings>;

export const readSettings = (signal: AbortSignal): Promise<Settings> => ask(settings, '/settings', { signal });

/** `version` is the one that was shown; when somebody changed anything since, nothing is changed (settings_stale). */
export const changeSettings = (version: number, changes: Readonly<Record<string, unknown>>): Promise<Settings> =>
  ask(settings, '/settings', { method: 'PUT', data: { version, settings: changes } });

export async function readPublicUrl(signal: AbortSignal): Promise<string> {
  const { publicUrl } = (await readSettings(signal)).settings;
  return typeof publicUrl === 'string' ? publicUrl : '';
}

const secret = z.object({
  name: z.string(),
  opens: z.string(),
  rotatable: z.boolean(),
  version: z.number(),
  changedAt: z.nullable(z.string()),
  fingerprint: z.nullable(z.string()),
  opened: z.boolean(),
});
export type SecretRow = z.infer<typeof secret>;
const kek = z.object({ id: z.string(), given: z.boolean(), seals: z.boolean(), values: z.number() });
const secrets = z.object({ items: z.array(secret), keks: z.array(kek) });
export type Secrets = z.infer<typeof secrets>;

export const listSecrets = (signal: AbortSignal): Promise<Secrets> => ask(secrets, '/secrets', { signal });

export const rotateSecret = (idempotencyKey: string, name: string, leaked: boolean): Promise<unknown> =>
  ask(z.looseObject({ name: z.string() }), `/secrets/${name}/rotate`, {
    method: 'POST',
    data: leaked ? { overlap: 0, force: true } : {},
    idempotencyKey,
  });

const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  events: z.nullable(z.array(z.string())),
  description: z.string(),
  state: z.string(),
  disabledReason: z.nullable(z.string()),
  failingSince: z.nullable(z.string()),
});
export type Endpoint = z.infer<typeof endpoint>;
const endpoints = z.object({ items: z.array(endpoint) });
export const listEndpoints = async (signal: AbortSignal): Promise<readonly Endpoint[]> =>
  (await ask(endpoints, '/webhook-endpoints', { signal })).items;

const madeEndpoint = z.looseObject({ secret: z.string() });
export const createEndpoint = async (idempotencyKey: string, url: string, description: string): Promise<string> =>
  (await ask(madeEndpoint, '/webhook-endpoints', { method: 'POST', data: { url, description }, idempotencyKey }))
    .secret;

const anything = z.looseObject({});
export const changeEndpoint = (id: string, state: 'active' | 'disabled'): Promise<unknown> =>
  ask(anything, `/webhook-endpoints/${id}`, { method: 'PATCH', data: { state } });
export const deleteEndpoint = (id: string): Promise<unknown> =>
  ask(anything, `/webhook-endpoints/${id}`, { method: 'DELETE' });
export const testEndpoint = (id: string): Promise<unknown> =>
  ask(anything, `/webhook-endpoints/${id}/test`, { method: 'POST', data: {} });

const delivery = z.object({
  id: z.number(),
  endpointId: z.string(),
  event: z.string(),
  status: z.string(),
  attempts: z.number(),
  nextAttemptAt: z.nullable(z.string()),
  lastStatus: z.nullable(z.number()),
  lastError: z.nullable(z.string()),
  createdAt: z.string(),
});
export type Delivery = z.infer<typeof delivery>;
const deliveries = z.object({ items: z.array(delivery), nextCursor: z.nullable(z.union([z.string(), z.number()])) });
export const listDeliveries = (cursor: string | undefined, signal: AbortSignal) =>
  ask(deliveries, '/webhook-deliveries', { query: { cursor, limit: 10 }, signal });
export const redeliver = (id: number): Promise<unknown> =>
  ask(anything, `/webhook-deliveries/${id}/redeliver`, { method: 'POST', data: {} });

const source = z.object({
  name: z.string(),
  agentId: z.string(),
  tool: z.string(),
  description: z.string(),
  state: z.string(),
});
export type Source = z.infer<typeof source>;
const sources = z.object({ items: z.array(source) });
export const listSources = async (signal: AbortSignal): Promise<readonly Source[]> =>
  (await ask(sources, '/webhook-sources', { signal })).items;
