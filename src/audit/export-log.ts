import { canonicalJson } from '../kernel/canonical-json.js';
import type { JsonObject } from '../kernel/json.js';
import type { AuditFilter, AuditReader } from './audit-log.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import { evidenceOf, type Evidence } from './evidence.js';
import { rootOf } from './merkle-tree.js';

/** Which part of the log: entries above `after`, at most `limit` of them, those that the filter lets through. */
export interface ExportRange {
  readonly filter: AuditFilter;
  readonly after?: number;
  readonly limit?: number;
}

/** Pieces of JSON Lines, each of whole lines. */
export type ExportLog = (range: ExportRange, onProgress?: (entries: number) => void) => AsyncGenerator<string>;

const PAGE = 1_000;
const CHECKPOINTS = 100;
const NOTHING = '"salt":null,"arguments":null,"detail":null,"findings":null,"ip":null}';

/**
 * One line of the export. Up to its hash it is the very text that was hashed, less its last brace; from the salt on, the
 * very text of the private part, less its first: whoever verifies needs neither a parser nor a canonical form.
 */
export function entryLine({ publicText, hash, salt, privateText }: Evidence): string {
  const rest = privateText === null ? NOTHING : `"salt":${JSON.stringify(salt)},${privateText.slice(1)}`;
  return `${publicText.slice(0, -1)},"hash":"${hash}",${rest}\n`;
}

/** A checkpoint stands behind the entry that it covers last, or before the first, when the export begins there. */
export function checkpointLine({ note, size, hash, tree, at }: StoredCheckpoint): string {
  const line: JsonObject = {
    checkpoint: note,
    size,
    hash,
    root: rootOf(tree).toString('base64'),
    frontier: tree.frontier.map((each) => each.toString('base64')),
    ts: at.toISOString(),
  };
  return `${canonicalJson(line)}\n`;
}

/** The last line: whether the export is whole, and where a later one may go on. */
function lastLine(said: {
  entries: number;
  filtered: boolean;
  height: number;
  hash: string | null;
  more: boolean;
}): string {
  const { entries, filtered, height, hash, more } = said;
  const line = { end: true, entries, filtered, height, hash, nextCursor: more ? String(height) : null };
  return `${canonicalJson(line)}\n`;
}

interface ExportDeps {
  readonly reader: Pick<AuditReader, 'evidence' | 'head'>;
  readonly checkpoints: Pick<CheckpointStore, 'after'>;
}

/** The checkpoints from a size on, one after the other. */
async function checkpointsFrom({ checkpoints }: ExportDeps, size: number) {
  let waiting = await checkpoints.after(size - 1, CHECKPOINTS);
  return {
    stands: (height: number): boolean => waiting[0] !== undefined && waiting[0].size <= height,
    async lines(height: number): Promise<string> {
      let lines = '';
      for (let [next] = waiting; next !== undefined && next.size <= height; [next] = waiting) {
        lines += checkpointLine(next);
        waiting = waiting.length > 1 ? waiting.slice(1) : await checkpoints.after(next.size, CHECKPOINTS);
      }
      return lines;
    },
  };
}

/** The entries of the range up to `end`, page by page. */
async function* pages({ reader }: ExportDeps, { filter, after = 0, limit }: ExportRange, end: number) {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let height = after; height < end && left > 0;) {
    const page = (await reader.evidence(height, Math.min(PAGE, left), filter)).filter(({ id }) => id <= end);
    if (page.length > 0) yield page;
    height = page.at(-1)?.id ?? end;
    left -= page.length;
  }
}

/** Entries that are appended while it runs are left for the next time. */
export function makeExportLog(deps: ExportDeps): ExportLog {
  return async function* exportLog(range, onProgress) {
    const { filter, after = 0, limit = Number.POSITIVE_INFINITY } = range;
    const filtered = Object.keys(filter).length > 0;
    const { height: end } = await deps.reader.head();
    const [first] = filtered ? [] : await deps.reader.evidence(after, 1);
    let last: { readonly id: number; readonly hash: string | null } = {
      id: Math.max(after, (first?.id ?? 1) - 1),
      hash: null,
    };
    let entries = 0;
    const checkpoints = await checkpointsFrom(deps, Math.max(last.id, 1));
    for await (const page of pages(deps, range, end)) {
      let lines = '';
      for (const entry of page) {
        if (checkpoints.stands(entry.id - 1)) lines += await checkpoints.lines(entry.id - 1);
        lines += entryLine(evidenceOf(entry));
      }
      yield lines;
      entries += page.length;
      last = page.at(-1) ?? last;
      onProgress?.(entries);
    }
    const height = entries < limit ? end : last.id;
    if (checkpoints.stands(height)) yield await checkpoints.lines(height);
    yield lastLine({ entries, filtered, height, hash: filtered ? null : last.hash, more: height < end });
  };
}
