import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../src/kernel/json.js';
import {
  expectObject,
  processReply,
  readBody,
  refusedBy,
} from '../../../../src/execution/wordpress/process-replies.js';
import { answered } from '../../../support/fakes/fake-execution.js';

const kindOf = (status: number, body: Json = { code: 'rest_x', message: 'No.' }): string =>
  processReply(answered(status, body)).kind;

describe('what an answer of WordPress says about the deed', () => {
  it.each([200, 201, 204])('%d: done', (status) => expect(kindOf(status)).toBe('done'));
  it.each([301, 302, 400, 401, 403, 404, 409, 410, 429])('%d: refused, so nothing was done', (status) =>
    expect(kindOf(status)).toBe('refused'),
  );
  it('501 comes before the deed, where the site can do no such thing', () =>
    expect(processReply(answered(501, { code: 'rest_trash_not_supported', message: 'No trash.' }))).toEqual({
      kind: 'refused',
      error: { status: 501, code: 'rest_trash_not_supported', message: 'No trash.' },
    }));
  it.each([500, 502, 503, 504, 520, 599])('%d may come after the deed: unknown', (status) =>
    expect(kindOf(status)).toBe('unknown'),
  );
  it('a request that never left did nothing', () =>
    expect(processReply({ kind: 'unreachable', reason: 'ECONNREFUSED' })).toEqual({
      kind: 'not_sent',
      reason: 'ECONNREFUSED',
    }));
  it('a request whose answer got lost may have done it', () =>
    expect(processReply({ kind: 'lost', reason: 'ECONNRESET' })).toEqual({ kind: 'unknown', reason: 'ECONNRESET' }));
});

describe("WordPress's words", () => {
  const wordsOf = (status: number, body: Json) => {
    const outcome = processReply(answered(status, body));
    return outcome.kind === 'refused' ? outcome.error : outcome;
  };

  it('come without markup and with an end', () => {
    const message = `<strong>Error:</strong> ${'long '.repeat(200)}`;
    expect(wordsOf(400, { code: 'x'.repeat(300), message })).toMatchObject({
      code: 'x'.repeat(100),
      message: expect.stringMatching(/^Error: long/) as unknown,
    });
    expect(JSON.stringify(wordsOf(400, { code: 'c', message })).length).toBeLessThan(600);
  });

  it.each([[null], [[]], ['text'], [{ code: 7, message: {} }], [{}]])('are made up for a body of %j', (body) => {
    expect(wordsOf(403, body)).toEqual({
      status: 403,
      code: 'http_403',
      message: 'WordPress answered with status 403.',
    });
  });

  it('stand in the problem that a refusal turns into', () => {
    const problem = refusedBy({ status: 400, code: 'empty_content', message: 'Empty.' });
    expect(problem).toMatchObject({
      code: 'upstream_refused',
      extras: { members: { upstream: { status: 400, code: 'empty_content', message: 'Empty.' } } },
    });
  });
});

describe('a read', () => {
  it('answers with the body', () => expect(readBody(processReply(answered(200, [1])))).toEqual([1]));
  it.each([
    [processReply({ kind: 'lost', reason: 'x' }), 'upstream_unavailable'],
    [processReply({ kind: 'unreachable', reason: 'x' }), 'upstream_unavailable'],
    [processReply(answered(500, null)), 'upstream_unavailable'],
    [processReply(answered(403, null)), 'upstream_refused'],
  ])('of %j is refused: %s', (outcome, code) => {
    expect(() => readBody(outcome)).toThrow(expect.objectContaining({ code }));
  });
  it.each([[null], [[]], ['x'], [7]])('that brings %j instead of an object brought nothing', (body) => {
    expect(() => expectObject(body)).toThrow(expect.objectContaining({ code: 'upstream_unavailable' }));
  });
});
