import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import { AGENT_KEYS } from '../../secrets/registry.js';
import type { SealedPlace } from '../../secrets/sealed-box.js';

/** Until when and from where something may be used; absent: always, from anywhere. */
export interface Bounds {
  /** From this instant on it is no longer good. */
  readonly expiresAt?: Date;
  /** CIDR, v4 and v6; a request from elsewhere, or from an address that isn't known, is refused. */
  readonly allowedIps?: readonly string[];
}

/** As many as the column `name` holds. */
const LONGEST_NAME = 190;

/** What people call an agent. Control characters and marks of direction could make it look like another. */
export const isAgentName = (text: string): boolean =>
  text !== '' && text.length <= LONGEST_NAME && !/[\p{Cc}\u2028-\u202E\u2066-\u2069]/u.test(text);

export const AGENT_NAME = `1 to ${LONGEST_NAME} characters, none of them a control character or a mark of direction`;

/** A program acting on the site, bound to exactly one WordPress user: its service account. */
export interface Agent extends Bounds {
  readonly id: AgentId;
  readonly name: string;
  readonly userId: WpUserId;
  readonly state: 'active' | 'suspended';
  /** Whether the account may use its application password on WordPress itself, past the sidecar. */
  readonly directUse: boolean;
  /** Globs of the tools that it may ever call, whatever the policy says; absent: the policy alone decides. */
  readonly tools?: readonly string[];
  readonly createdAt: Date;
}

export type KeyState = 'pending' | 'active' | 'retiring' | 'revoked';
export type KeyAlgorithm = 'hmac-sha256' | 'ed25519';

/** A signing key of an agent. An HMAC secret is kept sealed; of an Ed25519 key only the public half is known. */
export interface AgentKey extends Bounds {
  readonly id: KeyId;
  readonly agentId: AgentId;
  readonly algorithm: KeyAlgorithm;
  readonly state: KeyState;
  /** Sealed base64 of the HMAC secret; gone once the key is revoked. */
  readonly sealedSecret?: string;
  /** Base64 of the 32 raw bytes. */
  readonly publicKey?: string;
  /** Recognises the secret or public half; absent for keys made before there were fingerprints. */
  readonly fingerprint?: string;
  /** A retiring key verifies until then. */
  readonly notAfter?: Date;
  /** The key that retires when this one, still pending, is activated. */
  readonly replaces?: KeyId;
  /** Noted every few seconds, so a little behind. */
  readonly lastUsedAt?: Date;
  /** How many requests it signed since it began to retire: whoever sent them hasn't got the new key yet. */
  readonly retiringUses: number;
  readonly createdAt: Date;
}

/** Where an agent key's secret is sealed. */
export const keyPlace = (id: KeyId): SealedPlace => ({ place: AGENT_KEYS.place(id), version: AGENT_KEYS.version });

const hasEnded = ({ expiresAt }: Bounds, now: Date): boolean => expiresAt !== undefined && now >= expiresAt;

/** Whether a key may still verify: active, or retiring and before its end, and within its own time. */
export function verifies(key: AgentKey, now: Date): boolean {
  if (hasEnded(key, now)) return false;
  return key.state === 'active' || (key.state === 'retiring' && key.notAfter !== undefined && now < key.notAfter);
}

/** Whether `POST /v1/keys/check` may be signed with it: a key that waits for its activation too. */
export const canBeTried = (key: AgentKey, now: Date): boolean =>
  verifies(key, now) || (key.state === 'pending' && !hasEnded(key, now));

/** What people are shown: a key past its end is as dead as one that was revoked. */
export function shownState(key: AgentKey, now: Date): KeyState {
  return verifies(key, now) || (key.state === 'pending' && !hasEnded(key, now)) ? key.state : 'revoked';
}
