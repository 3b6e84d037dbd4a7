import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { mysqlApprovalStore } from '../../../../src/approvals/approval-store.mysql.js';
import { mysqlDelegationStore } from '../../../../src/approvals/delegation-store.mysql.js';
import { mysqlGrantStore } from '../../../../src/approvals/grant-store.mysql.js';
import type { Voter } from '../../../../src/approvals/voting.js';
import { mysqlAuditLog } from '../../../../src/audit/audit-log.mysql.js';
import { mysqlAuditReader } from '../../../../src/audit/audit-reader.mysql.js';
import { makeInTransaction } from '../../../../src/db/in-transaction.js';
import { makeAdmitCall } from '../../../../src/execution/admit-call.js';
import { makeApprovalUseCases } from '../../../../src/execution/approval-use-cases.js';
import type { CallRequest } from '../../../../src/execution/call.js';
import { mysqlCallStore } from '../../../../src/execution/call-store.mysql.js';
import { makeUseGrant } from '../../../../src/execution/granted-call.js';
import { makeHoldCall } from '../../../../src/execution/hold-call.js';
import { mysqlPreImageStore } from '../../../../src/execution/pre-image-store.mysql.js';
import { makeJournal } from '../../../../src/execution/journal.js';
import { makeCheckCall } from '../../../../src/execution/prepare-call.js';
import { makeRunCall } from '../../../../src/execution/run-call.js';
import { makeSubmitCall, type CallAnswer } from '../../../../src/execution/submit-call.js';
import type { WpRequest } from '../../../../src/execution/wordpress/wp-client.js';
import type { AgentStore } from '../../../../src/identity/agents/agent-store.js';
import type { LoadPrincipal } from '../../../../src/identity/authenticate.js';
import type { Principal } from '../../../../src/identity/principal.js';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import {
  newAgentId,
  newApprovalId,
  newCallId,
  newDelegationId,
  newGrantId,
  type ApprovalId,
  type CallId,
  type KeyId,
  type WpUserId,
} from '../../../../src/kernel/ids.js';
import type { JsonObject } from '../../../../src/kernel/json.js';
import { DEFAULT_NEED, type ApprovalNeed } from '../../../../src/policy/approval-need.js';
import type { Decision } from '../../../../src/policy/decision.js';
import { testSeal } from '../../../support/approvals.js';
import { FakeLimitStore } from '../../../support/fakes/fake-limit-store.js';
import { answered } from '../../../support/fakes/fake-execution.js';

export interface Run {
  readonly callId: CallId;
  readonly user: number;
  readonly route: string;
  readonly body: JsonObject;
}

const PREFIX = 'wp_';
/** People of one round have numbers that no other round has. */
const PEOPLE_PER_ROUND = 1_000;
const random = (count: number): Uint8Array => randomBytes(count);

type Stores = ReturnType<typeof storesOf>;
const storesOf = (db: Knex) => ({
  audit: mysqlAuditLog(db, PREFIX, random),
  trail: mysqlAuditReader(db, PREFIX),
  approvals: mysqlApprovalStore(db, PREFIX),
  delegations: mysqlDelegationStore(db, PREFIX),
  grants: mysqlGrantStore(db, PREFIX),
  calls: mysqlCallStore(db, PREFIX),
  // What undoes a call isn't looked at here.
  preImages: mysqlPreImageStore(db, PREFIX, { seal: (_id, plain) => plain, open: (_id, sealed) => sealed }),
});

/**
 * One round: an agent, people and a post of its own, over the real use cases and stores on the shared database. There are two
 * replicas, each with connections of its own; people, policy, WordPress and the clock are what the round makes them.
 */
export class AttackWorld {
  readonly runs: Run[] = [];
  /** What went wrong besides, in words. */
  readonly breaches: string[] = [];
  readonly people = new Map<number, Voter>();
  readonly agentId = newAgentId(random);
  readonly requester: WpUserId;
  readonly db: Knex;
  now = new Date();
  need: ApprovalNeed = DEFAULT_NEED;
  effect: Decision['effect'] = 'ask';
  policyVersion = 1;
  agentState: 'active' | 'suspended' = 'active';
  killed = false;
  /** While true, WordPress can't be read. */
  isAway = false;
  post: JsonObject = {
    id: 12,
    type: 'post',
    status: 'draft',
    title: { raw: 'As it was', rendered: '' },
    modified_gmt: '1',
  };
  readonly #base: number;
  readonly #replicas: readonly ReturnType<AttackWorld['compose']>[];
  #turn = 0;

  constructor(round: number, pools: readonly [Knex, Knex]) {
    this.#base = (round + 1) * PEOPLE_PER_ROUND;
    this.requester = this.id(0);
    this.db = pools[0];
    this.#replicas = pools.map((each) => this.compose(each));
    this.person(0, { login: `bot${round}`, roles: ['ai_agent', 'editor'], agentId: this.agentId, mayApprove: false });
  }

  id = (number: number): WpUserId => (this.#base + number) as WpUserId;
  loginOf = (number: number): string => this.people.get(this.id(number))?.login ?? '';

  person(number: number, changes: Partial<Omit<Voter, 'userId'>> = {}): Voter {
    const userId = this.id(number);
    const fresh: Voter = { userId, login: `u${userId}`, roles: ['editor'], mayApprove: true, agentId: null };
    const person = { ...(this.people.get(userId) ?? fresh), ...changes };
    this.people.set(userId, person);
    return person;
  }

  as(number: number): Principal {
    const { userId, login, roles, agentId, mayApprove } = this.person(number);
    return {
      ...{ userId, login, roles, agentId, grant: null, agentTools: null, ip: '203.0.113.9' },
      keyId: agentId === null ? null : ('key_1' as KeyId),
      credential: agentId === null ? 'application_password' : 'signature',
      capabilities: { has: (name) => (name === 'ai_agent_approve_changes' ? mayApprove && agentId === null : true) },
    };
  }

  /** The next replica's use cases: whoever asks twice asks two of them. */
  get useCases() {
    return this.replica.useCases;
  }

  get replica() {
    this.#turn += 1;
    const one = this.#replicas[this.#turn % this.#replicas.length];
    if (one === undefined) throw new Error('there is no replica');
    return one;
  }

  decisionFor(args: JsonObject): Decision {
    const effect = args['title'] === 'Forbidden' ? 'deny' : this.effect;
    const code = effect === 'deny' ? 'policy_content_denied' : 'policy_approval_required';
    return {
      ...{ effect, policyVersion: this.policyVersion, evaluatedAt: this.now.toISOString(), mode: 'autonomous' },
      ...{ approval: effect === 'ask' ? this.need : null, limits: [], termLists: {} },
      findings: [{ rule: 'r', block: 'approvals', effect, code, message: 'm' }],
    };
  }

  #send = (request: WpRequest) => {
    const { route, callId, actingUser, body = {} } = request;
    if (this.isAway) return Promise.resolve({ kind: 'unreachable' as const, reason: 'down' });
    const id = Number(/\/(\d+)$/.exec(route)?.[1] ?? 12);
    if (request.method === 'GET') return Promise.resolve(answered(200, { ...this.post, id }));
    if (callId === undefined) throw new Error('a write without a call');
    this.runs.push({ callId, user: actingUser ?? 0, route, body });
    return Promise.resolve(answered(200, { ...this.post, id }));
  };

  private compose(db: Knex) {
    const clock = { now: (): Date => this.now };
    const inTransaction = makeInTransaction<Stores>(db, storesOf);
    const wordpress = { send: this.#send };
    const checkCall = makeCheckCall({ wordpress, objects: { ask: () => Promise.resolve(true) } });
    const killSwitch = (): Promise<void> =>
      this.killed ? Promise.reject(new ChaperoneError('kill_switch_on')) : Promise.resolve();
    const loadPrincipal: LoadPrincipal = ({ userId }) => {
      const person = this.people.get(userId);
      return Promise.resolve(person === undefined ? undefined : this.as(userId - this.#base));
    };
    const agents: Pick<AgentStore, 'get'> = {
      get: (id) => {
        const agent = { name: 'bot', userId: this.requester, directUse: false, createdAt: this.now };
        return Promise.resolve(id === this.agentId ? { ...agent, id, state: this.agentState } : undefined);
      },
    };
    const wait = (): Promise<void> => Promise.resolve();
    const stores = storesOf(db);
    const decideCall = ({ call }: { readonly call: { readonly args: JsonObject } }): Promise<Decision> =>
      Promise.resolve(this.decisionFor(call.args));
    const checks = { killSwitch, checkCall, decideCall, clock };
    const useCases = makeApprovalUseCases({
      ...{ ...checks, ...stores, log: stores.trail, inTransaction, agents, loadPrincipal, wordpress, wait },
      findUser: (login) => Promise.resolve([...this.people.values()].find((each) => each.login === login)?.userId),
      newDelegationId: () => newDelegationId(random),
      newGrantId: () => newGrantId(random),
      seal: testSeal,
      findOut: () => Promise.resolve('unfinished' as const),
    });
    const journal = makeJournal({
      inTransaction: (work) => inTransaction((all) => work({ ...all, agents: NONE })),
      clock,
    });
    const submit = makeSubmitCall({
      ...{ ...checks, calls: stores.calls, journal, runCall: makeRunCall({ wordpress, journal, wait }) },
      admitCall: makeAdmitCall({ limits: new FakeLimitStore(() => this.now.getTime() * 1_000) }),
      useGrant: makeUseGrant({ findGrant: useCases.findGrant, log: stores.trail, inTransaction, clock }),
      holdCall: makeHoldCall({ inTransaction, seal: testSeal, newApprovalId: () => newApprovalId(random), clock }),
    });
    return { useCases, submit, stores };
  }

  /** A call of the round's agent, or of another. */
  call(args: JsonObject, changes: Partial<CallRequest> = {}, agentId = this.agentId): Promise<CallAnswer> {
    const request = { tool: 'posts.update', args, dryRun: false, ...changes };
    const principal = { ...this.as(0), agentId };
    return this.replica.submit({ callId: newCallId(random), principal, agentId, request, idempotencyKey: null });
  }

  /** Holds a change and returns the approval's id. */
  async hold(args: JsonObject = { id: 12, title: 'Asked' }): Promise<ApprovalId> {
    const { status, body } = await this.call(args);
    const { approval } = body;
    if (status !== 202 || typeof approval !== 'object' || approval === null || !('id' in approval)) {
      throw new Error(`the call wasn't held: ${JSON.stringify(body)}`);
    }
    return approval['id'] as ApprovalId;
  }

  later(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  /** What somebody with access to the tables writes. */
  async tamper(table: string, id: string, row: Record<string, unknown>, column = 'id'): Promise<void> {
    await this.db(`${PREFIX}ai_agent_${table}`)
      .where({ [column]: id })
      .update(row);
  }
}

const NONE: Pick<AgentStore, 'get' | 'update'> = {
  get: () => Promise.resolve(undefined),
  update: () => Promise.resolve(false),
};
