import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pointerSteps, valueAt } from '../../../src/webhooks/json-pointer.js';
import { mapPayload } from '../../../src/webhooks/inbound/mapping.js';

/** RFC 6901, section 5. */
const DOCUMENT = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('a JSON pointer', () => {
  it.each([
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%s', (pointer, value) => {
    expect(valueAt(DOCUMENT, pointer)).toEqual(value);
  });

  it.each(['/foo/2', '/foo/-', '/foo/00', '/foo/01', '/foo/length', '/nothing', '/foo/0/0', '/toString', '/__proto__'])(
    '%s leads nowhere',
    (pointer) => {
      expect(valueAt(DOCUMENT, pointer)).toBeUndefined();
    },
  );

  it.each(['foo', '/a~2', '/a~', '#/foo'])('%s is none', (pointer) => {
    expect(pointerSteps(pointer)).toBeUndefined();
    expect(valueAt(DOCUMENT, pointer)).toBeUndefined();
  });

  it('never throws, whatever it is pointed at', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.string(), (value, pointer) => void valueAt(value as never, pointer)));
  });
});

describe('a payload', () => {
  const mapping = { title: { from: '/post/title' }, tags: { from: '/post/tags' }, status: { value: 'draft' } };

  it('makes the arguments that the mapping names, and no others', () => {
    const payload = { post: { title: 'Hello', tags: [3], author: 1 }, status: 'publish' };
    expect(mapPayload(mapping, payload)).toEqual({
      ok: true,
      args: { title: 'Hello', tags: [3], status: 'draft' },
    });
  });

  it('that lacks something says what', () => {
    expect(mapPayload(mapping, { post: { title: 'Hello' } })).toEqual({
      ok: false,
      detail: 'The payload has nothing at /post/tags, which the argument "tags" comes from.',
    });
  });

  it('may hold null where something is asked for', () => {
    expect(mapPayload({ title: { from: '/a' } }, { a: null })).toEqual({ ok: true, args: { title: null } });
  });
});
