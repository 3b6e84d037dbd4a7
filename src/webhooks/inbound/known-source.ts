import type { Clock } from '../../kernel/clock.js';
import type { RandomBytes } from '../../kernel/ids.js';
import { Secret } from '../../kernel/secret.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import type { WebhookSecretStore } from '../secret-store.js';
import { makeWebhookSecret, openLive } from '../webhook-secret.js';
import { ownerOfSource, parseSourceName, type WebhookSource } from './source.js';
import type { SourceStore } from './source-store.js';

export interface KnownSource {
  /** Undefined when nobody has the name, or the source is paused. */
  readonly source: WebhookSource | undefined;
  readonly secrets: readonly Secret<Uint8Array>[];
  /** A secret that nobody has. */
  readonly stranger: Secret<Uint8Array>;
}

const STRANGER_BYTES = 32;

/** Looks a source up with its secrets, for every message anew; a name that nobody has costs what one costs that somebody has. */
export function makeFindSource(deps: {
  readonly sources: Pick<SourceStore, 'get'>;
  readonly secrets: Pick<WebhookSecretStore, 'ofOwner'>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): (name: string) => Promise<KnownSource> {
  const { sources, secrets, box, clock, random } = deps;
  const stranger = new Secret(random(STRANGER_BYTES));
  const decoy = makeWebhookSecret({ box, random }, 'source:', undefined, new Date(0)).row;
  return async (text) => {
    const name = parseSourceName(text);
    const nobody: KnownSource = { source: undefined, secrets: [], stranger };
    if (name === undefined) return nobody;
    const [found, rows] = await Promise.all([sources.get(name), secrets.ofOwner(ownerOfSource(name))]);
    const now = clock.now();
    if (found?.state !== 'active') {
      openLive([decoy], box, now);
      return nobody;
    }
    return { source: found, secrets: openLive(rows, box, now), stranger };
  };
}
