import type { ApprovalId } from '../kernel/ids.js';

/** The idempotency key of the call that is asked anew for an approval. No header can carry its sign (http/read-request.ts). */
export const anewKey = (id: ApprovalId): string => `↻${id}`;
