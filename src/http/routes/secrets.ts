import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import type { JsonObject } from '../../kernel/json.js';
import type { KekView, ListSecrets, SecretView } from '../../secrets/list-secrets.js';
import type { RotatedSecret, RotateSecret } from '../../secrets/rotate-secret.js';
import { guarded, type GuardedRoute } from '../route.js';

/** As everywhere: seconds, at most 7 days, 0 for a secret that leaked. */
const MOST_OVERLAP_SECONDS = 604_800;

const rotating = z.strictObject({
  overlap: z.int().min(0).max(MOST_OVERLAP_SECONDS).optional(),
  force: z.boolean().default(false),
});

export const showSecret = (
  { name, opens, rotatable, version, changedAt, kekId, parts }: SecretView,
  now: Date,
): JsonObject => ({
  name,
  opens,
  rotatable,
  version,
  changedAt: changedAt?.toISOString() ?? null,
  ageSeconds: changedAt === null ? null : Math.max(0, Math.floor((now.getTime() - changedAt.getTime()) / 1_000)),
  kekId,
  fingerprint: parts?.[0]?.fingerprint ?? null,
  opened: parts !== null,
  keys: (parts ?? []).map(({ id, fingerprint, notAfter }) => ({
    id,
    fingerprint,
    notAfter: notAfter?.toISOString() ?? null,
  })),
});

export const showKek = ({ id, given, seals, values }: KekView): JsonObject => ({ id, given, seals, values });

export const showRotated = ({ name, id, fingerprint, oldValidUntil, revealed }: RotatedSecret): JsonObject => ({
  name,
  id,
  fingerprint,
  oldValidUntil: oldValidUntil?.toISOString() ?? null,
  secret: revealed?.reveal() ?? null,
});

export function secretRoutes(deps: {
  readonly listSecrets: ListSecrets;
  readonly rotateSecret: RotateSecret;
  readonly now: () => Date;
}): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/secrets',
      operationId: 'listSecrets',
      summary: 'Names, versions, ages and fingerprints of the secrets; never a secret.',
      access: 'any',
      capability: 'ai_agent_manage_secrets',
      responses: { 200: 'the secrets, and the key-encryption keys with how many values each has sealed' },
      async handle() {
        const { secrets, keks } = await deps.listSecrets();
        const now = deps.now();
        return {
          status: 200,
          body: { items: secrets.map((each) => showSecret(each, now)), nextCursor: null, keks: keks.map(showKek) },
        };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/secrets/{name}/rotate',
      operationId: 'rotateSecret',
      summary: 'Replaces a secret; the old one stays good until the overlap ends.',
      access: 'bridge',
      capability: 'ai_agent_manage_secrets',
      body: rotating,
      stepUp: true,
      responses: {
        201: 'the new one, in words that don’t give it away; the secret itself only where a person carries it',
      },
      async handle({ principal, params, body }) {
        const { overlap, force } = body;
        const made = await deps.rotateSecret({
          name: params['name'] ?? '',
          force,
          ...(overlap === undefined ? {} : { overlapSeconds: overlap }),
          actor: actorOf(principal),
        });
        return { status: 201, body: showRotated(made) };
      },
    }),
  ];
}
