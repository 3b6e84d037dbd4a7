import { describe, expect, it } from '@jest/globals';
import { parseList } from 'structured-headers';
import { limitHeaders } from '../../../src/limits/headers.js';
import type { LimitStanding, LimitVerdict } from '../../../src/limits/limit-store.js';

function aStanding(changes: Partial<LimitStanding> = {}): LimitStanding {
  return { rule: 'permin', limit: 50, admits: true, remaining: 20, resetSeconds: 56, windowSeconds: 60, ...changes };
}
function aVerdict(changes: Partial<LimitVerdict> = {}): LimitVerdict {
  return { admitted: true, refusedBy: [], retryAfterSeconds: 0, standings: [aStanding()], at: 0, ...changes };
}

describe('the fields of a verdict', () => {
  it('are those of the draft’s own examples', () => {
    const perhr = aStanding({ rule: 'perhr', limit: 1_000, remaining: 999, resetSeconds: 12, windowSeconds: 3_600 });
    expect(limitHeaders(aVerdict({ standings: [aStanding(), perhr] }))).toEqual({
      RateLimit: '"permin";r=20;t=56, "perhr";r=999;t=12',
      'RateLimit-Policy': '"permin";q=50;w=60, "perhr";q=1000;w=3600',
    });
  });

  it('say when to try again after a refusal', () => {
    const standings = [aStanding({ admits: false, remaining: 0, resetSeconds: 7 })];
    const refused = aVerdict({ admitted: false, refusedBy: ['permin'], retryAfterSeconds: 7, standings });
    expect(limitHeaders(refused)).toMatchObject({ RateLimit: '"permin";r=0;t=7', 'Retry-After': '7' });
  });

  it('are none when nothing was limited', () => {
    expect(limitHeaders(aVerdict({ standings: [] }))).toEqual({});
  });

  it('are structured fields, whatever a rule is called, and different for different rules', () => {
    const names = ['plain', 'a "quoted" \\ name', 'stündlich', '每小时', '50%', '50%25', 'tab\u00a0space', '\u{1f600}'];
    const fields = limitHeaders(aVerdict({ standings: names.map((rule) => aStanding({ rule })) }));
    for (const field of [fields.RateLimit, fields['RateLimit-Policy']]) {
      const items = parseList(field ?? '').map(([value]) => value as unknown);
      expect(new Set(items).size).toBe(names.length);
      expect(items.slice(0, 2)).toEqual(names.slice(0, 2));
    }
  });
});
