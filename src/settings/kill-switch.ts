import { z } from 'zod';
import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { OptionName, SiteOptions } from './site-options.js';

/** While it is on, no call runs, whatever the policy says. */
export interface KillSwitch {
  readonly on: boolean;
  /** Why, in the words of whoever turned it; shown to agents. */
  readonly reason: string;
  readonly at: Date | null;
  /** WordPress user; null for the operator's command line. */
  readonly by: number | null;
}

const OPTION: OptionName = 'ai_agent_kill_switch';
const OFF: KillSwitch = { on: false, reason: '', at: null, by: null };

const stored = z.strictObject({ on: z.boolean(), reason: z.string(), at: z.iso.datetime(), by: z.int().nullable() });

/** Read at every call from the database, so that it holds in every replica at once. A row that can't be read means on. */
export async function readKillSwitch(options: Pick<SiteOptions, 'read'>): Promise<KillSwitch> {
  const text = await options.read(OPTION);
  if (text === undefined) return OFF;
  try {
    const { at, ...rest } = stored.parse(JSON.parse(text));
    return { ...rest, at: new Date(at) };
  } catch {
    return {
      on: true,
      reason: 'The kill switch can’t be read; an administrator has to set it anew.',
      at: null,
      by: null,
    };
  }
}

/** Refuses while the switch is on. @throws kill_switch_on */
export function makeKillSwitchGate(
  optionsAt: (asOf?: Moment) => Pick<SiteOptions, 'read'>,
): (asOf?: Moment) => Promise<void> {
  return async (asOf) => {
    const { on, reason } = await readKillSwitch(optionsAt(asOf));
    if (on) throw new ChaperoneError('kill_switch_on', reason === '' ? {} : { detail: reason });
  };
}

export type SetKillSwitch = (input: {
  readonly on: boolean;
  readonly reason: string;
  readonly actor: Actor;
}) => Promise<KillSwitch>;

/** Turns it, together with its audit entry. */
export function makeSetKillSwitch(deps: {
  readonly inTransaction: InTransaction<{ readonly options: SiteOptions; readonly audit: AuditLog }>;
  readonly clock: Clock;
}): SetKillSwitch {
  return ({ on, reason, actor }) =>
    deps.inTransaction(async ({ options, audit }) => {
      const at = deps.clock.now();
      const by = actor.userId;
      await options.write(OPTION, JSON.stringify({ on, reason, at: at.toISOString(), by }));
      await audit.append([{ kind: 'settings.changed', at, actor, detail: { name: 'kill_switch', on, reason } }]);
      return { on, reason, at, by };
    });
}
