import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveState, type DemoFolder, type DemoState } from './demo-files.js';
import { chaperone } from './demo-sidecar.js';

/** Pure. A policy whose publishing hours are far from `now` (in the site's zone), so that a refusal can be seen at any time of day. */
export function samplePolicy(now: Date, timeZone: string): string {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(now));
  const clock = (value: number): string => `${String(value % 24).padStart(2, '0')}:00`;
  return `{
  "formatVersion": 1,
  "name": "Newsroom",
  "timezone": "site",
  "mode": "autonomous",
  // What no rule matches is denied.
  "tools": [
    { "id": "reading", "match": { "tools": ["*.list", "*.get", "site.info"] }, "effect": "allow" },
    { "id": "writing", "match": { "tools": ["posts.*"] }, "effect": "allow" },
  ],
  "entities": [
    { "id": "posts-only", "match": { "tools": ["posts.*"] }, "types": ["post"], "denyFields": ["/author"] },
  ],
  // Two hours a day, as far from the making of this demo as can be.
  "time": [
    { "id": "publishing-hours", "match": { "tools": ["posts.publish"] },
      "allow": [{ "from": "${clock(hour + 11)}", "to": "${clock(hour + 13)}" }] },
  ],
}
`;
}

export async function activateSamplePolicy(
  demo: DemoFolder,
  state: DemoState,
  now: Date,
  timeZone: string,
): Promise<DemoState> {
  if (state.policyActive === true) return state;
  const file = join(demo.folder, 'policy.jsonc');
  writeFileSync(file, samplePolicy(now, timeZone));
  await chaperone(demo, ['policy', 'save', file, '--activate', '--json']);
  return saveState(demo, { ...state, policyActive: true });
}

type Reply = Readonly<Record<string, unknown>>;

/** A signed call as the demo's agent; a refusal is an answer too. */
async function call(demo: DemoFolder, tool: string, args: object): Promise<Reply> {
  const finished = await chaperone(
    demo,
    ['call', tool, '--args', JSON.stringify(args), '--agent-file', demo.agentJson, '--json'],
    true,
  );
  try {
    return JSON.parse(finished.stdout) as Reply;
  } catch {
    throw new Error(`chaperone call ${tool} printed no JSON: ${finished.stderr || finished.stdout}`);
  }
}

/** The sample calls, told in sentences. Made once; a later run tells them again. */
export async function tellStory(
  demo: DemoFolder,
  state: DemoState,
): Promise<DemoState & { readonly story: readonly string[] }> {
  if (state.story !== undefined) return { ...state, story: state.story };
  const draft = await call(demo, 'posts.create', {
    title: 'Rain expected until Thursday',
    content: 'Umbrellas are advised. The market moves indoors.',
    status: 'draft',
  });
  const id = (draft['result'] as { id?: number } | undefined)?.id;
  const story = [
    `The agent asked to write a draft, "Rain expected until Thursday": ${outcome(draft)}${id === undefined ? '' : `, post ${id}`}.`,
    `It asked to publish it at once: ${outcome(await call(demo, 'posts.publish', { id: id ?? 1 }))}.`,
    `It asked to change the site's title: ${outcome(await call(demo, 'settings.update', { title: 'Ours now' }))}.`,
  ];
  return { ...saveState(demo, { ...state, story }), story };
}

/** Pure. An answer in words: what was done, or the code and the reason of the refusal. */
export function outcome(reply: Reply): string {
  if (typeof reply['code'] !== 'string') return String(reply['status']);
  const findings = Array.isArray(reply['findings'])
    ? (reply['findings'] as { effect?: string; message?: string }[])
    : [];
  const reason = findings.find(({ effect }) => effect === 'deny')?.message ?? reply['detail'] ?? reply['title'];
  return `refused, ${reply['code']} (${String(reason).replace(/\.$/, '')})`;
}
