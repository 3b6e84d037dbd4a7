/** The capabilities of Chaperone's own that guard routes (section 9 of the contract); the scopes of tokens bear the same names. */
export const CAPABILITIES = [
  'ai_agent_execute_tool',
  'ai_agent_read_policies',
  'ai_agent_manage_policies',
  'ai_agent_approve_changes',
  'ai_agent_view_logs',
  'ai_agent_manage_agents',
  'ai_agent_manage_secrets',
  'ai_agent_manage_settings',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
