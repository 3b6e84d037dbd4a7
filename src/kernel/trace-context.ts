/** Where a request stands in a trace (W3C Trace Context, level 1). Ids are lower-case hexadecimal. */
export interface Trace {
  /** 32 digits: the whole trace. */
  readonly traceId: string;
  /** 16 digits: this request's own part. */
  readonly spanId: string;
  /** 16 digits; null where the trace begins here. */
  readonly parentId: string | null;
  /** 2 digits, handed on as they came; the lowest bit says that the caller records it. */
  readonly flags: string;
  /** What other tracers keep there, handed on unread; null when absent. */
  readonly state: string | null;
}

const TRACEPARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<parentId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const STATE = /^[\x20-\x7e]{1,512}$/;
const isZero = (id: string): boolean => /^0+$/.test(id);

interface Received {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** Section 3.2.2: version ff is none, version 00 ends with its flags, higher ones may go on; ids of zeros are invalid. */
function parse(
  header: string | undefined,
): (Pick<Trace, 'traceId' | 'flags'> & { readonly parentId: string }) | undefined {
  const {
    version = 'ff',
    traceId = '0',
    parentId = '0',
    flags = '00',
    more,
  } = TRACEPARENT.exec(header ?? '')?.groups ?? {};
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return isZero(traceId) || isZero(parentId) ? undefined : { traceId, parentId, flags };
}

/** Goes on with the caller's trace; one that can't be read is as if there were none, and a new one begins (section 4.3). */
export function continueTrace({ traceparent, tracestate }: Received, random: (size: number) => Uint8Array): Trace {
  const hex = (size: number): string => Buffer.from(random(size)).toString('hex');
  const known = parse(traceparent);
  if (known === undefined) return { traceId: hex(16), spanId: hex(8), parentId: null, flags: '00', state: null };
  return { ...known, spanId: hex(8), state: tracestate !== undefined && STATE.test(tracestate) ? tracestate : null };
}

/** The header fields for a request that this one makes in its turn. */
export function traceHeaders({ traceId, spanId, flags, state }: Trace): readonly (readonly [string, string])[] {
  return [
    ['traceparent', `00-${traceId}-${spanId}-${flags}`],
    ...(state === null ? [] : ([['tracestate', state]] as const)),
  ];
}
