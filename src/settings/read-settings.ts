import { createHash } from 'node:crypto';
import type { SettingName, SettingValues } from './registry/index.js';
import { UNCHANGED, type SiteOptions } from './site-options.js';
import { parseStored, SETTINGS_OPTION, valueOf, type StoredSettings } from './stored-settings.js';

/** The settings at one moment. */
export interface Settings {
  readonly version: number;
  /** The same object as long as the row is the same. @throws settings_unreadable */
  of<N extends SettingName>(name: N): SettingValues[N];
}

export type ReadSettings = () => Promise<Settings>;

/**
 * Asks the database every time, so that a change holds in every replica from the next question on; an unchanged row isn't
 * transferred again, and isn't read again here.
 */
export function makeReadSettings(options: Pick<SiteOptions, 'readIfOther'>): ReadSettings {
  let known = { sha256: '', settings: settingsFrom(parseStored(undefined)) };
  return async () => {
    const { sha256 } = known;
    const answer = await options.readIfOther(SETTINGS_OPTION, sha256);
    if (answer === UNCHANGED) return known.settings;
    known = {
      sha256: answer === undefined ? '' : createHash('sha256').update(answer).digest('hex'),
      settings: settingsFrom(parseStored(answer)),
    };
    return known.settings;
  };
}

function settingsFrom(stored: StoredSettings): Settings {
  const read = new Map<SettingName, unknown>();
  return {
    version: stored.version,
    of<N extends SettingName>(name: N) {
      if (!read.has(name)) read.set(name, valueOf(name, stored));
      return read.get(name) as SettingValues[N];
    },
  };
}
