import { describe, expect, it } from '@jest/globals';
import { aPolicy } from '../../support/policies.js';
import { Governed } from './governed-call.js';

/** A word that stands nowhere else, so that it can be looked for in everything that leaves. */
const CANARY = 'quokkafest';
const PATTERN = 'zork[0-9]{4}';

function governed(severity: string): Governed {
  const one = new Governed();
  one.policy = aPolicy({
    tools: [{ id: 'all', effect: 'allow' }],
    content: [{ id: 'words', terms: [CANARY], patterns: [PATTERN], severity }],
  });
  return one;
}

const SPELT = { title: 'The Quоkka&#102;est' };
const MATCHED = { title: 'zork1234', meta: { [CANARY]: 'x' } };

describe('what a text may not say', () => {
  it.each([
    ['high', 403],
    ['medium', 202],
    ['low', 200],
  ])('at severity %s is answered with %s, and the log alone says what it was', async (severity, status) => {
    for (const args of [SPELT, MATCHED]) {
      const one = governed(severity);
      const answer = await one.submit({ args });
      expect(answer.status).toBe(status);
      expect(one.world.agentState).toBe('active');
      const told = JSON.stringify(answer);
      for (const secret of [CANARY, PATTERN, 'evidence']) expect(told).not.toContain(secret);
      expect(told).toContain('"rule":"words"');
      const logged = JSON.stringify(one.world.entries.find(({ kind }) => kind === 'call.decision')?.findings);
      expect(logged).toContain(args === SPELT ? CANARY : PATTERN);
    }
  });

  it('is told in a dry run no more', async () => {
    const one = governed('critical');
    const answer = await one.submit({ args: SPELT, dryRun: true });
    expect(answer).toMatchObject({ status: 200, body: { decision: { effect: 'deny' } } });
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    expect(one.world.agentState).toBe('active');
  });

  it('suspends the agent when it is critical, in the commit that denies', async () => {
    const one = governed('critical');
    const answer = await one.submit({ args: SPELT });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'policy_content_denied', unlock: { rewrite: '/title', administrator: 'ai_agent_manage_agents' } },
    });
    expect(one.world.events).toEqual(['call.decision+agent.suspended']);
    expect(one.world.agentState).toBe('suspended');
    expect(one.world.entries.at(-1)).toMatchObject({ kind: 'agent.suspended', detail: { rules: ['words'] } });
  });

  it('suspends nobody when the denial could not be written down, nor twice', async () => {
    const one = governed('critical');
    one.world.beforeCommit = () => {
      throw new Error('the database is gone');
    };
    await expect(one.submit({ args: SPELT })).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(one.world.agentState).toBe('active');
    one.world.beforeCommit = () => undefined;
    await one.submit({ args: SPELT }, 'a');
    await one.submit({ args: SPELT }, 'a');
    await one.submit({ args: SPELT }, 'b');
    expect(one.world.entries.filter(({ kind }) => kind === 'agent.suspended')).toHaveLength(1);
  });

  it('that is too long to be looked through is refused, whatever the severity', async () => {
    const one = governed('low');
    const answer = await one.submit({ args: { title: 'x', content: 'ab '.repeat(60_000).trim() } });
    expect(answer.status).toBe(200);
    one.policy = aPolicy({
      tools: [{ id: 'all', effect: 'allow' }],
      content: [{ id: 'words', terms: [CANARY], severity: 'low' }],
    });
    const deep = (depth: number): object => (depth === 0 ? {} : { a: deep(depth - 1) });
    const refused = await one.submit({ args: { title: 'x', meta: { deep: deep(120) } } as never });
    expect(refused.body).toMatchObject({ code: 'policy_content_denied', findings: [{ effect: 'deny' }, {}] });
  });
});
