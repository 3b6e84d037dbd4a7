import { parseAgentId, parseKeyId, parseWpUserId, type AgentId, type KeyId, type WpUserId } from '../kernel/ids.js';
import { AGENT_NAME, isAgentName } from '../identity/agents/agent.js';
import type { WantedBounds } from '../identity/agents/bounds.js';
import { UsageError } from './output.js';

const PUBLIC_KEY_BYTES = 32;

export interface BoundsOptions {
  readonly expires?: string;
  readonly ips?: string;
  readonly tools?: string;
}

export function userOf(text: string | undefined): { userId?: WpUserId } {
  if (text === undefined) return {};
  const userId = parseWpUserId(text);
  if (userId === undefined) throw new UsageError(`--user must be a WordPress user id, not "${text}"`);
  return { userId };
}

/** 32 bytes in base64, read strictly: half a key must not be found out after its account was made. */
export function publicKeyOf(text: string | undefined): { publicKey?: Uint8Array } {
  if (text === undefined) return {};
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes.toString('base64') !== text)
    throw new UsageError('--public-key must be the 32 bytes of an Ed25519 public key in base64');
  return { publicKey: bytes };
}

export function nameOf(text: string): string {
  const name = text.trim();
  if (!isAgentName(name)) throw new UsageError(`--name must have ${AGENT_NAME}`);
  return name;
}

export function agentOf(text: string): AgentId {
  const id = parseAgentId(text);
  if (id === undefined) throw new UsageError(`"${text}" isn't the id of an agent; chaperone agent list shows them`);
  return id;
}

export function keyOf(text: string): KeyId {
  const id = parseKeyId(text);
  if (id === undefined) throw new UsageError(`"${text}" isn't the id of a key; chaperone key list AGENT shows them`);
  return id;
}

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function instantOf(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}(T\S+(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(at.getTime()))
    throw new UsageError(`--expires takes an instant such as 2027-01-31 or 2027-01-31T18:00:00Z, or "never"`);
  return at;
}

/** `never`, `anywhere` and `all` take a bound away. */
export function boundsOf({ expires, ips, tools }: BoundsOptions): WantedBounds {
  return {
    ...(expires === undefined ? {} : { expiresAt: expires === 'never' ? null : instantOf(expires) }),
    ...(ips === undefined ? {} : { allowedIps: ips === 'anywhere' ? null : listOf(ips) }),
    ...(tools === undefined ? {} : { tools: tools === 'all' ? null : listOf(tools) }),
  };
}
