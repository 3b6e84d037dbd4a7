import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { METRICS } from '../../../src/metrics/names.js';

const read = (path: string): string => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

/** Names of ours in a text, without the suffixes that a histogram adds. */
function namesIn(text: string): Set<string> {
  const found = text.match(/\bchaperone_[a-z_]+/g) ?? [];
  return new Set(found.map((name) => (name in METRICS ? name : name.replace(/_(?:bucket|sum|count)$/, ''))));
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary?: string; readonly action?: string };
}

describe('what operators import', () => {
  const dashboard = JSON.parse(read('monitoring/grafana-dashboard.json')) as {
    readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  };
  const { groups } = parse(read('monitoring/alerts.yml')) as { readonly groups: readonly { rules: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules.map((rule) => [rule.alert, rule] as const))('alert %s: real metrics, and what to do', (_name, rule) => {
    for (const name of namesIn(rule.expr)) expect(METRICS).toHaveProperty(name);
    expect(rule.annotations.summary).toBeTruthy();
    expect(rule.annotations.action).toBeTruthy();
    expect(['page', 'ticket']).toContain(rule.labels.severity);
  });

  it.each(dashboard.panels.map((panel) => [panel.title, panel] as const))('panel %s: real metrics', (_title, panel) => {
    const names = panel.targets.flatMap(({ expr }) => [...namesIn(expr)]);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(METRICS).toHaveProperty(name);
  });

  it('the dashboard and docs/monitoring.md leave no metric out', () => {
    const shown = namesIn(dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n'));
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
    const page = read('monitoring.md');
    for (const [name, help] of Object.entries(METRICS)) expect(page).toContain(`| \`${name}\` | ${help} |`);
  });
});
