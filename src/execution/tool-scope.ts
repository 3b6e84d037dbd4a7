import type { Principal } from '../identity/principal.js';
import { insufficientScope } from '../identity/token-grant.js';
import { globTest, isToolGlob } from '../policy/match/glob.js';

const PREFIX = 'tool:';
const EXECUTE = 'ai_agent_execute_tool';

/** The scope that names one tool; `tool:posts.*` names several. */
export const toolScope = (tool: string): string => PREFIX + tool;

function names(scope: string, tool: string): boolean {
  const glob = scope.startsWith(PREFIX) ? scope.slice(PREFIX.length) : '';
  return isToolGlob(glob) && globTest(glob)(tool);
}

/** A token without a scope for the tool calls no tool, whatever its user may do. @throws insufficient_scope */
export function requireToolScope({ grant }: Pick<Principal, 'grant'>, tool: string): void {
  if (grant === null || [...grant.scopes].some((scope) => names(scope, tool))) return;
  throw insufficientScope([EXECUTE, toolScope(tool)]);
}
