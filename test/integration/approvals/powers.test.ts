import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../../src/db/connect.js';
import { Secret } from '../../../src/kernel/secret.js';
import type { TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';

let paired: PairedSite;
let db: Knex;
let editor: TestUser;
let editor2: TestUser;
let admin: TestUser;

const policyOf = (more: object = {}) => ({
  tools: [{ id: 'everything', effect: 'allow' }],
  content: [{ id: 'brand', terms: ['scam'], severity: 'high' }],
  approvals: [
    {
      id: 'changing',
      match: { tools: ['posts.update', 'posts.trash'] },
      steps: [
        {
          name: 'desk',
          approvers: { users: [editor.login] },
          escalate: { after: '2h', to: { roles: ['administrator'] } },
        },
      ],
    },
  ],
  ...more,
});

beforeAll(async () => {
  paired = await pairedSite({ workers: 4 });
  ({ editor, editor2, admin } = paired.site.users);
  await paired.site.php('( new WP_User( $args ) )->add_role( "editor" ); return 1;', paired.agent.userId);
  await paired.allow(policyOf());
  const { url, tablePrefix } = paired.site.database;
  db = connect({ url: new Secret(url), tablePrefix, poolSize: 2 });
}, 120_000);

afterAll(async () => {
  await db.destroy();
  await paired.stop();
});

const send = (path: string, user: TestUser, body: object = {}) =>
  paired.send({ method: 'POST', path: `/v1/${path}`, user, body });
const approve = (id: string, user: TestUser, body: object = {}) => send(`approvals/${id}/approve`, user, body);
const post = async (): Promise<number> =>
  (await paired.execute({ tool: 'posts.create', args: { title: 'A draft', content: 'Words.' } })).body.result
    .id as number;
const update = (id: number, args: object = { title: 'Changed' }, mode?: string): Promise<TestAnswer> => {
  const call = { tool: 'posts.update', args: { id, ...args } };
  return paired.execute(call, { body: { ...call, ...(mode === undefined ? {} : { mode }) } });
};
const kindsOf = async (callId: string): Promise<readonly string[]> =>
  (await paired.sidecar.auditReader.list({ callId: callId as never }, { limit: 50 })).map(({ kind }) => kind).reverse();

describe('a step that escalates', () => {
  it('shows when, and lets the further approvers vote once an hour too many has passed', async () => {
    const { body } = await update(await post());
    const { id } = body.approval;
    expect(body.approval.steps[0].escalate).toMatchObject({ roles: ['administrator'] });
    expect(body.approval.steps[0].escalate.at).toMatch(/^\d{4}-/);
    const early = await paired.get(`/v1/approvals/${id}`, admin);
    expect(early.body.steps[0].escalate).toMatchObject({ afterSeconds: 7_200, inForce: false });
    expect(early.body.you.mayVote).toBe(false);
    expect((await approve(id, admin)).body.code).toBe('approval_not_eligible');
    // Its digest covers when it was asked: who sets the row back makes nothing due.
    const table = `${paired.site.database.tablePrefix}ai_agent_approvals`;
    await db(table)
      .where({ id })
      .update({ created_at: new Date(Date.now() - 3 * 3_600_000) });
    expect((await approve(id, admin)).body.code).toBe('approval_stale');
  });
});

describe('votes in other hands', () => {
  it('are given, seen, used and taken back, with the log', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await send('approval-delegations', editor, { to: editor2.login, endsAt, note: 'holidays' });
    expect(made).toMatchObject({ status: 201, body: { state: 'active', to: { login: editor2.login } } });
    const list = await paired.get('/v1/approval-delegations', admin);
    expect(list.body.items).toMatchObject([{ id: made.body.id, from: { login: editor.login } }]);

    const { body } = await update(await post());
    const { id } = body.approval;
    const seen = await paired.get(`/v1/approvals/${id}`, editor2);
    expect(seen.body.you).toMatchObject({ mayVote: false, inNameOf: [{ login: editor.login }] });
    expect((await paired.get('/v1/approvals?view=mine', editor2)).body.items[0].id).toBe(id);
    expect((await approve(id, editor2)).body.code).toBe('approval_not_eligible');
    const done = await approve(id, editor2, { inNameOf: seen.body.you.inNameOf[0].userId });
    expect(done).toMatchObject({ status: 200, body: { status: 'executed' } });
    expect(done.body.approval.steps[0].votedBy).toMatchObject([
      { login: editor.login, castBy: { login: editor2.login } },
    ]);

    expect((await send(`approval-delegations/${made.body.id}/revoke`, editor2)).body.state).toBe('revoked');
    const next = await update(await post());
    const refused = await approve(next.body.approval.id, editor2, { inNameOf: seen.body.you.inNameOf[0].userId });
    expect(refused).toMatchObject({ status: 403, body: { code: 'approval_not_eligible' } });
    const kinds = await paired.sidecar.auditReader.list({ kind: 'approval' }, { limit: 20 });
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['approval.delegated', 'approval.delegation_revoked']),
    );
  });
});

describe('an approval that is remembered', () => {
  it('lets the same agent do the same on the same post, with every other check, until it is taken back', async () => {
    const id = await post();
    const first = await update(id);
    expect(first.status).toBe(202);
    const approved = await approve(first.body.approval.id, editor, { remember: '1h' });
    expect(approved).toMatchObject({ status: 200, body: { status: 'executed' } });
    const [grant] = (await paired.get('/v1/approval-grants', editor)).body.items;
    expect(grant).toMatchObject({ state: 'active', target: `post ${id}`, texts: ['title'], uses: 0 });

    const again = await update(id, { title: 'Once more' });
    expect(again).toMatchObject({ status: 200, body: { status: 'executed', decision: { grant: { id: grant.id } } } });
    expect(await kindsOf(again.body.callId)).toEqual([
      'call.decision',
      'approval.grant_used',
      'call.intent',
      'call.outcome',
    ]);
    const used = await paired.sidecar.auditReader.list({ kind: 'approval.grant_used' }, { limit: 1 });
    expect(used[0]?.detail).toMatchObject({ id: grant.id, target: `post ${id}` });
    expect((await paired.get('/v1/approval-grants', editor)).body.items[0].uses).toBe(1);

    expect((await update(id, { title: 'A scam' })).body.code).toBe('policy_content_denied');
    expect((await update(await post())).status).toBe(202);
    expect((await update(id, { title: 'x', status: 'publish' })).status).toBe(202);
    expect((await update(id, { title: 'Look at this' }, 'review')).status).toBe(202);
    expect((await paired.execute({ tool: 'posts.trash', args: { id } })).status).toBe(202);

    expect((await send(`approval-grants/${grant.id}/revoke`, editor2)).body).toMatchObject({ state: 'revoked' });
    expect((await update(id)).status).toBe(202);
  });

  it('never writes over what somebody else has changed since: people look again', async () => {
    const id = await post();
    await approve((await update(id)).body.approval.id, editor, { remember: '1h' });
    expect((await update(id, { title: 'By the agent' })).status).toBe(200);
    const site = paired.site;
    const byHand = `return wp_update_post( array( 'ID' => $args, 'post_title' => 'By a person' ) );`;
    await site.php(byHand, id);
    expect((await update(id, { title: 'By the agent again' })).status).toBe(202);
    expect(await site.php('return get_post( $args )->post_title;', id)).toBe('By a person');
  });

  it('ends with the version of the policy under which it was given', async () => {
    const id = await post();
    await approve((await update(id)).body.approval.id, editor, { remember: '30m' });
    expect((await update(id)).status).toBe(200);
    await paired.allow(policyOf({ name: 'The same, saved again' }));
    expect((await update(id)).status).toBe(202);
  });

  it('never does more than it says when twenty calls and a revocation come at once', async () => {
    const id = await post();
    await approve((await update(id)).body.approval.id, editor, { remember: '30m' });
    const [grant] = (await paired.get('/v1/approval-grants', editor)).body.items;
    const calls = Array.from({ length: 20 }, (_, place) => () => update(id, { title: `Race ${place}` }));
    const [revoked, ...answers] = await Promise.all([
      send(`approval-grants/${grant.id}/revoke`, editor),
      ...calls.map((call) => call()),
    ]);
    expect(revoked.body.state).toBe('revoked');
    const all = (await paired.get('/v1/approval-grants?view=all', editor)).body.items as { id: string; uses: number }[];
    const uses = all.find((each) => each.id === grant.id)?.uses;
    const ran = answers.filter(({ status }) => status === 200);
    const asked = answers.filter(({ status }) => status === 202);
    expect(ran.length + asked.length).toBe(20);
    expect(uses).toBe(ran.length);
  });

  it.each(['25h', '0m', '1', 'forever'])('isn’t remembered for "%s"', async (remember) => {
    const { body } = await update(await post());
    expect((await approve(body.approval.id, editor, { remember })).status).toBe(400);
  });
});

describe('a held call whose time is over', () => {
  it('says so to who asks and to who waits, before any sweep', async () => {
    const [rule] = policyOf().approvals;
    const steps = [{ name: 'desk', approvers: { users: [editor.login] } }];
    await paired.allow(policyOf({ approvals: [{ ...rule, steps, expiresIn: '2s' }] }));
    const { body } = await update(await post());
    const began = Date.now();
    const waited = await paired.send({ path: `/v1/calls/${body.callId}?wait=20`, key: paired.agent.key });
    expect(waited.body).toMatchObject({ state: 'expired', approval: { status: 'expired' } });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect((await approve(body.approval.id, editor)).body.code).toBe('approval_expired');
  });
});
