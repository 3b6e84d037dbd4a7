import type { NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import type { WpUserId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { AgentStore } from './agent-store.js';

/** What the bridge refused on WordPress itself since it was last written down: one account, one way in. */
export interface RefusedUse {
  readonly userId: WpUserId;
  readonly via: string;
  readonly uses: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Of the last one. */
  readonly ip: string | null;
}

/** The letter box between the bridge, which refuses, and the log, which the sidecar alone writes. */
export interface RefusedUses {
  /** Takes what wasn't reported since `since`; whoever else takes waits until the transaction ends. */
  take(since: Date, at: Date, limit: number): Promise<readonly RefusedUse[]>;
}

/** At most one entry per minute for an account and a way in, however often it tries: nobody fills the log. */
const BETWEEN_ENTRIES_MS = 60_000;
const BATCH = 100;

/** Code of the refusal as the agent's programmer sees it in WordPress. */
const CODE = 'ai_agent_direct_use_refused';

export type WriteRefusedUses = () => Promise<number>;

export function makeWriteRefusedUses(deps: {
  readonly inTransaction: InTransaction<{
    readonly refusedUses: RefusedUses;
    readonly agents: Pick<AgentStore, 'byUser'>;
    readonly audit: Pick<AuditLog, 'append'>;
  }>;
  readonly clock: Clock;
}): WriteRefusedUses {
  return () =>
    deps.inTransaction(async ({ refusedUses, agents, audit }) => {
      const at = deps.clock.now();
      const taken = await refusedUses.take(new Date(at.getTime() - BETWEEN_ENTRIES_MS), at, BATCH);
      const entries = await Promise.all(
        taken.map(async ({ userId, via, uses, firstAt, lastAt, ip }): Promise<NewAuditEntry> => {
          const agentId = (await agents.byUser(userId))?.id ?? null;
          const detail = { via, uses, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
          const actor = { userId, agentId, credential: 'application_password', ip } as const;
          return { kind: 'auth.refused', at, actor, code: CODE, detail };
        }),
      );
      if (entries.length > 0) await audit.append(entries);
      return entries.length;
    });
}
