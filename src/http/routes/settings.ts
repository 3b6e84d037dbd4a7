import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import type { JsonObject } from '../../kernel/json.js';
import type { KillSwitch, SetKillSwitch } from '../../settings/kill-switch.js';
import { guarded, type GuardedRoute } from '../route.js';

const shown = ({ on, reason, at, by }: KillSwitch): JsonObject => ({ on, reason, at: at?.toISOString() ?? null, by });

export function settingsRoutes(deps: {
  readonly readKillSwitch: () => Promise<KillSwitch>;
  readonly setKillSwitch: SetKillSwitch;
}): readonly GuardedRoute[] {
  const guard = { access: 'any', capability: 'ai_agent_manage_settings' } as const;
  return [
    guarded({
      method: 'get',
      path: '/v1/settings',
      operationId: 'getSettings',
      summary: "The sidecar's settings.",
      ...guard,
      responses: { 200: 'the settings' },
      async handle() {
        return { status: 200, body: { killSwitch: shown(await deps.readKillSwitch()) } };
      },
    }),
    guarded({
      method: 'put',
      path: '/v1/kill-switch',
      operationId: 'setKillSwitch',
      summary: 'Stops every call at once, or lets them through again.',
      ...guard,
      body: z.strictObject({ on: z.boolean(), reason: z.string().max(500).default('') }),
      responses: { 200: 'turned' },
      async handle({ principal, body }) {
        return { status: 200, body: shown(await deps.setKillSwitch({ ...body, actor: actorOf(principal) })) };
      },
    }),
  ];
}
