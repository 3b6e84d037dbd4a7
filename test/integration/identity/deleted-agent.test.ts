import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { WpUserId } from '../../../src/kernel/ids.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';

jest.setTimeout(120_000);
let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite();
}, 120_000);
afterAll(() => paired.stop());

describe('the account of an agent that was deleted', () => {
  it('keeps no application password and no subject of a token, whatever its roles', async () => {
    const { site, sidecar } = paired;
    const account = site.users.editor;
    const agent = await paired.newAgent(account);
    const bound = { issuer: 'https://issuer.example', subject: 'bot', userId: account.id as WpUserId };
    await sidecar.addIdentity({ ...bound, actor: OPERATOR, capabilities: { has: () => true } });
    const passwords = (): Promise<unknown> =>
      site.php('return count( WP_Application_Passwords::get_user_application_passwords( $args ) );', account.id);
    expect(await passwords()).toBeGreaterThan(0);
    await sidecar.deleteAgent({ id: agent.id, actor: OPERATOR });
    expect(await passwords()).toBe(0);
    expect((await paired.get('/v1/approvals', account)).status).toBe(401);
    expect(await paired.db('wp_ai_agent_identities').where({ user_id: account.id })).toEqual([]);
    const authorization = `Basic ${Buffer.from(`${account.login}:${account.applicationPassword}`).toString('base64')}`;
    const direct = await fetch(`${site.url}/wp-json/wp/v2/users/me`, { headers: { authorization } });
    expect(direct.status).toBe(401);
    const kinds = await paired.db('wp_ai_agent_audit_log').orderBy('id', 'desc').limit(2).pluck<string[]>('kind');
    expect(kinds).toEqual(['agent.deleted', 'agent.suspended']);
  });

  it('may be gone from WordPress already', async () => {
    const agent = await paired.newAgent();
    await paired.site.php(
      'require_once ABSPATH . "wp-admin/includes/user.php"; return wp_delete_user( $args );',
      agent.userId,
    );
    await paired.sidecar.deleteAgent({ id: agent.id, actor: OPERATOR });
    expect(await paired.db('wp_ai_agent_agents').where({ id: agent.id })).toEqual([]);
  });

  it('stays with its agent where WordPress doesn’t know it for an agent’s', async () => {
    const agent = await paired.newAgent();
    const plugins = join(paired.site.path, 'wp-content', 'mu-plugins');
    mkdirSync(plugins, { recursive: true });
    // The register can't be read: the table is there, and the question about it fails.
    writeFileSync(
      join(plugins, 'unread.php'),
      '<?php add_filter( "query", static function ( $sql ) { return false !== strpos( $sql, "direct_use = 1" ) ? "SELECT broken FROM nowhere" : $sql; } );',
    );
    try {
      await expect(paired.sidecar.deleteAgent({ id: agent.id, actor: OPERATOR })).rejects.toMatchObject({
        code: 'upstream_refused',
      });
    } finally {
      rmSync(join(plugins, 'unread.php'));
    }
    expect(await paired.db('wp_ai_agent_agents').where({ id: agent.id })).toMatchObject([{ state: 'suspended' }]);
  });

  it('stays suspended where WordPress can’t end the passwords', async () => {
    const agent = await paired.newAgent();
    const plugins = join(paired.site.path, 'wp-content', 'mu-plugins');
    mkdirSync(plugins, { recursive: true });
    writeFileSync(join(plugins, 'deaf.php'), '<?php http_response_code( 500 ); exit;');
    try {
      await expect(paired.sidecar.deleteAgent({ id: agent.id, actor: OPERATOR })).rejects.toThrow(/is suspended/);
    } finally {
      rmSync(join(plugins, 'deaf.php'));
    }
    const [row] = await paired.db('wp_ai_agent_agents').where({ id: agent.id });
    expect(row).toMatchObject({ state: 'suspended' });
  });
});
