import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parsePolicyValue } from '../../../src/policy/parse.js';
import { readyWindow } from '../../../src/policy/time/windows.js';
import { zoneOf } from '../../../src/policy/time/zone.js';

const MINUTE = 60_000;
const minutes = (iso: string): number => Date.parse(iso) / MINUTE;
const FROM = minutes('2025-01-01T00:00Z');
const TO = minutes('2028-01-01T00:00Z');
/** Prime, so that every minute of the hour and of the week comes up. */
const STEP = 13;
const ZONES = [
  ...[
    'America/New_York',
    'America/St_Johns',
    'America/Sao_Paulo',
    'America/Santiago',
    'Europe/Berlin',
    'Europe/Dublin',
  ],
  ...['Africa/Cairo', 'Asia/Gaza', 'Asia/Kathmandu', 'Asia/Tehran', 'Asia/Tokyo', 'Australia/Lord_Howe'],
  ...['Antarctica/Troll', 'Pacific/Apia', 'Pacific/Chatham', 'Pacific/Kiritimati', 'Africa/Casablanca', 'America/Nuuk'],
  ...['UTC', '+05:30', '-09:30'],
];
const WINDOWS = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  { days: ['sun'], from: '22:00', to: '06:00' },
  { from: '12:45', to: '13:15' },
  { days: ['sat'], from: '20:30', to: '00:00' },
  { days: ['sun', 'wed'], from: '00:00', to: '24:00' },
  { from: '01:17', to: '02:43' },
  { from: '23:59', to: '00:01' },
  { from: '2026-03-08T02:30', to: '2026-11-01T01:30' },
];

/** Every minute within three hours of each change of offset. */
function minutesOfChanges(name: string): readonly number[] {
  const zone = zoneOf(name);
  const found: number[] = [];
  for (let span = zone.spanAt(FROM * MINUTE); span.end < TO * MINUTE; span = zone.spanAt(span.end)) {
    for (let near = -180; near < 180; near += 1) found.push(span.end / MINUTE + near);
  }
  return found;
}

function instantsOf(name: string): readonly number[] {
  const regular = Array.from({ length: Math.ceil((TO - FROM) / STEP) }, (_, index) => FROM + index * STEP);
  return [...regular, ...minutesOfChanges(name)];
}

function tested(): readonly ((local: number) => boolean)[] {
  const outcome = parsePolicyValue({ formatVersion: 1, time: [{ id: 'all', blackout: WINDOWS }] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return (outcome.policy.time[0]?.blackout ?? []).map((window) => readyWindow(window).holds);
}

describe('windows of local time', () => {
  it("agree with PHP's DateTime over three years in many zones", () => {
    const zones = Object.fromEntries(ZONES.map((name) => [name, minutesOfChanges(name)]));
    const question = JSON.stringify({ from: FROM, to: TO, step: STEP, zones, windows: WINDOWS });
    const php = spawnSync('php', [fileURLToPath(new URL('wall-clock.php', import.meta.url))], {
      input: question,
      encoding: 'utf8',
      maxBuffer: 64_000_000,
    });
    expect(php.stderr).toBe('');
    const lines = php.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(ZONES.length);
    const windows = tested();
    let compared = 0;
    const disagreements: string[] = [];
    for (const [index, name] of ZONES.entries()) {
      const zone = zoneOf(name);
      const line = lines[index] ?? '';
      const instants = instantsOf(name);
      expect(line).toHaveLength(instants.length * 2);
      instants.forEach((minute, place) => {
        const instant = minute * MINUTE;
        const local = instant + zone.spanAt(instant).offset;
        const expected = Number.parseInt(line.slice(place * 2, place * 2 + 2), 16);
        const bits = windows.reduce((sum, holds, bit) => sum | (holds(local) ? 1 << bit : 0), 0);
        compared += windows.length;
        if (bits !== expected && disagreements.length < 20)
          disagreements.push(`${name} ${new Date(instant).toISOString()}`);
      });
    }
    console.info(
      `time rules: ${compared} window tests in ${ZONES.length} zones, ${disagreements.length} disagreements with PHP`,
    );
    expect(disagreements).toEqual([]);
    expect(compared).toBeGreaterThan(10_000_000);
  }, 90_000);
});
