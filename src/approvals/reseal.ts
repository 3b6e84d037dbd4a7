import type { ApprovalId, WpUserId } from '../kernel/ids.js';
import type { Approval } from './approval.js';
import { bind, isGenuine, isIntact, sealVote, type Seal } from './binding.js';

/** What `chaperone secrets rewrap` asks of the store of approvals, beside the seals of the people who decide. */
export interface SealedApprovals {
  /** How many open approvals each key-encryption key has sealed. */
  countByKek(): Promise<ReadonlyMap<string, number>>;
  /** Open approvals with a seal by another key than `kekId`, their own or a vote's; by id, strictly after `after`. */
  sealedByOthers(page: {
    readonly kekId: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly ApprovalId[]>;
  /** As `get`, and nobody else gets it so until the transaction ends. */
  lock(id: ApprovalId): Promise<Approval | undefined>;
  /** Writes seals and nothing else. */
  saveSeals(id: ApprovalId, seals: Reseal): Promise<void>;
}

export interface Reseal {
  readonly seal: string;
  readonly votes: readonly { readonly userId: WpUserId; readonly seal: string }[];
}

/**
 * The seals of an approval and of its votes under the first key-encryption key. Only what fits its seal gets a new one, so a
 * forged vote stays one; undefined when the approval itself doesn't fit.
 */
export function resealed(approval: Approval, seal: Seal): Reseal | undefined {
  if (!isIntact(approval, seal)) return undefined;
  const votes = approval.votes
    .filter((vote) => vote.dropped === null && isGenuine(approval.id, vote, seal))
    .map((vote) => ({ userId: vote.userId, seal: sealVote(approval.id, vote, seal) }));
  return { seal: bind(approval, seal).seal, votes };
}

const BATCH = 50;

/**
 * Steps by which `chaperone secrets rewrap` seals open approvals anew, each of them one transaction. An approval that doesn't
 * fit its seal is named and left alone: whoever decides on it is told that it was changed.
 */
export function approvalSeals(approvals: Pick<SealedApprovals, 'sealedByOthers'>, seal: Seal) {
  const what = 'approvals';
  return async function* (kekId: string) {
    let after = '';
    for (;;) {
      const page = await approvals.sealedByOthers({ kekId, after, limit: BATCH });
      const last = page.at(-1);
      if (last === undefined) return;
      after = last;
      yield async ({ sealedApprovals }: { readonly sealedApprovals: SealedApprovals }) => {
        const failed: string[] = [];
        for (const id of page) {
          const approval = await sealedApprovals.lock(id);
          const seals = approval === undefined ? undefined : resealed(approval, seal);
          if (seals === undefined) failed.push(`${what} ${id}`);
          else await sealedApprovals.saveSeals(id, seals);
        }
        return { what, done: page.length - failed.length, failed };
      };
    }
  };
}
