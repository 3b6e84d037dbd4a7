import { isJsonObject, type Json } from '../kernel/json.js';
import type { Evidence } from './evidence.js';
import { openNote, type NoteKey } from './signed-note.js';

/**
 * What was taken out of the log on purpose: entries from the beginning (`pruned`), or private parts (`erased`). An entry
 * records it with a note that the log's key signed, so that whoever can write to the database alone can't pass a
 * deletion of theirs off as one of ours.
 */
export type Removal =
  | { readonly kind: 'pruned'; readonly upTo: number }
  | { readonly kind: 'erased'; readonly userId: number; readonly upTo: number }
  | { readonly kind: 'erased'; readonly entries: readonly number[] };

export function removalText(origin: string, removal: Removal): string {
  if (removal.kind === 'pruned') return `${origin}\npruned up to ${removal.upTo}\n`;
  if ('userId' in removal) return `${origin}\nerased user ${removal.userId} up to ${removal.upTo}\n`;
  return `${origin}\nerased entries ${removal.entries.join(' ')}\n`;
}

const PRUNED = /^pruned up to (\d{1,16})$/;
const OF_USER = /^erased user (\d{1,16}) up to (\d{1,16})$/;
const OF_ENTRIES = /^erased entries (\d{1,16}(?: \d{1,16})*)$/;

export function parseRemoval(origin: string, text: string): Removal | undefined {
  if (!text.startsWith(`${origin}\n`) || !text.endsWith('\n')) return undefined;
  const body = text.slice(origin.length + 1, -1);
  const [, pruned] = PRUNED.exec(body) ?? [];
  if (pruned !== undefined) return { kind: 'pruned', upTo: Number(pruned) };
  const [, userId, upTo] = OF_USER.exec(body) ?? [];
  if (userId !== undefined) return { kind: 'erased', userId: Number(userId), upTo: Number(upTo) };
  const [, entries] = OF_ENTRIES.exec(body) ?? [];
  return entries === undefined ? undefined : { kind: 'erased', entries: entries.split(' ').map(Number) };
}

/** The removal that an entry records; undefined when it records none, or none that a key of the log's has signed. */
export function removalOf(entry: Evidence, origin: string, keys: readonly NoteKey[]): Removal | undefined {
  if (!entry.kind.startsWith('audit.') || entry.privateText === null) return undefined;
  const { detail } = JSON.parse(entry.privateText) as { readonly detail: Json };
  const note = isJsonObject(detail) ? detail['note'] : undefined;
  if (typeof note !== 'string') return undefined;
  const opened = openNote(note, keys);
  return opened.ok ? parseRemoval(origin, opened.text) : undefined;
}

/** Private parts that are gone, until an entry further on says why. */
export interface MissingParts {
  add(entry: Evidence): void;
  explainedBy(removal: Removal): void;
  /** The first that nothing has explained. */
  first(): number | undefined;
}

export function missingParts(): MissingParts {
  const byUser = new Map<number | null, number[]>();
  const keep = (userId: number | null, is: (id: number) => boolean): void => {
    const left = byUser.get(userId)?.filter(is) ?? [];
    if (left.length === 0) byUser.delete(userId);
    else byUser.set(userId, left);
  };
  return {
    add({ id, userId }) {
      const ids = byUser.get(userId);
      if (ids === undefined) byUser.set(userId, [id]);
      else ids.push(id);
    },
    explainedBy(removal) {
      if (removal.kind !== 'erased') return;
      if ('userId' in removal) keep(removal.userId, (id) => id > removal.upTo);
      else {
        const gone = new Set(removal.entries);
        for (const userId of [...byUser.keys()]) keep(userId, (id) => !gone.has(id));
      }
    },
    first: () => [...byUser.values()].reduce<number | undefined>((least, [id]) => lesser(least, id), undefined),
  };
}

const lesser = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;
