import { describe, expect, it } from '@jest/globals';
import { makeMetrics } from '../../../src/metrics/metrics.js';
import type { Reading } from '../../../src/metrics/reading.js';

const lines = (text: string, start: string): string[] => text.split('\n').filter((line) => line.startsWith(start));

function make(readings: readonly Reading[] = []) {
  let seconds = 0;
  const metrics = makeMetrics({ readings, seconds: () => seconds });
  return { metrics, pass: (by: number) => (seconds += by), text: async () => (await metrics.text()).body };
}

const answered = { route: '/v1/execute', method: 'POST', status: 200, code: undefined, seconds: 0.02 } as const;

describe('metrics', () => {
  it('counts requests by route, method, status and code', async () => {
    const { metrics, text } = make();
    metrics.requestAnswered(answered);
    metrics.requestAnswered(answered);
    metrics.requestAnswered({ ...answered, status: 403, code: 'policy_time_denied' });
    expect(lines(await text(), 'chaperone_requests_total{')).toEqual([
      'chaperone_requests_total{route="/v1/execute",method="POST",status="200",code=""} 2',
      'chaperone_requests_total{route="/v1/execute",method="POST",status="403",code="policy_time_denied"} 1',
    ]);
  });

  it('gives addresses without a route and unknown methods one label, so that a stranger can’t make series', async () => {
    const { metrics, text } = make();
    for (const method of ['BREW', 'PROPFIND'])
      metrics.requestAnswered({ ...answered, route: undefined, method, status: 404, code: 'not_found' });
    expect(lines(await text(), 'chaperone_requests_total{')).toEqual([
      'chaperone_requests_total{route="none",method="other",status="404",code="not_found"} 2',
    ]);
  });

  it('counts the time of a stage whether it ends well or not', async () => {
    const { metrics, pass, text } = make();
    const work = metrics.timed('decide', (fails: boolean) => {
      pass(0.3);
      return fails ? Promise.reject(new Error('no')) : Promise.resolve('yes');
    });
    expect(await work(false)).toBe('yes');
    await expect(work(true)).rejects.toThrow('no');
    const body = await text();
    expect(lines(body, 'chaperone_stage_seconds_count')).toEqual(['chaperone_stage_seconds_count{stage="decide"} 2']);
    expect(lines(body, 'chaperone_stage_seconds_sum')).toEqual(['chaperone_stage_seconds_sum{stage="decide"} 0.6']);
  });

  it('reads gauges at the scrape; one that fails is left out, says so, and comes back', async () => {
    let broken = false;
    const { text } = make([
      { name: 'audit', read: () => Promise.resolve([{ gauge: 'chaperone_audit_entries', value: 7 }]) },
      {
        name: 'keys',
        read: () =>
          broken
            ? Promise.reject(new Error('away'))
            : Promise.resolve([{ gauge: 'chaperone_keys', value: 2, labels: { state: 'active' } }]),
      },
    ]);
    expect(lines(await text(), 'chaperone_keys{')).toEqual(['chaperone_keys{state="active"} 2']);
    broken = true;
    const failing = await text();
    expect(lines(failing, 'chaperone_keys{')).toEqual([]);
    expect(lines(failing, 'chaperone_audit_entries')).toEqual(['chaperone_audit_entries 7']);
    expect(lines(failing, 'chaperone_reading_failed{')).toEqual([
      'chaperone_reading_failed{reading="audit"} 0',
      'chaperone_reading_failed{reading="keys"} 1',
    ]);
    broken = false;
    expect(lines(await text(), 'chaperone_keys{')).toEqual(['chaperone_keys{state="active"} 2']);
  });

  it('counts decisions and outcomes', async () => {
    const { metrics, text } = make();
    metrics.decided({ effect: 'deny', code: 'rate_limited', dryRun: false });
    metrics.ended('unknown');
    const body = await text();
    expect(lines(body, 'chaperone_decisions_total{')).toEqual([
      'chaperone_decisions_total{effect="deny",code="rate_limited",dry_run="false"} 1',
    ]);
    expect(lines(body, 'chaperone_outcomes_total{')).toEqual(['chaperone_outcomes_total{outcome="unknown"} 1']);
  });
});
