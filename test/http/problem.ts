import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '../../src/kernel/errors.js';
import type { TestAnswer } from '../support/http-request.js';

const MEMBERS = new Set(
  `type title status detail next instance code callId findings retryAfter unlock problems decision upstream
  newestVersion version changed`.split(/\s+/),
);

/** What stands in stack traces, in SQL and in the messages of drivers, and in no answer. */
const INSIDE =
  /node_modules|\/src\/|\.ts\b|\.js:\d|\bat \w+ \(|\bSELECT |\bINSERT |\bER_[A-Z]|errno|wp_ai_agent|mysql|knex|[A-Z]\w*Error:/;

/** RFC 9457 as section 9 of the contract has it, and nothing of the inside in it. */
export function expectProblem({ headers, status, text, body }: TestAnswer): void {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-powered-by']).toBeUndefined();
  const { code, callId, instance } = body;
  const entry = ERRORS[code as ErrorCode];
  expect(body).toMatchObject({
    type: `urn:chaperone:error:${code}`,
    title: entry.title,
    status: entry.status,
    next: entry.next,
    detail: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^urn:chaperone:request:(call_[0-9a-z]{20}|[0-9a-f]{24})$/),
  });
  expect(status).toBe(entry.status);
  if (callId !== undefined) expect(instance).toBe(`urn:chaperone:request:${callId}`);
  expect(Object.keys(body).filter((name) => !MEMBERS.has(name))).toEqual([]);
  expect(text).not.toMatch(INSIDE);
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^(Basic|Bearer|DPoP) realm="chaperone"/);
}
