import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';

const POLICY = {
  tools: [{ id: 'everything', effect: 'allow' }],
  approvals: [
    {
      id: 'changing',
      match: { tools: ['posts.update'] },
      steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
    },
  ],
};

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite({ policy: POLICY });
}, 120_000);
afterAll(() => paired.stop());

const decide = (id: string, action: string, user: TestUser) =>
  paired.send({ method: 'POST', path: `/v1/approvals/${id}/${action}`, user, body: {} });
const count = async (name: string): Promise<number> => {
  const rows = await paired.db(`${paired.config.tablePrefix}ai_agent_${name}`).count<{ n: number }[]>({ n: '*' });
  return rows[0]?.n ?? 0;
};

/** A held change of a post whose title somebody else changes meanwhile. */
async function aStaleApproval(): Promise<string> {
  const made = await paired.execute({ tool: 'posts.create', args: { title: 'Before' } });
  const id = made.body.result.id as number;
  const held = await paired.execute({ tool: 'posts.update', args: { id, title: 'After' }, reason: 'Better.' });
  const approval = held.body.approval.id as string;
  await paired.site.php('wp_update_post( array( "ID" => $args, "post_title" => "Meanwhile" ) );', id);
  expect((await decide(approval, 'approve', paired.site.users.editor)).body.code).toBe('approval_stale');
  return approval;
}

describe('a call whose approval went out of date', () => {
  it('is asked anew as the agent had sent it, once, and waits for a vote on what is there now', async () => {
    const { editor } = paired.site.users;
    const id = await aStaleApproval();
    const before = await count('approvals');
    const [first, second] = await Promise.all([decide(id, 'renew', editor), decide(id, 'renew', editor)]);
    const next = first.body.approval?.id ?? second.body.approval?.id;
    expect([first.status, second.status]).toContain(202);
    expect((await decide(id, 'renew', editor)).body.approval.id).toBe(next);
    expect(await count('approvals')).toBe(before + 1);
    const shown = (await paired.get(`/v1/approvals/${next}`, editor)).body;
    expect(shown).toMatchObject({
      status: 'pending',
      reason: 'Better.',
      requestedBy: { agentId: paired.agent.id, userId: paired.agent.userId },
      before: { title: 'Meanwhile' },
      effectiveArgs: { title: 'After' },
    });
    const entries = await paired.sidecar.auditReader.list({ kind: 'approval.renewed' }, { limit: 5 });
    expect(entries[0]).toMatchObject({ actor: { userId: editor.id, agentId: null }, detail: { approvalId: id } });
    const renewed = entries.filter(({ detail }) => (detail as { approvalId?: string }).approvalId === id);
    await decide(id, 'renew', editor);
    const later = await paired.sidecar.auditReader.list({ kind: 'approval.renewed' }, { limit: 5 });
    expect(later).toHaveLength(entries.length);
    expect(renewed.length).toBeLessThanOrEqual(2);
    expect((await decide(next, 'approve', editor)).body.status).toBe('executed');
  });

  it('can’t be kept from it by an agent that takes the key of the new call first', async () => {
    const id = await aStaleApproval();
    const headers = [['idempotency-key', `anew-${id}`]] as const;
    await paired.execute({ tool: 'posts.create', args: { title: 'Mine' } }, { headers });
    const sign = [['idempotency-key', `↻${id}`]] as const;
    expect(() => paired.execute({ tool: 'posts.create', args: { title: 'Mine' } }, { headers: sign })).toThrow('ASCII');
    const renewed = await decide(id, 'renew', paired.site.users.editor);
    expect(renewed).toMatchObject({ status: 202, body: { status: 'pending_approval' } });
  });

  it('is held for a person also where no rule would hold it any more', async () => {
    const id = await aStaleApproval();
    await paired.allow();
    const renewed = await decide(id, 'renew', paired.site.users.editor);
    expect(renewed).toMatchObject({ status: 202, body: { status: 'pending_approval' } });
    await paired.allow(POLICY);
  });

  it('is asked anew by approvers alone, never by the agent, and not while it is open or decided', async () => {
    const { editor, admin } = paired.site.users;
    const id = await aStaleApproval();
    const author = await paired.site.createUser({ role: 'author' });
    expect((await decide(id, 'renew', author)).body.code).toBe('capability_missing');
    const bot = { ...paired.agent, id: paired.agent.userId, password: '' };
    expect((await decide(id, 'renew', bot)).body.code).toBe('capability_missing');
    expect((await decide(id, 'renew', admin)).body.code).toBe('approval_not_eligible');
    const made = await paired.execute({ tool: 'posts.create', args: { title: 'Open' } });
    const held = await paired.execute({ tool: 'posts.update', args: { id: made.body.result.id, title: 'x' } });
    const open = held.body.approval.id as string;
    expect((await decide(open, 'renew', editor)).body.code).toBe('approval_resolved');
    await decide(open, 'reject', editor);
    expect((await decide(open, 'renew', editor)).body.code).toBe('approval_resolved');
    expect((await decide('apr_00000000000000000000', 'renew', editor)).status).toBe(404);
  });

  it('is not sent for an agent that is suspended, nor when its row was changed in the database', async () => {
    const { editor } = paired.site.users;
    const id = await aStaleApproval();
    const agents = paired.db(`${paired.config.tablePrefix}ai_agent_agents`).where({ id: paired.agent.id });
    await agents.clone().update({ state: 'suspended' });
    expect((await decide(id, 'renew', editor)).body.code).toBe('agent_suspended');
    await agents.clone().update({ state: 'active' });
    const row = paired.db(`${paired.config.tablePrefix}ai_agent_approvals`).where({ id });
    await row.clone().update({ proposed: JSON.stringify({ id: 1, title: 'Taken over' }) });
    expect((await decide(id, 'renew', editor)).body.code).toBe('approval_stale');
  });
});
