import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { boot } from '../site/boot.js';
import { dayOf, hourOf } from '../site/time.js';
import { tryCalls, type ImaginedCall, type Tried } from './answers.js';
import { dayStarts } from './day-starts.js';

const DAYS = 7;
const HALF_HOUR_MS = 1_800_000;
const MOST_CALLS = 96;

interface Slot {
  readonly at: Date;
  readonly effect: string;
}
export interface Day {
  readonly date: Date;
  readonly slots: readonly Slot[];
}

const effectOf = (tried: Tried | undefined): string =>
  tried === undefined || 'error' in tried ? 'error' : tried.effect;

/** What the draft says about one call at each half hour of the next seven days, days of 23 and 25 hours among them. */
async function readWeek(document: string, call: ImaginedCall): Promise<readonly Day[]> {
  const starts = dayStarts(new Date(), DAYS + 1);
  const instants = starts.slice(0, DAYS).map((start, day) => {
    const end = starts[day + 1]?.getTime() ?? start.getTime();
    const count = Math.round((end - start.getTime()) / HALF_HOUR_MS);
    return Array.from({ length: count }, (_, index) => new Date(start.getTime() + index * HALF_HOUR_MS));
  });
  const flat = instants.flat();
  const effects: string[] = [];
  for (let from = 0; from < flat.length; from += MOST_CALLS) {
    const calls = flat.slice(from, from + MOST_CALLS).map((at) => ({ ...call, at: at.toISOString() }));
    effects.push(...(await tryCalls(document, calls)).map(effectOf));
  }
  let next = 0;
  return instants.map((slots, day) => ({
    date: starts[day] ?? new Date(),
    slots: slots.map((at) => ({ at, effect: effects[next++] ?? 'error' })),
  }));
}

export interface Span {
  readonly from: Date;
  readonly to: Date;
  readonly effect: string;
}

/** Slots beside each other with the same effect, as one. */
export function spansOf(slots: readonly Slot[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { at, effect } of slots) {
    const last = spans.at(-1);
    const to = new Date(at.getTime() + HALF_HOUR_MS);
    if (last?.effect === effect) spans[spans.length - 1] = { ...last, to };
    else spans.push({ from: at, to, effect });
  }
  return spans;
}

function wordOf(effect: string): string {
  switch (effect) {
    case 'allow':
      return __('allowed', 'chaperone');
    case 'ask':
      return __('held', 'chaperone');
    case 'deny':
      return __('refused', 'chaperone');
    default:
      return __('not decided', 'chaperone');
  }
}

function DayRow({ day: { date, slots } }: { readonly day: Day }) {
  const hours = slots.length / 2;
  return (
    <tr>
      <th scope="row">
        {dayOf(date)}
        {hours === 24 ? null : (
          <div className="chaperone-list__sub">
            {/* translators: %s: a number of hours, 23 or 25. */}
            {sprintf(__('%s hours: the clocks change', 'chaperone'), String(hours))}
          </div>
        )}
      </th>
      <td>
        <div className="chaperone-week__bar" aria-hidden="true">
          {spansOf(slots).map(({ from, to, effect }) => (
            <span
              key={from.toISOString()}
              className={`is-${effect}`}
              style={{ flexGrow: (to.getTime() - from.getTime()) / HALF_HOUR_MS }}
              title={`${hourOf(from)}–${hourOf(to)} ${wordOf(effect)}`}
            />
          ))}
        </div>
        <span className="chaperone-week__words">
          {spansOf(slots)
            .map(({ from, to, effect }) => `${hourOf(from)}–${hourOf(to)} ${wordOf(effect)}`)
            .join(', ')}
        </span>
      </td>
    </tr>
  );
}

/** The next seven days, drawn and in words, in the site's zone. */
export function Week({ document, call }: { readonly document: string; readonly call: ImaginedCall | undefined }) {
  const [days, setDays] = useState<readonly Day[]>([]);
  const deed = useDeed(async () => {
    if (call === undefined) return '';
    setDays(await readWeek(document, call));
    return __('The week is drawn.', 'chaperone');
  });
  return (
    <>
      <Button
        variant="secondary"
        isBusy={deed.isBusy}
        disabled={deed.isBusy || call === undefined}
        accessibleWhenDisabled
        onClick={() => void deed.run()}
      >
        {__('Draw its week', 'chaperone')}
      </Button>
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {days.length === 0 ? null : (
        <table className="chaperone-table chaperone-week">
          <caption>
            {/* translators: %s: a time zone. */}
            {sprintf(
              __('When this call would be allowed, in the time zone %s, to the half hour', 'chaperone'),
              boot.timeZone,
            )}
          </caption>
          <tbody>
            {days.map((day) => (
              <DayRow key={day.date.toISOString()} day={day} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
