import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../../src/kernel/json.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import type { TestAnswer } from '../../support/http-request.js';

const DAY = 86_400_000;
/** Longer than a replica goes by what it last read of the shadow. */
const A_MOMENT = 2_100;

const rules = (tools: string): string => `{
  "formatVersion": 1,
  "name": "Newsroom",
  "timezone": "UTC",
  "tools": [
    { "id": "reading", "match": { "tools": ["*.list", "*.get", "site.info"] }, "effect": "allow" },
    { "id": "writing", "match": { "tools": ["posts.*"] }, "effect": "allow" },
    ${tools}
  ],
  "time": [
    { "id": "office-hours", "match": { "tools": ["posts.publish"] },
      "allow": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00" }] },
  ],
}
`;
const MISTAKEN = rules('{ "id": "no-trash", "match": { "tools": ["posts.thrash"] }, "effect": "deny" },');
const FIRST = rules('{ "id": "no-trash", "match": { "tools": ["posts.trash"] }, "effect": "deny" },');
const SECOND = rules(`{ "id": "no-trash", "match": { "tools": ["posts.trash"] }, "effect": "deny" },
    { "id": "quiet", "match": { "tools": ["posts.create"], "args": [{ "path": "/title", "matches": "(?i)breaking" }] }, "effect": "ask" },
    { "id": "no-long-reads", "match": { "tools": ["posts.create"], "args": [{ "path": "/content", "longerThan": 5000 }] }, "effect": "deny" },`).replace(
  '"fri"],',
  '"fri", "sat"],',
);

let here: PairedSite;
const transcript: string[] = [];
const told = (line: string): void => void transcript.push(line);

beforeAll(async () => {
  here = await pairedSite({ policy: null });
}, 120_000);
afterAll(async () => {
  console.info(`a policy's life\n${transcript.join('\n')}`);
  await here.stop();
});

const ask = (method: string, path: string, body?: object): Promise<TestAnswer> =>
  here.send({
    method,
    path: `/v1/policies${path}`,
    user: here.site.users.admin,
    ...(body === undefined ? {} : { body }),
  });
const execute = (tool: string, args: object): Promise<TestAnswer> => here.execute({ tool, args: args as JsonObject });

describe("a policy's life", () => {
  it('begins with a mistake, and the message says where', async () => {
    const refused = await ask('POST', '', { document: MISTAKEN, note: 'first try' });
    expect(refused.status).toBe(422);
    const { problems } = refused.body as { problems: { line: number; column: number; message: string }[] };
    expect(problems).toMatchObject([{ pointer: '/tools/2/match/tools/0', line: 8, column: 46 }]);
    expect(problems[0]?.message).toContain('There is no tool called "posts.thrash"');
    told(`saved: 422 policy_invalid, line ${problems[0]?.line}:${problems[0]?.column} ${problems[0]?.message}`);
  });

  it('is corrected, and warned about what surely has no effect', async () => {
    const warned = await ask('POST', '/validate', { document: FIRST.replace('"posts.trash"', '"shop.*"') });
    expect(warned.body).toMatchObject({ problems: [], warnings: [{ pointer: '/tools/2', line: 8 }] });
    expect((await ask('POST', '/validate', { document: FIRST })).body).toEqual({ problems: [], warnings: [] });
    const saved = await ask('POST', '', { document: FIRST, note: 'corrected', activate: true });
    expect(saved).toMatchObject({ status: 201, body: { version: 1, active: true } });
    told('corrected: validated without warnings, saved and active as version 1');
  });

  it('is tested before it bites, with any user and instant, and leaves no trace', async () => {
    const made = await execute('posts.create', { title: 'Breaking news', content: 'Rain.' });
    expect(made.body).toMatchObject({ status: 'executed' });
    const id = made.body.result.id as number;
    const before = await here.get('/v1/audit?limit=1');
    const { admin, editor } = here.site.users;
    const tested = await ask('POST', '/test', {
      version: 1,
      calls: [
        { tool: 'posts.publish', args: { id }, agent: here.agent.id, at: '2026-11-28T10:00:00Z' },
        { tool: 'posts.get', args: { id }, user: editor.login, ip: '203.0.113.9' },
        { tool: 'posts.get', args: { id: 999_999 }, user: editor.id },
        { tool: 'posts.create', args: { titel: 'x' } },
        { tool: 'posts.nope', args: {} },
        { tool: 'posts.trash', args: { id }, user: 'nobody-of-that-name' },
        { tool: 'settings.update', args: { title: 'Ours' }, agent: here.agent.id },
        { tool: 'posts.get', args: { id }, agent: here.agent.id, user: admin.login },
      ],
    });
    expect(tested.status).toBe(200);
    const { decisions } = tested.body as { decisions: Record<string, unknown>[] };
    expect(decisions).toMatchObject(
      [
        {
          effect: 'deny',
          policyVersion: 1,
          evaluatedAt: '2026-11-28T10:00:00.000Z',
          findings: [
            {
              rule: 'office-hours',
              code: 'policy_time_denied',
              source: { line: 11 },
              unlock: { at: '2026-11-30T09:00:00.000Z' },
            },
            { rule: 'writing' },
          ],
          notes: [],
        },
        { effect: 'allow', notes: [] },
        { effect: 'allow', notes: [expect.stringContaining('rest_post_invalid_id')] },
        { error: { code: 'args_invalid', problems: [{ pointer: '' }, { pointer: '' }] } },
        { error: { code: 'tool_unknown' } },
        { error: { code: 'not_found', detail: 'There is no user nobody-of-that-name.' } },
        { effect: 'deny', notes: [expect.stringContaining('manage_options')] },
        { error: { code: 'args_invalid' } },
      ].map((each) =>
        'error' in each && each.error.code === 'args_invalid' ? { error: { code: 'args_invalid' } } : each,
      ),
    );
    expect(decisions[0]?.['explanation']).toContain('Denied by rule "office-hours" (line 11)');
    expect((await here.get('/v1/audit?limit=1')).body.items[0].id).toBe(before.body.items[0].id);
    told(`tested: ${String(decisions[0]?.['explanation'])}`);
  });

  it('tells nobody more of a post than WordPress would', async () => {
    const other = await here.site.createUser({ role: 'author' });
    const draft = await execute('posts.create', { title: 'Not yours', content: 'Private.' });
    const document = {
      formatVersion: 1,
      entities: [{ id: 'e', statuses: ['publish'] }],
      tools: [{ id: 'a', effect: 'allow' }],
    };
    const call = { tool: 'posts.get', args: { id: draft.body.result.id as number }, user: here.site.users.admin.login };
    const asAuthor = await here.send({
      method: 'POST',
      path: '/v1/policies/test',
      user: other,
      body: { document, calls: [call] },
    });
    expect(asAuthor).toMatchObject({ status: 403, body: { code: 'capability_missing' } });
    const editor = here.site.users.editor;
    const asEditor = await here.send({
      method: 'POST',
      path: '/v1/policies/test',
      user: editor,
      body: { document, calls: [call] },
    });
    expect(asEditor.body.decisions[0]).toMatchObject({ effect: 'deny', notes: [] });
  });

  it('is compared with the next version', async () => {
    expect(await ask('POST', '', { document: SECOND, note: 'breaking news wait', baseVersion: 1 })).toMatchObject({
      status: 201,
      body: { version: 2, active: false },
    });
    const diff = await ask('GET', '/diff?from=1&to=2');
    expect(diff.status).toBe(200);
    expect(diff.body.sentences).toEqual([
      'Rule quiet is new: Creating posts, where it matches, is held for approval.',
      'Rule no-long-reads is new: Creating posts, where it matches, is denied.',
      'The rule office-hours now also covers Saturday.',
    ]);
    expect(diff.body.patch).toContainEqual({ op: 'add', path: '/time/0/allow/0/days/5', value: 'sat' });
    expect(await ask('GET', '/diff?from=1&to=9')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/diff?from=1')).toMatchObject({ status: 400 });
    told(`diffed: ${(diff.body.sentences as string[]).join(' ')}`);
  });

  it('is replayed over what happened, and what the log left out is not guessed', async () => {
    await execute('posts.create', { title: 'A long read', content: 'word '.repeat(2_000) });
    const own = await execute('posts.create', { title: 'Weekend', content: 'Sun.' });
    await execute('posts.trash', { id: own.body.result.id as number });
    await execute('posts.create', { titel: 'x' });
    const replay = await ask('POST', '/replay', { version: 2, last: 100 });
    expect(replay.status).toBe(200);
    const { body } = replay;
    expect(body).toMatchObject({
      policyVersion: 2,
      considered: 6,
      replayed: 4,
      unchanged: 3,
      truncated: false,
      counts: { 'allow to ask': 1 },
      changed: [
        { tool: 'posts.create', was: 'allow', becomes: 'ask', findings: [{ rule: 'quiet' }, { rule: 'writing' }] },
      ],
      notReplayable: {
        'the log left out arguments that the rule no-long-reads looks at': 1,
        'it was refused before the policy was asked': 1,
      },
    });
    const none = await ask('POST', '/replay', { version: 2, from: '2027-01-01T00:00:00Z' });
    expect(none.body).toMatchObject({ considered: 0, changed: [] });
    expect((await ask('POST', '/replay', { version: 1 })).body).toMatchObject({ replayed: 5, unchanged: 5 });
    expect(await ask('POST', '/replay', {})).toMatchObject({ status: 400 });
    told(
      `replayed: ${JSON.stringify({ considered: body.considered, replayed: body.replayed, counts: body.counts, notReplayable: body.notReplayable })}`,
    );
  });

  it('decides in the shadow for a while, and changes nothing', async () => {
    expect(await ask('GET', '/shadow')).toMatchObject({ status: 404 });
    expect(await ask('POST', '/shadow', { version: 2, until: '2026-01-01T00:00:00Z' })).toMatchObject({ status: 400 });
    const until = new Date(Date.now() + DAY).toISOString();
    expect(await ask('POST', '/shadow', { version: 2, until })).toMatchObject({
      status: 200,
      body: { version: 2, until },
    });
    await pause(A_MOMENT);
    expect((await execute('posts.create', { title: 'Breaking again', content: 'Wind.' })).body).toMatchObject({
      status: 'executed',
      decision: { effect: 'allow', policyVersion: 1 },
    });
    expect((await execute('posts.create', { title: 'Calm', content: 'No wind.' })).body).toMatchObject({
      status: 'executed',
    });
    const report = await ask('GET', '/shadow');
    expect(report.body).toMatchObject({
      shadow: { version: 2 },
      considered: 2,
      counts: { 'allow to ask': 1 },
      failed: 0,
      differing: [{ tool: 'posts.create', verdict: 'allow', shadow: 'ask', rules: ['quiet'] }],
    });
    told(`shadowed: ${JSON.stringify(report.body.counts)} of ${report.body.considered} calls`);
    expect(await ask('DELETE', '/shadow')).toMatchObject({ status: 200 });
    expect(await ask('GET', '/shadow')).toMatchObject({ status: 404 });
    const settings = await here.get('/v1/audit?kind=settings.changed&limit=2');
    expect(
      (settings.body.items as { detail: { name: string; version: number | null } }[]).map(({ detail }) => [
        detail.name,
        detail.version,
      ]),
    ).toEqual([
      ['policy_shadow', null],
      ['policy_shadow', 2],
    ]);
  });

  it('is activated, and rolled back', async () => {
    expect(await ask('POST', '/2/activate', { note: 'go' })).toMatchObject({ status: 200 });
    expect(await execute('posts.create', { title: 'Breaking thrice', content: 'Hail.' })).toMatchObject({
      status: 202,
    });
    expect(await ask('POST', '/1/activate', { note: 'too many held' })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    expect((await execute('posts.create', { title: 'Breaking at last', content: 'Snow.' })).body).toMatchObject({
      status: 'executed',
    });
    expect((await here.sidecar.readPolicies.activations(10)).map(({ version }) => version)).toEqual([1, 2, 1]);
    told('activated: version 2 held the next breaking news; rolled back: version 1 let it through again');
  });

  it('asks for the right to manage', async () => {
    const { editor } = here.site.users;
    const body = { version: 1, last: 1 };
    expect(await here.send({ method: 'POST', path: '/v1/policies/replay', user: editor, body })).toMatchObject({
      status: 403,
    });
    expect(await here.send({ path: '/v1/policies/diff?from=1&to=2', user: editor })).toMatchObject({ status: 200 });
    expect(await here.send({ method: 'DELETE', path: '/v1/policies/shadow', user: editor })).toMatchObject({
      status: 403,
    });
  });
});
