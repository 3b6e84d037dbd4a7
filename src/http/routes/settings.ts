import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import { jsonValue } from '../../kernel/json-value.js';
import type { JsonObject } from '../../kernel/json.js';
import type { KillSwitch, SetKillSwitch } from '../../settings/kill-switch.js';
import type { ChangeSettings } from '../../settings/change-settings.js';
import type { ShownSettings } from '../../settings/show-settings.js';
import { guarded, type GuardedRoute } from '../route.js';

const shown = ({ on, reason, at, by }: KillSwitch): JsonObject => ({ on, reason, at: at?.toISOString() ?? null, by });

const changing = z.strictObject({
  version: z.int({ error: 'must be the version that GET /v1/settings showed' }).min(0),
  settings: z.record(z.string(), jsonValue, { error: 'must be an object of settings by name' }),
});

export function settingsRoutes(deps: {
  readonly showSettings: () => Promise<ShownSettings>;
  readonly changeSettings: ChangeSettings;
  readonly readKillSwitch: () => Promise<KillSwitch>;
  readonly setKillSwitch: SetKillSwitch;
}): readonly GuardedRoute[] {
  const whole = async ({ version, settings, about }: ShownSettings): Promise<JsonObject> => ({
    version,
    settings,
    about: Object.fromEntries(Object.entries(about).map(([name, each]) => [name, { ...each }])),
    killSwitch: shown(await deps.readKillSwitch()),
  });
  const guard = { access: 'any', capability: 'ai_agent_manage_settings' } as const;
  return [
    guarded({
      method: 'get',
      path: '/v1/settings',
      operationId: 'getSettings',
      summary: "The sidecar's settings, what each is about, and whether the environment fixes it.",
      ...guard,
      responses: { 200: 'the settings' },
      async handle() {
        return { status: 200, body: await whole(await deps.showSettings()) };
      },
    }),
    guarded({
      method: 'put',
      path: '/v1/settings',
      operationId: 'changeSettings',
      summary: 'Sets the settings that are named; null puts a default back, and the others stay as they are.',
      ...guard,
      body: changing,
      responses: { 200: 'the settings as they are now' },
      async handle({ principal, body }) {
        const changed = await deps.changeSettings({ ...body, actor: actorOf(principal) });
        return { status: 200, body: await whole(changed) };
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
