import { Webhook } from 'standardwebhooks';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { AgentId } from '../../../src/kernel/ids.js';
import { parseSourceName, type SourceName } from '../../../src/webhooks/inbound/source.js';
import type { Mapping } from '../../../src/webhooks/inbound/mapping.js';
import type { TestAnswer, TestRequest } from '../../support/http-request.js';
import type { PairedSite, TestSidecar } from '../../support/paired-site.js';

export interface TestSource {
  readonly name: SourceName;
  readonly secret: string;
}

export const DRAFT: Mapping = { title: { from: '/data/title' }, status: { value: 'draft' } };

/** A source of posts.create, unless `changes` say otherwise. */
export async function aSource(
  paired: PairedSite,
  text: string,
  changes: { readonly tool?: string; readonly mapping?: Mapping; readonly agentId?: AgentId } = {},
): Promise<TestSource> {
  const name = parseSourceName(text);
  if (name === undefined) throw new Error(`${text} names no source`);
  const made = await paired.sidecar.createSource({
    name,
    agentId: paired.agent.id,
    tool: 'posts.create',
    mapping: DRAFT,
    description: '',
    actor: OPERATOR,
    ...changes,
  });
  return { name, secret: made.secret.reveal() };
}

export interface TestMessage {
  readonly id: string;
  readonly payload?: unknown;
  /** Unix seconds. Default now. */
  readonly timestamp?: number;
  /** Sent in place of what the library made. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

/** Signed by the reference library, as outside systems do it. */
export function messageTo({ name, secret }: TestSource, message: TestMessage): TestRequest {
  const { id, payload = { data: { title: id } }, timestamp = Math.floor(Date.now() / 1_000) } = message;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signature = new Webhook(secret).sign(id, new Date(timestamp * 1_000), body);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
    ...message.headers,
  };
  return {
    method: 'POST',
    path: `/v1/webhooks/${name}`,
    body,
    headers: Object.entries(headers),
    ...(message.contentType === undefined ? {} : { contentType: message.contentType }),
  };
}

export const sendTo = (sidecar: TestSidecar, source: TestSource, message: TestMessage): Promise<TestAnswer> =>
  sidecar.send(messageTo(source, message));
