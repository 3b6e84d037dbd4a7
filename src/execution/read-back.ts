import { approvalEntry, NOBODY } from '../approvals/entries.js';
import type { Approval } from '../approvals/approval.js';
import type { ApprovalStore } from '../approvals/approval-store.js';
import { makeChange } from '../approvals/change.js';
import type { ChangeDeps } from '../approvals/stores.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import { ChaperoneError } from '../kernel/errors.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import { rawOf, type ReadBack } from './call.js';
import type { FindOut, Found } from './find-out.js';
import { prepare } from './prepare-call.js';
import { LOST_AFTER_MS } from './settle-lost-calls.js';
import { targetState } from './target-state.js';
import type { ReadyCall } from './tool.js';
import { processReply } from './wordpress/process-replies.js';
import type { WpClient } from './wordpress/wp-client.js';

const BATCH = 20;

type Seen = Omit<ReadBack, 'at'>;

const unclear = (detail: string): Seen => ({ result: 'unclear', detail });
const GONE = [404, 410];

/** Undefined while WordPress can't be asked; then it is asked again later. */
async function lookAt(wordpress: WpClient, approval: Approval, call: ReadyCall): Promise<Seen | undefined> {
  const { target, request } = call;
  if (target === undefined) return unclear('It was to make something new: look for it on the site.');
  const actingUser = approval.requester.userId;
  const outcome = processReply(await wordpress.send({ method: 'GET', ...target.read, actingUser }));
  if (outcome.kind === 'refused') {
    const isGone = request.method === 'DELETE' && GONE.includes(outcome.error.status);
    return isGone ? { result: 'done', detail: 'It is gone.' } : unclear('WordPress doesn’t show it any more.');
  }
  if (outcome.kind !== 'done' || !isJsonObject(outcome.body)) return undefined;
  return compare(approval, call, outcome.body);
}

function compare(approval: Approval, call: ReadyCall, seen: JsonObject): Seen {
  if (targetState({ call, before: seen })?.digest === approval.targetDigest) {
    // WordPress began with it, and whether it has stopped nobody can tell.
    return unclear('It is as it was before, down to the time of its last change, though WordPress began with it.');
  }
  const { method, body = {} } = call.request;
  const wanted = method === 'DELETE' ? { status: 'trash' } : body;
  const names = Object.keys(wanted);
  const differing = names.filter(
    (name) => canonicalJson(rawOf(seen[name] ?? null)) !== canonicalJson(wanted[name] ?? null),
  );
  if (names.length > 0 && differing.length === 0) return { result: 'done', detail: 'It is as the call wanted it.' };
  return unclear(`It was changed, and ${differing.join(', ') || 'what'} isn’t what the call wanted: look at it.`);
}

function read(wordpress: WpClient, approval: Approval): Promise<Seen | undefined> {
  try {
    const call = prepare({ tool: approval.tool, args: approval.effective, dryRun: false });
    const known = call.survey === undefined ? call : undefined;
    return known === undefined
      ? Promise.resolve(unclear('This kind of call can’t be read back: look at the site.'))
      : lookAt(wordpress, approval, known);
  } catch (error) {
    if (error instanceof ChaperoneError) return Promise.resolve(unclear(error.message));
    throw error;
  }
}

/**
 * Approved calls whose outcome is unknown are looked for, once nobody can be working on them any more: in what WordPress wrote down of
 * them, and where that has no end, on the site. What is found is written down beside the outcome. It is a reading: the state stays `unknown`, and nothing is ever run again.
 * @returns how many were settled
 */
export function makeReadBack(
  deps: ChangeDeps & {
    readonly approvals: Pick<ApprovalStore, 'unsettled' | 'get'>;
    readonly wordpress: WpClient;
    readonly findOut: FindOut;
  },
): () => Promise<number> {
  const change = makeChange(deps);
  const settle = async (approval: Approval): Promise<number> => {
    const told: Found = await deps.findOut(approval.callId);
    const found = told === 'unfinished' ? await read(deps.wordpress, approval) : told;
    if (found === 'later') return 0;
    if (found === undefined) return 0;
    let settled = 0;
    await change(approval.id, (locked, at) => {
      if (locked.state !== 'unknown' || locked.resolution !== null) return { next: locked, entries: [] };
      settled = 1;
      const readBack = { ...found, at: at.toISOString() };
      const entry = approvalEntry('approval.reconciled', locked, { actor: NOBODY, at }, { ...found });
      return { next: { ...locked, resolution: { readBack }, updatedAt: at }, entries: [entry] };
    });
    return settled;
  };
  return async () => {
    const before = new Date(deps.clock.now().getTime() - LOST_AFTER_MS);
    let settled = 0;
    for (const id of await deps.approvals.unsettled(before, BATCH)) {
      const approval = await deps.approvals.get(id);
      if (approval !== undefined) settled += await settle(approval);
    }
    return settled;
  };
}
