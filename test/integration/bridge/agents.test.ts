import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import type { TestUser } from '../../support/stack.js';
import { basic, createPairedSite, ownLinesOfLog, type PairedSite } from './paired-site.js';

const GOVERNING = [
  'ai_agent_read_policies',
  'ai_agent_manage_policies',
  'ai_agent_approve_changes',
  'ai_agent_view_logs',
  'ai_agent_manage_agents',
  'ai_agent_manage_secrets',
  'ai_agent_manage_settings',
];

describe.each(WORDPRESS_VERSIONS)('agents on WordPress %s', (version) => {
  let site: PairedSite;
  beforeAll(async () => {
    site = await createPairedSite({ version });
  }, 120_000);
  afterAll(() => site.stop());

  const direct = async (user: TestUser) => {
    const reply = await fetch(`${site.url}/wp-json/wp/v2/users/me`, { headers: basic(user) });
    return { status: reply.status, body: (await reply.json()) as { code?: string; id?: number } };
  };
  const overXmlRpc = async ({ login, applicationPassword }: TestUser): Promise<string> => {
    const param = (value: string): string => `<param><value><string>${value}</string></value></param>`;
    const body = `<methodCall><methodName>wp.getUsersBlogs</methodName><params>${param(login)}${param(applicationPassword)}</params></methodCall>`;
    const reply = await fetch(`${site.url}/xmlrpc.php`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body,
    });
    return reply.text();
  };
  const askFor = async (userId: number, capabilities: readonly string[]): Promise<readonly boolean[]> => {
    const body = { questions: [{ userId, checks: capabilities.map((capability) => ({ capability })) }] };
    const { body: answer } = await site.call({ method: 'POST', path: '/wp-json/ai-agent/v1/bridge/questions', body });
    return (answer as { answers: { checks: boolean[] }[] }).answers[0]?.checks ?? [];
  };

  it("can't use their application passwords on WordPress itself", async () => {
    const agent = await site.createUser({ role: 'editor' });
    expect(await direct(agent)).toMatchObject({ status: 200, body: { id: agent.id } });
    expect(await overXmlRpc(agent)).toContain('isAdmin');
    await site.bind(agent);
    expect(await direct(agent)).toMatchObject({ status: 403, body: { code: 'ai_agent_direct_use_refused' } });
    expect(await overXmlRpc(agent)).toContain('faultCode');
    expect(await site.call({ path: '/wp-json/wp/v2/users/me', as: agent.id })).toMatchObject({
      status: 200,
      body: { id: agent.id },
    });
    expect((await direct(site.users.editor)).status).toBe(200);
  });

  it('may, when an admin allows it', async () => {
    const agent = await site.createUser({ role: 'author' });
    await site.bind(agent, true);
    expect(await direct(agent)).toMatchObject({ status: 200, body: { id: agent.id } });
  });

  it('are refused by their role alone, too', async () => {
    const agent = await site.createUser({ role: 'ai_agent' });
    expect(await direct(agent)).toMatchObject({ status: 403, body: { code: 'ai_agent_direct_use_refused' } });
  });

  it('have of the capabilities that govern them none, whatever their role', async () => {
    const agent = await site.createUser({ role: 'administrator' });
    expect(await askFor(agent.id, GOVERNING)).toEqual(GOVERNING.map(() => true));
    await site.bind(agent, true);
    expect(await askFor(agent.id, GOVERNING)).toEqual(GOVERNING.map(() => false));
    expect(await askFor(agent.id, ['ai_agent_execute_tool', 'manage_options', 'edit_posts'])).toEqual([
      true,
      true,
      true,
    ]);
    const policies = await fetch(`${site.url}/wp-json/ai-agent/v1/policies`, { headers: basic(agent) });
    expect(await policies.json()).toMatchObject({ code: 'capability_missing', data: { status: 403 } });
  });

  it('are told apart by roles as section 9 of the contract has it', async () => {
    const all = ['ai_agent_execute_tool', ...GOVERNING];
    const of = async (userId: number): Promise<readonly string[]> => {
      const answers = await askFor(userId, all);
      return all.filter((_capability, index) => answers[index] === true);
    };
    expect(await of(site.users.admin.id)).toEqual(all);
    expect(await of(site.users.editor.id)).toEqual([
      'ai_agent_read_policies',
      'ai_agent_approve_changes',
      'ai_agent_view_logs',
    ]);
    expect(await of((await site.createUser({ role: 'author' })).id)).toEqual([]);
    expect(await of((await site.createUser({ role: 'ai_agent' })).id)).toEqual(['ai_agent_execute_tool']);
    const caps = await site.php("return get_role( 'ai_agent' )->capabilities;");
    expect(Object.keys(caps as object).sort()).toEqual([
      'ai_agent_execute_tool',
      'delete_posts',
      'edit_posts',
      'read',
      'upload_files',
    ]);
  });

  it('are refused when nobody can say who is one', async () => {
    const table = `${site.database.tablePrefix}ai_agent_agents`;
    const agent = await site.createUser({ role: 'ai_agent' });
    await site.knex.raw('RENAME TABLE ?? TO ??', [table, 'away']);
    expect((await direct(site.users.admin)).status).toBe(200);
    expect((await direct(agent)).status).toBe(403);
    await site.knex.raw('CREATE TABLE ?? (something INT)', [table]);
    expect(await direct(site.users.admin)).toMatchObject({
      status: 503,
      body: { code: 'ai_agent_register_unavailable' },
    });
    expect(await askFor(site.users.admin.id, GOVERNING)).toEqual(GOVERNING.map(() => false));
    await site.knex.raw('DROP TABLE ??', [table]);
    await site.knex.raw('RENAME TABLE ?? TO ??', ['away', table]);
    expect((await direct(site.users.admin)).status).toBe(200);
  });

  it('make nothing of this plugin appear in the log of PHP', () => {
    expect(ownLinesOfLog(site)).toEqual([]);
  });
});
