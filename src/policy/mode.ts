import { MODE_RULE, type Finding } from './decision.js';
import { MODES, type Mode } from './document.js';
import type { Facts } from './facts.js';

/** The stricter of the policy's mode and the call's own: `suggest` over `review` over `autonomous`. */
export function stricterMode(policy: Mode, call: Mode | undefined): Mode {
  return call !== undefined && MODES.indexOf(call) < MODES.indexOf(policy) ? call : policy;
}

/**
 * The mode that a caller asks for. A suggestion needs nobody's votes but those of whoever carries it out, so where a rule asks for steps,
 * asking for less than them counts as asking for people at all: only the policy itself can put a suggestion in their place.
 */
export const callersMode = (mode: Mode | undefined, isAskedForSteps: boolean): Mode | undefined =>
  mode === 'suggest' && isAskedForSteps ? 'review' : mode;

const held = (message: string): readonly Finding[] => [
  {
    rule: MODE_RULE,
    block: 'mode',
    effect: 'ask',
    code: 'policy_approval_required',
    message,
    unlock: { approval: { route: '/v1/approvals' } },
  },
];

const FINDINGS: Readonly<Record<Mode, readonly Finding[]>> = {
  suggest: held('The mode is "suggest": this change is kept for a person, who may carry it out under their own name.'),
  review: held('The mode is "review": a person approves every change before it runs.'),
  autonomous: [],
};

/** What the mode says about a call: it holds whatever changes something, and has nothing against reading. */
export function findingsOfMode(mode: Mode, { tool }: Facts): readonly Finding[] {
  return tool.effect === 'write' ? FINDINGS[mode] : [];
}
