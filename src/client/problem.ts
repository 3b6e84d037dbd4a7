import { isJsonObject, type JsonObject } from '../kernel/json.js';

/** The sidecar's refusal (RFC 9457), or what stood in for one. */
export class ChaperoneProblem extends Error {
  override readonly name = 'ChaperoneProblem';
  /** The HTTP status. */
  readonly status: number;
  /** A code of docs/errors.md; `unreadable_answer` when what came back wasn't one of the sidecar's answers. */
  readonly code: string;
  readonly detail: string;
  readonly callId: string | undefined;
  /** Seconds to wait before another attempt. */
  readonly retryAfter: number | undefined;
  /** The whole problem document: findings, unlock and whatever else it holds. */
  readonly problem: JsonObject;

  constructor(status: number, problem: JsonObject, retryAfter: number | undefined) {
    const code = textOf(problem['code']) ?? 'unreadable_answer';
    const detail = textOf(problem['detail']) ?? textOf(problem['title']) ?? `The answer has the status ${status}.`;
    super(`${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.callId = textOf(problem['callId']);
    this.retryAfter = retryAfter;
    this.problem = problem;
  }
}

/** No answer came: the request may or may not have been carried out. */
export class ChaperoneUnreachable extends Error {
  override readonly name = 'ChaperoneUnreachable';
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A response's body as JSON, or the problem that the response stands for. */
export function readAnswer(response: Response, text: string): JsonObject | ChaperoneProblem {
  const body = parseObject(text);
  const retryAfter = secondsOf(response.headers.get('retry-after')) ?? secondsOf(body?.['retryAfter']);
  if (response.ok && body !== undefined) return body;
  if (response.ok) {
    const detail = 'The answer is not a JSON object.';
    return new ChaperoneProblem(response.status, { code: 'unreadable_answer', detail }, retryAfter);
  }
  return new ChaperoneProblem(response.status, body ?? {}, retryAfter);
}

function parseObject(text: string): JsonObject | undefined {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function secondsOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
