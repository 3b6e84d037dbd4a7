import type { Verdict } from '../decision.js';
import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, required } from '../decode/decoder.js';
import { oneOf } from '../decode/values.js';
import { ruleId } from '../decode/words.js';
import { EFFECTS, type ArgTest, type Effect } from '../document.js';
import type { RuleBlock } from './rule-block.js';

const shape = objectOf('a rule of tools', {
  id: required(ruleId),
  match: optional(matchOf),
  effect: required(oneOf(EFFECTS)),
});

const VERDICTS: Readonly<Record<Effect, readonly Verdict[]>> = {
  allow: [{ effect: 'allow', code: 'policy_allowed', message: 'The policy allows this tool.' }],
  ask: [
    {
      effect: 'ask',
      code: 'policy_approval_required',
      message: 'The policy wants a person to approve this.',
      unlock: { approval: { route: '/v1/approvals' } },
    },
  ],
  deny: [
    {
      effect: 'deny',
      code: 'policy_tool_denied',
      message: 'The policy denies this tool here; use another one.',
      unlock: { administrator: 'ai_agent_manage_policies' },
    },
  ],
};

/** Which tools may be used at all. */
export const tools: RuleBlock<'tools'> = {
  decode: refine(shape, ({ match = {}, ...rest }) => ({ ...rest, match })),
  reach: ({ effect }) => (effect === 'allow' ? 'all' : 'any'),
  compile: ({ effect, match }) => {
    const verdicts = effect === 'deny' && match.args !== undefined ? deniedFor(match.args) : VERDICTS[effect];
    return () => verdicts;
  },
};

/** A denial that other arguments would lift. */
function deniedFor(tests: readonly ArgTest[]): readonly Verdict[] {
  const change = [...new Set(tests.map(({ path }) => path))];
  const what = change.map((path) => (path === '' ? 'the arguments' : path)).join(' and ');
  return [
    {
      effect: 'deny',
      code: 'policy_tool_denied',
      message: `The policy denies this tool for ${what} as sent; send something else there, or use another tool.`,
      unlock: { change },
    },
  ];
}

/** What is said when no rule of `tools` says anything. */
export const NOTHING_ALLOWS: Verdict = {
  effect: 'deny',
  code: 'policy_tool_denied',
  message: 'No rule of the policy allows this call; use a tool that the policy allows.',
  unlock: { administrator: 'ai_agent_manage_policies' },
};
