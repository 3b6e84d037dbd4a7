import { limitKey } from './keys.js';
import type { LimitDemand, LimitStore } from './limit-store.js';

/** Wrong credentials from one address about one account, and from one address about all. */
const PER_ACCOUNT = 20;
const PER_ADDRESS = 100;
const WINDOW = { kind: 'rolling', seconds: 300 } as const;

interface Attempt {
  readonly ip: string | null;
  readonly keyId: string | null;
  readonly account: string | null;
}

/** Names in parentheses are ours: no rule of a policy can bear one. */
function demandsOf({ ip, keyId, account }: Attempt): readonly [LimitDemand, ...LimitDemand[]] {
  const nowhere = { user: undefined, agent: undefined, tool: undefined, site: undefined };
  const address = keyId ?? limitKey(['ip'], { ...nowhere, ip: ip ?? undefined }) ?? 'unknown';
  const everyAccount: LimitDemand = {
    rule: '(wrong credentials: address)',
    key: address,
    limit: PER_ADDRESS,
    window: WINDOW,
  };
  return account === null
    ? [everyAccount]
    : [
        everyAccount,
        {
          rule: '(wrong credentials: account)',
          key: JSON.stringify([address, account]),
          limit: PER_ACCOUNT,
          window: WINDOW,
        },
      ];
}

/**
 * Failed attempts at a credential, counted where the policy's limits are, exactly and for all replicas. IPv6 addresses count
 * by their first 64 bits. Beside a verified signature they count for its key instead of the address.
 */
export function makeFailedAttempts({ limits }: { readonly limits: Pick<LimitStore, 'consume'> }) {
  return {
    room: async (attempt: Attempt) => {
      const { standings, retryAfterSeconds } = await limits.consume(demandsOf(attempt), { peek: true });
      return { tries: Math.min(...standings.map(({ remaining }) => remaining)), retryAfter: retryAfterSeconds };
    },
    /** Each is counted by itself: that one is full is no reason to forget the other. */
    add: async (attempt: Attempt): Promise<void> => {
      await Promise.all(demandsOf(attempt).map((demand) => limits.consume([demand])));
    },
  };
}
