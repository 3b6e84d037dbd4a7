import type { Json, JsonObject } from '../kernel/json.js';
import { SETTING_NAMES, SETTINGS } from './registry/index.js';
import { valueOf, type StoredSettings } from './stored-settings.js';

/** What the environment decides: shown beside the rest, changed there alone. Never a secret. */
export interface FixedSetting {
  readonly value: Json;
  /** The variable, such as `CHAPERONE_PUBLIC_URL`. */
  readonly by: string;
  readonly description: string;
}
export type FixedSettings = Readonly<Record<string, FixedSetting>>;

/** What the screens need to know of one setting beside its value. */
export interface AboutSetting {
  readonly description: string;
  readonly locked: boolean;
  /** The variable that fixes it. */
  readonly by: string | null;
  readonly default: Json;
  /** What is stored can't be read: whatever depends on it refuses until it is set anew. */
  readonly unreadable: boolean;
}

export interface ShownSettings {
  readonly version: number;
  readonly settings: JsonObject;
  readonly about: Readonly<Record<string, AboutSetting>>;
}

/** Everything with its value; null for one that can't be read. */
export function showSettings(stored: StoredSettings, fixed: FixedSettings): ShownSettings {
  const settings: Record<string, Json> = {};
  const about: Record<string, AboutSetting> = {};
  for (const name of SETTING_NAMES) {
    const value = readable(() => valueOf(name, stored));
    const { description, default: byDefault } = SETTINGS[name];
    settings[name] = value ?? null;
    about[name] = { description, locked: false, by: null, default: byDefault, unreadable: value === undefined };
  }
  for (const [name, { value, by, description }] of Object.entries(fixed)) {
    settings[name] = value;
    about[name] = { description, locked: true, by, default: null, unreadable: false };
  }
  return { version: stored.version, settings, about };
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
