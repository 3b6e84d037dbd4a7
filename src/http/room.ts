import type { RequestHandler } from 'express';
import { ChaperoneError } from '../kernel/errors.js';
import { problemBody } from '../kernel/problem.js';

/**
 * Requests under way at once. More of them would wait for each other so long that their callers have gone before they are
 * answered; so they are sent away at once, and what was let in is answered in time.
 */
const MOST_WORKING = 128;
/** Those that wait for something that happens elsewhere do no work meanwhile. */
const MOST_WAITING = 1_024;
const COME_BACK_SECONDS = 1;

const overloaded = (): ChaperoneError => new ChaperoneError('overloaded', { retryAfter: COME_BACK_SECONDS });

/** Room for so many requests at once. */
export interface Room {
  readonly isFull: () => boolean;
  /**
   * Lets the handler work within the room, once the body is there, so that nobody takes up room by sending slowly. The place is
   * given back when the answer is out and the work is done: who hangs up leaves work behind. @throws overloaded
   */
  readonly within: (handler: RequestHandler) => RequestHandler;
}

export function makeRoom(most: number): Room {
  let inside = 0;
  const isFull = (): boolean => inside >= most;
  return {
    isFull,
    within: (handler) => async (request, response, next) => {
      // Whoever has gone while the body was read isn't worked for.
      if (response.closed) return;
      if (isFull()) throw overloaded();
      inside += 1;
      const answered = new Promise((resolve) => response.once('close', resolve));
      try {
        await handler(request, response, next);
      } finally {
        void answered.then(() => {
          inside -= 1;
        });
      }
    },
  };
}

export const makeRooms = () => ({ working: makeRoom(MOST_WORKING), waiting: makeRoom(MOST_WAITING) });

/** Whether a path is one of these; `{id}` stands for anything within one segment. */
function onOneOf(templates: readonly string[]): (path: string) => boolean {
  const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const patterns = templates.map((each) =>
    each
      .split(/\{\w+\}/)
      .map(escaped)
      .join('[^/]+'),
  );
  const pattern = new RegExp(`^(?:${patterns.join('|')})$`);
  return (path) => pattern.test(path);
}

/**
 * Goes ahead of everything that costs something: while the room is full, who would work is told so at once, before a body is
 * read, and is counted instead of written to the log one by one.
 */
export function turnAway(room: Pick<Room, 'isFull'>, spared: readonly string[]): RequestHandler {
  const isSpared = onOneOf(spared);
  return (request, response, next) => {
    if (!room.isFull() || isSpared(request.path)) {
      next();
      return;
    }
    const refusal = overloaded();
    response.locals['code'] = refusal.code;
    response
      .status(503)
      .set({ 'Retry-After': String(COME_BACK_SECONDS), 'Cache-Control': 'no-store', Connection: 'close' })
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(refusal, String(response.locals['requestId']))));
  };
}
