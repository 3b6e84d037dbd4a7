import type { SiteOptions } from '../settings/site-options.js';
import { isRotatable, SEALED_COLUMNS, SECRET_NAMES, SECRETS, type SecretName } from './registry.js';
import { SealedBoxError, type SealedBox } from './sealed-box.js';
import { makeSealedOptions, type SealedOptions } from './sealed-options.js';
import type { SealedRows } from './sealed-rows.js';
import { SECRET_PARTS, type SecretPart } from './secret-parts.js';

/** What may be known of a secret: never the secret. */
export interface SecretView {
  readonly name: SecretName;
  readonly opens: string;
  readonly rotatable: boolean;
  readonly version: number;
  readonly changedAt: Date | null;
  readonly kekId: string;
  /** The one in use first. Null when it can't be opened. */
  readonly parts: readonly SecretPart[] | null;
}

/** A key-encryption key, by its id, and how many values it has sealed. */
export interface KekView {
  readonly id: string;
  /** Whether CHAPERONE_KEK holds it. */
  readonly given: boolean;
  /** Whether it is the first one, which seals. */
  readonly seals: boolean;
  readonly values: number;
}

export interface SecretsView {
  readonly secrets: readonly SecretView[];
  readonly keks: readonly KekView[];
}

export type ListSecrets = () => Promise<SecretsView>;

/** Values that are sealed otherwise than in options and columns; their owner counts them by key-encryption key. */
export type CountSealed = () => Promise<ReadonlyMap<string, number>>;

async function viewOf(sealed: SealedOptions, name: SecretName): Promise<SecretView | undefined> {
  const { option, opens } = SECRETS[name];
  const state = await sealed.state(option);
  if (state === undefined) return undefined;
  return { name, opens, rotatable: isRotatable(name), ...state, parts: await partsOf(sealed, name) };
}

async function partsOf(sealed: SealedOptions, name: SecretName): Promise<readonly SecretPart[] | null> {
  try {
    return SECRET_PARTS[name]((await sealed.read(SECRETS[name].option)) ?? '');
  } catch (error) {
    if (error instanceof SealedBoxError) return null;
    throw error;
  }
}

/** Names, versions, ages, fingerprints, and which key-encryption key sealed what. */
export function makeListSecrets(deps: {
  readonly options: SiteOptions;
  readonly rows: Pick<SealedRows, 'count'>;
  readonly others: readonly CountSealed[];
  readonly box: SealedBox;
}): ListSecrets {
  const sealed = makeSealedOptions(deps.options, deps.box);
  return async () => {
    const secrets = (await Promise.all(SECRET_NAMES.map((name) => viewOf(sealed, name)))).filter(
      (view) => view !== undefined,
    );
    const counts = new Map<string, number>(deps.box.kekIds.map((id) => [id, 0]));
    const add = (id: string, many: number): void => void counts.set(id, (counts.get(id) ?? 0) + many);
    for (const { kekId } of secrets) add(kekId, 1);
    const counted = await Promise.all([
      ...SEALED_COLUMNS.map((column) => deps.rows.count(column)),
      ...deps.others.map((count) => count()),
    ]);
    for (const map of counted) for (const [id, many] of map) add(id, many);
    const { kekIds, sealingKekId } = deps.box;
    const keks = [...counts].map(([id, values]) => ({
      id,
      given: kekIds.includes(id),
      seals: id === sealingKekId,
      values,
    }));
    return { secrets, keks };
  };
}

/** Why the sidecar can't run with these key-encryption keys, in words that say what to do; undefined when it can. */
export function missingKeks({ keks }: SecretsView): string | undefined {
  const missing = keks.filter(({ given, values }) => !given && values > 0);
  if (missing.length === 0) return undefined;
  const which = missing.map(({ id, values }) => `${id} (${values} ${values === 1 ? 'value' : 'values'})`).join(', ');
  return (
    `secrets are sealed with a key-encryption key that CHAPERONE_KEK doesn't hold: ${which}. ` +
    'Give it there behind the one that seals, then run: chaperone secrets rewrap'
  );
}
