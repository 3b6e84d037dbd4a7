import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairedSite } from '../support/paired-site.js';

/** Two steps before anything is published or changed on the front page; a word that nobody may write. */
export const NEWSROOM = {
  name: 'Newsroom',
  tools: [{ id: 'writing', match: { tools: ['posts.*', 'site.info'] }, effect: 'allow' }],
  content: [{ id: 'promises', fields: ['/title', '/content'], terms: ['miracle cure'], severity: 'high' }],
  rateLimits: [{ id: 'hourly', per: ['agent'], limit: 200, window: '1h' }],
  approvals: [
    {
      id: 'publishing',
      match: { tools: ['posts.publish', 'posts.update'] },
      steps: [
        { name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 },
        {
          name: 'chief',
          approvers: { roles: ['administrator'] },
          quorum: 1,
          escalate: { after: '6h', to: { roles: ['editor'] } },
        },
      ],
      expiresIn: '12h',
      allowEdits: true,
    },
  ],
};

const CONTENT =
  '<!-- wp:paragraph -->\n<p>Umbrellas are advised. The market moves indoors.</p>\n<!-- /wp:paragraph -->\n\n' +
  '<!-- wp:paragraph -->\n<p>The ferry runs as planned.</p>\n<!-- /wp:paragraph -->';
export const NEW_CONTENT = CONTENT.replace('moves indoors', 'moves into the town hall').replace(
  'The ferry runs as planned.',
  'The ferry stays in port.',
);

/** The agent's account may publish, so that only the policy stands between it and the readers. */
export async function makeAgentEditor(paired: PairedSite): Promise<void> {
  await paired.site.php(`( new WP_User( $args ) )->add_role( 'editor' );`, paired.agent.userId);
}

/** A draft by the agent. @returns its id */
export async function aDraft(paired: PairedSite, title: string): Promise<number> {
  const { body } = await paired.execute({ tool: 'posts.create', args: { title, content: CONTENT, status: 'draft' } });
  return (body.result as { id: number }).id;
}

export interface HeldCall {
  readonly id: string;
  readonly callId: string;
}

/** A call that waits for people. */
export async function aHeldCall(paired: PairedSite, tool: string, args: object, reason: string): Promise<HeldCall> {
  const { status, body } = await paired.execute({ tool, args: { ...args }, reason });
  if (status !== 202) throw new Error(`not held: ${JSON.stringify(body)}`);
  return { id: (body.approval as { id: string }).id, callId: body.callId as string };
}

/** While the option is set, no post can be read, so that what was approved can't be checked and taken up for running. */
const AWAY = `<?php
add_filter( 'rest_pre_dispatch', static function ( $result, $server, $request ) {
	$is_read = 'GET' === $request->get_method() && 0 === strpos( $request->get_route(), '/wp/v2/posts' );
	return $is_read && get_option( 'posts_are_away' ) ? new WP_Error( 'away', 'Away.', array( 'status' => 500 ) ) : $result;
}, 10, 3 );
`;

/** A publish with all its votes that nothing has taken up for running. */
export async function anApprovedCall(paired: PairedSite, title: string): Promise<HeldCall> {
  const folder = join(paired.site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'away.php'), AWAY);
  const { editor, admin } = paired.site.users;
  const held = await aHeldCall(paired, 'posts.publish', { id: await aDraft(paired, title) }, 'x');
  const path = `/v1/approvals/${held.id}/approve`;
  await paired.send({ method: 'POST', path, user: editor, body: {} });
  await paired.site.php('return update_option( "posts_are_away", 1 );');
  const last = await paired.send({ method: 'POST', path, user: admin, body: {} });
  await paired.site.php('return delete_option( "posts_are_away" );');
  if (last.status !== 502) throw new Error(`it ran: ${JSON.stringify(last.body)}`);
  return held;
}
