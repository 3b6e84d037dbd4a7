import { __ } from '@wordpress/i18n';

export type Tone = 'good' | 'wait' | 'bad' | 'quiet';
/** Drawn, since not every font has such signs. */
const MARKS: Readonly<Record<Tone, string>> = {
  good: 'M2.5 6.5 5 9l4.5-6',
  wait: 'M4 2.5v7M8 2.5v7',
  bad: 'm3 3 6 6M9 3 3 9',
  quiet: 'M3 6h6',
};

/** A word with a sign and a colour: never a colour alone. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={`chaperone-badge is-${tone}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={MARKS[tone]} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      {children}
    </span>
  );
}

export const toneOfVerdict = (verdict: string): Tone =>
  verdict === 'allow' ? 'good' : verdict === 'ask' ? 'wait' : verdict === 'deny' ? 'bad' : 'quiet';

export function wordOfVerdict(verdict: string): string {
  switch (verdict) {
    case 'allow':
      return __('allowed', 'chaperone');
    case 'ask':
      return __('held', 'chaperone');
    case 'deny':
      return __('refused', 'chaperone');
    default:
      return verdict;
  }
}

export function Verdict({ verdict }: { readonly verdict: string }) {
  return <Badge tone={toneOfVerdict(verdict)}>{wordOfVerdict(verdict)}</Badge>;
}
