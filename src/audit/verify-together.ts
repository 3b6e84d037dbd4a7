import { setTimeout as pause } from 'node:timers/promises';
import type { RandomBytes } from '../kernel/ids.js';
import type { AuditReader } from './audit-log.js';
import type { ChainReport } from './verify-chain.js';

/** A walk over the log that is under way. */
export interface RunningVerification {
  /** Names the walk for whoever asks about it again. */
  readonly run: string;
  /** Entries walked so far, of `total` that there were when it began. */
  readonly entries: number;
  readonly total: number;
}

export type Verification =
  { readonly report: ChainReport } | { readonly report: undefined; readonly running: RunningVerification };

/**
 * `within` (milliseconds): how long to wait; absent, until the end. `run`: the walk that was asked about before, whose report is
 * kept until another one begins. A replica that doesn't know it begins a walk of its own.
 */
export type VerifyTogether = (asked?: { readonly within?: number; readonly run?: string }) => Promise<Verification>;

interface Run {
  readonly id: string;
  readonly total: number;
  entries: number;
  isOver: boolean;
  readonly report: Promise<ChainReport>;
}

/** One walk at a time, for whoever asks while it runs, so that nobody can make the service verify without end. */
export function makeVerifyTogether(deps: {
  readonly reader: Pick<AuditReader, 'evidence' | 'head'>;
  readonly verify: (onProgress: (entries: number) => void) => Promise<ChainReport>;
  readonly random: RandomBytes;
}): VerifyTogether {
  let last: Promise<Run> | undefined;
  const begin = async (): Promise<Run> => {
    const [{ height }, [first]] = await Promise.all([deps.reader.head(), deps.reader.evidence(-1, 1)]);
    const total = first === undefined ? 0 : height - first.id + 1;
    const progress = { entries: 0, isOver: false };
    const report = deps
      .verify((entries) => {
        progress.entries = entries;
      })
      .finally(() => {
        progress.isOver = true;
      });
    report.catch(() => undefined);
    return Object.assign(progress, { id: Buffer.from(deps.random(12)).toString('hex'), total, report });
  };
  const following = async (before: Promise<Run> | undefined, id: string | undefined): Promise<Run> => {
    const known = await before?.catch(() => undefined);
    return known !== undefined && (!known.isOver || known.id === id) ? known : begin();
  };
  return async ({ within, run: id } = {}) => {
    last = following(last, id);
    const run = await last;
    const report = within === undefined ? await run.report : await settledWithin(run.report, within);
    const { entries, total } = run;
    return report === undefined ? { report, running: { run: run.id, entries, total } } : { report };
  };
}

async function settledWithin<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const over = new AbortController();
  const late = pause(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
