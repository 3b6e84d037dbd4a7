import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite, type TestAgent } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';

interface Exported {
  readonly data?: readonly { readonly item_id: string; readonly data: readonly { readonly value: string }[] }[];
  readonly done?: boolean;
  readonly messages?: readonly string[];
  readonly error?: string;
}

/** WordPress's own exporters and erasers, called as Tools, Export Personal Data calls them. */
describe('personal data in the audit log', () => {
  let site: PairedSite;
  let email: string;
  let agent: TestAgent;

  beforeAll(async () => {
    site = await pairedSite();
    agent = await site.newAgent(await site.site.createUser({ role: 'editor' }));
    await site.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return 1;", agent.userId);
    email = (await site.site.php('return get_userdata( $args )->user_email;', agent.userId)) as string;
    expect(email).toContain('@');
  }, 120_000);
  afterAll(() => site.stop());

  const tool = async (kind: 'exporter' | 'eraser', as: TestUser, page: number, of = email): Promise<Exported> =>
    (await site.site.php(
      `wp_set_current_user( $args['as'] );
      $all = apply_filters( 'wp_privacy_personal_data_' . $args['kind'] . 's', array() );
      $found = call_user_func( $all['chaperone-audit']['callback'], $args['of'], $args['page'] );
      return is_wp_error( $found ) ? array( 'error' => $found->get_error_message() ) : $found;`,
      { as: as.id, kind, page, of },
    )) as Exported;

  it('is exported page by page, each entry once', async () => {
    for (let call = 0; call < 70; call += 1) {
      const done = await site.execute({ tool: 'posts.list', args: { search: `secret-${call}` } }, { key: agent.key });
      expect(done).toMatchObject({ status: 200 });
    }
    const { admin } = site.site.users;
    const seen: string[] = [];
    let page = 1;
    let text = '';
    for (let done = false; !done; page += 1) {
      const found = await tool('exporter', admin, page);
      expect(found.error).toBeUndefined();
      seen.push(...(found.data ?? []).map(({ item_id }) => item_id));
      text += JSON.stringify(found.data);
      done = found.done === true;
    }
    expect(page).toBeGreaterThan(2);
    expect(new Set(seen).size).toBe(seen.length);
    const row: unknown = await site
      .db(`${site.config.tablePrefix}ai_agent_audit_log`)
      .where({ user_id: agent.userId })
      .count('* as n')
      .first();
    expect(row).toEqual({ n: seen.length });
    expect(text).toContain('secret-0');
    expect(text).toContain('secret-69');
  }, 60_000);

  it('is refused, and not called empty, to who may not see the log', async () => {
    const author = await site.site.createUser({ role: 'author' });
    expect(await tool('exporter', author, 1)).toEqual({
      error: expect.stringContaining('ai_agent_view_logs') as unknown,
    });
    expect(await tool('eraser', site.site.users.editor, 1)).toEqual({
      error: expect.stringContaining('ai_agent_manage_settings') as unknown,
    });
  }, 60_000);

  it('is nothing for an address that is nobody’s', async () => {
    expect(await tool('exporter', site.site.users.admin, 1, 'nobody@example.org')).toEqual({ data: [], done: true });
  }, 60_000);

  it('is erased, and the log still verifies', async () => {
    const { admin } = site.site.users;
    const erased = await tool('eraser', admin, 1);
    expect(erased).toMatchObject({ items_removed: true, items_retained: true, done: true });
    const [said] = erased.messages ?? [];
    expect(said).toMatch(/^Erased from Chaperone's audit log: addresses, arguments, findings and details/);
    expect(said).toMatch(
      /records of calls, approvals, votes, .* are kept as they are, with logins, .* reasons and notes/,
    );
    const after = await tool('exporter', admin, 1);
    expect(JSON.stringify(after)).not.toContain('secret-');
    expect((await site.get('/v1/audit/verify')).body).toMatchObject({ ok: true });
  }, 60_000);

  it('leaves the records of approvals, as the message says', async () => {
    await site.allow({
      formatVersion: 1,
      name: 'held',
      timezone: 'site',
      mode: 'autonomous',
      tools: [{ id: 'all', effect: 'allow' }],
      approvals: [
        { id: 'desk', match: { tools: ['posts.create'] }, steps: [{ name: 'desk', approvers: { roles: ['editor'] } }] },
      ],
    });
    const call = { tool: 'posts.create', args: { title: 'Kept' }, reason: 'A reason that stays' };
    expect(await site.execute(call, { key: agent.key })).toMatchObject({ status: 202 });
    await tool('eraser', site.site.users.admin, 1);
    const row: unknown = await site
      .db(`${site.config.tablePrefix}ai_agent_approvals`)
      .where({ user_id: agent.userId })
      .first('login', 'reason', 'ip');
    expect(row).toEqual({ login: agent.login, reason: 'A reason that stays', ip: '127.0.0.1' });
  }, 60_000);

  it('is an error while the pairing can’t be used, and nothing on a site that was never paired', async () => {
    const { admin } = site.site.users;
    const options = `${site.config.tablePrefix}options`;
    await site.db(options).where({ option_name: 'ai_agent_sidecar' }).delete();
    expect(await tool('exporter', admin, 1)).toEqual({ error: expect.stringContaining('not paired') as unknown });
    expect(await tool('eraser', admin, 1)).toEqual({ error: expect.stringContaining('not paired') as unknown });
    await site.db(options).where('option_name', 'like', 'ai\\_agent\\_k%').delete();
    expect(await tool('exporter', admin, 1)).toEqual({ data: [], done: true });
    expect(await tool('eraser', admin, 1)).toEqual({
      items_removed: false,
      items_retained: false,
      messages: [],
      done: true,
    });
  }, 60_000);
});
