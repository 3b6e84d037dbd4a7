import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Destination, Lookup } from './destination.js';
import type { Post, PostResult } from './post.js';

/** All addresses, in the system's own order. */
export const lookupAll: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** Answers with the address that was checked, whatever is asked, so that the name isn't looked up a second time. */
const pinned =
  ({ address, family }: Destination): LookupFunction =>
  (_hostname, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };

const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return 'the connection broke';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'the connection broke';
};

/**
 * One POST over a connection of its own: to the checked address, bounded in time and in what is read of the answer, and
 * without following a redirect. The status is the answer; of the body nothing is kept.
 */
export function makePost({ timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number }): Post {
  return (destination, headers, body) =>
    new Promise((resolve) => {
      const { url } = destination;
      const bytes = Buffer.from(body, 'utf8');
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request: ClientRequest = send(url, {
        method: 'POST',
        agent: false,
        lookup: pinned(destination),
        headers: { ...headers, 'Content-Length': String(bytes.byteLength) },
      });
      let result: PostResult = { kind: 'failed', reason: `no answer in ${timeoutMs / 1_000} s` };
      const end = (): void => {
        clearTimeout(deadline);
        request.destroy();
        resolve(result);
      };
      const deadline = setTimeout(end, timeoutMs);
      request.once('response', (response) => {
        result = { kind: 'answered', status: response.statusCode ?? 0 };
        drained(response, maxBytes, end);
      });
      request.on('error', (error) => {
        if (result.kind === 'failed') result = { kind: 'failed', reason: reasonOf(error) };
        end();
      });
      request.end(bytes);
    });
}

/** Lets the receiver finish what it says, up to a bound: the status has said all that counts. */
function drained(response: IncomingMessage, maxBytes: number, done: () => void): void {
  let left = maxBytes;
  response.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) done();
  });
  response.once('end', done).once('close', done).on('error', done);
}
