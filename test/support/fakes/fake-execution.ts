import type { NewAuditEntry } from '../../../src/audit/audit-entry.js';
import type { AuditLog } from '../../../src/audit/audit-log.js';
import type { Agent } from '../../../src/identity/agents/agent.js';
import type { AgentStore } from '../../../src/identity/agents/agent-store.js';
import type { WpUserId } from '../../../src/kernel/ids.js';
import type { InTransaction } from '../../../src/kernel/in-transaction.js';
import type { KeptPreImage, PreImageStore } from '../../../src/execution/pre-image-store.js';
import type { WpClient, WpReply, WpRequest } from '../../../src/execution/wordpress/wp-client.js';
import { FakeApprovalStore } from './fake-approval-store.js';
import { FakeCallStore } from './fake-call-store.js';

type Transaction = InTransaction<{
  readonly calls: FakeCallStore;
  readonly approvals: FakeApprovalStore;
  readonly audit: AuditLog;
  readonly agents: Pick<AgentStore, 'get' | 'update'>;
  readonly preImages: Pick<PreImageStore, 'keep'>;
}>;

/** Calls and audit entries in memory, committed together or not at all, and every commit noted down in `events`. */
export class FakeExecution {
  readonly calls = new FakeCallStore();
  readonly approvals = new FakeApprovalStore();
  preImages: readonly KeptPreImage[] = [];
  /** Of the one agent that there is. */
  agentState: Agent['state'] = 'active';
  readonly agents: Pick<AgentStore, 'get' | 'update'> = {
    get: (id) => {
      const agent = { id, name: 'bot', userId: 7 as WpUserId, directUse: false, createdAt: this.now };
      return Promise.resolve({ ...agent, state: this.agentState });
    },
    update: (_id, { state }) => {
      this.agentState = state ?? this.agentState;
      return Promise.resolve(true);
    },
  };
  entries: readonly NewAuditEntry[] = [];
  /** Commits (`call.intent+…`) and requests (`POST wp/v2/posts`) in the order in which they happened. */
  readonly events: string[] = [];
  /** Called before each commit, with the kinds of its entries; whatever it throws undoes the transaction. */
  beforeCommit: (kinds: readonly string[]) => void = () => undefined;
  /** Called after each commit; whatever it throws is an answer that got lost on its way back. */
  afterCommit: (kinds: readonly string[]) => void = () => undefined;
  now = new Date('2026-11-22T20:00:00.000Z');
  readonly clock = { now: (): Date => this.now };

  /** One at a time, as the audit log's head lock has it. */
  #last: Promise<unknown> = Promise.resolve();

  readonly inTransaction: Transaction = (work) => {
    const next = this.#last.then(() => this.#run(work));
    this.#last = next.catch(() => undefined);
    return next;
  };

  #run: Transaction = async (work) => {
    const { agentState, preImages } = this;
    const undo = [
      this.calls.snapshot(),
      this.approvals.snapshot(),
      () => {
        this.agentState = agentState;
        this.preImages = preImages;
      },
    ];
    const written: NewAuditEntry[] = [];
    const append = (entries: readonly NewAuditEntry[]) => {
      written.push(...entries);
      return Promise.resolve([]);
    };
    let result;
    try {
      const keep = (kept: KeptPreImage) => {
        this.preImages = [...this.preImages, kept];
        return Promise.resolve();
      };
      const { calls, approvals, agents } = this;
      result = await work({ calls, approvals, agents, audit: { append }, preImages: { keep } });
      this.beforeCommit(written.map(({ kind }) => kind));
    } catch (error) {
      for (const each of undo) each();
      throw error;
    }
    const kinds = written.map(({ kind }) => kind);
    this.entries = [...this.entries, ...written];
    if (kinds.length > 0) this.events.push(kinds.join('+'));
    this.afterCommit(kinds);
    return result;
  };

  /** A WordPress that answers as `reply` says. */
  wordpress(reply: (request: WpRequest) => WpReply | Promise<WpReply>): WpClient {
    return {
      send: async (request) => {
        this.events.push(`${request.method} ${request.route}`);
        return reply(request);
      },
    };
  }
}

export const answered = (status: number, body: Extract<WpReply, { kind: 'answered' }>['body']): WpReply => ({
  kind: 'answered',
  status,
  body,
  total: undefined,
  totalPages: undefined,
});
