import { describe, expect, it } from '@jest/globals';
import { continueTrace, traceHeaders } from '../../../src/kernel/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const random = (size: number): Uint8Array => new Uint8Array(size).fill(0xab);
const continued = (traceparent: string | undefined, tracestate?: string) =>
  continueTrace({ traceparent, tracestate }, random);

describe('a trace', () => {
  it.each([
    ['of version 00', `00-${TRACE}-${PARENT}-01`, '01'],
    ['that is not recorded', `00-${TRACE}-${PARENT}-00`, '00'],
    ['of a version to come, with more to it', `cc-${TRACE}-${PARENT}-01-what-comes-next`, '01'],
  ])('%s goes on', (_, header, flags) => {
    const trace = continued(header, 'congo=t61rcWkgMzE');
    expect(trace).toEqual({
      traceId: TRACE,
      spanId: 'ab'.repeat(8),
      parentId: PARENT,
      flags,
      state: 'congo=t61rcWkgMzE',
    });
    expect(traceHeaders(trace)).toEqual([
      ['traceparent', `00-${TRACE}-${'ab'.repeat(8)}-${flags}`],
      ['tracestate', 'congo=t61rcWkgMzE'],
    ]);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['of the version that is none', `ff-${TRACE}-${PARENT}-01`],
    ['of version 00 with more to it', `00-${TRACE}-${PARENT}-01-x`],
    ['in capitals', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['with a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['with a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['too short', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['sent twice', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
    ['with a line of its own', `00-${TRACE}-${PARENT}-01\r\nX: y`],
  ])('that is %s begins anew, and drops the state', (_, header) => {
    const trace = continued(header, 'congo=t61rcWkgMzE');
    expect(trace).toEqual({
      traceId: 'ab'.repeat(16),
      spanId: 'ab'.repeat(8),
      parentId: null,
      flags: '00',
      state: null,
    });
  });

  it.each([`x=${'y'.repeat(600)}`, 'x=\u0007', 'x=ü'])('hands on no state like %j', (state) => {
    expect(continued(`00-${TRACE}-${PARENT}-01`, state).state).toBeNull();
  });
});
