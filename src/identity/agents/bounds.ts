import { ChaperoneError } from '../../kernel/errors.js';
import { parseNetwork } from '../../policy/match/address.js';
import { isToolGlob } from '../../policy/match/glob.js';

/** What may be asked for; null takes a bound away, absent leaves it. */
export interface WantedBounds {
  readonly tools?: readonly string[] | null;
  readonly expiresAt?: Date | null;
  readonly allowedIps?: readonly string[] | null;
}

const MOST = 100;
const LONGEST = 200;

function addressFault(allowedIps: readonly string[]): string | undefined {
  for (const each of allowedIps) {
    const network = parseNetwork(each);
    const shown = each.slice(0, 100);
    if (network === undefined) return `allowedIps: "${shown}" is neither an address nor a range such as 192.0.2.0/24.`;
    if (network.stray) return `allowedIps: "${shown}" has bits set beyond its length; which range is meant?`;
  }
  return undefined;
}

function faultOf({ tools, expiresAt, allowedIps }: WantedBounds, now: Date): string | undefined {
  const glob = tools?.find((each) => each.length > LONGEST || !isToolGlob(each));
  if (glob !== undefined)
    return `tools: "${glob.slice(0, 100)}" is neither the name of a tool nor a pattern such as "posts.*".`;
  const fault = addressFault(allowedIps ?? []);
  if (fault !== undefined) return fault;
  for (const [name, list] of Object.entries({ tools, allowedIps })) {
    if (list?.length === 0) return `${name}: an empty list would allow nothing; null takes the bound away.`;
    if ((list?.length ?? 0) > MOST) return `${name}: at most ${MOST} entries.`;
  }
  const isPast = expiresAt !== undefined && expiresAt !== null && expiresAt <= now;
  return isPast ? 'expiresAt: lies in the past; suspend or revoke instead.' : undefined;
}

/** @throws args_invalid for what nobody can have meant */
export function checkBounds(wanted: WantedBounds, now: Date): void {
  const fault = faultOf(wanted, now);
  if (fault !== undefined) throw new ChaperoneError('args_invalid', { detail: fault });
}

/** As JSON for the log and for people. */
export function shownBounds({ tools, expiresAt, allowedIps }: WantedBounds) {
  return {
    ...(tools === undefined ? {} : { tools: tools === null ? null : [...tools] }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt?.toISOString() ?? null }),
    ...(allowedIps === undefined ? {} : { allowedIps: allowedIps === null ? null : [...allowedIps] }),
  };
}

/** What is there, changed by what is wanted. */
export function withBounds<T extends object>(
  before: T & {
    readonly expiresAt?: Date;
    readonly allowedIps?: readonly string[];
    readonly tools?: readonly string[];
  },
  wanted: WantedBounds,
): T {
  const { tools, expiresAt, allowedIps, ...rest } = before;
  const merged = {
    tools: wanted.tools === undefined ? tools : (wanted.tools ?? undefined),
    expiresAt: wanted.expiresAt === undefined ? expiresAt : (wanted.expiresAt ?? undefined),
    allowedIps: wanted.allowedIps === undefined ? allowedIps : (wanted.allowedIps ?? undefined),
  };
  const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  return { ...rest, ...given } as unknown as T;
}
