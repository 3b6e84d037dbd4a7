import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import { AGENT_KEYS } from '../../secrets/registry.js';
import type { SealedPlace } from '../../secrets/sealed-box.js';

/** A program acting on the site, bound to exactly one WordPress user: its service account. */
export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  readonly userId: WpUserId;
  readonly state: 'active' | 'suspended';
  /** Whether the account may use its application password on WordPress itself, past the sidecar. */
  readonly directUse: boolean;
  readonly createdAt: Date;
}

export type KeyState = 'pending' | 'active' | 'retiring' | 'revoked';
export type KeyAlgorithm = 'hmac-sha256' | 'ed25519';

/** A signing key of an agent. An HMAC secret is kept sealed; of an Ed25519 key only the public half is known. */
export interface AgentKey {
  readonly id: KeyId;
  readonly agentId: AgentId;
  readonly algorithm: KeyAlgorithm;
  readonly state: KeyState;
  /** Sealed base64 of the HMAC secret. */
  readonly sealedSecret?: string;
  /** Base64 of the 32 raw bytes. */
  readonly publicKey?: string;
  /** A retiring key verifies until then. */
  readonly notAfter?: Date;
  readonly createdAt: Date;
}

/** Where an agent key's secret is sealed. */
export const keyPlace = (id: KeyId): SealedPlace => ({ place: AGENT_KEYS.place(id), version: AGENT_KEYS.version });

/** Whether a key may still verify: active, or retiring and before its end. */
export function verifies(key: AgentKey, now: Date): boolean {
  return key.state === 'active' || (key.state === 'retiring' && key.notAfter !== undefined && now < key.notAfter);
}
