import { describe, expect, it } from '@jest/globals';
import { parsePolicy, parsePolicyValue } from '../../../src/policy/parse.js';
import { MISTAKES } from './mistakes.js';

const KNOWN_TOOLS = ['posts.create', 'posts.list'];

/** The text without its marks, and where they stood: line and column from 1, in UTF-16 code units. */
function unmark(marked: string): { text: string; places: { line: number; column: number }[] } {
  const places: { line: number; column: number }[] = [];
  const lines = marked.split('\n').map((line, index) => {
    let rest = line;
    for (let at = rest.indexOf('«'); at >= 0; at = rest.indexOf('«')) {
      places.push({ line: index + 1, column: at + 1 });
      rest = rest.slice(0, at) + rest.slice(at + 1);
    }
    return rest;
  });
  return { text: lines.join('\n'), places };
}

describe('a mistake is reported at the fault itself', () => {
  it.each(MISTAKES)('$what', ({ text: marked, pointers }) => {
    const { text, places } = unmark(marked);
    expect(places.length).toBeGreaterThan(0);
    const outcome = parsePolicy(text, { knownTools: KNOWN_TOOLS });
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems.map(({ line, column }) => ({ line, column }))).toEqual(places);
    if (pointers !== undefined) expect(problems.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { message } of problems) expect(message).toMatch(/^["`\p{L}0-9].{15,}[.?]$/u);
  });
});

describe('parsing a policy', () => {
  const sound = `{
  // The smallest rules of each block that is evaluated.
  "formatVersion": 1,
  "name": "Ünïcode \u{1f600}",
  "timezone": "Europe/Berlin",
  "tools": [{ "id": "Büro 1", "effect": "allow", },],
  /* and hours */
  "time": [{ "id": "nights", "blackout": [{ "days": ["fri"], "from": "22:00", "to": "00:00" }] }],
  "content": [], "rateLimits": [], "approvals": [], "severities": {},
}`;

  it('takes comments, trailing commas and empty blocks, and fills in what is left out', () => {
    const outcome = parsePolicy(sound);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    expect(outcome.text).toBe(sound);
    expect(outcome.policy).toEqual({
      formatVersion: 1,
      name: 'Ünïcode \u{1f600}',
      timezone: 'Europe/Berlin',
      mode: 'autonomous',
      tools: [{ id: 'Büro 1', match: {}, effect: 'allow' }],
      entities: [],
      time: [
        {
          id: 'nights',
          match: {},
          blackout: [{ kind: 'weekly', days: ['fri'], from: 1320, to: 1440 }],
          onViolation: 'deny',
        },
      ],
      content: [],
      severities: { low: 'allow', medium: 'ask', high: 'deny', critical: 'deny' },
      rateLimits: [],
      approvals: [],
    });
  });

  it('finds the place of a value by its pointer', () => {
    const outcome = parsePolicy(sound);
    if (!outcome.ok) throw new Error('not sound');
    expect(outcome.sources('/tools/0')).toEqual({ line: 6, column: 13 });
    const lastLine = sound.split('\n')[7] ?? '';
    expect(outcome.sources('/time/0/blackout/0/to')).toEqual({ line: 8, column: lastLine.indexOf('"00:00"') + 1 });
    expect(outcome.sources('')).toEqual({ line: 1, column: 1 });
    expect(outcome.sources('/time/1')).toBeUndefined();
    expect(outcome.sources('nonsense')).toBeUndefined();
  });

  it('counts lines that end in CR LF or CR as editors do, and no byte order mark', () => {
    const outcome = parsePolicy('\u{feff}{\r\n"formatVersion": 1,\r"colour": 1 }');
    expect(outcome).toMatchObject({ ok: false, problems: [{ line: 3, column: 1, pointer: '/colour' }] });
    expect(parsePolicy('\u{feff}{"formatVersion": 1, "x": 1}')).toMatchObject({ problems: [{ line: 1, column: 22 }] });
  });

  it('counts columns in UTF-16 code units', () => {
    const outcome = parsePolicy('{"formatVersion": 1, /* \u{1f600} */ "x": 1}');
    expect(outcome).toMatchObject({ problems: [{ line: 1, column: 31 }] });
  });

  it('reads an object with the positions of its JSON, indented by two spaces', () => {
    const outcome = parsePolicyValue({ formatVersion: 1, tools: [{ id: 'a', effect: 'maybe' }] });
    expect(outcome).toMatchObject({ problems: [{ pointer: '/tools/0/effect', line: 6, column: 17 }] });
    const sound = parsePolicyValue({ formatVersion: 1 });
    expect(sound).toMatchObject({ ok: true, text: '{\n  "formatVersion": 1\n}' });
  });

  it('refuses what is neither text nor JSON', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const value of [undefined, () => 1, 1n, cyclic, Symbol('x')]) {
      expect(parsePolicyValue(value)).toMatchObject({ ok: false, problems: [{ pointer: '', line: 1, column: 1 }] });
    }
    for (const value of [null, 1, true, []]) expect(parsePolicyValue(value).ok).toBe(false);
  });

  it('takes any well-formed tool when nobody knows the tools, and patterns ahead of their tools always', () => {
    const text =
      '{"formatVersion": 1, "tools": [{ "id": "a", "effect": "allow", "match": { "tools": ["shop.fly"] } }]}';
    expect(parsePolicy(text).ok).toBe(true);
    expect(parsePolicy(text, { knownTools: KNOWN_TOOLS }).ok).toBe(false);
    expect(parsePolicy(text.replace('shop.fly', 'shop.*'), { knownTools: KNOWN_TOOLS }).ok).toBe(true);
  });

  it('lists at most 200 problems, the first in the text, and says that there are more', () => {
    const rules = Array.from({ length: 300 }, (_, index) => ({ id: `rule ${index}`, effect: 'maybe' }));
    const outcome = parsePolicyValue({ formatVersion: 1, tools: rules });
    if (outcome.ok) throw new Error('must be refused');
    expect(outcome.problems).toHaveLength(201);
    expect(outcome.problems[199]?.pointer).toBe('/tools/199/effect');
    expect(outcome.problems[200]).toMatchObject({ pointer: '/tools/200/effect' });
    expect(outcome.problems[200]?.message).toContain('more');
  });

  it('bounds the number of rules and the size of the text', () => {
    const rules = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}`, effect: 'deny' }));
    expect(parsePolicyValue({ formatVersion: 1, tools: rules(10_000) }).ok).toBe(true);
    expect(parsePolicyValue({ formatVersion: 1, tools: rules(10_002) })).toMatchObject({
      problems: [{ pointer: '/tools/10000' }],
    });
    expect(parsePolicy(`{"formatVersion": 1}${' '.repeat(1_000_000)}`)).toMatchObject({ ok: false });
    expect(parsePolicy(`{"formatVersion": 1} //${'ü'.repeat(600_000)}`)).toMatchObject({ ok: false });
  });

  it('keeps a member called __proto__ an ordinary one', () => {
    const outcome = parsePolicy(
      '{"formatVersion": 1, "tools": [{ "id": "a", "effect": "deny", "match": { "args": [{ "path": "/x", "equals": { "__proto__": { "polluted": true } } }] } }]}',
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    expect(JSON.stringify(outcome.policy.tools[0]?.match.args)).toContain('"__proto__":{"polluted":true}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(parsePolicy('{"formatVersion": 1, "__proto__": {}}')).toMatchObject({
      problems: [{ pointer: '/__proto__' }],
    });
  });
});
