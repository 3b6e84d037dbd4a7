import type { Setting } from './setting.js';
import { termLists, type TermListTexts } from './term-lists.js';

/** The type of every setting's value. A name without its file in `SETTINGS` doesn't compile. */
export interface SettingValues {
  readonly termLists: TermListTexts;
}
export type SettingName = keyof SettingValues;

export const SETTINGS: { readonly [N in SettingName]: Setting<SettingValues[N]> } = {
  termLists,
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}
