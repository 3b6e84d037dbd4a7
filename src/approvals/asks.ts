import { isJsonObject, type Json } from '../kernel/json.js';
import type { Decision } from '../policy/decision.js';

const askOf = (block: Json | undefined, rule: Json | undefined, code: Json | undefined): string =>
  JSON.stringify([block, rule, code]);

/** What of a decision asks for people: block, rule and code, whatever the words. */
export const asksOf = ({ findings }: Decision): readonly string[] =>
  findings.flatMap(({ effect, block, rule, code }) => (effect === 'ask' ? [askOf(block, rule, code)] : []));

/** The same of findings as an approval keeps them. */
const asksIn = (findings: Json): readonly string[] =>
  (Array.isArray(findings) ? findings : []).flatMap((finding) =>
    isJsonObject(finding) && finding['effect'] === 'ask'
      ? [askOf(finding['block'], finding['rule'], finding['code'])]
      : [],
  );

/** Whether the decision has an objection that people weren't shown when the call was held. */
export function asksMore(shown: Json, decision: Decision): boolean {
  const known = asksIn(shown);
  return asksOf(decision).some((ask) => !known.includes(ask));
}
