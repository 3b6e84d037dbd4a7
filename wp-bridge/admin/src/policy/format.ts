/**
 * The words of policies, format 1, by where they stand: for completion. test/unit/screens/format.test.ts holds them against
 * what the sidecar's own parser knows.
 */
const MATCH = ['tools', 'agents', 'users', 'roles', 'ips', 'entities', 'args'] as const;

/** Names of members, by the kind of object. */
export const MEMBERS = {
  document: [
    'formatVersion',
    'name',
    'timezone',
    'mode',
    'tools',
    'entities',
    'time',
    'content',
    'severities',
    'rateLimits',
    'approvals',
  ],
  match: MATCH,
  matchEntities: ['types', 'ids', 'statuses'],
  argument: ['path', 'equals', 'in', 'matches', 'exists', 'longerThan', 'greaterThan'],
  tools: ['id', 'match', 'effect'],
  entities: ['id', 'match', 'types', 'statuses', 'denyFields'],
  time: ['id', 'match', 'timezone', 'allow', 'blackout', 'onViolation'],
  window: ['days', 'from', 'to'],
  content: ['id', 'match', 'fields', 'terms', 'patterns', 'termLists', 'severity'],
  severities: ['low', 'medium', 'high', 'critical'],
  rateLimits: ['id', 'match', 'timezone', 'per', 'limit', 'window'],
  approvals: ['id', 'match', 'steps', 'expiresIn', 'allowEdits'],
  step: ['name', 'approvers', 'quorum', 'escalate'],
  approvers: ['roles', 'users'],
  escalate: ['after', 'to'],
} as const satisfies Record<string, readonly string[]>;
export type Kind = keyof typeof MEMBERS;

export const BLOCKS = ['tools', 'entities', 'time', 'content', 'rateLimits', 'approvals'] as const;
export type Block = (typeof BLOCKS)[number];
const isBlock = (name: unknown): name is Block => BLOCKS.some((block) => block === name);

/** Values that a member may have, where there are few. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  mode: ['suggest', 'review', 'autonomous'],
  timezone: ['site'],
  effect: ['allow', 'ask', 'deny'],
  onViolation: ['deny', 'ask'],
  severity: MEMBERS.severities,
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  per: ['user', 'agent', 'ip', 'tool', 'site'],
  window: ['1m', '1h', '1d', 'hour', 'day'],
};

type Path = readonly (string | number)[];

/** The kind of object that stands at a path, or undefined where none of ours does. */
export function kindAt(path: Path): Kind | undefined {
  const [block, index, ...rest] = path;
  if (block === undefined) return 'document';
  if (block === 'severities') return index === undefined ? 'severities' : undefined;
  if (!isBlock(block) || typeof index !== 'number') return undefined;
  if (rest.length === 0) return block;
  return kindWithin(rest.filter((part) => typeof part === 'string').join('/'), rest);
}

function kindWithin(names: string, rest: Path): Kind | undefined {
  switch (names) {
    case 'match':
      return 'match';
    case 'match/entities':
      return 'matchEntities';
    case 'match/args':
      return rest.length === 3 ? 'argument' : undefined;
    case 'allow':
    case 'blackout':
      return rest.length === 2 ? 'window' : undefined;
    case 'steps':
      return rest.length === 2 ? 'step' : undefined;
    case 'steps/approvers':
    case 'steps/escalate/to':
      return 'approvers';
    case 'steps/escalate':
      return 'escalate';
    default:
      return undefined;
  }
}

/** What a value at a path may be; tools are the sidecar's. */
export function valuesAt(path: Path, tools: readonly string[]): readonly string[] {
  const names = path.filter((part) => typeof part === 'string');
  const last = names.at(-1) ?? '';
  if (last === 'tools' && names.at(-2) === 'match') return [...tools, 'posts.*', 'pages.*', 'media.*'];
  if (path[0] === 'severities') return ['allow', 'ask', 'deny'];
  if (last === 'window' && path[0] !== 'rateLimits') return [];
  return VALUES[last] ?? [];
}
