import type { AuditLog } from '../audit/audit-log.js';
import type { NewAuditEntry } from '../audit/audit-entry.js';
import type { AgentStore } from '../identity/agents/agent-store.js';
import type { Decision } from '../policy/decision.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Json } from '../kernel/json.js';
import type { CallRecord, CallState, StoredAnswer } from './call.js';
import type { CallStore } from './call-store.js';
import { decisionEntry, intentEntry, outcomeEntry, refusalEntry, suspensionEntry } from './journal-entries.js';
import type { CheckedCall } from './prepare-call.js';
import type { PreImageStore } from './pre-image-store.js';
import type { Submission } from './submit-call.js';
import type { PreImage } from './undoing.js';

/** A submission on its way. */
export interface OpenCall extends Submission {
  readonly requestDigest: string;
  readonly receivedAt: Date;
}

export interface CallEnd {
  readonly state: Extract<CallState, 'succeeded' | 'failed' | 'unknown'>;
  readonly answer: StoredAnswer;
  readonly code?: string;
  /** Of what the call created. */
  readonly entityId?: number;
  readonly afterDigest?: string;
  readonly detail?: Json;
  /** What the change is taken back with. */
  readonly preImage?: PreImage;
}

/**
 * Where a call's row and its audit entries are written, always together. The first four answer false when another
 * request with the same idempotency key was there first; then nothing was written.
 */
export interface CallJournal {
  dryRun(open: OpenCall, checked: CheckedCall, decision: Decision, answer: StoredAnswer): Promise<boolean>;
  denied(open: OpenCall, checked: CheckedCall, decision: Decision, answer: StoredAnswer): Promise<boolean>;
  /** Committed before WordPress is called: what was decided, and what is about to be done. */
  intent(open: OpenCall, checked: CheckedCall, decision: Decision): Promise<boolean>;
  outcome(open: OpenCall, checked: CheckedCall, end: CallEnd): Promise<void>;
  /** A call that was refused before a policy could decide it. */
  refused(open: OpenCall, error: ChaperoneError): Promise<void>;
}

/** Rolls the transaction back without an error of its own. */
class KeyTaken extends Error {}

interface Stores {
  readonly calls: CallStore;
  readonly audit: AuditLog;
  readonly agents: Pick<AgentStore, 'get' | 'update'>;
  readonly preImages: Pick<PreImageStore, 'keep'>;
}

export interface JournalDeps {
  readonly inTransaction: InTransaction<Stores>;
  readonly clock: Clock;
}

/** The call's row with its entries, or neither. False when the idempotency key was taken. */
function makeRecord({ inTransaction, clock }: JournalDeps) {
  return async (
    open: OpenCall,
    row: Pick<CallRecord, 'state' | 'answer'>,
    entries: readonly NewAuditEntry[],
    also: (stores: Stores) => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> => {
    const { callId: id, agentId, principal, idempotencyKey, request, requestDigest, receivedAt: createdAt } = open;
    const { userId } = principal;
    const { tool } = request;
    const fixed = { id, agentId, userId, idempotencyKey, requestDigest, tool, createdAt, updatedAt: clock.now() };
    try {
      await inTransaction(async (stores) => {
        if (!(await stores.calls.insert({ ...fixed, ...row }))) throw new KeyTaken();
        await stores.audit.append(entries);
        await also(stores);
      });
      return true;
    } catch (error) {
      if (error instanceof KeyTaken) return false;
      throw new ChaperoneError('audit_unavailable', { cause: error });
    }
  };
}

/** A finding of critical severity suspends the agent together with its denial (section 8 of the contract). */
async function suspend({ agents, audit }: Stores, open: OpenCall, decision: Decision, at: Date): Promise<void> {
  if (!decision.findings.some(({ suspends }) => suspends)) return;
  if ((await agents.get(open.agentId))?.state !== 'active') return;
  await agents.update(open.agentId, { state: 'suspended' }, at);
  await audit.append([suspensionEntry(open, decision, at)]);
}

/** Together with the outcome: a change that is known to have happened can be taken back, or says why not. */
export async function keepPreImage(
  preImages: Pick<PreImageStore, 'keep'>,
  { callId, agentId, principal, request }: OpenCall,
  { preImage: image }: CallEnd,
  at: Date,
): Promise<void> {
  if (image === undefined) return;
  await preImages.keep({ callId, agentId, userId: principal.userId, tool: request.tool, image, at });
}

export function makeJournal(deps: JournalDeps): CallJournal {
  const { clock, inTransaction } = deps;
  const record = makeRecord(deps);
  return {
    dryRun: (open, checked, decision, answer) =>
      record(open, { state: 'dry_run', answer }, [decisionEntry(open, checked, decision, clock.now())]),
    denied: (open, checked, decision, answer) =>
      record(open, { state: 'denied', answer }, [decisionEntry(open, checked, decision, clock.now())], (stores) =>
        suspend(stores, open, decision, clock.now()),
      ),
    intent: (open, checked, decision) =>
      record(open, { state: 'running', answer: null }, [
        decisionEntry(open, checked, decision, clock.now()),
        intentEntry(open, checked, clock.now()),
      ]),
    async outcome(open, checked, end) {
      await inTransaction(async ({ calls, audit, preImages }) => {
        const at = clock.now();
        const ended = await calls.finish(open.callId, { state: end.state, answer: end.answer, at });
        if (!ended) return;
        await audit.append([outcomeEntry(open, checked, end, at)]);
        await keepPreImage(preImages, open, end, at);
      });
    },
    async refused(open, error) {
      try {
        await inTransaction(({ audit }) => audit.append([refusalEntry(open, error, clock.now())]));
      } catch (cause) {
        throw new ChaperoneError('audit_unavailable', { cause });
      }
    },
  };
}
