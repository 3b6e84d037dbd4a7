import type { OptionName } from '../settings/site-options.js';

/** A secret that is kept sealed in an option of ours. */
export interface SecretKind {
  readonly option: OptionName;
  /** What it opens, in words for whoever lists it. */
  readonly opens: string;
  /** `route`: by `POST /v1/secrets/{name}/rotate` and `chaperone secrets rotate`. `never`: it protects nothing by itself. */
  readonly rotated: 'route' | 'never';
  /** Whether a person has to carry it somewhere: only then is it shown, once, in the answer that makes it. */
  readonly carried: boolean;
  /** How long the value before it stays good after a rotation, unless the request says otherwise. */
  readonly overlapSeconds: number;
}

/**
 * Every secret in an option, under the name that people use. What isn't here can be neither read nor written (the type
 * `SealedOption`), and what says `route` without a rotator doesn't compile (`Rotators`).
 *
 * Ten minutes for the bridge's keys: a signature lives five, and both sides read their keys at every request.
 */
export const SECRETS = {
  bridge_key_to_wordpress: {
    option: 'ai_agent_key_to_wordpress',
    opens: 'WordPress, as any user: the sidecar signs its requests with it',
    rotated: 'route',
    carried: false,
    overlapSeconds: 600,
  },
  bridge_key_to_sidecar: {
    option: 'ai_agent_key_to_sidecar',
    opens: 'the sidecar, as any user: the bridge signs its requests with it',
    rotated: 'route',
    carried: false,
    overlapSeconds: 600,
  },
  audit_key: {
    option: 'ai_agent_audit_keys',
    opens: 'nothing: it signs checkpoints of the audit log, erasures and prunings',
    rotated: 'route',
    carried: false,
    overlapSeconds: 0,
  },
  kek_canary: {
    option: 'ai_agent_kek_canary',
    opens: 'nothing: it tells a wrong key-encryption key before anything is written',
    rotated: 'never',
    carried: false,
    overlapSeconds: 0,
  },
} as const satisfies Record<string, SecretKind>;

export type SecretName = keyof typeof SECRETS;
export type SealedOption = (typeof SECRETS)[SecretName]['option'];
/** Those that can be rotated by name. */
export type RotatableSecret = {
  [N in SecretName]: (typeof SECRETS)[N]['rotated'] extends 'route' ? N : never;
}[SecretName];

export const SECRET_NAMES = Object.keys(SECRETS) as readonly SecretName[];

export function isRotatable(name: string): name is RotatableSecret {
  return SECRET_NAMES.some((each) => each === name && SECRETS[each].rotated === 'route');
}

/** A column of a table of ours that holds sealed values, each bound to its row. */
export interface SealedColumn {
  /** Without the site's prefix. */
  readonly table: string;
  /** The column that names the row. */
  readonly id: string;
  readonly column: string;
  readonly place: (id: string) => string;
  readonly version: 1;
}

/** Where an agent's HMAC secret is sealed. */
export const AGENT_KEYS: SealedColumn = {
  table: 'ai_agent_keys',
  id: 'id',
  column: 'sealed_secret',
  place: (id) => `ai_agent_keys:${id}`,
  version: 1,
};

/** Where the secrets of webhooks' sources and endpoints are sealed. */
export const WEBHOOK_SECRETS: SealedColumn = {
  table: 'ai_agent_webhook_secrets',
  id: 'id',
  column: 'sealed_secret',
  place: (id) => `ai_agent_webhook_secrets:${id}`,
  version: 1,
};

/** Where what a call changed is sealed until it is undone or the time is over. */
export const PRE_IMAGES: SealedColumn = {
  table: 'ai_agent_pre_images',
  id: 'id',
  column: 'sealed',
  place: (id) => `ai_agent_pre_images:${id}`,
  version: 1,
};

/** Every such column; `chaperone secrets rewrap` goes through all of them, and a start looks whether it can open them. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [AGENT_KEYS, WEBHOOK_SECRETS, PRE_IMAGES];
