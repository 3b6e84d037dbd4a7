import { unixSeconds, type Clock } from '../../kernel/clock.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import type { WebhookSecretStore } from '../secret-store.js';
import { signWebhook } from '../standard-webhooks.js';
import { openLive } from '../webhook-secret.js';
import type { Delivery } from './delivery.js';
import type { ResolveDestination } from './destination.js';
import { ownerOfEndpoint, type WebhookEndpoint } from './endpoint.js';
import type { Post } from './post.js';

export type AttemptResult =
  | { readonly ok: true; readonly status: number }
  /** `gone`: the receiver says that it will never take anything again. */
  | { readonly ok: false; readonly status: number | null; readonly reason: string; readonly gone: boolean };

export type Attempt = (endpoint: WebhookEndpoint, delivery: Delivery) => Promise<AttemptResult>;

const GONE = 410;

function ofStatus(status: number): AttemptResult {
  if (status >= 200 && status < 300) return { ok: true, status };
  const isRedirect = status >= 300 && status < 400;
  const reason = isRedirect ? `status ${status}: redirects are not followed` : `status ${status}`;
  return { ok: false, status, reason, gone: status === GONE };
}

/** Signs with every live secret for this very moment, checks where the name leads now, and sends. */
export function makeAttempt(deps: {
  readonly secrets: Pick<WebhookSecretStore, 'ofOwner'>;
  readonly box: SealedBox;
  readonly resolve: ResolveDestination;
  readonly post: Post;
  readonly clock: Clock;
  readonly userAgent: string;
}): Attempt {
  return async ({ id: endpointId, url }, { messageId: id, body }) => {
    const resolved = await deps.resolve(url);
    if (!resolved.ok) return { ok: false, status: null, reason: resolved.detail, gone: false };
    const now = deps.clock.now();
    const secrets = openLive(await deps.secrets.ofOwner(ownerOfEndpoint(endpointId)), deps.box, now);
    const timestamp = unixSeconds(now);
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': deps.userAgent,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook({ id, timestamp }, Buffer.from(body, 'utf8'), secrets),
    };
    const result = await deps.post(resolved.destination, headers, body);
    if (result.kind === 'answered') return ofStatus(result.status);
    return { ok: false, status: null, reason: result.reason, gone: false };
  };
}
