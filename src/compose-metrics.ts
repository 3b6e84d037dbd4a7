import type { Knex } from 'knex';
import type { AuditReader } from './audit/audit-log.js';
import { poolState } from './db/connect.js';
import { pendingMigrations } from './db/migrate.js';
import type { AdmitCall } from './execution/admit-call.js';
import type { CallJournal } from './execution/journal.js';
import type { Clock } from './kernel/clock.js';
import { makeMetrics, type Metrics } from './metrics/metrics.js';
import type { Reading } from './metrics/reading.js';
import { mysqlSiteReadings } from './metrics/site-readings.mysql.js';
import type { PolicyStore } from './policy-versions/policy-store.js';
import { readKillSwitch } from './settings/kill-switch.js';
import type { SiteOptions } from './settings/site-options.js';

interface Watched {
  readonly knex: Knex;
  readonly tablePrefix: string;
  readonly clock: Clock;
  readonly policies: PolicyStore;
  readonly options: SiteOptions;
  readonly auditReader: AuditReader;
}

/** What this process and the site's tables say of themselves at a scrape. */
function readings({ knex, tablePrefix, clock, policies, options, auditReader }: Watched): readonly Reading[] {
  return [
    ...mysqlSiteReadings(knex, tablePrefix),
    {
      name: 'migrations',
      read: async () => {
        const pending = await pendingMigrations(knex, tablePrefix);
        return [{ gauge: 'chaperone_up_to_date', value: pending.length === 0 ? 1 : 0 }];
      },
    },
    {
      name: 'kill switch',
      read: async () => [{ gauge: 'chaperone_kill_switch_on', value: (await readKillSwitch(options)).on ? 1 : 0 }],
    },
    {
      name: 'policy',
      read: async () => [{ gauge: 'chaperone_policy_version', value: (await policies.active()) ?? 0 }],
    },
    {
      name: 'audit',
      read: async () => [{ gauge: 'chaperone_audit_entries', value: (await auditReader.head()).height }],
    },
    {
      name: 'clock',
      read: async () => {
        const asked = clock.now().getTime();
        const theirs = (await databaseTime(knex)).getTime();
        const skew = (asked + clock.now().getTime()) / 2 - theirs;
        return [{ gauge: 'chaperone_clock_skew_seconds', value: skew / 1_000 }];
      },
    },
    {
      name: 'pool',
      read: () => {
        return Promise.resolve(
          Object.entries(poolState(knex)).map(([state, value]) => ({
            gauge: 'chaperone_database_connections' as const,
            value,
            labels: { state },
          })),
        );
      },
    },
  ];
}

export async function databaseTime(knex: Knex): Promise<Date> {
  const [rows] = (await knex.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [{ now: Date }[]];
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the database gave no time');
  return now;
}

export function composeMetrics(watched: Watched): Metrics {
  return makeMetrics({ readings: readings(watched), seconds: () => performance.now() / 1_000 });
}

/** Counts each decision as it stands once the limits were asked. */
export const countingDecisions =
  (metrics: Metrics, admit: AdmitCall): AdmitCall =>
  async (decision, options) => {
    const admitted = await admit(decision, options);
    const { effect, findings } = admitted.decision;
    metrics.decided({ effect, code: findings[0]?.code ?? '', dryRun: options.peek });
    return admitted;
  };

/** Counts each outcome once it is written down. */
export const countingOutcomes = (metrics: Metrics, journal: CallJournal): CallJournal => ({
  ...journal,
  async outcome(open, checked, end) {
    await journal.outcome(open, checked, end);
    metrics.ended(end.state);
  },
});
