import type { Clock } from '../kernel/clock.js';
import type { AgentId, CallId, WpUserId } from '../kernel/ids.js';
import { inRounds } from '../kernel/rounds.js';
import type { PreImage } from './undoing.js';

/** A pre-image may hold whatever the site held, so it is kept as arguments of calls are, and no longer than this. */
export const PRE_IMAGE_DAYS = 30;

export interface KeptPreImage {
  readonly callId: CallId;
  readonly agentId: AgentId;
  /** Who made the change. */
  readonly userId: WpUserId;
  readonly tool: string;
  readonly image: PreImage;
  readonly at: Date;
}

export interface PreImageStore {
  /** In the transaction of the call's outcome. */
  keep(kept: KeptPreImage): Promise<void>;
  /** Undefined when there is none, or none any more. */
  get(callId: CallId): Promise<PreImage | undefined>;
  /** @returns how many were deleted */
  purge(before: Date, limit: number): Promise<number>;
  /** All of what a user changed. @returns how many were deleted */
  erase(userId: WpUserId): Promise<number>;
}

/** Seals an image to its call and opens it again, with a key that the database doesn't hold. */
export interface ImageBox {
  seal(callId: CallId, plain: string): string;
  open(callId: CallId, sealed: string): string;
}

const DAY_MS = 86_400_000;
const MOST_AT_ONCE = 500;

/** Deletes what is past its time. @returns how many were deleted */
export const makePurgePreImages =
  ({ preImages, clock }: { readonly preImages: Pick<PreImageStore, 'purge'>; readonly clock: Clock }) =>
  (): Promise<number> => {
    const before = new Date(clock.now().getTime() - PRE_IMAGE_DAYS * DAY_MS);
    return inRounds(() => preImages.purge(before, MOST_AT_ONCE), { enough: MOST_AT_ONCE });
  };
