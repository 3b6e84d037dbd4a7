import { DEFAULT_NEED, type ApprovalNeed, type NeededStep } from './approval-need.js';
import type { ApprovalRule } from './document.js';

/**
 * What all matching rules of `approvals` together want (section 8 of the contract: every matching entry holds): their
 * steps one after another in the order of the document, the shortest lifetime, and edits only where each allows them.
 */
export function neededApproval(rules: readonly ApprovalRule[]): ApprovalNeed {
  const [first, ...others] = rules;
  if (first === undefined) return DEFAULT_NEED;
  const steps: NeededStep[] = [];
  for (const { id, steps: wanted } of rules)
    for (const step of wanted) steps.push({ ...step, name: unlike(steps, step.name, id) });
  return {
    rules: rules.map(({ id }) => id),
    steps,
    expiresInSeconds: others.reduce((least, rule) => Math.min(least, rule.expiresInSeconds), first.expiresInSeconds),
    allowEdits: rules.every(({ allowEdits }) => allowEdits),
  };
}

/**
 * Two rules may each have a step "desk", perhaps with other approvers: both are held, and the later one carries its
 * rule's id, so that a vote is never counted for the other.
 */
function unlike(before: readonly NeededStep[], name: string, rule: string): string {
  const isTaken = (wanted: string): boolean => before.some((step) => step.name === wanted);
  if (!isTaken(name)) return name;
  for (let count = 1; ; count += 1) {
    const own = count === 1 ? `${name} (${rule})` : `${name} (${rule}, ${count})`;
    if (!isTaken(own)) return own;
  }
}
