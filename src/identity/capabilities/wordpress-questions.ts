import type { WpUserId } from '../../kernel/ids.js';

/** May this user do this to these objects? `user_can( $userId, $capability, ...$objects )`. */
export interface CapabilityQuestion {
  readonly userId: WpUserId;
  readonly capability: string;
  readonly objects: readonly number[];
}

/**
 * What only WordPress can answer, because it hangs on PHP: post types, meta capabilities, filters. Rejects with
 * `upstream_unavailable` when it can't be asked; nothing is assumed then.
 */
export interface WordPressQuestions {
  ask(question: CapabilityQuestion): Promise<boolean>;
  applicationPasswordsAvailable(userId: WpUserId): Promise<boolean>;
}

/** One entry of `questions` of `POST /bridge/questions` (docs/bridge.md). */
export interface BridgeQuestion {
  readonly userId: WpUserId;
  readonly checks: readonly { readonly capability: string; readonly objects: readonly number[] }[];
}

/** One entry of `answers`, in the order of the questions. */
export interface BridgeAnswer {
  readonly exists: boolean;
  readonly applicationPasswordsAvailable: boolean;
  readonly checks: readonly boolean[];
}

/** Sends at most 100 questions of at most 50 checks each, over whatever carries them. */
export type SendQuestions = (questions: readonly BridgeQuestion[]) => Promise<readonly BridgeAnswer[]>;

export const QUESTIONS_PER_REQUEST = 100;
export const CHECKS_PER_QUESTION = 50;
