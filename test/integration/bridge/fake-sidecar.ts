import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pairHeaderLines, parseSignedRequest, verifyParsedRequest } from '../../../src/identity/signatures/index.js';
import type { PairedSite } from './paired-site.js';

export interface Heard {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** `ok`, or the code with which the sidecar's own verifier refuses it. */
  readonly verdict: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FakeSidecar {
  readonly url: string;
  readonly heard: Heard[];
  /** What it answers from now on to what verifies. */
  answer: (request: Heard) => Reply;
  stop(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Hears requests at a site's sidecar address and verifies them with the sidecar's verifier and the site's key. */
export async function startFakeSidecar(site: PairedSite): Promise<FakeSidecar> {
  const key = await site.key('to_sidecar');
  const server = createServer((request, response) => {
    void hear(request).then((heard) => {
      sidecar.heard.push(heard);
      const refusal: Reply = { status: 401, body: JSON.stringify({ code: heard.verdict }) };
      const { status = 200, headers = JSON_TYPE, body } = heard.verdict === 'ok' ? sidecar.answer(heard) : refusal;
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sidecar: FakeSidecar = {
    url,
    heard: [],
    answer: () => ({ body: '{}' }),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function hear(request: IncomingMessage): Promise<Heard> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [method, rawTarget, rawHeaders] = [
      request.method ?? '',
      request.url ?? '',
      pairHeaderLines(request.rawHeaders),
    ];
    const step = parseSignedRequest({ method, rawTarget, rawHeaders, body }, new URL(url));
    const known = step.ok && step.parsed.keyId === key.id && key.algorithm === 'hmac-sha256' ? key : undefined;
    const verified = step.ok ? verifyParsedRequest(step.parsed, known, new Date()) : step;
    const verdict = verified.ok ? 'ok' : verified.code;
    return { method, target: rawTarget, headers: request.headers, body: body.toString('utf8'), verdict };
  }
  const value = JSON.stringify({ publicUrl: url });
  const options = `${site.database.tablePrefix}options`;
  await site.knex.raw("REPLACE INTO ?? (option_name, option_value, autoload) VALUES ('ai_agent_sidecar', ?, 'off')", [
    options,
    value,
  ]);
  return sidecar;
}
