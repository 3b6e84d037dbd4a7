import { __ } from '@wordpress/i18n';

export type Tone = 'good' | 'wait' | 'bad' | 'quiet';
const MARKS: Readonly<Record<Tone, string>> = { good: '✓', wait: '⏸', bad: '✕', quiet: '–' };

/** A word with a sign and a colour: never a colour alone. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={`chaperone-badge is-${tone}`}>
      <span aria-hidden="true">{MARKS[tone]}</span> {children}
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
