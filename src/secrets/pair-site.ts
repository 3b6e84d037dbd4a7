import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { SiteOptions } from '../settings/site-options.js';
import { createBridgeKey, readBridgeKeys, type BridgeDirection } from './bridge-keys.js';
import { kekCanaryOpens, writeKekCanary } from './kek-canary.js';
import { makeSealedOptions } from './sealed-options.js';
import { SealedBoxError, type SealedBox } from './sealed-box.js';

/** Makes what sidecar and bridge share: the canary, a key for each direction, and the address of the sidecar. */
export type PairSite = (input: { readonly publicUrl: URL; readonly actor: Actor }) => Promise<void>;

/**
 * Does what is missing and leaves what is there, so it can be run again at any time. With a key-encryption key that
 * isn't the site's, it stops before it writes anything.
 */
export function makePairSite(deps: {
  readonly inTransaction: InTransaction<{ readonly options: SiteOptions; readonly audit: AuditLog }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): PairSite {
  return ({ publicUrl, actor }) =>
    deps.inTransaction(async ({ options, audit }) => {
      const sealed = makeSealedOptions(options, deps.box);
      const at = deps.clock.now();
      const opens = await kekCanaryOpens(sealed);
      if (opens === false)
        throw new SealedBoxError("this isn't the key-encryption key that the site's secrets were sealed with");
      if (opens === undefined) await writeKekCanary(sealed, at);
      for (const direction of ['to_wordpress', 'to_sidecar'] as const satisfies readonly BridgeDirection[]) {
        if ((await readBridgeKeys(sealed, direction, at)) !== undefined) continue;
        await createBridgeKey(sealed, direction, { at, random: deps.random });
        await audit.append([{ kind: 'secret.created', at, actor, detail: { name: `bridge_key_${direction}` } }]);
      }
      const address = JSON.stringify({ publicUrl: publicUrl.href });
      if ((await options.read('ai_agent_sidecar')) === address) return;
      await options.write('ai_agent_sidecar', address);
      await audit.append([
        { kind: 'settings.changed', at, actor, detail: { name: 'sidecar', publicUrl: publicUrl.href } },
      ]);
    });
}
