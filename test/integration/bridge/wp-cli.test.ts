import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../dev/paths.js';
import { installWpCli } from '../../../dev/php-tests.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { APPROVAL_STATES } from '../../../src/approvals/approval.js';
import type { TestUser } from '../../support/stack.js';

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The plugin's commands in the real WP-CLI, on a real site with a sidecar. */
describe('wp chaperone', () => {
  let site: PairedSite;
  let script: string;

  beforeAll(async () => {
    [script, site] = await Promise.all([
      installWpCli(join(projectRoot(), 'wp-bridge'), () => undefined),
      pairedSite({
        policy: {
          tools: [{ id: 'writing', match: { tools: ['posts.*'] }, effect: 'allow' }],
          approvals: [
            {
              id: 'desk',
              match: { tools: ['posts.create', 'posts.update'] },
              steps: [{ name: 'desk', approvers: { roles: ['editor'] } }],
            },
          ],
        },
      }),
    ]);
  }, 180_000);
  afterAll(() => site.stop());

  const wp = (user: TestUser | undefined, ...words: readonly string[]): Promise<Run> =>
    new Promise((resolve, reject) => {
      const who = user === undefined ? [] : [`--user=${user.login}`];
      const args = [script, '--allow-root', '--no-color', `--path=${site.site.path}`, 'chaperone', ...words, ...who];
      const child = spawn('php', args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const text = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
      child.once('error', reject).once('close', (code) => resolve({ code, ...text }));
    });
  const wpJson = async (user: TestUser, ...words: readonly string[]): Promise<unknown> => {
    const { out, err } = await wp(user, ...words, '--format=json');
    if (out === '') throw new Error(err);
    return JSON.parse(out);
  };

  it('asks nothing for nobody, nor for an agent, nor for somebody without the capability', async () => {
    expect(await wp(undefined, 'policy', 'list')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/--user=<login>/),
    });
    const { admin, editor } = site.site.users;
    const agent = { ...admin, login: site.agent.login };
    expect(await wp(agent, 'policy', 'list')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/capability_missing/),
    });
    expect(await wp(editor, 'agent', 'list')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ai_agent_manage_agents/),
    });
    expect(await wp(editor, 'policy', 'list')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/version\s+active/),
    });
  }, 60_000);

  it('shows every mistake of a policy with its place, saves what has none, and refuses a base that is stale', async () => {
    const { admin } = site.site.users;
    const file = join(site.site.path, 'policy.jsonc');
    writeFileSync(file, '{ "formatVersion": 1, "nam": "x",\n "mode": "autonomus" }');
    const bad = await wp(admin, 'policy', 'save', `--file=${file}`, '--base-version=1');
    expect(bad).toMatchObject({ code: 1, err: expect.stringMatching(/policy_invalid/) });
    expect(bad.out).toMatch(/^1:23 {2}.*"nam"/m);
    expect(bad.out).toMatch(/^2:10 {2}/m);
    writeFileSync(file, '{ "formatVersion": 1, "name": "x", "timezone": "site", "mode": "autonomous" }');
    expect(await wp(admin, 'policy', 'validate', `--file=${file}`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/0 problems/),
    });
    expect(await wpJson(admin, 'policy', 'save', `--file=${file}`, '--base-version=1')).toMatchObject({ version: 2 });
    const stale = await wp(admin, 'policy', 'save', `--file=${file}`, '--base-version=1');
    expect(stale).toMatchObject({ code: 1, err: expect.stringMatching(/policy_base_stale/) });
  }, 60_000);

  it('decides on a held call as the person named, who is in the log', async () => {
    const held = await site.execute({ tool: 'posts.create', args: { title: 'Held\u001b[31m', status: 'draft' } });
    const { id } = (held.body as { approval: { id: string } }).approval;
    const { admin, editor } = site.site.users;
    const list = await wp(editor, 'approval', 'list');
    expect(list.out).toContain(id);
    expect(list.out).not.toContain('\u001b');
    expect(await wp(admin, 'approval', 'approve', id, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/approval_not_eligible/) as unknown,
    });
    const done = await wpJson(editor, 'approval', 'approve', id, '--note=Fine', '--yes');
    expect(done).toMatchObject({ status: 'executed' });
    const voted = (await wpJson(admin, 'audit', 'list', '--kind=approval.voted')) as { items: { userId: number }[] };
    expect(voted.items[0]).toMatchObject({ userId: editor.id });
  }, 60_000);

  it('votes for what was shown alone, and asks anew for what went out of date', async () => {
    const { editor } = site.site.users;
    const post = (await site.site.php(
      'return wp_insert_post( array( "post_title" => "Before", "post_status" => "draft", "post_author" => $args ) );',
      site.agent.userId,
    )) as number;
    const held = await site.execute({ tool: 'posts.update', args: { id: post, title: 'After' } });
    const { id } = (held.body as { approval: { id: string } }).approval;
    expect(await wp(editor, 'approval', 'approve', id, `--digest=${'0'.repeat(64)}`, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/approval_stale/) as unknown,
    });
    expect(await wpJson(editor, 'approval', 'get', id)).toMatchObject({ status: 'pending' });
    expect(await wp(editor, 'approval', 'renew', id)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/approval_resolved/) as unknown,
    });
    await site.site.php('wp_update_post( array( "ID" => $args, "post_title" => "Meanwhile" ) );', post);
    const { digest } = (await wpJson(editor, 'approval', 'get', id)) as { digest: string };
    expect(await wp(editor, 'approval', 'approve', id, `--digest=${digest}`, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/approval_stale/) as unknown,
    });
    const anew = (await wpJson(editor, 'approval', 'renew', id)) as { approval: { id: string } };
    expect(anew).toMatchObject({
      status: 'pending_approval',
      approval: { id: expect.not.stringMatching(id) as unknown },
    });
    const shown = (await wpJson(editor, 'approval', 'get', anew.approval.id)) as { digest: string };
    const done = await wpJson(editor, 'approval', 'approve', anew.approval.id, `--digest=${shown.digest}`, '--yes');
    expect(done).toMatchObject({ status: 'executed' });
  }, 60_000);

  it('refuses what was shown alone', async () => {
    const { editor } = site.site.users;
    const held = await site.execute({ tool: 'posts.create', args: { title: 'No', status: 'draft' } });
    const { id } = (held.body as { approval: { id: string } }).approval;
    const { digest } = (await wpJson(editor, 'approval', 'get', id)) as { digest: string };
    expect(await wp(editor, 'approval', 'reject', id, `--digest=${'0'.repeat(64)}`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/approval_stale/) as unknown,
    });
    expect(await wpJson(editor, 'approval', 'get', id)).toMatchObject({ status: 'pending' });
    expect(await wpJson(editor, 'approval', 'reject', id, `--digest=${digest}`)).toMatchObject({ status: 'rejected' });
  }, 60_000);

  it('takes the words that its help names', async () => {
    const { admin, editor } = site.site.users;
    const help = async (...words: readonly string[]): Promise<string> => (await wp(undefined, ...words, '--help')).out;
    for (const range of ['24h', '7d', '30d']) {
      expect(await wp(admin, 'overview', `--range=${range}`)).toMatchObject({ code: 0 });
    }
    for (const state of APPROVAL_STATES) {
      expect(await wp(editor, 'approval', 'list', `--status=${state}`)).toMatchObject({ code: 0 });
    }
    for (const view of ['open', 'decided', 'mine']) {
      expect(await wp(editor, 'approval', 'list', `--view=${view}`)).toMatchObject({ code: 0 });
    }
    expect(await help('overview')).toMatch(/24h .*, 7d or 30d/);
    const said = (await help('approval', 'list')).replaceAll(/\s+/g, ' ');
    expect(said).toContain(`${APPROVAL_STATES.slice(0, -1).join(', ')} or ${APPROVAL_STATES.at(-1) ?? ''};`);
  }, 120_000);

  it('gives votes to somebody else, who votes in that name, and takes them back', async () => {
    const { editor, editor2 } = site.site.users;
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const made = await wpJson(editor, 'delegation', 'create', `--to=${editor2.login}`, `--ends-at=${until}`);
    expect(made).toMatchObject({ state: 'active', to: { login: editor2.login } });
    const { id: delegation } = made as { id: string };
    expect((await wp(editor2, 'delegation', 'list')).out).toContain(delegation);
    const held = await site.execute({ tool: 'posts.create', args: { title: 'For a delegate', status: 'draft' } });
    const { id } = (held.body as { approval: { id: string } }).approval;
    const done = await wpJson(editor2, 'approval', 'approve', id, `--in-name-of=${editor.id}`, '--yes');
    expect(done).toMatchObject({ status: 'executed', approval: { steps: [{ votedBy: [{ login: editor.login }] }] } });
    expect(await wpJson(editor2, 'delegation', 'revoke', delegation)).toMatchObject({ state: 'revoked' });
    expect(await wp(editor, 'grant', 'list')).toMatchObject({ code: 0 });
  }, 60_000);

  it('stops and starts the agents, asks before it starts them, and shows a secret once', async () => {
    const { admin } = site.site.users;
    expect(await wp(admin, 'kill-switch', 'on', '--reason=Drill')).toMatchObject({ code: 0 });
    expect(await site.execute({ tool: 'posts.list' })).toMatchObject({ status: 403, body: { code: 'kill_switch_on' } });
    expect(await wp(admin, 'kill-switch', 'off', '--reason=Over')).toMatchObject({
      out: expect.stringMatching(/Let agents work again\?/) as unknown,
    });
    expect(await site.execute({ tool: 'posts.list' })).toMatchObject({ status: 403 });
    expect(await wp(admin, 'kill-switch', 'off', '--reason=Over', '--yes')).toMatchObject({ code: 0 });
    expect(await site.execute({ tool: 'posts.list' })).toMatchObject({ status: 200 });
    const made = await wp(admin, 'key', 'create', site.agent.id, '--algorithm=hmac-sha256');
    expect(made).toMatchObject({ code: 0, err: expect.stringMatching(/never again/) });
    const secret = /^secret\t(\S{44})$/m.exec(made.out)?.[1] ?? 'none';
    const keys = await wp(admin, 'key', 'list', site.agent.id, '--format=json');
    expect(secret).not.toBe('none');
    expect(keys.out).not.toContain(secret);
  }, 60_000);
});
