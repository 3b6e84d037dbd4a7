import { useEffect, useState } from 'react';
import { exactTime, longTime, sinceOrUntil } from '../site/time.js';

/** The present instant, anew every so often. */
export function useNow(everyMs = 30_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** An instant in the site's zone; `relative` says how long ago, with the instant itself on hovering. */
export function Time({ at, form = 'long' }: { readonly at: string; readonly form?: 'long' | 'exact' | 'relative' }) {
  const now = useNow();
  const text = form === 'relative' ? sinceOrUntil(at, now) : form === 'exact' ? exactTime(at) : longTime(at);
  return (
    <time dateTime={at} title={form === 'relative' ? longTime(at) : exactTime(at)}>
      {text}
    </time>
  );
}
