import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import type { AgentChanges } from './agent-store.js';
import type { Agent, AgentKey, Bounds, KeyAlgorithm, KeyState } from './agent.js';

interface BoundsRow {
  expires_at: Date | null;
  allowed_ips: string | null;
}

export interface AgentRow extends BoundsRow {
  id: string;
  name: string;
  user_id: number;
  state: string;
  direct_use: number;
  tools: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface KeyRow extends BoundsRow {
  id: string;
  agent_id: string;
  algorithm: string;
  state: string;
  sealed_secret: string | null;
  public_key: string | null;
  fingerprint: string | null;
  not_after: Date | null;
  replaces: string | null;
  last_used_at: Date | null;
  retiring_uses: number;
  created_at: Date;
  updated_at: Date;
}

/** A list that can't be read allows nothing: the empty one. */
function words(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : [];
  } catch {
    return [];
  }
}

const boundsFromRow = ({ expires_at: expiresAt, allowed_ips: ips }: BoundsRow): Bounds => ({
  ...(expiresAt === null ? {} : { expiresAt }),
  ...(ips === null ? {} : { allowedIps: words(ips) }),
});

const listToRow = (list: readonly string[] | null | undefined): string | null =>
  list === undefined || list === null ? null : JSON.stringify(list);

const boundsToRow = ({ expiresAt, allowedIps }: Bounds): BoundsRow => ({
  expires_at: expiresAt ?? null,
  allowed_ips: listToRow(allowedIps),
});

/** A state that isn't known is treated as the strictest one, never as active. */
export function agentFromRow(row: AgentRow): Agent {
  return {
    id: row.id as AgentId,
    name: row.name,
    userId: row.user_id as WpUserId,
    state: row.state === 'active' ? 'active' : 'suspended',
    directUse: row.direct_use === 1,
    ...(row.tools === null ? {} : { tools: words(row.tools) }),
    ...boundsFromRow(row),
    createdAt: row.created_at,
  };
}

export function agentToRow(agent: Agent): AgentRow {
  const { id, name, userId, state, directUse, tools, createdAt } = agent;
  const times = { created_at: createdAt, updated_at: createdAt };
  const row = { id, name, user_id: userId, state, direct_use: directUse ? 1 : 0, tools: listToRow(tools) };
  return { ...row, ...boundsToRow(agent), ...times };
}

export function changesToRow({
  name,
  state,
  directUse,
  tools,
  expiresAt,
  allowedIps,
}: AgentChanges): Partial<AgentRow> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(state === undefined ? {} : { state }),
    ...(directUse === undefined ? {} : { direct_use: directUse ? 1 : 0 }),
    ...(tools === undefined ? {} : { tools: listToRow(tools) }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(allowedIps === undefined ? {} : { allowed_ips: listToRow(allowedIps) }),
  };
}

export function keyFromRow(row: KeyRow): AgentKey {
  const states: readonly KeyState[] = ['pending', 'active', 'retiring', 'revoked'];
  const algorithms: readonly KeyAlgorithm[] = ['hmac-sha256', 'ed25519'];
  const algorithm = algorithms.find((each) => each === row.algorithm);
  if (algorithm === undefined) throw new Error(`key ${row.id}: unknown algorithm`);
  return {
    id: row.id as KeyId,
    agentId: row.agent_id as AgentId,
    algorithm,
    state: states.find((each) => each === row.state) ?? 'revoked',
    ...(row.sealed_secret === null ? {} : { sealedSecret: row.sealed_secret }),
    ...(row.public_key === null ? {} : { publicKey: row.public_key }),
    ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
    ...(row.not_after === null ? {} : { notAfter: row.not_after }),
    ...(row.replaces === null ? {} : { replaces: row.replaces as KeyId }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...boundsFromRow(row),
    retiringUses: row.retiring_uses,
    createdAt: row.created_at,
  };
}

export function keyToRow(key: AgentKey): KeyRow {
  return {
    id: key.id,
    agent_id: key.agentId,
    algorithm: key.algorithm,
    state: key.state,
    sealed_secret: key.sealedSecret ?? null,
    public_key: key.publicKey ?? null,
    fingerprint: key.fingerprint ?? null,
    not_after: key.notAfter ?? null,
    replaces: key.replaces ?? null,
    ...boundsToRow(key),
    last_used_at: key.lastUsedAt ?? null,
    retiring_uses: key.retiringUses,
    created_at: key.createdAt,
    updated_at: key.createdAt,
  };
}
