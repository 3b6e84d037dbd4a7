import type { CallId } from '../kernel/ids.js';
import type { ReadBack } from './call.js';
import type { CallStore } from './call-store.js';
import { isRefusedFirst } from './wordpress/process-replies.js';

/** `unfinished`: WordPress began with it, and nothing says how it ended. `later`: WordPress can't be asked about itself now. */
export type Found = Omit<ReadBack, 'at'> | 'unfinished' | 'later';

const unclear = (detail: string): Found => ({ result: 'unclear', detail });

/**
 * What became of a call whose outcome is unknown, by what WordPress wrote down of it. WordPress takes a call while its row says that
 * it runs, so one that it hadn't taken by then it never will: that it wasn't done stays true.
 */
export const makeFindOut =
  (deps: {
    readonly calls: Pick<CallStore, 'arrivalOf'>;
    /** Whether the site's plugin writes arrivals down; it may be older than the sidecar. */
    readonly writesArrivals: () => Promise<boolean>;
  }) =>
  async (callId: CallId): Promise<Found> => {
    const arrival = await deps.calls.arrivalOf(callId);
    if (arrival === null) return unclear('Nothing says whether WordPress carried it out: look at the site.');
    const { stage, status, code, objectId } = arrival;
    if (stage === 'awaited') {
      const writes = await deps.writesArrivals().catch(() => undefined);
      if (writes === undefined) return 'later';
      return writes
        ? { result: 'not_done', detail: 'It never reached WordPress, and now it can’t any more.' }
        : unclear(
            'The plugin on the site is older than the sidecar and doesn’t say what it carried out: look at the site.',
          );
    }
    if (stage === 'begun' || status === null) return 'unfinished';
    if (status < 400) {
      const about = objectId === null ? {} : { entityId: objectId };
      return { result: 'done', detail: `WordPress carried it out and answered ${status}.`, ...about };
    }
    const words = `WordPress answered ${status}${code === null ? '' : ` ${code}`}`;
    return status < 500 && isRefusedFirst(code ?? '')
      ? { result: 'not_done', detail: `${words}: it refused.` }
      : unclear(`${words}, which can come after the deed: look at the site.`);
  };

export type FindOut = ReturnType<typeof makeFindOut>;
