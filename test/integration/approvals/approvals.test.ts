import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../../src/db/connect.js';
import { Secret } from '../../../src/kernel/secret.js';
import type { TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';
import { rounds } from '../../support/rounds.js';

const POLICY = {
  tools: [{ id: 'everything', effect: 'allow' }],
  approvals: [
    {
      id: 'publishing',
      match: { tools: ['posts.*'], args: [{ path: '/status', equals: 'publish' }] },
      steps: [
        { name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 },
        { name: 'legal', approvers: { users: ['admin'] }, quorum: 1 },
      ],
      allowEdits: true,
    },
    {
      id: 'changing',
      match: { tools: ['posts.update'], args: [{ path: '/title', exists: true }] },
      steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
      allowEdits: true,
    },
  ],
};

let paired: PairedSite;
let second: TestSidecar;
let db: Knex;
let editor: TestUser;
let editor2: TestUser;
let admin: TestUser;

beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
  const { site } = paired;
  ({ editor, editor2, admin } = site.users);
  // An agent whose account may publish: an editor too, as in the demo.
  await site.php('( new WP_User( $args ) )->add_role( "editor" ); return 1;', paired.agent.userId);
  await paired.allow({ ...POLICY, approvals: withAdmin() });
  second = await paired.replica();
  db = connect({ url: new Secret(site.database.url), tablePrefix: site.database.tablePrefix, poolSize: 2 });
}, 120_000);

afterAll(async () => {
  await db.destroy();
  await paired.stop();
});

const withAdmin = () =>
  POLICY.approvals.map((rule) => ({
    ...rule,
    steps: rule.steps.map((step) => (step.name === 'legal' ? { ...step, approvers: { users: [admin.login] } } : step)),
  }));

const table = (name: string): string => `${paired.site.database.tablePrefix}ai_agent_${name}`;
const decide = (
  id: string,
  action: string,
  user: TestUser,
  body: object = {},
  through: Pick<TestSidecar, 'send'> = paired,
) => through.send({ method: 'POST', path: `/v1/approvals/${id}/${action}`, user, body });
const post = async (title = 'A draft'): Promise<number> => {
  const { body } = await paired.execute({ tool: 'posts.create', args: { title, content: 'Words.' } });
  return body.result.id as number;
};
const createIn = (mode: string, args: object) =>
  paired.execute({ tool: 'posts.create' }, { body: { tool: 'posts.create', args, mode } });
const titleOf = (id: number) => paired.site.php('return get_post( $args )->post_title;', id);
/** A change of a post that one editor has to approve. */
async function held(title = 'Changed'): Promise<{ id: string; callId: string; post: number; answer: TestAnswer }> {
  const id = await post();
  const answer = await paired.execute({ tool: 'posts.update', args: { id, title } });
  expect(answer.status).toBe(202);
  return { id: answer.body.approval.id, callId: answer.body.callId, post: id, answer };
}
const stateOf = async (callId: string): Promise<string> =>
  (await paired.send({ path: `/v1/calls/${callId}`, key: paired.agent.key })).body.state as string;

describe('a call that waits for people', () => {
  it('is answered with 202, the same again for the same key, and is published when both steps have voted', async () => {
    const args = { title: 'News', content: 'Words.', status: 'publish' };
    const call = { tool: 'posts.create', args, reason: 'the desk asked for it' };
    const first = await paired.execute(call, { idempotencyKey: 'publish-1' });
    expect(first).toMatchObject({ status: 202, body: { status: 'pending_approval', decision: { effect: 'ask' } } });
    const { approval, callId } = first.body;
    expect(approval.steps).toMatchObject([{ name: 'desk' }, { name: 'legal' }]);
    expect(first.text).not.toContain(`"${admin.login}"`);
    const again = await paired.execute(call, { idempotencyKey: 'publish-1' });
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([202, first.text, 'true']);

    const seen = await paired.get(`/v1/approvals/${approval.id}`, editor);
    expect(seen.body).toMatchObject({
      status: 'pending',
      tool: 'posts.create',
      reason: 'the desk asked for it',
      rules: ['publishing'],
      requestedBy: { login: paired.agent.login },
      proposedArgs: args,
    });
    expect((await decide(approval.id, 'approve', admin)).body.code).toBe('approval_not_eligible');
    const desk = await decide(approval.id, 'approve', editor, { note: 'fine' });
    expect(desk).toMatchObject({ status: 200, body: { status: 'pending_approval' } });
    const last = await decide(approval.id, 'approve', admin);
    expect(last).toMatchObject({
      status: 200,
      body: { status: 'executed', callId, approval: { status: 'succeeded' } },
    });
    const status = await paired.site.php(
      '$p = get_post( $args ); return $p->post_status . " " . $p->post_author;',
      last.body.result.id,
    );
    expect(status).toBe(`publish ${paired.agent.userId}`);
    expect((await paired.execute(call, { idempotencyKey: 'publish-1' })).text).toBe(first.text);
    const { body } = await paired.get(`/v1/approvals/${approval.id}`, editor);
    const history = body.history as { kind: string }[];
    expect(history.map(({ kind }) => kind)).toEqual([
      'call.decision',
      'approval.requested',
      'approval.voted',
      'approval.voted',
      'approval.claimed',
      'call.intent',
      'call.outcome',
    ]);
    expect((await paired.get('/v1/audit/verify')).body.ok).toBe(true);
  });

  it('is told to the agent that waits for it, as soon as people have decided', async () => {
    const { id, callId, post: target } = await held('Waited for');
    const waiting = paired.send({ path: `/v1/calls/${callId}?wait=20`, key: paired.agent.key });
    await decide(id, 'approve', editor, { args: { id: target, title: 'Edited' } });
    const { body } = await waiting;
    expect(body).toMatchObject({
      state: 'succeeded',
      answer: { status: 200, body: { status: 'executed' } },
      approval: { edited: true, proposedArgs: { title: 'Waited for' }, effectiveArgs: { title: 'Edited' } },
    });
    expect(await titleOf(target)).toBe('Edited');
  });

  it('a dry run says that it would be asked, and holds nothing', async () => {
    const before = await paired.get('/v1/approvals?status=pending&limit=100');
    const answer = await paired.execute({ tool: 'posts.update', args: { id: await post(), title: 'x' }, dryRun: true });
    expect(answer).toMatchObject({ status: 200, body: { status: 'dry_run', decision: { effect: 'ask' } } });
    expect((await paired.get('/v1/approvals?status=pending&limit=100')).body.items).toHaveLength(
      before.body.items.length,
    );
  });

  it('is cancelled by its agent, rejected by people, commented on, and all of that in a batch', async () => {
    const [first, rejected, third] = [await held(), await held(), await held()];
    const cancel = (id: string) =>
      paired.send({ method: 'POST', path: `/v1/approvals/${id}/cancel`, key: paired.agent.key, body: {} });
    expect(await cancel(first.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect((await decide(third.id, 'comment', editor, { note: 'Why now?' })).status).toBe(200);
    expect(await decide(rejected.id, 'reject', editor, { note: 'No.' })).toMatchObject({
      body: { status: 'rejected' },
    });
    const told = await paired.send({ path: `/v1/calls/${rejected.callId}`, key: paired.agent.key });
    expect(told.body).toMatchObject({ state: 'rejected', approval: { note: 'No.' } });
    const ids = [first.id, third.id, 'apr_00000000000000000000'];
    const batch = await paired.send({
      method: 'POST',
      path: '/v1/approvals/batch',
      user: editor,
      body: { ids, action: 'approve' },
    });
    expect(batch.body.results).toMatchObject([
      { ok: false, code: 'approval_resolved' },
      { ok: true, approvalStatus: 'succeeded' },
      { ok: false, code: 'not_found' },
    ]);
  });

  it('is decided in a batch for what was shown and nothing else', async () => {
    const { id } = await held();
    const shown = (await paired.get(`/v1/approvals/${id}`, editor)).body.digest as string;
    const decideFor = async (digest: string): Promise<unknown> => {
      const body = { ids: [id], action: 'approve', digests: { [id]: digest } };
      return (await paired.send({ method: 'POST', path: '/v1/approvals/batch', user: editor, body })).body.results[0];
    };
    expect(await decideFor('0'.repeat(64))).toMatchObject({ ok: false, code: 'approval_stale' });
    expect(await decideFor(shown)).toMatchObject({ ok: true, approvalStatus: 'succeeded' });
  });

  it('in mode suggest it waits for a person, and is carried out under that person’s name', async () => {
    const answer = await createIn('suggest', { title: 'Suggested', content: 'Words.' });
    expect(answer).toMatchObject({ status: 202, body: { status: 'suggested' } });
    const applied = await decide(answer.body.approval.id, 'approve', editor2);
    expect(applied).toMatchObject({ status: 200, body: { status: 'executed' } });
    const author = await paired.site.php('return (int) get_post( $args )->post_author;', applied.body.result.id);
    expect(author).toBe(editor2.id);
  });

  it('a call that asks to be a suggestion is held for the steps of its rule, and runs as its agent', async () => {
    const body = { tool: 'posts.update', args: { id: await post(), title: 'Suggested' }, mode: 'suggest' };
    const answer = await paired.execute({ tool: body.tool }, { body });
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending_approval', decision: { mode: 'review' } } });
    expect(answer.body.approval.steps).toHaveLength(1);
    const approved = await decide(answer.body.approval.id, 'approve', editor);
    expect(approved).toMatchObject({ status: 200, body: { status: 'executed' } });
  });
});

describe('the attack matrix', () => {
  it.each([
    ['arguments', (row: Record<string, string>) => ({ effective: row['effective']?.replace('Changed', 'Swapped') })],
    ['steps', () => ({ need: '{"rules":[],"steps":[],"expiresInSeconds":1,"allowEdits":true}' })],
    ['expiry', () => ({ expires_at: new Date('2099-01-01') })],
  ])('%s swapped in the database: nothing runs', async (_, swap) => {
    const { id, callId, post: target } = await held();
    const row = (await db(table('approvals')).where({ id }).first()) as Record<string, string>;
    await db(table('approvals')).where({ id }).update(swap(row));
    const answer = await decide(id, 'approve', editor);
    expect([answer.status, answer.body.code]).toEqual([409, 'approval_stale']);
    expect([await stateOf(callId), await titleOf(target)]).toEqual(['stale', 'A draft']);
  });

  it('a target that was changed on the site is stale', async () => {
    const { id, post: target } = await held();
    await paired.site.php('return wp_update_post( array( "ID" => $args, "post_content" => "Other words." ) );', target);
    const answer = await decide(id, 'approve', editor);
    expect(answer.body).toMatchObject({ code: 'approval_stale', changed: [{ what: 'target' }] });
    expect(await titleOf(target)).toBe('A draft');
  });

  it('another policy that denies it refuses the run with its findings', async () => {
    const { id, post: target } = await held();
    const entities = [{ id: 'frozen', match: { tools: ['posts.update'] }, denyFields: ['/title'] }];
    await paired.allow({ ...POLICY, approvals: withAdmin(), entities });
    const answer = await decide(id, 'approve', editor);
    await paired.allow({ ...POLICY, approvals: withAdmin() });
    expect(answer.body).toMatchObject({ code: 'approval_stale', changed: [{ what: 'policy' }] });
    expect(answer.body.findings[0]).toMatchObject({ rule: 'frozen', effect: 'deny' });
    expect(await titleOf(target)).toBe('A draft');
  });

  it('one that has expired can’t be approved, marked or not', async () => {
    await paired.allow({
      ...POLICY,
      approvals: [{ ...withAdmin()[1], expiresIn: '1s' }],
    });
    const { id, callId } = await held();
    await paired.allow({ ...POLICY, approvals: withAdmin() });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await decide(id, 'approve', editor)).body.code).toBe('approval_expired');
    await paired.sidecar.approvals.expire();
    expect(await stateOf(callId)).toBe('expired');
  });

  it('the agent can’t approve its own call, by signature or by password', async () => {
    const { id, callId } = await held();
    const path = `/v1/approvals/${id}/approve`;
    const { key, login, applicationPassword } = paired.agent;
    const byKey = await paired.send({ method: 'POST', path, key, body: {} });
    const byPassword = await paired.send({ method: 'POST', path, user: { login, applicationPassword }, body: {} });
    const claimed = await paired.execute({
      tool: 'posts.update',
      args: { id: await post(), title: 'x', approved: true },
    });
    expect([byKey.status, byPassword.status]).toEqual([403, 403]);
    expect([claimed.status, claimed.body.code]).toEqual([422, 'args_invalid']);
    expect(await stateOf(callId)).toBe('pending_approval');
  });

  it('an approver who lost the role before the last vote doesn’t count', async () => {
    const { site } = paired;
    const passing = await site.createUser({ role: 'editor' });
    const answer = await paired.execute({
      tool: 'posts.create',
      args: { title: 'N', content: 'W', status: 'publish' },
    });
    const { id } = answer.body.approval;
    expect((await decide(id, 'approve', passing)).status).toBe(200);
    expect((await decide(id, 'approve', passing)).body.code).toBe('approval_not_eligible');
    await site.php('( new WP_User( $args ) )->set_role( "author" ); return 1;', passing.id);
    expect((await decide(id, 'approve', admin)).body.code).toBe('approval_not_eligible');
    const { body } = await paired.get(`/v1/approvals/${id}`);
    expect(body.votes).toMatchObject([{ login: passing.login, dropped: { why: 'ineligible' } }]);
    expect((await decide(id, 'approve', editor)).status).toBe(200);
    expect((await decide(id, 'approve', admin)).body.status).toBe('executed');
  });

  it.each([
    ['break the schema', { nonsense: 1 }, 'args_invalid'],
    ['need more approvals', { status: 'publish' }, 'approval_not_eligible'],
  ])('edits that %s are refused, and the approval waits on', async (_, more, code) => {
    const { id, post: target, callId } = await held();
    const answer = await decide(id, 'approve', editor, { args: { id: target, title: 'E', ...more } });
    expect(answer.body.code).toBe(code);
    expect(await stateOf(callId)).toBe('pending_approval');
  });

  it('100 approvals at once, through two sidecars, run it once', async () => {
    const args = { title: 'Only once', content: 'W', status: 'draft' };
    const answer = await createIn('review', args);
    const { id } = answer.body.approval;
    const people = [editor, editor2, admin];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        decide(id, 'approve', people[place % 3] ?? editor, {}, place % 2 === 0 ? paired : second),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code as string))).toEqual(
      new Set(['approval_resolved']),
    );
    const made = await paired.site.php(
      'return count( get_posts( array( "title" => "Only once", "post_status" => "any" ) ) );',
    );
    expect(made).toBe(1);
  }, 60_000);
});

const ROUNDS = rounds('APPROVAL_RACES', { usual: 12, published: 300 });

it('races between votes, rejections, cancellations and sweeps over two sidecars never run a call twice', async () => {
  let [ran, stopped] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const title = `Race ${round}`;
    const answer = await createIn('review', { title, content: 'W' });
    const { approval, callId } = answer.body;
    const cancel = () =>
      paired.send({ method: 'POST', path: `/v1/approvals/${approval.id}/cancel`, key: paired.agent.key, body: {} });
    const moves: (() => Promise<unknown>)[] = [
      () => decide(approval.id, 'approve', editor),
      () => decide(approval.id, 'approve', editor2, {}, second),
      () => decide(approval.id, 'approve', admin, {}, second),
      async () => {
        await new Promise((resolve) => setTimeout(resolve, (round * 17) % 80));
        return round % 2 === 0 ? cancel() : decide(approval.id, 'reject', admin);
      },
      () => second.sidecar.approvals.resume(),
      () => paired.sidecar.approvals.expire(),
    ];
    const turn = round % moves.length;
    await Promise.all([...moves.slice(turn), ...moves.slice(0, turn)].map((move) => move()));
    const state = await stateOf(callId);
    const made = await paired.site.php(
      'return count( get_posts( array( "title" => $args, "post_status" => "any" ) ) );',
      title,
    );
    expect([state, made]).toEqual(state === 'succeeded' ? ['succeeded', 1] : [state, 0]);
    if (state === 'succeeded') ran += 1;
    else stopped += 1;
    expect(['succeeded', 'cancelled', 'rejected']).toContain(state);
  }
  process.stdout.write(`approvals on the database: ${ROUNDS} races, ${ran} ran once, ${stopped} stopped, 0 breaches\n`);
}, 600_000);
