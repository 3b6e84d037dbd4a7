import type { Approval, Args } from './answers.js';

/** One field of what would change; `before` is undefined where nothing is known of it. */
export interface FieldChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What a tool does besides what its arguments say. */
const IMPLIED: Readonly<Record<string, Args>> = {
  publish: { status: 'publish' },
  trash: { status: 'trash' },
};

/** Arguments that say what is changed, and not into what. */
const NAMES_TARGET = new Set(['id', 'taxonomy', 'force']);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Fields that would be other than they are, texts that people read first. */
export function changesOf({
  tool,
  before,
  effectiveArgs,
}: Pick<Approval, 'tool' | 'before' | 'effectiveArgs'>): readonly FieldChange[] {
  const after: Args = { ...IMPLIED[tool.split('.').at(-1) ?? ''], ...effectiveArgs };
  const changes = Object.entries(after)
    .filter(([name]) => before === null || !NAMES_TARGET.has(name))
    .map(([name, value]) => ({ name, before: before?.[name], after: value }))
    .filter(({ before: was, after: becomes }) => !isSame(was, becomes));
  const rank = ({ name }: FieldChange): number => ['title', 'status', 'excerpt', 'content'].indexOf(name) + 1 || 9;
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

const MARKUP = new Set(['content', 'excerpt', 'description', 'caption']);
export const isMarkup = (name: string): boolean => MARKUP.has(name);

/** Values that aren't texts, for reading. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.map(String).join(', ');
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
