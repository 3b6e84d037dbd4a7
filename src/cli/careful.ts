import type { Command } from 'commander';
import type { JsonObject } from '../kernel/json.js';
import type { Sidecar } from '../compose.js';
import { configOf, rehearse, type GlobalOptions } from './context.js';
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

export interface Deed {
  readonly json: JsonObject;
  /** After "would". */
  readonly words: string;
  /** The deed itself. A dry run does it in transactions that are rolled back, so what would be refused is refused. */
  readonly tried: (sidecar: Sidecar) => Promise<unknown>;
  /** Whether it seals something, and so needs the site's own key-encryption key. */
  readonly seals?: boolean;
}

/**
 * Whether to go on. A dry run tries the deed and says what would be done; otherwise `--yes` has to be there, since a script
 * has nobody to ask.
 *
 * @throws UsageError without either; in a dry run what the deed would throw
 */
export async function goesOn(options: CarefulOptions, terminal: Terminal, would: Deed): Promise<boolean> {
  if (options.dryRun === true) {
    await rehearse(configOf(options), would);
    terminal.result({ dryRun: true, would: would.json }, `Would ${would.words}. Nothing was done.`);
    return false;
  }
  needYes(options, would.words);
  return true;
}

/** `otherwise`: what may be done first. @throws UsageError without `--yes` */
export function needYes({ yes }: CarefulOptions, words: string, otherwise = ', or look first with --dry-run'): void {
  if (yes !== true) throw new UsageError(`This would ${words}. Nothing was done; repeat it with --yes${otherwise}.`);
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
