import type {
  ApprovalRule,
  ApprovalStep,
  Effect,
  LimitWindow,
  Match,
  NamedApprovers,
  RateLimitRule,
} from './document.js';

const SHOWN = 5;

/** "a, b and c", the first few by name and the others by number. */
export function namedList(names: readonly string[], last: 'and' | 'or' = 'and'): string {
  const shown = names.length > SHOWN + 1 ? names.slice(0, SHOWN) : names;
  const more = names.length - shown.length;
  const all = more === 0 ? shown : [...shown, `${more} more`];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1) ?? ''}`;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** "one approval", "two approvals", "11 approvals". */
export function counted(count: number, one: string): string {
  return `${NUMBERS[count] ?? String(count)} ${one}${count === 1 ? '' : 's'}`;
}

export const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  allow: 'allowed',
  ask: 'held for approval',
  deny: 'denied',
};

const ACTIONS: Readonly<Record<string, string>> = {
  list: 'listing',
  get: 'reading',
  info: 'reading about',
  create: 'creating',
  update: 'changing',
  publish: 'publishing',
  trash: 'trashing',
  restore: 'restoring',
  upload: 'uploading',
  moderate: 'moderating',
};

/** A pattern of tools as something that one does: "publishing posts", "anything with posts". */
function actionOf(glob: string): string {
  if (glob === '*') return 'every call';
  const [thing = '', verb = '', ...rest] = glob.split('.');
  if (rest.length > 0 || /[*]/.test(`${thing}${verb}`.replace(/^\*|\*$/g, ''))) return glob;
  const action = ACTIONS[verb];
  if (thing === '*') return action === undefined ? glob : `${action} anything`;
  if (verb === '*') return `anything with ${thing}`;
  return action === undefined ? glob : `${action} ${thing}`;
}

/** What a rule is about, as the beginning of a sentence: "Publishing posts", "Every call". */
export function subjectOf(match: Match): string {
  const wantsToPublish = (match.args ?? []).some(
    (test) => test.path === '/status' && test.test === 'equals' && test.value === 'publish',
  );
  const things = (match.tools ?? ['*']).map(actionOf);
  const publishing = things.map((thing) => thing.replace(/^anything with /, 'publishing '));
  const words = namedList(wantsToPublish ? publishing : things);
  return wantsToPublish && words === 'every call' ? 'Publishing' : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** Whether more than the tools decides about whom or what a rule is; then its subject isn't all there is to say. */
export function isNarrower(match: Match): boolean {
  return Object.keys(match).some((condition) => condition !== 'tools');
}

export function votesOf({ steps }: Pick<ApprovalRule, 'steps'>): number {
  return steps.reduce((sum, { quorum }) => sum + quorum, 0);
}

const approversInWords = ({ roles = [], users = [] }: NamedApprovers): string =>
  namedList([...roles.map((role) => `role ${role}`), ...users], 'or');

/** "after 2 hours also of role administrator or zoe". */
const escalationInWords = ({ afterSeconds, to }: Required<ApprovalStep>['escalate']): string =>
  `after ${duration(afterSeconds)} also of ${approversInWords(to)}`;

/** "desk (one vote of role editor, after 2 hours also of zoe), then legal (two votes)". */
export function stepsInWords({ steps }: Pick<ApprovalRule, 'steps'>): string {
  return steps
    .map(({ name, quorum, approvers, escalate }) => {
      const who = approversInWords(approvers);
      const later = escalate === undefined ? '' : `, ${escalationInWords(escalate)}`;
      return `${name} (${counted(quorum, 'vote')}${who === '' ? '' : ` of ${who}`}${later})`;
    })
    .join(', then ');
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** "24 hours" as people read it: the largest unit that divides it. */
export function duration(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function windowInWords(window: LimitWindow): string {
  return window.kind === 'rolling' ? `any ${duration(window.seconds)}` : `a calendar ${window.unit}`;
}

/** "100 calls in any 1 hour for each user and tool". */
export function limitInWords({ limit, window, per }: Pick<RateLimitRule, 'limit' | 'window' | 'per'>): string {
  const whom = per.length === 1 && per[0] === 'site' ? 'for the whole site' : `for each ${namedList(per)}`;
  return `${limit} ${limit === 1 ? 'call' : 'calls'} in ${windowInWords(window)} ${whom}`;
}
