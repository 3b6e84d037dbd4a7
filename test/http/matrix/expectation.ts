import type { GuardedRoute, Route } from '../../../src/http/route.js';
import { CAPABILITIES, type Capability } from '../../../src/identity/capabilities/index.js';
import { assertNever } from '../../../src/kernel/assert-never.js';

/** Users by what WordPress says of them, and which of our capabilities section 9 of the contract gives them. */
export const ROLES = {
  administrator: CAPABILITIES,
  editor: ['ai_agent_approve_changes', 'ai_agent_view_logs', 'ai_agent_read_policies'],
  author: [],
  subscriber: [],
  /** Has the role of service accounts, and no agent is bound to it. */
  'service account': ['ai_agent_execute_tool'],
  agent: ['ai_agent_execute_tool'],
  /** An agent never governs, whatever its account is besides. */
  'agent who is an administrator': ['ai_agent_execute_tool'],
} as const satisfies Readonly<Record<string, readonly Capability[]>>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];
export const isAgent = (role: Role): boolean => role.startsWith('agent');

/** Scopes that a token may have, seen from one route. */
export const SCOPE_SETS = ['none', 'its own', 'all but its own', 'all'] as const;
export type ScopeSet = (typeof SCOPE_SETS)[number];

/** Everything that can stand in front of a route. `beside` is what comes together with an agent's signature. */
export const CREDENTIALS = [
  'nothing',
  'a wrong password',
  'an unknown scheme',
  'a signature by an unknown key',
  'a password',
  'a bearer token',
  'an opaque token',
  'a token bound to a key',
  'a token of an old login',
  'a token of nobody',
  'an expired token',
  'a signature',
  'a signature beside a password',
  'a signature beside a token',
  'the bridge',
] as const;
export type CredentialName = (typeof CREDENTIALS)[number];

export interface Combination {
  readonly route: Route;
  readonly role: Role;
  readonly credential: CredentialName;
  /** Of a token alone. */
  readonly scopes: ScopeSet;
}

const WITH_SCOPES = new Set<CredentialName>([
  'a bearer token',
  'an opaque token',
  'a token bound to a key',
  'a token of an old login',
  'a signature beside a token',
]);
const WITHOUT_USER = new Set<CredentialName>([
  'nothing',
  'a wrong password',
  'an unknown scheme',
  'a signature by an unknown key',
  'a token of nobody',
  'an expired token',
]);

/** Of the short matrix: everything, something, and the one who must not govern whatever its role. */
const SHORT_ROLES: readonly Role[] = ['administrator', 'editor', 'agent who is an administrator'];

/** Whoever has no user has no role, and people have no key of their own. */
function rolesFor(credential: CredentialName, isWhole: boolean): readonly Role[] {
  if (WITHOUT_USER.has(credential)) return ROLE_NAMES.slice(0, 1);
  return (isWhole ? ROLE_NAMES : SHORT_ROLES).filter((role) => credential !== 'a signature' || isAgent(role));
}

/** The whole matrix has every set of scopes for every kind of token, and every role; the short one has them for bearer tokens. */
function scopesOf(credential: CredentialName, isWhole: boolean): readonly ScopeSet[] {
  if (!WITH_SCOPES.has(credential)) return ['all'];
  return isWhole || credential === 'a bearer token' ? SCOPE_SETS : ['its own'];
}

/** Where none of these credentials counts: open to all, or to outside systems with a signature of another kind. */
export const isOpen = (route: Route): route is Exclude<Route, GuardedRoute> =>
  route.access === 'open' || route.access === 'webhook';

/** Every combination that means something. At an open door nobody's role is asked for. */
export function combinations(routes: readonly Route[], isWhole: boolean): readonly Combination[] {
  return routes.flatMap((route) =>
    CREDENTIALS.flatMap((credential) =>
      (isOpen(route) ? ROLE_NAMES.slice(-1) : rolesFor(credential, isWhole)).flatMap((role) =>
        scopesOf(credential, isWhole).map((scopes) => ({ route, role, credential, scopes })),
      ),
    ),
  );
}

/** How a caller came through authentication, or the code with which it was turned away. */
type Arrival = { readonly signed: boolean; readonly isToken: boolean; readonly isBridge: boolean } | string;

function arrivalOf(access: GuardedRoute['access'], { credential, role }: Combination): Arrival {
  const needsSignature = access !== 'any';
  const alone = (code: string): string => (needsSignature ? 'signature_missing' : code);
  const arrived = { signed: false, isToken: false, isBridge: false };
  switch (credential) {
    case 'nothing':
      return alone('credentials_missing');
    case 'a wrong password':
    case 'an unknown scheme':
      return alone('credentials_invalid');
    case 'a token of nobody':
    case 'an expired token':
      return alone('token_invalid');
    case 'a signature by an unknown key':
      return 'signature_invalid';
    case 'a password':
      return needsSignature ? 'signature_missing' : arrived;
    case 'a bearer token':
    case 'an opaque token':
    case 'a token bound to a key':
    case 'a token of an old login':
      return needsSignature ? 'signature_missing' : { ...arrived, isToken: true };
    case 'a signature':
      return { ...arrived, signed: true };
    case 'a signature beside a password':
      return isAgent(role) ? { ...arrived, signed: true } : 'credential_mismatch';
    case 'a signature beside a token':
      return isAgent(role) ? { ...arrived, signed: true, isToken: true } : 'credential_mismatch';
    case 'the bridge':
      return { ...arrived, isBridge: true };
    default:
      return assertNever(credential);
  }
}

/** What the contract says becomes of it: `in`, or the code of the refusal. */
export function expected(combination: Combination): string {
  const { route, role, credential, scopes } = combination;
  if (route.access === 'webhook') return 'signature_missing';
  if (isOpen(route)) return 'in';
  const arrival = arrivalOf(route.access, combination);
  if (typeof arrival === 'string') return arrival;
  if (route.access === 'signed' && !arrival.signed) return 'signature_missing';
  if (route.access === 'bridge' && !arrival.isBridge) return 'signature_missing';
  const { capability, tokenScopes } = route;
  const hasNoScope =
    (capability === null && tokenScopes.length === 0) || scopes === 'none' || scopes === 'all but its own';
  if (arrival.isToken && hasNoScope) return 'insufficient_scope';
  const has: readonly Capability[] = ROLES[role];
  if (capability !== null && !has.includes(capability)) return 'capability_missing';
  const granted: readonly string[] = arrival.isToken ? scopesFor(combination) : CAPABILITIES;
  if (route.needsOneOf === true && !route.tokenScopes.some((each) => has.includes(each) && granted.includes(each)))
    return 'capability_missing';
  if (arrival.isToken && route.stepUp === true && credential === 'a token of an old login')
    return 'insufficient_user_authentication';
  return 'in';
}

/** The scopes of the token, by name. */
export function scopesFor({ route, scopes }: Combination): readonly string[] {
  if (isOpen(route)) return ['tool:*'];
  const own: readonly string[] = route.capability === null ? route.tokenScopes.slice(0, 1) : [route.capability];
  const accepted: readonly string[] = route.capability === null ? route.tokenScopes : own;
  switch (scopes) {
    case 'none':
      return ['tool:*'];
    case 'its own':
      return own.length === 0 ? ['tool:*'] : own;
    case 'all but its own':
      return [...CAPABILITIES.filter((each) => !accepted.includes(each)), 'tool:*'];
    case 'all':
      return [...CAPABILITIES, 'tool:*'];
    default:
      return assertNever(scopes);
  }
}
