import { matchOf } from '../decode/match.js';
import type { Node } from 'jsonc-parser';
import { fault, MISTAKEN, type DecodeContext, type Spot } from '../decode/context.js';
import { listOf, objectOf, optional, refine, Refused, required, type Decoder } from '../decode/decoder.js';
import { boolean, integer, text, textAs } from '../decode/values.js';
import { login, parseDuration, role, ruleId, words } from '../decode/words.js';
import type { Verdict } from '../decision.js';
import type { ApprovalRule, ApprovalStep } from '../document.js';
import { LIMITS } from '../limits.js';
import type { RuleBlock } from './rule-block.js';

const LONGEST_DAYS = 90;
/** The contract's lifetime of an approval that no rule sets. */
const DEFAULT_EXPIRY = 24 * 3_600;

const expiresIn = textAs(
  'a duration such as "24h"',
  40,
  (written) =>
    parseDuration(written, LONGEST_DAYS) ??
    new Refused(`A duration is a number with "s", "m", "h" or "d", from "1s" to "${LONGEST_DAYS}d".`),
);

const approvers = refine(
  objectOf('the approvers of a step', {
    roles: optional(words(role, 'roles')),
    users: optional(words(login, 'logins')),
  }),
  (who) => ((who.roles ?? who.users) ? who : new Refused('Nobody could approve this step; name "roles" or "users".')),
);

const escalation = refine(
  objectOf('an escalation', { after: required(expiresIn), to: required(approvers) }),
  ({ after: afterSeconds, to }) => ({ afterSeconds, to }),
);

const step = refine(
  objectOf('a step', {
    name: required(text('the name of a step', LIMITS.nameCharacters)),
    approvers: required(approvers),
    quorum: optional(integer(1, 100)),
    escalate: optional(escalation),
  }),
  ({ quorum = 1, ...rest }) => {
    const { roles, users } = rest.approvers;
    // Further approvers may never be needed: the step must be able to end without them.
    const enough = roles !== undefined || users === undefined || users.length >= quorum;
    return enough
      ? { ...rest, quorum }
      : new Refused(
          `This step wants ${quorum} different people and names ${users.length}; name more, or lower "quorum".`,
        );
  },
);

const plainSteps = listOf(step, 'steps', LIMITS.steps);

/** Steps in order; people tell them apart by name. */
const steps: Decoder<readonly ApprovalStep[]> = (spot, context) => {
  const all = plainSteps(spot, context);
  if (all === MISTAKEN) return MISTAKEN;
  const repeated = all.findIndex(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  const node = spot.node.children?.[repeated];
  if (node === undefined) return all;
  return fault(
    context,
    { node, pointer: `${spot.pointer}/${repeated}` },
    'Another step before has the same name; give each its own.',
  );
};

/** The value of a member of an object, as the parser has it. */
const member = (node: Node | undefined, name: string): Node | undefined =>
  node?.children?.find(({ children }) => children?.[0]?.value === name)?.children?.[1];

/** An escalation that comes when the call is dead is a slip; the duration is at fault. */
function inTime(spot: Spot, context: DecodeContext, all: readonly ApprovalStep[], expiresInSeconds: number): boolean {
  const late = all.findIndex(({ escalate }) => escalate !== undefined && escalate.afterSeconds >= expiresInSeconds);
  const node = member(member(member(spot.node, 'steps')?.children?.[late], 'escalate'), 'after');
  if (node === undefined) return true;
  const pointer = `${spot.pointer}/steps/${late}/escalate/after`;
  fault(context, { node, pointer }, 'The call expires before; choose a time shorter than "expiresIn".');
  return false;
}

const shape = objectOf('a rule of approvals', {
  id: required(ruleId),
  match: optional(matchOf),
  steps: required(steps),
  expiresIn: optional(expiresIn),
  allowEdits: optional(boolean),
});

const decode: Decoder<ApprovalRule> = (spot, context) => {
  const rule = shape(spot, context);
  if (rule === MISTAKEN) return MISTAKEN;
  const { match = {}, expiresIn: expiresInSeconds = DEFAULT_EXPIRY, allowEdits = false, ...rest } = rule;
  if (!inTime(spot, context, rest.steps, expiresInSeconds)) return MISTAKEN;
  return { ...rest, match, expiresInSeconds, allowEdits };
};

/** Which calls people decide on. */
export const approvals: RuleBlock<'approvals'> = {
  decode,
  reach: () => 'any',
  compile: (rule) => {
    const steps = rule.steps.map(({ name, quorum }) => ({ name, quorum }));
    const verdicts: readonly Verdict[] = [
      {
        effect: 'ask',
        code: 'policy_approval_required',
        message: `The policy wants people to approve this: ${inWords(steps)}.`,
        unlock: { approval: { route: '/v1/approvals', steps } },
      },
    ];
    return (_context, demands) => {
      demands.approvals.push(rule);
      return verdicts;
    };
  },
};

/** "desk (1 vote), then legal (2 votes)". */
function inWords(steps: readonly { readonly name: string; readonly quorum: number }[]): string {
  const named = steps.slice(0, 5).map(({ name, quorum }) => `${name} (${quorum} ${quorum === 1 ? 'vote' : 'votes'})`);
  return [...named, ...(steps.length > 5 ? ['…'] : [])].join(', then ');
}
