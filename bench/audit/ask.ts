import type { AuditFilter, AuditReader } from '../../src/audit/audit-log.js';
import type { AuditEntryId } from '../../src/kernel/ids.js';
import { quantile, timed } from '../service/figures.js';
import { drawsFrom } from '../../dev/draws.js';
import { QUESTIONS, type Question } from './questions.js';

/** As GET /v1/audit asks: a page of 50 and one entry more; a search looks through so many. */
const LIMIT = 51;
export const WITHIN = 20_000;

/** A page of the answer, from `before` on. */
export async function pageOf(
  reader: AuditReader,
  filter: AuditFilter,
  { text, before }: { readonly text?: string | undefined; readonly before?: AuditEntryId },
): Promise<number> {
  const from = before === undefined ? {} : { before };
  if (text === undefined) return (await reader.list(filter, { limit: LIMIT, ...from })).length;
  return (await reader.search(filter, { text, limit: LIMIT, within: WITHIN, ...from })).entries.length;
}

interface Waits {
  readonly question: Question;
  readonly first: readonly number[];
  readonly further: readonly number[];
}

/** Milliseconds for so many first pages and so many from a random cursor, with other values each time. */
async function waitsFor(reader: AuditReader, question: Question, entries: number, times: number): Promise<Waits> {
  const draw = drawsFrom(11);
  const { text } = question;
  const [first, further]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time += 1) {
    const filter = question.filter(draw, entries);
    const before = (1 + draw(entries)) as AuditEntryId;
    first.push(await timed(() => pageOf(reader, filter, { text })));
    further.push(await timed(() => pageOf(reader, filter, { text, before })));
  }
  return { question, first, further };
}

const middleAndWorst = (waits: readonly number[]): string =>
  [quantile(waits, 0.5), Math.max(...waits)].map((each) => each.toFixed(1).padStart(10)).join('');

/** Prints median and worst for every question. */
export async function askEverything(reader: AuditReader, entries: number, times: number): Promise<void> {
  console.log(
    `  ${'milliseconds'.padEnd(24)}${'first page: median, worst'.padStart(28)}${'from a cursor'.padStart(22)}`,
  );
  for (const question of QUESTIONS) {
    const { first, further } = await waitsFor(reader, question, entries, times);
    console.log(
      `  ${question.name.padEnd(24)}${middleAndWorst(first).padStart(28)}${middleAndWorst(further).padStart(22)}`,
    );
  }
}
