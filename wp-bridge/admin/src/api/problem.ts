import { __ } from '@wordpress/i18n';
import * as z from 'zod/mini';

const place = z.object({
  pointer: z.string(),
  line: z.optional(z.number()),
  column: z.optional(z.number()),
  message: z.string(),
});
export type ProblemPlace = z.infer<typeof place>;

/** RFC 9457 from the sidecar, WordPress's own errors, and silence: each as the same thing. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  /** What to do about it. */
  readonly next: string | null;
  readonly callId: string | null;
  readonly retryAfter: number | null;
  readonly places: readonly ProblemPlace[];
  /** Members that only some codes have. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** A request that wasn't answered with what was asked for. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

const fromSidecar = z.looseObject({
  code: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.nullish(z.string()),
  next: z.nullish(z.string()),
  callId: z.nullish(z.string()),
  retryAfter: z.nullish(z.number()),
  problems: z.nullish(z.array(place)),
});
const fromWordPress = z.object({
  code: z.string(),
  message: z.string(),
  data: z.nullish(z.object({ status: z.number() })),
});

const BARE = { detail: null, next: null, callId: null, retryAfter: null, places: [], members: {} } as const;

export function problemFrom(body: unknown, status: number): Problem {
  const ours = fromSidecar.safeParse(body);
  if (ours.success) {
    const { code, title, detail, next, callId, retryAfter, problems, ...members } = ours.data;
    return {
      code,
      title,
      status,
      detail: detail ?? null,
      next: nextHere(code) ?? next ?? null,
      callId: callId ?? null,
      retryAfter: retryAfter ?? null,
      places: problems ?? [],
      members,
    };
  }
  const core = fromWordPress.safeParse(body);
  if (core.success)
    return { ...BARE, code: core.data.code, title: core.data.message, status, next: nextFor(core.data.code) };
  return {
    ...BARE,
    code: 'answer_unknown',
    title: __('The answer could not be read.', 'chaperone'),
    status,
    next: nextFor(''),
  };
}

/** What the sidecar advises a program to do, for whom it means something else in front of a screen. */
function nextHere(code: string): string | undefined {
  switch (code) {
    case 'not_found':
      return __('It may have been removed, or the address was cut off. Go back to the list.', 'chaperone');
    default:
      return undefined;
  }
}

export const silence = (): Problem => ({
  ...BARE,
  code: 'offline',
  title: __('This site did not answer.', 'chaperone'),
  status: 0,
  next: __('Check your connection, then try again.', 'chaperone'),
});

function nextFor(code: string): string {
  if (code === 'rest_cookie_invalid_nonce' || code === 'rest_forbidden' || code === 'credentials_missing')
    return __('Your login may have ended. Load this page again and log in.', 'chaperone');
  if (code === 'rest_no_route')
    return __(
      'The address was cut off, or plugin and screens are of different versions. Go back to the list.',
      'chaperone',
    );
  return __('Try again. If it stays, look at Tools, Site Health, and at the sidecar’s log.', 'chaperone');
}

/** Codes that the bridge gives when no sidecar answered it. */
const SIDECAR_AWAY: ReadonlySet<string> = new Set([
  'sidecar_unreachable',
  'sidecar_not_paired',
  'sidecar_answer_unknown',
  'cipher_missing',
  'kek_missing',
  'kek_wrong',
  'keys_unusable',
  'address_unusable',
  'database_unavailable',
  'signature_invalid',
  'signature_stale',
]);

export const isSidecarAway = ({ code }: Problem): boolean => SIDECAR_AWAY.has(code);
