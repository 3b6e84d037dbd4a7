import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAIL_ENDPOINT } from '../../../src/webhooks/outbound/mail.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import type { TestUser } from '../../support/stack.js';

/** Keeps what WordPress would send, or fails as a mail server does while the option says so. */
const POSTBOX = `<?php
add_filter( 'pre_wp_mail', function ( $sent, $mail ) {
	if ( get_option( 'mail_is_down' ) === $mail['to'] ) { return false; }
	if ( get_option( 'mail_is_slow' ) ) { sleep( 3 ); }
	add_option( 'mail_' . wp_generate_uuid4(), $mail );
	return true;
}, 10, 2 );
`;

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly message: string;
}

let paired: PairedSite;
let editor: TestUser;
let editor2: TestUser;
let admin: TestUser;

beforeAll(async () => {
  paired = await pairedSite({ workers: 4 });
  ({ editor, editor2, admin } = paired.site.users);
  const folder = join(paired.site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'postbox.php'), POSTBOX);
  await paired.site.php('( new WP_User( $args ) )->add_role( "editor" ); return 1;', paired.agent.userId);
  // In another case than WordPress has them: names are compared without it.
  const step = (name: string, user: TestUser, more: object = {}) => ({
    ...{ name, approvers: { users: [user.login.toUpperCase()] } },
    ...more,
  });
  await paired.allow({
    tools: [{ id: 'everything', effect: 'allow' }],
    approvals: [
      {
        id: 'trashing',
        match: { tools: ['posts.trash'] },
        steps: [step('desk', editor, { escalate: { after: '1s', to: { roles: ['Administrator'] } } })],
      },
      { id: 'changing', match: { tools: ['posts.update'] }, steps: [step('desk', editor), step('chief', admin)] },
    ],
  });
  await paired.sidecar.ensureMail();
  await paired.sidecar.ensureMail();
}, 120_000);

afterAll(() => paired.stop());

beforeEach(async () => {
  await paired.sidecar.deliverNotices();
  await paired.site.php(
    'foreach ( array_keys( wp_load_alloptions() ) as $n ) { if ( 0 === strpos( $n, "mail_" ) ) { delete_option( $n ); } } return 1;',
  );
});

const mails = async (): Promise<readonly Mail[]> => {
  await paired.sidecar.deliverNotices();
  return (await paired.site.php(
    'global $wpdb; return array_map( "maybe_unserialize", $wpdb->get_col( "SELECT option_value FROM $wpdb->options WHERE option_name LIKE \'mail\\_%-%\' ORDER BY option_id" ) );',
  )) as readonly Mail[];
};
const addressOf = async (user: TestUser): Promise<string> =>
  (await paired.site.php('return get_userdata( $args )->user_email;', user.id)) as string;
const held = async (tool: string, args: object = {}): Promise<string> => {
  const made = await paired.execute({ tool: 'posts.create', args: { title: 'Very secret title', content: 'W' } });
  const answer = await paired.execute({ tool, args: { id: made.body.result.id, ...args }, reason: 'a secret reason' });
  expect(answer.status).toBe(202);
  return answer.body.approval.id as string;
};
const approve = (id: string, user: TestUser) =>
  paired.send({ method: 'POST', path: `/v1/approvals/${id}/approve`, user, body: {} });

describe('e-mail to those who may vote', () => {
  it('goes to the approvers of the step that waits and to nobody else, with a link and none of the content', async () => {
    const id = await held('posts.update', { title: 'A secret change' });
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(mail?.to).toBe(await addressOf(editor));
    expect(mail?.subject).toMatch(/^\[.+\] Waits for your approval: post \d+$/);
    expect(mail?.message).toContain(`${paired.site.url}/wp-admin/admin.php?page=chaperone-approvals&id=${id}`);
    expect(`${mail?.subject} ${mail?.message}`).not.toContain('ecret');
    expect(mail?.message).not.toMatch(/approve\b|ai-agent\/v1/);
  });

  it('goes to the next ones when the step before is done, and to none when all are', async () => {
    const id = await held('posts.update', { title: 'x' });
    await mails();
    await approve(id, editor);
    expect((await mails()).map(({ to }) => to)).toEqual([await addressOf(editor), await addressOf(admin)]);
    await approve(id, admin);
    expect(await mails()).toHaveLength(2);
  });

  it('goes to the approvers of a step that waits again, once, however often it is looked at', async () => {
    const id = await held('posts.update', { title: 'x' });
    await approve(id, editor);
    await mails();
    const before = (await mails()).length;
    // Who voted may no longer do so; the next one's vote finds that out, and is refused.
    const as = (role: string) =>
      paired.site.php(`( new WP_User( $args ) )->set_role( "${role}" ); return 1;`, editor.id);
    await as('author');
    expect((await approve(id, admin)).body.code).toBe('approval_not_eligible');
    await as('editor');
    expect((await approve(id, admin)).body.code).toBe('approval_not_eligible');
    await paired.get(`/v1/approvals/${id}`);
    const [again, ...more] = (await mails()).slice(before);
    expect(more).toEqual([]);
    expect(again).toMatchObject({
      to: await addressOf(editor),
      subject: expect.stringContaining('Waits for your approval'),
    });
    await approve(id, editor);
    expect((await mails()).slice(before + 1).map(({ to }) => to)).toEqual([await addressOf(admin)]);
  });

  it('goes to further approvers when a step has waited too long, once', async () => {
    await held('posts.trash');
    await mails();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await paired.sidecar.approvals.escalate();
    const [, escalated, ...others] = await mails();
    expect(escalated).toMatchObject({
      to: await addressOf(admin),
      subject: expect.stringContaining('waited too long'),
    });
    await paired.sidecar.approvals.escalate();
    expect(await mails()).toHaveLength(2);
    expect(others).toEqual([]);
  });

  it('goes to the delegate too while the votes are theirs', async () => {
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    const path = '/v1/approval-delegations';
    const { body } = await paired.send({ method: 'POST', path, user: editor, body: { to: editor2.login, endsAt } });
    await held('posts.update', { title: 'x' });
    const told = (await mails()).map(({ to }) => to).sort();
    expect(told).toEqual([await addressOf(editor), await addressOf(editor2)].sort());
    await paired.send({ method: 'POST', path: `${path}/${body.id}/revoke`, user: editor, body: {} });
  });

  it('isn’t sent to who has switched it off in the profile, nor about what was taken back meanwhile', async () => {
    await paired.site.php('return update_user_meta( $args, "ai_agent_no_approval_mail", "1" );', editor.id);
    await held('posts.update', { title: 'x' });
    expect(await mails()).toEqual([]);
    await paired.site.php('return delete_user_meta( $args, "ai_agent_no_approval_mail" );', editor.id);
    const id = await held('posts.update', { title: 'x' });
    await paired.send({ method: 'POST', path: `/v1/approvals/${id}/cancel`, key: paired.agent.key, body: {} });
    expect(await mails()).toEqual([]);
  });

  it('is tried again where the mail server failed, and doesn’t reach those twice whom it reached', async () => {
    await paired.allow({
      tools: [{ id: 'everything', effect: 'allow' }],
      approvals: [
        {
          id: 'changing',
          match: { tools: ['posts.update'] },
          steps: [{ name: 'desk', approvers: { users: [editor.login, admin.login] } }],
        },
      ],
    });
    await paired.site.php('return update_option( "mail_is_down", $args );', await addressOf(admin));
    await held('posts.update', { title: 'x' });
    expect((await mails()).map(({ to }) => to)).toEqual([await addressOf(editor)]);
    await paired.site.php('return delete_option( "mail_is_down" );');
    const table = `${paired.site.database.tablePrefix}ai_agent_webhook_deliveries`;
    await paired
      .db(table)
      .where({ endpoint_id: MAIL_ENDPOINT, state: 'pending' })
      .update({ next_attempt_at: new Date() });
    expect((await mails()).map(({ to }) => to)).toEqual([await addressOf(editor), await addressOf(admin)]);
  });

  it('doesn’t slow the call when the mail server is slow', async () => {
    await paired.site.php('return update_option( "mail_is_slow", 1 );');
    const began = performance.now();
    await held('posts.update', { title: 'x' });
    expect(performance.now() - began).toBeLessThan(3_000);
    await paired.site.php('return delete_option( "mail_is_slow" );');
    expect((await mails()).length).toBeGreaterThan(0);
  });

  it('is one of the endpoints, which is switched off and neither moved nor deleted', async () => {
    const path = `/v1/webhook-endpoints/${MAIL_ENDPOINT}`;
    const change = (body: object) => paired.send({ method: 'PATCH', path, user: admin, body });
    expect((await paired.get(path)).body).toMatchObject({ url: 'mailto:approvers', state: 'active' });
    expect((await paired.send({ method: 'DELETE', path, user: admin })).body.code).toBe('args_invalid');
    expect((await change({ url: 'https://example.org' })).body.code).toBe('args_invalid');
    expect((await change({ state: 'disabled' })).body.state).toBe('disabled');
    await held('posts.update', { title: 'x' });
    expect(await mails()).toEqual([]);
  });
});
