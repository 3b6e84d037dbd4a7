import type { PolicyVersion } from '../kernel/ids.js';

/** Who made a version or activation: a WordPress user id, or 0 for the operator's command line. */
export type Author = number;

/** A version without its text. */
export interface PolicySummary {
  readonly version: PolicyVersion;
  readonly at: Date;
  readonly author: Author;
  readonly note: string;
  /** SHA-256 of the text's UTF-8 bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A version as it was saved; never changed afterwards. */
export interface StoredPolicy extends PolicySummary {
  /** The document as it was written, comments included. */
  readonly document: string;
}

/** The act of making a version the active one. */
export interface Activation {
  readonly version: PolicyVersion;
  readonly at: Date;
  readonly author: Author;
  readonly note: string;
}

/** Versions and activations. Both only ever grow: there is no update and no delete. */
export interface PolicyStore {
  newest(): Promise<PolicySummary | undefined>;
  get(version: PolicyVersion): Promise<StoredPolicy | undefined>;
  /** Newest first, strictly below `before` when it is given. */
  list(page: { readonly before?: PolicyVersion; readonly limit: number }): Promise<readonly PolicySummary[]>;
  /** False when that version exists already: somebody else was first. */
  insert(policy: StoredPolicy): Promise<boolean>;
  activate(activation: Activation): Promise<void>;
  /** The version of the newest activation. */
  active(): Promise<PolicyVersion | undefined>;
  /** Newest first. */
  activations(limit: number): Promise<readonly Activation[]>;
}
