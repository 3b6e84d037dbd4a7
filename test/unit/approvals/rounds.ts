import type { Approval } from '../../../src/approvals/approval.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { DEFAULT_NEED, type ApprovalNeed } from '../../../src/policy/approval-need.js';
import { REQUESTER, REQUESTER_AGENT, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

/** One thing that happens in a round; numbers choose who and what. */
export interface Move {
  readonly kind: (typeof MOVES)[number];
  readonly who: number;
  readonly pick: number;
}

export const MOVES = [
  'approve',
  'approve',
  'approve',
  'approve',
  'approve',
  'approve_together',
  'edit',
  'reject',
  'cancel',
  'call_off_in_between',
  'comment',
  'revoke',
  'restore',
  'later',
  'expire',
  'resume',
  'touch_target',
  'swap_args',
  'swap_steps',
  'forge_votes',
  'set_back',
  'deny',
  'ask_more',
  'allow',
  'suspend',
  'unreachable',
  'reachable',
] as const;

export const NEEDS: readonly ApprovalNeed[] = [
  DEFAULT_NEED,
  TWO_STEPS,
  { ...TWO_STEPS, allowEdits: false },
  { ...DEFAULT_NEED, steps: [{ name: 'three', approvers: { roles: ['editor', 'legal'] }, quorum: 3 }] },
];

/** Votes that were accepted, as an observer outside would count them: for which arguments, by whom; and how it was called off. */
interface Ledger {
  readonly votes: { readonly who: number; readonly args: string }[];
  readonly breaches: string[];
  /** How many calls had run when it was called off; null while it wasn't. */
  ended: number | null;
  tampered: boolean;
}

const PEOPLE = [1, 2, 3, 4, 5, REQUESTER];
const keyOf = (args: JsonObject): string => JSON.stringify(Object.entries(args).sort());

/** Plays one round and returns every breach: what ran that mustn't have. */
export async function play(
  need: ApprovalNeed,
  moves: readonly Move[],
): Promise<{ readonly breaches: readonly string[]; readonly runs: number }> {
  const world = new ApprovalWorld();
  world.need = need;
  for (const number of [1, 2, 3]) world.person(number);
  world.person(4, { login: 'admin', roles: ['administrator'] });
  world.person(5, { roles: ['legal'] });
  const held = await world.ask();
  const ledger: Ledger = { votes: [], breaches: [], ended: null, tampered: false };
  const breaches: string[] = [];
  for (const move of moves) {
    const before = world.runs.length;
    const wasOver = ledger.ended !== null || ledger.tampered || world.now >= held.expiresAt;
    await make(world, held, ledger, move);
    breaches.push(...judge(world, held, ledger, { before, wasOver }).map((what) => `${move.kind}: ${what}`));
  }
  return { breaches: [...breaches, ...ledger.breaches], runs: world.runs.length };
}

function judge(
  world: ApprovalWorld,
  held: Approval,
  ledger: Ledger,
  { before, wasOver }: { before: number; wasOver: boolean },
): readonly string[] {
  const fresh = world.runs.slice(before);
  const [run] = fresh;
  if (run === undefined) return [];
  const breaches: string[] = [];
  if (world.runs.length > 1) breaches.push('ran twice');
  if (wasOver || (ledger.ended !== null && world.runs.length > ledger.ended)) breaches.push('ran after its end');
  if (run.user !== REQUESTER) breaches.push('ran as somebody else');
  const key = keyOf({ id: 12, ...run.body });
  const voters = new Set(ledger.votes.filter(({ args }) => args === key).map(({ who }) => who));
  const needed = held.need.steps.reduce((sum, { quorum }) => sum + quorum, 0);
  if (voters.size < needed) breaches.push(`ran with ${voters.size} of ${needed} votes`);
  if (voters.has(REQUESTER)) breaches.push('the requester voted');
  const able = [...voters].filter((who) => world.people.get(who)?.mayApprove === true);
  if (able.length < needed) breaches.push('ran with votes of people who may no longer approve');
  return breaches;
}

async function vote(world: ApprovalWorld, held: Approval, ledger: Ledger, who: number, args?: JsonObject) {
  const principal = world.as(who);
  const seen = await world.present(held.id);
  const votesOf = (): number =>
    world.entries.filter(({ kind, actor }) => kind === 'approval.voted' && actor.userId === who).length;
  const before = votesOf();
  const edit = args === undefined ? {} : { args };
  await codeOf(world.useCases.approve({ id: held.id, principal, note: null, ...edit }));
  if (votesOf() > before) ledger.votes.push({ who, args: keyOf(args ?? seen.effective) });
}

/** A rejection or cancellation that is accepted promises that nothing has run and nothing will. */
async function callOff(world: ApprovalWorld, ledger: Ledger, stop: Promise<unknown>): Promise<void> {
  if ((await codeOf(stop)) !== 'ok') return;
  if (ledger.ended !== null) ledger.breaches.push('called off twice');
  if (world.runs.length > 0) ledger.breaches.push('called off after it ran');
  ledger.ended = world.runs.length;
}

/** What each move does. */
async function make(world: ApprovalWorld, held: Approval, ledger: Ledger, { kind, who, pick }: Move): Promise<void> {
  const person = PEOPLE[who % PEOPLE.length] ?? 1;
  const said = { id: held.id, principal: world.as(person), note: 'n' };
  const tamper = (change: (row: Approval) => Approval): void => {
    world.approvals.tamper(held.id, change);
  };
  const moves: Record<Move['kind'], () => unknown> = {
    approve: () => vote(world, held, ledger, person),
    approve_together: () => Promise.all(PEOPLE.map((each) => vote(world, held, ledger, each))),
    edit: () => vote(world, held, ledger, person, { id: 12, title: `Edit ${pick % 3}` }),
    reject: () => callOff(world, ledger, world.useCases.reject(said)),
    cancel: () => callOff(world, ledger, world.useCases.cancel({ ...said, principal: world.requester })),
    call_off_in_between: () => {
      const stop = (): Promise<unknown> =>
        pick % 2 === 0 ? world.useCases.reject(said) : world.useCases.cancel({ ...said, principal: world.requester });
      world.meanwhile = () => callOff(world, ledger, stop());
    },
    comment: () => codeOf(world.useCases.comment(said)),
    revoke: () => person === REQUESTER || world.person(person, { mayApprove: false }),
    restore: () => person === REQUESTER || world.person(person, { mayApprove: true }),
    later: () => world.later([1, 60, 600, 86_399][pick % 4] ?? 1),
    expire: () => world.useCases.expire(),
    resume: () => world.useCases.resume(),
    touch_target: () => void (world.post = { ...world.post, modified_gmt: `x${pick}` }),
    swap_args: () => {
      ledger.tampered = true;
      tamper((row) => ({ ...row, effective: { id: 12, title: 'Swapped' } }));
    },
    swap_steps: () => {
      ledger.tampered = true;
      const steps = [{ name: 'easy', approvers: {}, quorum: pick % 2 }];
      tamper((row) => ({ ...row, need: { ...row.need, steps } }));
    },
    forge_votes: () => {
      const forged = {
        step: pick % 2,
        userId: person as never,
        login: 'x',
        by: null,
        rememberSeconds: null,
        note: null,
        at: world.now,
        seal: 'x',
      };
      tamper((row) =>
        row.votes.some(({ userId }) => userId === person)
          ? row
          : { ...row, votes: [...row.votes, { ...forged, digest: row.digest, dropped: null }] },
      );
    },
    set_back: async () => {
      const row = await world.present(held.id);
      const call = await world.calls.get(held.callId);
      if (call !== undefined)
        await world.calls.settle(call.id, { from: call.state, to: 'pending_approval', at: world.now });
      tamper(() => ({ ...row, state: pick % 2 === 0 ? 'approved' : 'pending' }));
    },
    deny: () => void (world.effect = 'deny'),
    ask_more: () => {
      world.effect = 'ask';
      world.need = pick % 2 === 0 ? TWO_STEPS : held.need;
    },
    allow: () => void (world.effect = 'allow'),
    suspend: () => void (world.agentState = pick % 3 === 0 ? 'suspended' : 'active'),
    unreachable: () => void (world.unreachable = true),
    reachable: () => void (world.unreachable = false),
  };
  await moves[kind]();
  if (world.person(REQUESTER).agentId !== REQUESTER_AGENT) throw new Error('the round changed its agent');
}
