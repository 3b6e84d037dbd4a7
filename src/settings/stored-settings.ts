import { z } from 'zod';
import { jsonValue } from '../kernel/json-value.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Json } from '../kernel/json.js';
import { SETTINGS, type SettingName, type SettingValues } from './registry/index.js';
import type { OptionName } from './site-options.js';

export const SETTINGS_OPTION: OptionName = 'ai_agent_settings';
export const NOTHING_SET = '{"version":0,"values":{}}';

/** What is stored: the values that somebody set. All else has its default. */
export interface StoredSettings {
  /** Counts changes; 0 before the first. */
  readonly version: number;
  /** Undefined when the row can't be read; then no setting can. */
  readonly values: Readonly<Record<string, Json>> | undefined;
}

const document = z.strictObject({ version: z.int().min(0), values: z.record(z.string(), jsonValue) });

export function parseStored(text: string | undefined): StoredSettings {
  if (text === undefined) return { version: 0, values: {} };
  try {
    return document.parse(JSON.parse(text));
  } catch {
    return { version: 0, values: undefined };
  }
}

/** ASCII alone, so that it is the same bytes whatever character set the site's options table has. */
export function storedText(version: number, values: Readonly<Record<string, Json>>): string {
  return JSON.stringify({ version, values }).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A setting's value, its default when nobody set it.
 * @throws settings_unreadable when what is stored doesn't fit: a setting is never taken for its default by mistake
 */
export function valueOf<N extends SettingName>(name: N, { values }: StoredSettings): SettingValues[N] {
  const setting = SETTINGS[name];
  if (values !== undefined && !Object.hasOwn(values, name)) return setting.default;
  const parsed = setting.schema.safeParse(values?.[name]);
  if (parsed.success) return parsed.data;
  throw new ChaperoneError('settings_unreadable', {
    detail: `The setting ${name} can’t be read; an administrator has to set it anew.`,
  });
}
