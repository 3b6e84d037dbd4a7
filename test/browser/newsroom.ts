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
