import { asDatabaseError, databaseReason, isTableMissing } from '../db/mysql-errors.js';
import { ChaperoneError, ERRORS, type ErrorCode } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';

/** Where a command speaks. With `--json` its result is one JSON document on the output and nothing else is there. */
export interface Terminal {
  readonly json: boolean;
  /** For people; silent with `--json`. */
  say(text: string): void;
  /** For long work: the words for a count, on standard error and at most once in two seconds; silent with `--json`. */
  progress(words: (count: number) => string): (count: number) => void;
  /** The command's result: the JSON with `--json`, the words without. */
  result(json: JsonObject, words: string): void;
}

/** Escape sequences and marks of direction in a name must not write on the operator's terminal (ASVS 5.0, 16.4.1). */
const harmless = (text: string): string =>
  text.replace(/(?![\n\t]|\r\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');

const PROGRESS_MS = 2_000;

export function makeTerminal(
  json: boolean,
  write: (text: string) => void,
  tell: (text: string) => void = () => undefined,
): Terminal {
  return {
    json,
    say: (text) => {
      if (!json) write(`${harmless(text)}\n`);
    },
    progress(words) {
      let next = performance.now() + PROGRESS_MS;
      return (count) => {
        if (json || performance.now() < next) return;
        next = performance.now() + PROGRESS_MS;
        tell(`${words(count)}\n`);
      };
    },
    result: (value, words) => write(json ? `${JSON.stringify(value, null, 2)}\n` : `${harmless(words)}\n`),
  };
}

/** Exit codes: 0 done, 1 refused or failed, 2 the command line or the configuration is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Failure {
  readonly exitCode: number;
  readonly words: string;
  readonly json: JsonObject;
}

/** What to do next at a terminal, where the table speaks to a program. */
const NEXT_HERE: Partial<Record<ErrorCode, string>> = {
  not_found: 'Check the id or the name; the list of its kind shows what there is.',
  args_invalid: 'Nothing was done; --help says what is taken.',
};

function refusal(error: ChaperoneError): Failure {
  const { title } = ERRORS[error.code];
  const next = NEXT_HERE[error.code] ?? ERRORS[error.code].next;
  const words = `${title}${error.message === title ? '' : ` ${error.message}`}\n${next}`;
  const members = error.extras.members as JsonObject | undefined;
  return { exitCode: 1, words, json: { code: error.code, title, detail: error.message, next, ...members } };
}

/** A failure of the database in the server's own words, without the statement and what was in it. */
function ofDatabase(error: unknown): Failure | undefined {
  if (isTableMissing(error)) {
    const words = "The sidecar's tables are missing in this database. Run: chaperone migrate";
    return { exitCode: 1, words, json: { code: 'failed', detail: words } };
  }
  const known = asDatabaseError(error);
  if (known === undefined) return undefined;
  const reason = databaseReason(error);
  return refusal(
    reason === undefined ? known : new ChaperoneError(known.code, { detail: `(${reason})`, cause: error }),
  );
}

/** A failure in words that say what to do next, and as JSON. Causes stay out: they may quote what they were given. */
export function failure(error: unknown): Failure {
  if (error instanceof ChaperoneError) return refusal(error);
  const database = ofDatabase(error);
  if (database !== undefined) return database;
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof Error && (error.name === 'UsageError' || error.name === 'ConfigError');
  return { exitCode: isUsage ? 2 : 1, words: message, json: { code: isUsage ? 'usage' : 'failed', detail: message } };
}
