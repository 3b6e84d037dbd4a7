import { __ } from '@wordpress/i18n';
import type { Tone } from '../parts/verdict.js';
import type { Agent, AgentKey } from './answers.js';

export const isPast = (at: string | null, now: Date): boolean => at !== null && Date.parse(at) <= now.getTime();

/** What an agent is in, its end considered. */
export function stateOf({ state, expiresAt }: Agent, now: Date): { readonly tone: Tone; readonly word: string } {
  if (state !== 'active') return { tone: 'bad', word: __('suspended', 'chaperone') };
  if (isPast(expiresAt, now)) return { tone: 'bad', word: __('past its end', 'chaperone') };
  return { tone: 'good', word: __('active', 'chaperone') };
}

/** Who an agent is on WordPress: the login, or the number of a user who is gone. */
export const loginOf = ({ userId, login }: Pick<Agent, 'userId' | 'login'>): string => login ?? `#${userId}`;

export function toneOfKey({ state }: AgentKey): Tone {
  return state === 'active' ? 'good' : state === 'pending' || state === 'retiring' ? 'wait' : 'quiet';
}

export function wordOfKey({ state }: AgentKey): string {
  switch (state) {
    case 'active':
      return __('active', 'chaperone');
    case 'pending':
      return __('not active yet', 'chaperone');
    case 'retiring':
      return __('retiring', 'chaperone');
    case 'revoked':
      return __('revoked', 'chaperone');
    case 'expired':
      return __('past its end', 'chaperone');
    default:
      return state;
  }
}

export const wordOfAlgorithm = (algorithm: string): string => (algorithm === 'ed25519' ? 'Ed25519' : 'HMAC-SHA256');

/** One on each line or with commas; null for nothing. */
export function listOf(text: string): readonly string[] | null {
  const items = text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length === 0 ? null : items;
}
