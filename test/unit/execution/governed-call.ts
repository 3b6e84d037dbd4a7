import { requestDigest, type CallRecord, type CallRequest } from '../../../src/execution/call.js';
import { makeAdmitCall } from '../../../src/execution/admit-call.js';
import { makeDecideCall } from '../../../src/execution/decide-call.js';
import { makeHoldCall } from '../../../src/execution/hold-call.js';
import { makeJournal } from '../../../src/execution/journal.js';
import { makeCheckCall } from '../../../src/execution/prepare-call.js';
import { makeRunCall } from '../../../src/execution/run-call.js';
import { makeSubmitCall, type CallAnswer, type Submission } from '../../../src/execution/submit-call.js';
import type { WpReply, WpRequest } from '../../../src/execution/wordpress/wp-client.js';
import type { Principal } from '../../../src/identity/principal.js';
import { newAgentId, newApprovalId, newCallId, type KeyId, type WpUserId } from '../../../src/kernel/ids.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { FakeLimitStore } from '../../support/fakes/fake-limit-store.js';
import { answered, FakeExecution } from '../../support/fakes/fake-execution.js';
import { testSeal } from '../../support/approvals.js';
import { aPolicy } from '../../support/policies.js';

export const AGENT = newAgentId((count) => new Uint8Array(count));
export const POST: JsonObject = { id: 12, type: 'post', status: 'draft', title: { raw: 'A', rendered: 'A' } };

/** Everything of a call but the network and the database: real use cases over fakes. */
export class Governed {
  readonly world = new FakeExecution();
  capabilities = new Set(['read', 'edit_posts', 'publish_posts', 'ai_agent_execute_tool']);
  policy: ReturnType<typeof aPolicy> | undefined = aPolicy({ tools: [{ id: 'all', effect: 'allow' }] });
  killSwitch: () => Promise<void> = () => Promise.resolve();
  /** Capability questions about objects. */
  granted: (capability: string) => boolean = () => true;
  /** What WordPress answers; a GET brings the post, and whatever else is done brings it too. */
  reply: (request: WpRequest) => WpReply | Promise<WpReply> = ({ method }) =>
    answered(method === 'POST' ? 201 : 200, POST);
  readonly limits = new FakeLimitStore(() => this.world.now.getTime() * 1_000);
  readonly waits: number[] = [];
  #count = 0;

  readonly #wordpress = this.world.wordpress((request) => this.reply(request));
  readonly #journal = makeJournal({ inTransaction: this.world.inTransaction, clock: this.world.clock });

  readonly #submit = makeSubmitCall({
    calls: this.world.calls,
    killSwitch: () => this.killSwitch(),
    journal: this.#journal,
    checkCall: makeCheckCall({
      wordpress: this.#wordpress,
      objects: { ask: ({ capability }) => Promise.resolve(this.granted(capability)) },
    }),
    decideCall: makeDecideCall({
      activePolicy: () => Promise.resolve(this.policy),
      siteTimeZone: () => Promise.resolve('UTC'),
      clock: this.world.clock,
    }),
    admitCall: makeAdmitCall({ limits: this.limits }),
    useGrant: () => Promise.resolve('none'),
    holdCall: makeHoldCall({
      inTransaction: this.world.inTransaction,
      seal: testSeal,
      newApprovalId: () => newApprovalId((length) => new Uint8Array(length).fill(this.#count)),
      clock: this.world.clock,
    }),
    runCall: makeRunCall({
      wordpress: this.#wordpress,
      journal: this.#journal,
      wait: (milliseconds) => {
        this.waits.push(milliseconds);
        return Promise.resolve();
      },
    }),
    clock: this.world.clock,
  });

  get principal(): Principal {
    return {
      userId: 7 as WpUserId,
      login: 'bot',
      roles: ['ai_agent'],
      capabilities: this.capabilities,
      agentId: AGENT,
      credential: 'signature',
      keyId: 'key_1' as KeyId,
      grant: null,
      agentTools: null,
      ip: '203.0.113.7',
    };
  }

  submission(request: Partial<CallRequest> = {}, idempotencyKey: string | null = null): Submission {
    this.#count += 1;
    const count = this.#count;
    return {
      callId: newCallId((length) => new Uint8Array(length).fill(count)),
      principal: this.principal,
      agentId: AGENT,
      request: { tool: 'posts.create', args: { title: 'x' }, dryRun: false, ...request },
      idempotencyKey,
    };
  }

  submit(request: Partial<CallRequest> = {}, idempotencyKey: string | null = null): Promise<CallAnswer> {
    return this.#submit(this.submission(request, idempotencyKey));
  }

  /** The code with which the call was refused; its callId must be in the problem. */
  async refusal(request: Partial<CallRequest> = {}, idempotencyKey: string | null = null): Promise<string> {
    try {
      const answer = await this.submit(request, idempotencyKey);
      return `${answer.status} ${JSON.stringify(answer.body['code'])}`;
    } catch (error) {
      const { code, extras } = error as { code?: string; extras?: { members?: { callId?: unknown } } };
      if (typeof extras?.members?.callId !== 'string') throw error;
      return String(code);
    }
  }

  /** A running call that some process left behind. */
  async leaveRunning(changes: Partial<CallRecord> = {}): Promise<CallRecord> {
    const { callId, request } = this.submission();
    const now = this.world.now;
    const record: CallRecord = {
      id: callId,
      readBack: null,
      agentId: AGENT,
      userId: 7 as WpUserId,
      idempotencyKey: null,
      requestDigest: requestDigest(request),
      tool: request.tool,
      state: 'running',
      answer: null,
      createdAt: now,
      updatedAt: now,
      ...changes,
    };
    await this.world.calls.insert(record);
    return record;
  }
}
