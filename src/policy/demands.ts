import type { ApprovalRule } from './document.js';

/** What the rules that match one call want beyond their verdicts, in the order of the document. */
export interface Demands {
  readonly approvals: ApprovalRule[];
}

export function noDemands(): Demands {
  return { approvals: [] };
}
