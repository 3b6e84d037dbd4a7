import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { isSettingName, SETTING_NAMES, SETTINGS, type SettingName, type SettingValues } from './registry/index.js';
import type { Setting } from './registry/setting.js';
import { showSettings, type FixedSettings, type ShownSettings } from './show-settings.js';
import type { SiteOptions } from './site-options.js';
import { NOTHING_SET, parseStored, SETTINGS_OPTION, storedText, type StoredSettings } from './stored-settings.js';

export interface ChangeSettingsInput {
  /** The version that the author saw. */
  readonly version: number;
  /** New values by name; null puts the default back, and what isn't named stays as it is. */
  readonly settings: JsonObject;
  readonly actor: Actor;
}

export type ChangeSettings = (input: ChangeSettingsInput) => Promise<ShownSettings>;

export interface ChangeSettingsDeps {
  readonly inTransaction: InTransaction<{
    readonly options: Pick<SiteOptions, 'lockOrCreate' | 'write'>;
    readonly audit: Pick<AuditLog, 'append'>;
  }>;
  readonly clock: Clock;
  readonly fixed: FixedSettings;
}

/**
 * Changes settings together with one audit entry. Of two people who saw the same version the second is refused; a change
 * that changes nothing leaves version and log alone.
 * @throws settings_invalid with `problems`, settings_locked, settings_stale with `version`
 */
export function makeChangeSettings({ inTransaction, clock, fixed }: ChangeSettingsDeps): ChangeSettings {
  return async ({ version, settings, actor }) => {
    const wanted = checked(settings, fixed);
    return inTransaction(async ({ options, audit }) => {
      const stored = parseStored(await options.lockOrCreate(SETTINGS_OPTION, NOTHING_SET));
      if (stored.version !== version) throw stale(stored.version);
      const changes = wanted.filter(({ name, value }) => !isSame(stored, name, value));
      if (changes.length === 0) return showSettings(stored, fixed);
      const next = { version: version + 1, values: valuesAfter(stored, changes) };
      await options.write(SETTINGS_OPTION, storedText(next.version, next.values));
      const changed = Object.fromEntries(changes.map((change) => [change.name, logged(stored, change)]));
      const detail = { name: 'settings', version: next.version, changed };
      await audit.append([{ kind: 'settings.changed', at: clock.now(), actor, detail }]);
      return showSettings(next, fixed);
    });
  };
}

interface Wanted {
  readonly name: SettingName;
  /** Undefined: the default. */
  readonly value: Json | undefined;
}

function checked(settings: JsonObject, fixed: FixedSettings): readonly Wanted[] {
  const problems: { pointer: string; message: string }[] = [];
  const wanted: Wanted[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const variable = Object.hasOwn(fixed, name) ? fixed[name]?.by : undefined;
    if (variable !== undefined)
      throw new ChaperoneError('settings_locked', { detail: `${name} is fixed by ${variable}.` });
    if (!isSettingName(name)) {
      const message = `There is no setting of this name; there are: ${SETTING_NAMES.join(', ')}.`;
      problems.push({ pointer: pointerTo([name]), message });
      continue;
    }
    const parsed = value === null ? undefined : SETTINGS[name].schema.safeParse(value);
    if (parsed === undefined) wanted.push({ name, value: undefined });
    else if (parsed.success) wanted.push({ name, value: parsed.data });
    else
      for (const { path, message } of parsed.error.issues)
        problems.push({ pointer: pointerTo([name, ...path]), message });
  }
  if (problems.length > 0)
    throw new ChaperoneError('settings_invalid', { members: { problems: problems.slice(0, 100) } });
  return wanted;
}

const pointerTo = (path: readonly PropertyKey[]): string =>
  ['settings', ...path].map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function stale(version: number): ChaperoneError {
  return new ChaperoneError('settings_stale', {
    detail: `The settings are at version ${version}.`,
    members: { version },
  });
}

function isSame({ values }: StoredSettings, name: SettingName, value: Json | undefined): boolean {
  if (values === undefined) return false;
  const before = Object.hasOwn(values, name) ? values[name] : undefined;
  if (before === undefined || value === undefined) return before === value;
  return canonicalJson(before) === canonicalJson(value);
}

function valuesAfter({ values = {} }: StoredSettings, changes: readonly Wanted[]): Readonly<Record<string, Json>> {
  const after = new Map(Object.entries(values));
  for (const { name, value } of changes) {
    if (value === undefined) after.delete(name);
    else after.set(name, value);
  }
  return Object.fromEntries(after);
}

/** What the log says of one change. A value that couldn't be read is said to be that. */
function logged({ values }: StoredSettings, { name, value }: Wanted): JsonObject {
  return inWords(SETTINGS, name, { before: values?.[name], after: value });
}

function inWords<N extends SettingName>(
  settings: { readonly [K in N]: Setting<SettingValues[K]> },
  name: N,
  { before, after }: { readonly before: Json | undefined; readonly after: Json | undefined },
): JsonObject {
  const setting: Setting<SettingValues[N]> = settings[name];
  const [from, to] = [before, after].map((value) =>
    value === undefined ? setting.default : setting.schema.safeParse(value).data,
  );
  if (to === undefined) throw new Error('a checked value does not fit its schema');
  if (from === undefined) return { from: 'unreadable', ...(setting.logged?.(setting.default, to) ?? { to }) };
  return setting.logged?.(from, to) ?? { from, to };
}
