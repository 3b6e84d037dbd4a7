import { z } from 'zod';
import type { Principal } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { JsonObject } from '../../kernel/json.js';
import { isLive, parseWebhookSecret, type WebhookSecret } from '../../webhooks/webhook-secret.js';

/** A secret that a sender gave out. */
export const given = z
  .string()
  .max(200)
  .transform((text, context): Uint8Array => {
    const bytes = parseWebhookSecret(text);
    if (bytes !== undefined) return bytes;
    context.addIssue('must be whsec_ and 24 to 64 bytes in base64');
    return z.NEVER;
  });

export const bytesOfGiven = (bytes: Uint8Array | undefined): { readonly given?: Uint8Array } =>
  bytes === undefined ? {} : { given: bytes };

export const rotating = z.strictObject({
  /** Seconds; 24 hours when it isn't said, at most 7 days, 0 for a secret that leaked. */
  overlap: z.int().min(0).max(604_800).default(86_400),
  force: z.boolean().default(false),
  secret: given.optional(),
});

/** Live secrets as they may be shown: never themselves. */
export const showSecrets = (rows: readonly WebhookSecret[], now: Date): readonly JsonObject[] =>
  rows
    .filter((row) => isLive(row, now))
    .map(({ id, fingerprint, state, notAfter, createdAt }) => ({
      id,
      fingerprint,
      state,
      notAfter: notAfter?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
    }));

/** For what changes settings and makes a secret at once. @throws capability_missing */
export function assertMayHandleSecrets({ capabilities }: Principal): void {
  const capability = 'ai_agent_manage_secrets';
  if (capabilities.has(capability)) return;
  throw new ChaperoneError('capability_missing', {
    detail: `The user lacks the WordPress capability ${capability}.`,
    members: { unlock: { capability } },
  });
}
