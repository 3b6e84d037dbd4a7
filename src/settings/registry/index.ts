import { auditRetentionDays } from './audit-retention-days.js';
import type { Setting } from './setting.js';
import { termLists, type TermListTexts } from './term-lists.js';

/** The type of every setting's value. A name without its file in `SETTINGS` doesn't compile. */
export interface SettingValues {
  readonly termLists: TermListTexts;
  readonly auditRetentionDays: number;
}
export type SettingName = keyof SettingValues;

export const SETTINGS: { readonly [N in SettingName]: Setting<SettingValues[N]> } = {
  termLists,
  auditRetentionDays,
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}
