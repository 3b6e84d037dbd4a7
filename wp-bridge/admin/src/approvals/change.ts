type Args = Readonly<Record<string, unknown>>;

/** Of an approval, what says what would be done to what is there. */
interface Call {
  readonly tool: string;
  readonly before: Args | null;
  readonly effectiveArgs: Args;
}

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
  restore: { status: 'draft' },
};

/** Arguments that say what is changed, and not into what. */
const NAMES_TARGET = new Set(['id', 'taxonomy', 'force']);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Fields that would be other than they are, texts that people read first. */
export function changesOf({ tool, before, effectiveArgs }: Call): readonly FieldChange[] {
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

export const isText = ({ name, before, after }: FieldChange): boolean =>
  isMarkup(name) || name === 'title' || [before, after].some((value) => typeof value === 'string' && value.length > 80);

const TEXTS = ['title', 'excerpt', 'content', 'caption', 'description'];

/**
 * The target's texts that stay as they are, where the call isn't about texts, or makes them public or takes them away: who
 * lets a text be published has to read it.
 */
export function standingTexts({ before }: Pick<Call, 'before'>, changes: readonly FieldChange[]) {
  if (before === null || (changes.some(isText) && !changes.some(({ name }) => name === 'status'))) return [];
  return TEXTS.flatMap((name) => {
    const text = before[name];
    const isShown = changes.some((change) => change.name === name);
    return isShown || typeof text !== 'string' || text === '' ? [] : [{ name, text }];
  });
}

const EDITORS: Readonly<Record<string, string>> = {
  posts: 'post.php?action=edit&post=',
  pages: 'post.php?action=edit&post=',
  media: 'post.php?action=edit&post=',
  comments: 'comment.php?action=editcomment&c=',
};

/** Where wp-admin shows what the call is about, below its own address. */
export function editorOf({ tool, effectiveArgs }: Pick<Call, 'tool' | 'effectiveArgs'>): string | null {
  const [editor, id] = [EDITORS[tool.split('.')[0] ?? ''], effectiveArgs['id']];
  return editor === undefined || typeof id !== 'number' ? null : `${editor}${id}`;
}

/** Values that aren't texts, for reading. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.map(String).join(', ');
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
