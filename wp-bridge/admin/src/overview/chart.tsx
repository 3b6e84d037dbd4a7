import { __, sprintf } from '@wordpress/i18n';
import { wordOfVerdict } from '../parts/verdict.js';
import { dayOf, hourOf, longTime } from '../site/time.js';
import type { Slice } from './answers.js';

const WIDTH = 960;
const HEIGHT = 200;
const BOTTOM = 32;
const LEFT = 56;
const ORDER = ['allow', 'ask', 'deny'] as const;

/** The first number not below `most` that reads well on an axis, and so does its half: calls are whole. */
export function axisEnd(most: number): number {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= most) ?? 10;
  return step * power;
}

const sumOf = ({ allow, ask, deny }: Slice): number => allow + ask + deny;

function Bar({ slice, x, width, scale }: { slice: Slice; x: number; width: number; scale: (n: number) => number }) {
  let top = HEIGHT - BOTTOM;
  const parts = ORDER.map((verdict) => {
    const height = scale(slice[verdict]);
    top -= height;
    return <rect key={verdict} className={`is-${verdict}`} x={x} y={top} width={width} height={height} />;
  });
  /* translators: 1: time, 2: allowed calls, 3: held calls, 4: refused calls. */
  const title = sprintf(
    __('%1$s: %2$d allowed, %3$d held, %4$d refused', 'chaperone'),
    longTime(slice.from),
    slice.allow,
    slice.ask,
    slice.deny,
  );
  return (
    <g>
      <title>{title}</title>
      <rect className="chaperone-chart__hover" x={x} y={0} width={width} height={HEIGHT - BOTTOM} />
      {parts}
    </g>
  );
}

/** Calls over time. Screen readers get the table below it, which anybody may open. */
export function CallsChart({
  slices,
  sliceSeconds,
}: {
  readonly slices: readonly Slice[];
  readonly sliceSeconds: number;
}) {
  const end = axisEnd(Math.max(...slices.map(sumOf)));
  const scale = (count: number): number => (count / end) * (HEIGHT - BOTTOM - 8);
  const step = (WIDTH - LEFT) / slices.length;
  const label = (slice: Slice): string =>
    sliceSeconds <= 3_600 ? hourOf(new Date(slice.from)) : dayOf(new Date(slice.from));
  const every = Math.ceil(slices.length / 6);
  return (
    <figure className="chaperone-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
        {[0, end / 2, end].map((value) => (
          <g key={value} className="chaperone-chart__axis">
            <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM - scale(value)} y2={HEIGHT - BOTTOM - scale(value)} />
            <text x={LEFT - 8} y={HEIGHT - BOTTOM - scale(value) + 4} textAnchor="end">
              {value}
            </text>
          </g>
        ))}
        {slices.map((slice, place) => (
          <Bar key={slice.from} slice={slice} x={LEFT + place * step + step * 0.14} width={step * 0.72} scale={scale} />
        ))}
        {slices.map((slice, place) =>
          place % every === 0 ? (
            <text key={slice.from} className="chaperone-chart__label" x={LEFT + place * step} y={HEIGHT - 6}>
              {label(slice)}
            </text>
          ) : null,
        )}
      </svg>
      <ul className="chaperone-chart__legend" aria-hidden="true">
        {ORDER.map((verdict) => (
          <li key={verdict} className={`is-${verdict}`}>
            {wordOfVerdict(verdict)}
          </li>
        ))}
      </ul>
      <figcaption>
        <details>
          <summary>{__('As a table', 'chaperone')}</summary>
          <SliceTable slices={slices.filter((slice) => sumOf(slice) > 0)} />
        </details>
      </figcaption>
    </figure>
  );
}

function SliceTable({ slices }: { readonly slices: readonly Slice[] }) {
  if (slices.length === 0) return <p>{__('No calls in this time.', 'chaperone')}</p>;
  return (
    <table className="widefat striped">
      <caption className="screen-reader-text">{__('Calls by verdict over time', 'chaperone')}</caption>
      <thead>
        <tr>
          <th scope="col">{__('From', 'chaperone')}</th>
          {ORDER.map((verdict) => (
            <th key={verdict} scope="col" className="num">
              {wordOfVerdict(verdict)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {slices.map((slice) => (
          <tr key={slice.from}>
            <th scope="row">{longTime(slice.from)}</th>
            {ORDER.map((verdict) => (
              <td key={verdict} className="num">
                {slice[verdict]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
