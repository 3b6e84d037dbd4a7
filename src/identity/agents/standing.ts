import type { ErrorCode } from '../../kernel/errors.js';
import { contains, parseAddress, parseNetwork } from '../../policy/match/address.js';
import { globTest } from '../../policy/match/glob.js';
import type { Agent, AgentKey, Bounds } from './agent.js';

/** Why an agent may not act at all now; undefined when it may. */
export interface Refused {
  readonly code: Extract<ErrorCode, 'agent_suspended' | 'agent_expired' | 'address_refused'>;
  readonly detail: string;
}

/** An address that isn't known is inside no range, and a range that can't be read holds no address. */
function isFrom(ip: string | null, { allowedIps }: Bounds): boolean {
  if (allowedIps === undefined) return true;
  const address = ip === null ? undefined : parseAddress(ip);
  if (address === undefined) return false;
  return allowedIps.some((text) => {
    const network = parseNetwork(text);
    return network !== undefined && contains(network, address);
  });
}

/**
 * Whether an agent may act: not suspended, within its time, from an address that it and the key of the request allow.
 * What isn't for this request is said to nobody who didn't prove to be the agent.
 */
export function whyRefused(
  agent: Agent,
  key: AgentKey | undefined,
  { now, ip }: { readonly now: Date; readonly ip: string | null },
): Refused | undefined {
  if (agent.state !== 'active') return { code: 'agent_suspended', detail: 'This agent is suspended.' };
  if (agent.expiresAt !== undefined && now >= agent.expiresAt)
    return { code: 'agent_expired', detail: `This agent’s time ended at ${agent.expiresAt.toISOString()}.` };
  if (isFrom(ip, agent) && (key === undefined || isFrom(ip, key))) return undefined;
  const whose = isFrom(ip, agent) ? 'This key' : 'This agent';
  return { code: 'address_refused', detail: `${whose} may not be used from ${ip ?? 'an address that isn’t known'}.` };
}

/** Whether a tool is among those that its agent may ever call. */
export const mayEverCall = (tools: readonly string[] | null, tool: string): boolean =>
  tools === null || tools.some((glob) => globTest(glob)(tool));
