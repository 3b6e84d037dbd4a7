import type { Command } from 'commander';
import type { JsonObject } from '../kernel/json.js';
import type { GlobalOptions } from './context.js';
import { UsageError, type Terminal } from './output.js';

export interface CarefulOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** For commands that hurt when they are a mistake. */
export const careful = (command: Command): Command =>
  command
    .option('--yes', 'does it; without this, nothing is done')
    .option('--dry-run', 'says what would be done, and does nothing');

/**
 * Whether to go on. A dry run says what would be done; otherwise `--yes` has to be there, since a script has nobody to ask.
 * @throws UsageError without either
 */
export function goesOn(
  options: CarefulOptions,
  terminal: Terminal,
  would: { json: JsonObject; words: string },
): boolean {
  if (options.dryRun === true) {
    terminal.result({ dryRun: true, would: would.json }, `Would ${would.words}. Nothing was done.`);
    return false;
  }
  if (options.yes === true) return true;
  throw new UsageError(
    `This would ${would.words}. Nothing was done; repeat it with --yes, or look first with --dry-run.`,
  );
}

/** Whole seconds from "0", "90s", "10m", "24h" or "7d". @throws UsageError */
export function secondsOf(option: string, text: string, most = 604_800): number {
  const [, count = '', unit = 's'] = /^(\d{1,6})([smhd])?$/.exec(text) ?? [];
  const seconds = count === '' ? Number.NaN : Number(count) * { s: 1, m: 60, h: 3_600, d: 86_400 }[unit as 's'];
  if (!Number.isSafeInteger(seconds) || seconds > most) {
    throw new UsageError(`${option} takes a duration such as 0, 90s, 10m, 24h or 7d, and at most ${most / 86_400}d`);
  }
  return seconds;
}
