import type { ComponentType } from 'react';

/** Each screen is a part of its own and loaded when its page is opened. The names are those of Admin_Menu's table. */
export const SCREENS = {
  policy: async () => (await import('./policy/policy.js')).Policy,
  agents: async () => (await import('./agents/agents.js')).Agents,
  settings: async () => (await import('./settings/settings.js')).Settings,
  audit: async () => (await import('./audit/audit.js')).Audit,
  approvals: async () => (await import('./approvals/approvals.js')).Approvals,
  overview: async () => (await import('./overview/overview.js')).Overview,
} as const satisfies Record<string, () => Promise<ComponentType>>;

export const isScreen = (name: string): name is keyof typeof SCREENS => Object.hasOwn(SCREENS, name);
