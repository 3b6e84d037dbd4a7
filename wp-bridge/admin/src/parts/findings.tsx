import { __, sprintf } from '@wordpress/i18n';
import * as z from 'zod/mini';
import { may } from '../site/boot.js';
import { Link } from './link.js';
import { Verdict } from './verdict.js';

/** What one rule said about one call. */
export const finding = z.object({
  rule: z.nullish(z.string()),
  block: z.nullish(z.string()),
  effect: z.string(),
  code: z.string(),
  message: z.string(),
  pointer: z.nullish(z.string()),
  source: z.nullish(z.object({ line: z.number(), column: z.number() })),
});
export type Finding = z.infer<typeof finding>;

/** The findings of a decision, each with the place in the policy where its rule stands. */
export function Findings({
  findings,
  version,
}: {
  readonly findings: readonly Finding[];
  readonly version: number | null;
}) {
  return (
    <ul className="chaperone-findings">
      {findings.map((each) => (
        <li key={`${each.block ?? ''} ${each.rule ?? ''} ${each.code} ${each.pointer ?? ''}`}>
          <Verdict verdict={each.effect} /> {each.message}
          <div className="chaperone-list__sub">
            {typeof each.rule === 'string' ? <code>{each.rule}</code> : null} <code>{each.code}</code>{' '}
            {typeof each.pointer === 'string' ? <code>{each.pointer}</code> : null}{' '}
            <Place version={version} source={each.source} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Place({ version, source }: { readonly version: number | null; readonly source: Finding['source'] }) {
  if (version === null || source === undefined || source === null) return null;
  /* translators: 1: number of a version, 2: line number. */
  const words = sprintf(__('policy version %1$d, line %2$d', 'chaperone'), version, source.line);
  if (!may('ai_agent_read_policies')) return <>{words}</>;
  return (
    <Link to="policy" params={{ version: String(version), line: String(source.line) }}>
      {words}
    </Link>
  );
}
