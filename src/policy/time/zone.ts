import { Temporal } from 'temporal-polyfill';

/** Local time in one zone, as milliseconds of a calendar without zones (1970-01-01T00:00 local is 0). */
export interface Zone {
  readonly id: string;
  /** The stretch of constant offset around an instant: local time is `instant + offset` from `start` to before `end`. */
  spanAt(instant: number): Span;
}

/** Instants in milliseconds since the epoch, half-open; the ends may be infinite. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** IANA names and fixed offsets; Temporal would also read a zone out of a whole date, which is no zone's name. */
const ZONE_NAME = /^(?:[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*|[+-][0-9]{2}:[0-9]{2})$/;

/** Whether the text names a zone of the time zone database or a fixed offset such as `+05:30`. */
export function isZone(id: string): boolean {
  try {
    zoneOf(id);
    return true;
  } catch {
    return false;
  }
}

/** Zones already met. There are some 600 names; the bound is for the many ways of writing offsets. */
const zones = new Map<string, Zone>();
const ZONES_KEPT = 1_000;
/** Stretches kept per zone: enough for decades of twice-yearly changes. */
const SPANS_KEPT = 100;

/** The zone of that name. Throws a RangeError when there is none. */
export function zoneOf(id: string): Zone {
  const known = zones.get(id);
  if (known !== undefined) return known;
  if (!ZONE_NAME.test(id) || id.length > 64) throw new RangeError(`${id} isn't the name of a time zone`);
  Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(id);
  const zone = makeZone(id);
  if (zones.size >= ZONES_KEPT) zones.clear();
  zones.set(id, zone);
  return zone;
}

/** Asking the time zone database costs about as much as a hundred decisions, so each stretch is asked for once. */
function makeZone(id: string): Zone {
  let spans: Span[] = [];
  let latest: Span | undefined;
  const holds = (span: Span, instant: number): boolean => span.start <= instant && instant < span.end;
  return {
    id,
    spanAt(instant) {
      if (latest !== undefined && holds(latest, instant)) return latest;
      latest = spans.find((span) => holds(span, instant));
      if (latest === undefined) {
        latest = findSpan(id, instant);
        spans = [...spans.slice(1 - SPANS_KEPT), latest];
      }
      return latest;
    },
  };
}

/** The change at or before the instant, and the one after it, as the time zone database has them. */
function findSpan(id: string, instant: number): Span {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(id);
  const atNext = local.add({ milliseconds: 1 });
  return {
    start: atNext.getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity,
    end: local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity,
    offset: local.offsetNanoseconds / 1_000_000,
  };
}
