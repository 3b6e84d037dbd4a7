import { randomBytes } from 'node:crypto';
import { Agent as HttpAgent, request as send } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '../../src/client/index.js';
import type { Stack } from '../service/stack.js';

/** What a caller knows of one call: everything that it was told, and nothing else. */
export interface Told {
  /** The title of the post, and the idempotency key. */
  readonly token: string;
  state: 'open' | 'executed' | 'refused' | 'unknown';
  callId: string | null;
  /** The last code, of a refusal or of what comes to nothing for now. */
  code: string | null;
  tries: number;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: number | null;
  /** The first answer to this idempotency key, given again. */
  readonly replayed: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Sender {
  /** A call once, at this replica. Rejects when no answer came. */
  (token: string, at: string, options?: { readonly dryRun?: boolean; readonly over?: HttpAgent }): Promise<Answer>;
}

const CONTENT = '<p>Some words.</p>'.repeat(20);
const ANSWER_MS = 40_000;

/** A connection for each request unless `over` says otherwise: one that a dead process had kept open would tell of nothing but itself. */
export function makeSender({ sidecarUrl, agent: { keyId, secret } }: Stack): Sender {
  const client = createClient({ url: sidecarUrl, keyId, algorithm: 'hmac-sha256', secret });
  return (token, at, { dryRun = false, over = new HttpAgent({ keepAlive: false }) } = {}) => {
    const call = { tool: 'posts.create', args: { title: token, content: CONTENT, status: 'draft' }, dryRun };
    const options = dryRun ? {} : { idempotencyKey: token };
    const { url, headers, body } = client.sign('POST', '/v1/execute', call, options);
    const target = new URL(new URL(url).pathname, `http://${at}`);
    const lines = {
      ...Object.fromEntries(headers),
      host: new URL(url).host,
      'content-length': String(body.byteLength),
    };
    return exchange(target, { lines, body, over });
  };
}

interface Bytes {
  readonly lines: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly over: HttpAgent;
}

function exchange(target: URL, { lines, body, over }: Bytes): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = send(target, { method: 'POST', headers: lines, agent: over, timeout: ANSWER_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject).on('aborted', () => {
        reject(new Error('cut off'));
      });
      response.on('end', () => {
        const after = response.headers['retry-after'];
        try {
          const parsed = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Answer['body'];
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: after === undefined ? null : Number(after),
            replayed: response.headers['idempotency-replayed'] === 'true',
            body: parsed,
          });
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.end(body);
  });
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What an answer says for good, as one that is given again always does; anything else may be asked again under the same key. */
export function note(told: Told, { status, replayed, body }: Answer): void {
  told.code = text(body['code']);
  told.callId = text(body['callId']) ?? told.callId;
  if (status === 200) told.state = 'executed';
  else if (told.code === 'outcome_unknown') told.state = 'unknown';
  else if (replayed || (status < 500 && status !== 409 && status !== 429)) told.state = 'refused';
}

/** Nobody listened: there is nothing to ask about again, and nothing may have been done. */
const neverArrived = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ECONNREFUSED';

export interface History {
  readonly all: readonly Told[];
  /** Callers that go on with new calls until `stop`, over their own connections or these. Each is tried once: what happens to it may be anything. */
  load(callers: number, where: () => string, over?: HttpAgent): { readonly stop: () => Promise<void> };
  /** Asks again about every call that isn't settled, until all are or the time is over. @returns how many aren't */
  settle(where: () => string, milliseconds: number): Promise<number>;
}

const REST_MS = 20;
const AGAIN_MS = 250;
const SETTLERS = 4;

export function makeHistory(sender: Sender): History {
  const all: Told[] = [];
  const series = randomBytes(4).toString('hex');
  const tell = async (told: Told, at: string, over?: HttpAgent): Promise<void> => {
    told.tries += 1;
    await sender(told.token, at, over === undefined ? {} : { over }).then(
      (answer) => {
        note(told, answer);
      },
      (error: unknown) => {
        if (!neverArrived(error)) return;
        told.state = 'refused';
        told.code = 'never arrived';
      },
    );
  };
  return {
    all,
    load(callers, where, over) {
      let isOver = false;
      const caller = async (): Promise<void> => {
        while (!isOver) {
          const told: Told = {
            token: `torture ${series} ${all.length}`,
            state: 'open',
            callId: null,
            code: null,
            tries: 0,
          };
          all.push(told);
          await tell(told, where(), over);
          if (told.state !== 'executed') await pause(REST_MS);
        }
      };
      const done = Promise.all(Array.from({ length: callers }, caller));
      return {
        async stop() {
          isOver = true;
          await done;
        },
      };
    },
    async settle(where, milliseconds) {
      const end = Date.now() + milliseconds;
      const open = (): Told[] => all.filter(({ state }) => state === 'open');
      while (open().length > 0 && Date.now() < end) {
        const queue = open().values();
        const one = async (): Promise<void> => {
          for (const told of queue) await tell(told, where());
        };
        await Promise.all(Array.from({ length: SETTLERS }, one));
        if (open().length > 0) await pause(AGAIN_MS);
      }
      return open().length;
    },
  };
}
