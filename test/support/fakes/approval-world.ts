import type { Found } from '../../../src/execution/find-out.js';
import type { Approval } from '../../../src/approvals/approval.js';
import type { NewAuditEntry, AuditEntry } from '../../../src/audit/audit-entry.js';
import { makeApprovalUseCases, type ApprovalUseCaseDeps } from '../../../src/execution/approval-use-cases.js';
import { makeHoldCall } from '../../../src/execution/hold-call.js';
import type { OpenCall } from '../../../src/execution/journal.js';
import { makeCheckCall, prepare } from '../../../src/execution/prepare-call.js';
import { makeSettleLostCalls } from '../../../src/execution/settle-lost-calls.js';
import type { WpRequest } from '../../../src/execution/wordpress/wp-client.js';
import type { LoadPrincipal } from '../../../src/identity/authenticate.js';
import type { Principal } from '../../../src/identity/principal.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import type { AgentId, ApprovalId, CallId, DelegationId, GrantId, KeyId, WpUserId } from '../../../src/kernel/ids.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import type { Voter } from '../../../src/approvals/voting.js';
import { DEFAULT_NEED, type ApprovalNeed } from '../../../src/policy/approval-need.js';
import type { Decision } from '../../../src/policy/decision.js';
import { ASKED, REQUESTER, REQUESTER_AGENT, testSeal } from '../approvals.js';
import { FakeApprovalStore } from './fake-approval-store.js';
import { FakeDelegationStore } from './fake-delegation-store.js';
import { FakeGrantStore } from './fake-grant-store.js';
import { FakeCallStore } from './fake-call-store.js';
import { answered } from './fake-execution.js';

/** What WordPress was made to do. */
export interface Run {
  readonly callId: CallId;
  readonly user: number;
  readonly body: JsonObject;
  readonly at: Date;
}

const capabilitiesOf = (voter: Voter): Principal['capabilities'] => ({
  has: (name) => (name === 'ai_agent_approve_changes' ? voter.mayApprove && voter.agentId === null : true),
});

/** The real use cases of approvals over stores in memory, with people, a post and a policy that a test may change. */
export class ApprovalWorld {
  readonly approvals = new FakeApprovalStore();
  readonly delegations = new FakeDelegationStore();
  readonly grants = new FakeGrantStore();
  readonly calls = new FakeCallStore();
  entries: readonly NewAuditEntry[] = [];
  readonly people = new Map<number, Voter>();
  readonly runs: Run[] = [];
  now = ASKED;
  need: ApprovalNeed = DEFAULT_NEED;
  effect: Decision['effect'] = 'ask';
  mode: Decision['mode'] = 'autonomous';
  /** The rule that asks. */
  rule = 'r';
  policyVersion = 1;
  agentState: 'active' | 'suspended' = 'active';
  killed = false;
  /** Set: the process stops while WordPress works on the next write, which is told, and nothing of it goes on. */
  crash: (() => void) | undefined;
  /** Set: happens once, while everything about an approved call is checked again before the claim. */
  meanwhile: (() => Promise<unknown>) | undefined;
  /** While true, WordPress can't be read. */
  unreachable = false;
  post: JsonObject = {
    id: 12,
    type: 'post',
    status: 'draft',
    title: { raw: 'As it was', rendered: '' },
    modified_gmt: '1',
  };
  readonly clock = { now: (): Date => this.now };
  #count = 0;
  #made = 0;
  #last: Promise<unknown> = Promise.resolve();

  readonly inTransaction: ApprovalUseCaseDeps['inTransaction'] = (work) => {
    const run = async (): ReturnType<typeof work> => {
      const { approvals, calls, delegations, grants } = this;
      const undo = [approvals, calls, delegations, grants].map((store) => store.snapshot());
      const written: NewAuditEntry[] = [];
      const append = (entries: readonly NewAuditEntry[]) => {
        written.push(...entries);
        return Promise.resolve([]);
      };
      try {
        const preImages = { keep: () => Promise.resolve() };
        const stores = { approvals, calls, delegations, grants, preImages, audit: { append }, trail: this.log };
        const result = await work(stores);
        this.entries = [...this.entries, ...written];
        return result;
      } catch (error) {
        for (const each of undo) each();
        throw error;
      }
    };
    const next = this.#last.then(run);
    this.#last = next.catch(() => undefined);
    return next;
  };

  readonly log: ApprovalUseCaseDeps['log'] = {
    list: ({ callId, kind, from }, { limit }) => {
      const found = this.entries.filter(
        (entry) =>
          (callId === undefined || entry.callId === callId) &&
          (kind === undefined || entry.kind === kind) &&
          (from === undefined || entry.at >= from),
      );
      return Promise.resolve([...found].reverse().slice(0, limit) as AuditEntry[]);
    },
  };

  readonly #wordpress = {
    send: (request: WpRequest) => {
      if (this.unreachable) return Promise.resolve({ kind: 'unreachable' as const, reason: 'down' });
      if (request.method === 'GET') return Promise.resolve(answered(200, this.post));
      const { callId, actingUser, body = {} } = request;
      if (callId === undefined) throw new Error('a write without a call');
      this.runs.push({ callId, user: actingUser ?? 0, body, at: this.now });
      const { crash } = this;
      this.crash = undefined;
      if (crash !== undefined) {
        crash();
        return new Promise<never>(() => undefined);
      }
      return Promise.resolve(answered(200, { ...this.post, modified_gmt: `${this.runs.length + 1}` }));
    },
  };

  readonly #checkCall = makeCheckCall({ wordpress: this.#wordpress, objects: { ask: () => Promise.resolve(true) } });

  readonly loadPrincipal: LoadPrincipal = ({ userId }) => {
    const person = this.people.get(userId);
    return Promise.resolve(person === undefined ? undefined : this.principalOf(person));
  };

  /** What WordPress wrote down of a call; nothing, unless a test says otherwise. */
  found: Found = 'unfinished';

  readonly useCases = makeApprovalUseCases({
    findOut: () => Promise.resolve(this.found),
    inTransaction: this.inTransaction,
    approvals: this.approvals,
    log: this.log,
    agents: {
      get: (id) => {
        const agent = { name: 'bot', userId: REQUESTER, directUse: false, createdAt: ASKED };
        return Promise.resolve(id === REQUESTER_AGENT ? { ...agent, id, state: this.agentState } : undefined);
      },
    },
    loadPrincipal: this.loadPrincipal,
    delegations: this.delegations,
    grants: this.grants,
    findUser: (login) => {
      const found = [...this.people.values()].find((each) => each.login === login);
      return Promise.resolve(found?.userId);
    },
    newDelegationId: () => `del_${String(++this.#made).padStart(20, '0')}` as DelegationId,
    newGrantId: () => `grt_${String(++this.#made).padStart(20, '0')}` as GrantId,
    seal: testSeal,
    killSwitch: () => (this.killed ? Promise.reject(new ChaperoneError('kill_switch_on')) : Promise.resolve()),
    checkCall: this.#checkCall,
    decideCall: async () => {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      await meanwhile?.();
      return this.decision;
    },
    wordpress: this.#wordpress,
    wait: () => Promise.resolve(),
    clock: this.clock,
  });

  readonly settleLostCalls = makeSettleLostCalls({
    calls: this.calls,
    inTransaction: this.inTransaction,
    clock: this.clock,
  });

  readonly #hold = makeHoldCall({
    inTransaction: this.inTransaction,
    seal: testSeal,
    newApprovalId: () => `apr_${String(this.#count).padStart(20, '0')}` as ApprovalId,
    clock: this.clock,
  });

  constructor() {
    this.person(REQUESTER, { login: 'bot', roles: ['ai_agent'], agentId: REQUESTER_AGENT, mayApprove: false });
  }

  get decision(): Decision {
    const { effect, mode } = this;
    const finding = {
      rule: this.rule,
      block: 'tools',
      effect,
      code: 'policy_approval_required',
      message: 'm',
    } as const;
    const denial = { ...finding, code: 'policy_blackout' } as const;
    const decided = {
      effect,
      policyVersion: this.policyVersion,
      evaluatedAt: this.now.toISOString(),
      mode,
      approval: effect === 'ask' ? this.need : null,
      limits: [],
      termLists: {},
      findings: [effect === 'deny' ? denial : finding],
    };
    return decided;
  }

  principalOf(person: Voter): Principal {
    const { userId, login, roles, agentId } = person;
    const keyId = agentId === null ? null : ('key_1' as KeyId);
    const credential = agentId === null ? 'application_password' : 'signature';
    return {
      userId,
      login,
      roles,
      agentId,
      keyId,
      credential,
      capabilities: capabilitiesOf(person),
      grant: null,
      agentTools: null,
      ip: '203.0.113.9',
    };
  }

  /** An editor unless `changes` say otherwise; the same number again changes the person. */
  person(number: number, changes: Partial<Omit<Voter, 'userId'>> = {}): Principal {
    const before = this.people.get(number);
    const fresh: Voter = {
      userId: number as WpUserId,
      login: `user${number}`,
      roles: ['editor'],
      mayApprove: true,
      agentId: null,
    };
    const person = { ...(before ?? fresh), ...changes };
    this.people.set(number, person);
    return this.principalOf(person);
  }

  /** As whoever it is now. */
  as(number: number): Principal {
    const person = this.people.get(number);
    if (person === undefined) throw new Error(`nobody is ${number}`);
    return this.principalOf(person);
  }

  get requester(): Principal {
    return this.as(REQUESTER);
  }

  /** Holds a change of post 12 and returns the approval. */
  async ask(args: JsonObject = { id: 12, title: 'Asked' }, tool = 'posts.update'): Promise<Approval> {
    this.#count += 1;
    const request = { tool, args, dryRun: false, reason: 'because' };
    const checked = await this.#checkCall(prepare(request), this.requester);
    const open: OpenCall = {
      callId: `call_${String(this.#count).padStart(20, '0')}` as CallId,
      principal: this.requester,
      agentId: REQUESTER_AGENT,
      request,
      idempotencyKey: null,
      requestDigest: 'd'.repeat(64),
      receivedAt: this.now,
    };
    await this.#hold(open, checked, this.decision);
    const approval = await this.approvals.byCall(open.callId);
    if (approval === undefined) throw new Error('nothing is held');
    return approval;
  }

  async present(id: ApprovalId): Promise<Approval> {
    const approval = await this.approvals.get(id);
    if (approval === undefined) throw new Error('it is gone');
    return approval;
  }

  later(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  kinds(): readonly string[] {
    return this.entries.map(({ kind }) => kind);
  }

  static readonly otherAgent = 'agt_11111111111111111111' as AgentId;
}

/** The code of the refusal; `ok` when there was none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof ChaperoneError) return error.code;
    throw error;
  }
}
