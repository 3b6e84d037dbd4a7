import { describe, expect, it } from '@jest/globals';
import type { NextFunction, Request, Response } from 'express';
import { problemHandler } from '../../../src/http/problem-response.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
  readonly logged: readonly string[];
}

/** What the handler makes of an error, and what it logs. */
function handled(
  error: unknown,
  asDatabaseError: (error: unknown) => ChaperoneError | undefined = () => undefined,
): Sent {
  const headers: Record<string, string> = {};
  const logged: string[] = [];
  let [status, text] = [0, ''];
  const response = {
    headersSent: false,
    locals: { requestId: 'abc' },
    status(code: number) {
      status = code;
      return response;
    },
    setHeader(name: string, value: string) {
      headers[name] = value;
      return response;
    },
    type(value: string) {
      return response.setHeader('Content-Type', value);
    },
    send(body: string) {
      text = body;
      return response;
    },
  };
  const log = (level: string) => (fields: object) => logged.push(`${level} ${JSON.stringify(fields)}`);
  const handler = problemHandler({
    log: { error: log('error'), warn: log('warn') },
    asDatabaseError,
    tokenResource: null,
  });
  const next: NextFunction = () => undefined;
  void handler(error, { path: '/x', headers: {} } as unknown as Request, response as unknown as Response, next);
  return { status, headers, body: JSON.parse(text) as Record<string, unknown>, logged };
}

describe('an error as a response', () => {
  it('what nobody foresaw is internal: its words are in the log and nowhere else', () => {
    const { status, body, logged } = handled(new TypeError('password hunter2 is not iterable'));
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal', instance: 'urn:chaperone:request:abc' });
    expect(JSON.stringify(body)).not.toMatch(/hunter2|TypeError|problem-response/);
    expect(logged).toEqual([expect.stringMatching(/^error .*TypeError: password hunter2/)]);
  });

  it.each([['text'], [null], [undefined], [7], [{ status: 500 }], [{ status: 'x' }]])(
    '%j thrown is internal',
    (thrown) => {
      expect(handled(thrown)).toMatchObject({ status: 500, body: { code: 'internal' } });
    },
  );

  it('what the database raised is database_unavailable', () => {
    const cause = new Error('ER_BAD');
    const error = handled(cause, (raised) => new ChaperoneError('database_unavailable', { cause: raised }));
    expect(error).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    expect(error.logged[0]).toContain('ER_BAD');
  });

  it.each([
    [413, 'request_too_large'],
    [415, 'unsupported_media_type'],
    [400, 'request_malformed'],
  ])('a fault of status %d that Express found is %s', (status, code) => {
    expect(handled(Object.assign(new Error('x'), { status }))).toMatchObject({ body: { code } });
  });

  it('a refusal is a warning in the log, not an error', () => {
    expect(handled(new ChaperoneError('not_found')).logged[0]).toMatch(/^warn /);
    expect(handled(new ChaperoneError('audit_unavailable')).logged[0]).toMatch(/^error /);
  });

  it.each([
    [0, '1'],
    [1, '1'],
    [1.2, '2'],
    [3_600, '3600'],
  ])('a wait of %d s is Retry-After: %s', (retryAfter, seconds) => {
    expect(handled(new ChaperoneError('overloaded', { retryAfter })).headers['Retry-After']).toBe(seconds);
  });

  it('a call’s own id is what the problem is called by', () => {
    const callId = 'call_00000000000000000000';
    expect(handled(new ChaperoneError('tool_unknown', { members: { callId } })).body).toMatchObject({
      callId,
      instance: `urn:chaperone:request:${callId}`,
    });
  });

  it('a cause never gets into the answer', () => {
    const { body } = handled(new ChaperoneError('audit_unavailable', { cause: new Error('secret path') }));
    expect(JSON.stringify(body)).not.toContain('secret path');
  });
});
