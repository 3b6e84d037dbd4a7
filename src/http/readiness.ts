import type { ReadinessCheck } from './routes/health.js';

const TOLERATED_SKEW_MS = 5_000;

/** What must hold before calls are taken; each says to an operator what is wrong and what to do. */
export function readinessChecks(deps: {
  /** The database's own time. */
  readonly databaseTime: () => Promise<Date>;
  readonly pendingMigrations: () => Promise<readonly string[]>;
  /** True, false, or undefined before the pairing. */
  readonly kekOpens: () => Promise<boolean | undefined>;
  readonly wordpressVersion: () => Promise<string>;
  readonly now: () => Date;
}): readonly ReadinessCheck[] {
  return [
    {
      name: 'database',
      check: async () => {
        await deps.databaseTime();
        return undefined;
      },
    },
    {
      name: 'clock',
      check: async () => {
        const skew = Math.abs((await deps.databaseTime()).getTime() - deps.now().getTime());
        return skew > TOLERATED_SKEW_MS
          ? `differs from the database's by ${Math.round(skew / 1_000)} s; synchronise both`
          : undefined;
      },
    },
    {
      name: 'migrations',
      check: async () => {
        const pending = await deps.pendingMigrations();
        return pending.length === 0 ? undefined : `${pending.length} pending; run: chaperone migrate`;
      },
    },
    {
      name: 'keys',
      check: async () => {
        const opens = await deps.kekOpens();
        if (opens === undefined) return 'the site is not paired; run: chaperone init';
        return opens ? undefined : "CHAPERONE_KEK isn't the key that this site's secrets were sealed with";
      },
    },
    {
      name: 'wordpress',
      check: async () => {
        await deps.wordpressVersion();
        return undefined;
      },
    },
  ];
}
