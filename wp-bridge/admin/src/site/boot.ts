import * as z from 'zod/mini';

const flags = z.record(z.string(), z.boolean());
const schema = z.object({
  screen: z.string(),
  user: z.object({ id: z.number(), login: z.string() }),
  capabilities: flags,
  timeZone: z.string(),
  locale: z.string(),
  adminUrl: z.string(),
  restUrl: z.string(),
  siteHealthUrl: z.string(),
  version: z.string(),
});

/** What the page that WordPress sent says about itself. */
export type Boot = z.infer<typeof schema>;

declare global {
  interface Window {
    readonly chaperoneScreen?: unknown;
  }
}

export const boot: Boot = schema.parse(window.chaperoneScreen);

export type Capability =
  | 'ai_agent_read_policies'
  | 'ai_agent_manage_policies'
  | 'ai_agent_approve_changes'
  | 'ai_agent_view_logs'
  | 'ai_agent_manage_agents'
  | 'ai_agent_manage_secrets'
  | 'ai_agent_manage_settings';

/** For what to show; the bridge and the sidecar check it again, each for itself. */
export const may = (capability: Capability): boolean => boot.capabilities[capability] === true;
