/** `fetch` towards the issuer. */
export type IssuerFetch = (url: string, init?: object) => Promise<Response>;

const TIMEOUT_MS = 5_000;
const WITHOUT_BODY = new Set([204, 205, 304]);
const MAX_BYTES = 1_000_000;

async function readAll(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw new Error(`the issuer answered with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An answer that is whole after five seconds, not larger than a megabyte, and from the very address that was asked. */
export function makeIssuerFetch(fetch: typeof globalThis.fetch, timeoutMs = TIMEOUT_MS): IssuerFetch {
  return async (url, init = {}) => {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const { status, headers } = response;
    return new Response(WITHOUT_BODY.has(status) ? null : await readAll(response), { status, headers });
  };
}
