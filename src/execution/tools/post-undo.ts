import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { textOf } from '../tool.js';
import {
  differingMeta,
  NOTHING_CHANGED,
  oldValues,
  zeroForNone,
  type Change,
  type Reversal,
  type UndoSpec,
} from '../undoing.js';
import { POST_STATUSES } from './post-arguments.js';
import type { PostKind } from './post-kind.js';

/** Of these, a post whose date nobody set gets its date when it is published (wp_update_post, "clear_date"). */
const DATELESS = ['draft', 'pending'];

/** REST shows a made-up `date_gmt` for a post without a date; what tells is that `date` moves with every change. */
const hasNoDate = (before: JsonObject): boolean =>
  DATELESS.includes(textOf(before, 'status') ?? '') && before['date'] === before['modified'];

/** The date where it was changed with the rest: null makes it float again. */
function oldDate({ before, after }: Change<unknown>): JsonObject {
  const left = textOf(before, 'status') !== textOf(after, 'status');
  if (hasNoDate(before)) return left ? { date: null } : {};
  const date = textOf(before, 'date');
  return date === undefined || date === textOf(after, 'date') ? {} : { date };
}

const isKnown = (status: string | undefined): boolean => POST_STATUSES.some((each) => each === status);

const restore =
  (kind: PostKind) =>
  (change: Change<{ readonly id: number }>): Reversal => {
    const status = textOf(change.before, 'status');
    if (!isKnown(status) && status !== textOf(change.after, 'status'))
      return 'Its status was one that no tool can give back.';
    const fields = kind.digestFields.filter((field) => field !== 'date_gmt');
    const spelling = { meta: differingMeta, featured_media: zeroForNone, parent: zeroForNone };
    const old = { ...oldValues(change, fields, spelling), ...oldDate(change) };
    if (Object.keys(old).length === 0) return NOTHING_CHANGED;
    return { tool: `${kind.plural}.update`, args: { id: change.args.id, ...old } };
  };

const byTrash = (kind: PostKind, id: number): Reversal => ({ tool: `${kind.plural}.trash`, args: { id } });

/** How what the tools do to posts and pages is taken back. */
export const postUndo = (kind: PostKind) => ({
  create: {
    possible: true,
    how: `moves the ${kind.type} to the trash`,
    unchanged: 'target',
    reverse: ({ after }) =>
      isJsonObject(after) && typeof after['id'] === 'number' ? byTrash(kind, after['id']) : NOTHING_CHANGED,
  } satisfies UndoSpec<unknown>,
  change: {
    possible: true,
    how: 'gives back the old fields, status and date',
    unchanged: 'target',
    reverse: restore(kind),
  } satisfies UndoSpec<{ readonly id: number }>,
  restored: {
    possible: true,
    how: `moves the ${kind.type} to the trash again`,
    unchanged: 'target',
    reverse: ({ args }) => byTrash(kind, args.id),
  } satisfies UndoSpec<{ readonly id: number }>,
});
