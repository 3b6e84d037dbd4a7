import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveState, type DemoFolder, type DemoState } from './demo-files.js';
import { chaperone } from './demo-sidecar.js';
import { projectRoot } from './paths.js';

const NEWSROOM_HOURS = '"from": "06:00", "to": "22:00"';

/**
 * Pure. The ready-made newsroom policy with publishing hours that are far from `now` (in the site's zone), so that a
 * refusal because of the hour can be seen at any time of day.
 */
export function samplePolicy(newsroom: string, now: Date, timeZone: string): string {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(now));
  const clock = (value: number): string => `${String(value % 24).padStart(2, '0')}:00`;
  if (!newsroom.includes(NEWSROOM_HOURS)) throw new Error('the newsroom policy has lost its publishing hours');
  return newsroom.replace(NEWSROOM_HOURS, `"from": "${clock(hour + 11)}", "to": "${clock(hour + 13)}"`);
}

export async function activateSamplePolicy(
  demo: DemoFolder,
  state: DemoState,
  now: Date,
  timeZone: string,
): Promise<DemoState> {
  if (state.policyActive === true) return state;
  const file = join(demo.folder, 'policy.jsonc');
  const newsroom = readFileSync(join(projectRoot(), 'docs', 'policies', 'newsroom.jsonc'), 'utf8');
  writeFileSync(file, samplePolicy(newsroom, now, timeZone));
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
    `It wrote about a "miracle cure": ${outcome(await call(demo, 'posts.create', { title: 'A miracle cure for hay fever', content: 'Only today.' }))}.`,
    `It asked to publish the draft at once: ${outcome(await call(demo, 'posts.publish', { id: id ?? 1 }))}.`,
    `It asked to put the draft on the front page: ${outcome(await call(demo, 'posts.update', { id: id ?? 1, sticky: true }))}.`,
    `It asked to change the site's title: ${outcome(await call(demo, 'settings.update', { title: 'Ours now' }))}.`,
  ];
  return { ...saveState(demo, { ...state, story }), story };
}

/** Pure. An answer in words: what was done, or the code and the reason of the refusal. */
export function outcome(reply: Reply): string {
  if (reply['status'] === 'pending_approval') return `waits for approval (${stepsOf(reply)})`;
  if (typeof reply['code'] !== 'string') return String(reply['status']);
  const findings = Array.isArray(reply['findings'])
    ? (reply['findings'] as { effect?: string; message?: string }[])
    : [];
  const reason = findings.find(({ effect }) => effect === 'deny')?.message ?? reply['detail'] ?? reply['title'];
  return `refused, ${reply['code']} (${String(reason).replace(/\.$/, '')})`;
}

function stepsOf(reply: Reply): string {
  const { steps } = reply['approval'] as { steps: readonly { name: string }[] };
  return steps.map(({ name }) => name).join(', then ');
}
