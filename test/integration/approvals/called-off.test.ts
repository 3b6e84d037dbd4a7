import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';

/** While the option is set, no post can be read, so that nothing that was approved can be checked and claimed. */
const AWAY = `<?php
add_filter( 'rest_pre_dispatch', static function ( $result, $server, $request ) {
	$is_read = 'GET' === $request->get_method() && 0 === strpos( $request->get_route(), '/wp/v2/posts' );
	return $is_read && get_option( 'posts_are_away' ) ? new WP_Error( 'away', 'Away.', array( 'status' => 500 ) ) : $result;
}, 10, 3 );
`;

let paired: PairedSite;
let second: TestSidecar;
let editor: TestUser;
let editor2: TestUser;
let admin: TestUser;

beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
  const { site } = paired;
  ({ editor, editor2, admin } = site.users);
  const folder = join(site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'away.php'), AWAY);
  await site.php('( new WP_User( $args ) )->add_role( "editor" ); return 1;', paired.agent.userId);
  const step = { name: 'desk', approvers: { users: [editor.login, admin.login] }, quorum: 1 };
  await paired.allow({
    tools: [{ id: 'everything', effect: 'allow' }],
    approvals: [{ id: 'changing', match: { tools: ['posts.update'] }, steps: [step], allowEdits: true }],
  });
  second = await paired.replica();
}, 120_000);

afterAll(() => paired.stop());

const setAway = (isAway: boolean) => paired.site.php('return update_option( "posts_are_away", $args );', isAway);
const decide = (id: string, action: string, user: TestUser, body: object = {}): Promise<TestAnswer> =>
  paired.send({ method: 'POST', path: `/v1/approvals/${id}/${action}`, user, body });
const cancel = (id: string, through: Pick<TestSidecar, 'send'> = paired): Promise<TestAnswer> =>
  through.send({ method: 'POST', path: `/v1/approvals/${id}/cancel`, key: paired.agent.key, body: {} });
const batch = async (body: object): Promise<unknown> =>
  (await paired.send({ method: 'POST', path: '/v1/approvals/batch', user: editor, body })).body.results;
const titleOf = (id: number) => paired.site.php('return get_post( $args )->post_title;', id);
const seenBy = async (id: string, user: TestUser): Promise<Record<string, unknown>> =>
  (await paired.get(`/v1/approvals/${id}`, user)).body as Record<string, unknown>;
const callStateOf = async (callId: string): Promise<string> =>
  (await paired.send({ path: `/v1/calls/${callId}`, key: paired.agent.key })).body.state as string;

interface Held {
  readonly id: string;
  readonly callId: string;
  readonly post: number;
}

/** A change of a post that one editor has to approve. */
async function held(): Promise<Held> {
  const made = await paired.execute({ tool: 'posts.create', args: { title: 'A draft', content: 'Words.' } });
  const post = made.body.result.id as number;
  const answer = await paired.execute({ tool: 'posts.update', args: { id: post, title: 'Changed' } });
  expect(answer.status).toBe(202);
  return { id: answer.body.approval.id as string, callId: answer.body.callId as string, post };
}

/** With its last vote, while WordPress couldn't be asked whether all is as it was: nothing has claimed it. */
async function approvedAndUnclaimed(count = 1): Promise<readonly Held[]> {
  const calls: Held[] = [];
  for (let made = 0; made < count; made += 1) calls.push(await held());
  await setAway(true);
  for (const { id } of calls) expect((await decide(id, 'approve', editor)).body.code).toBe('upstream_unavailable');
  await setAway(false);
  return calls;
}
const one = async (): Promise<Held> => {
  const [call] = await approvedAndUnclaimed();
  if (call === undefined) throw new Error('nothing is held');
  return call;
};

/** As if the last vote were long past, so that a sweep takes it up. */
const longPast = (ids: readonly string[]) =>
  paired
    .db(`${paired.site.database.tablePrefix}ai_agent_approvals`)
    .whereIn('id', ids)
    .update({ updated_at: new Date(Date.now() - 600_000) });

describe('a call with its last vote that nothing has claimed', () => {
  it('is shown as one that can be stopped and not voted on, to those who could', async () => {
    const { id, callId } = await one();
    expect(await callStateOf(callId)).toBe('pending_approval');
    const you = async (user: TestUser) => (await seenBy(id, user))['you'];
    expect((await seenBy(id, admin))['status']).toBe('approved');
    expect(await you(admin)).toMatchObject({ mayVote: false, mayReject: true, inNameOf: [], rejectInNameOf: [] });
    expect(await you(editor2)).toMatchObject({ mayVote: false, mayReject: false, rejectInNameOf: [] });
    const body = { to: editor2.login, endsAt: new Date(Date.now() + 60_000).toISOString() };
    await paired.send({ method: 'POST', path: '/v1/approval-delegations', user: admin, body });
    const given = await you(editor2);
    expect(given).toMatchObject({ mayReject: false, inNameOf: [], rejectInNameOf: [{ login: admin.login }] });
    expect((await decide(id, 'reject', editor2)).body.code).toBe('approval_not_eligible');
    expect(await decide(id, 'reject', editor2, { inNameOf: admin.id })).toMatchObject({ status: 200 });
    expect(await you(editor2)).toMatchObject({ mayReject: false, rejectInNameOf: [] });
  });

  it('is rejected by an approver and never runs, in the approval, the call, the log and the notices', async () => {
    const { id, callId, post } = await one();
    const rejected = await decide(id, 'reject', admin, { note: 'Not after all.' });
    expect(rejected).toMatchObject({ status: 200, body: { status: 'rejected', you: { mayReject: false } } });
    await longPast([id]);
    await Promise.all([paired.sidecar.approvals.resume(), second.sidecar.approvals.resume()]);
    const told = await paired.send({ path: `/v1/calls/${callId}`, key: paired.agent.key });
    expect(told.body).toMatchObject({ state: 'rejected', approval: { note: 'Not after all.' } });
    expect(await titleOf(post)).toBe('A draft');
    const history = (await seenBy(id, editor))['history'] as { kind: string }[];
    expect(history.map(({ kind }) => kind).slice(2)).toEqual(['approval.voted', 'approval.rejected']);
    for (const again of [decide(id, 'reject', editor), decide(id, 'approve', admin), cancel(id)]) {
      expect(await again).toMatchObject({ status: 409, body: { code: 'approval_resolved' } });
    }
  });

  it('is taken back by its agent, and by no other', async () => {
    const { id, callId, post } = await one();
    const other = await paired.newAgent();
    const path = `/v1/approvals/${id}/cancel`;
    expect((await paired.send({ method: 'POST', path, key: other.key, body: {} })).status).toBe(404);
    expect(await cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await longPast([id]);
    await paired.sidecar.approvals.resume();
    expect([await callStateOf(callId), await titleOf(post)]).toEqual(['cancelled', 'A draft']);
    expect((await paired.get('/v1/audit/verify')).body.ok).toBe(true);
  });

  it('goes to one of those who run and stop it at once, over two sidecars', async () => {
    const calls = await approvedAndUnclaimed(6);
    await longPast(calls.map(({ id }) => id));
    const stops = await Promise.all([
      second.sidecar.approvals.resume(),
      paired.sidecar.approvals.resume(),
      ...calls.map(async ({ id }, place) => {
        // The sweep begins with the first and the stopping with the last: somewhere they meet.
        await new Promise((resolve) => setTimeout(resolve, (calls.length - place) * 400));
        const [cancelled, rejected] = await Promise.all([cancel(id, second), decide(id, 'reject', admin)]);
        return [cancelled, rejected];
      }),
    ]);
    let [ran, stopped] = [0, 0];
    for (const [place, { callId, post }] of calls.entries()) {
      const answers = stops[place + 2];
      if (typeof answers !== 'object') throw new Error('two answers');
      const won = answers.filter(({ status }) => status === 200).length;
      for (const { status, body } of answers) if (status !== 200) expect(body.code).toBe('approval_resolved');
      const isChanged = (await titleOf(post)) === 'Changed';
      const state = await callStateOf(callId);
      expect([won, isChanged, state]).toEqual(
        isChanged ? [0, true, 'succeeded'] : [1, false, expect.stringMatching(/^(cancelled|rejected)$/)],
      );
      if (isChanged) ran += 1;
      else stopped += 1;
    }
    process.stdout.write(`called off while a sweep takes it up: ${ran} ran, ${stopped} were stopped\n`);
  }, 180_000);
});

describe('a rejection', () => {
  it('for what was shown is refused after an edit, alone and in a batch, and otherwise ends it', async () => {
    const { id, callId } = await held();
    const { digest } = await seenBy(id, admin);
    const stale = { code: 'approval_stale', changed: [{ what: 'arguments' }] };
    const other = '0'.repeat(64);
    expect(await decide(id, 'reject', admin, { digest: other })).toMatchObject({ status: 409, body: stale });
    expect(await batch({ ids: [id], action: 'reject', digests: { [id]: other } })).toMatchObject([
      { ok: false, status: 409, code: 'approval_stale' },
    ]);
    expect(await callStateOf(callId)).toBe('pending_approval');
    expect((await decide(id, 'reject', admin, { digest: 'x' })).body.code).toBe('request_malformed');
    expect(await decide(id, 'reject', admin, { digest })).toMatchObject({ status: 200, body: { status: 'rejected' } });
  });

  it('needs none, and takes a batch with what was shown of each', async () => {
    const [bare, shown] = [await held(), await held()];
    const { digest } = await seenBy(shown.id, editor);
    const ids = [bare.id, shown.id];
    expect(await batch({ ids, action: 'reject', digests: { [shown.id]: digest } })).toMatchObject([
      { ok: true, approvalStatus: 'rejected' },
      { ok: true, approvalStatus: 'rejected' },
    ]);
  });
});
