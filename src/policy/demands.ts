import type { ApprovalRule } from './document.js';
import type { LimitDemand } from './limit-demand.js';

/** What the rules that match one call want beyond their verdicts, in the order of the document. */
export interface Demands {
  readonly approvals: ApprovalRule[];
  readonly limits: LimitDemand[];
}

export function noDemands(): Demands {
  return { approvals: [], limits: [] };
}
