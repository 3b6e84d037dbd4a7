import type { Verdict } from '../decision.js';
import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, required } from '../decode/decoder.js';
import { oneOf } from '../decode/values.js';
import { ruleId } from '../decode/words.js';
import { EFFECTS, type Effect } from '../document.js';
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
  deny: [{ effect: 'deny', code: 'policy_tool_denied', message: 'The policy denies this tool here; use another one.' }],
};

/** Which tools may be used at all. */
export const tools: RuleBlock<'tools'> = {
  decode: refine(shape, ({ match = {}, ...rest }) => ({ ...rest, match })),
  reach: ({ effect }) => (effect === 'allow' ? 'all' : 'any'),
  compile: ({ effect }) => {
    const verdicts = VERDICTS[effect];
    return () => verdicts;
  },
};

/** What is said when no rule of `tools` says anything. */
export const NOTHING_ALLOWS: Verdict = {
  effect: 'deny',
  code: 'policy_tool_denied',
  message: 'No rule of the policy allows this call; use a tool that the policy allows.',
};
