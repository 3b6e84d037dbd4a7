/**
 * Every way in which a request can be refused: the HTTP status, a safe title, and what to do next.
 * `docs/errors.md` is generated from this table (`chaperone errors`), so a code is explained where it is defined.
 */
export const ERRORS = {
  request_malformed: {
    status: 400,
    title: 'The request is malformed.',
    next: 'Mend what the detail names and send it again.',
  },
  request_too_large: {
    status: 413,
    title: 'The request is too large.',
    next: 'Send less at once; the detail names the limit.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The media type is not supported.',
    next: 'Send application/json without content encoding.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here.',
    next: 'Check the address and the method against /openapi.json.',
  },
  args_invalid: {
    status: 422,
    title: "The arguments don't fit the tool.",
    next: 'Compare them with the schema that GET /v1/tools shows.',
  },
  tool_unknown: { status: 422, title: 'There is no such tool.', next: 'GET /v1/tools lists the tools.' },
  idempotency_key_reused: {
    status: 422,
    title: 'This idempotency key belongs to another request.',
    next: 'Use a new key for a new request.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this key is still running.',
    next: 'Wait, then send the same request with the same key again.',
  },
  signature_missing: { status: 401, title: 'The request is not signed.', next: 'Sign it as docs/api.md shows.' },
  signature_invalid: {
    status: 401,
    title: "The signature doesn't verify.",
    next: 'Check the key id, its secret, and what was signed.',
  },
  signature_stale: {
    status: 401,
    title: 'The signature is outside its time window.',
    next: 'Check the clock and sign anew; a signature lives at most 300 seconds.',
  },
  signature_coverage: {
    status: 401,
    title: "The signature doesn't cover enough.",
    next: 'Cover the components that the detail names.',
  },
  signature_replayed: {
    status: 401,
    title: 'This signature was used before.',
    next: 'Sign anew with a fresh nonce; keep the idempotency key.',
  },
  digest_mismatch: {
    status: 401,
    title: "The content digest doesn't match the body.",
    next: 'Compute Content-Digest over the exact bytes sent.',
  },
  credentials_missing: {
    status: 401,
    title: 'No credentials were sent.',
    next: 'Send an application password, an access token or a signature.',
  },
  credentials_invalid: {
    status: 401,
    title: "The credentials aren't valid.",
    next: 'Check the user name and the application password.',
  },
  token_invalid: {
    status: 401,
    title: "The access token isn't valid.",
    next: 'Get a new one for this service; the detail says what is wrong with this one.',
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'This needs a recent login.',
    next: 'Let the user log in again, as WWW-Authenticate says (max_age, acr_values), and send the new token.',
  },
  insufficient_scope: {
    status: 403,
    title: 'The access token lacks a scope.',
    next: 'Get a token with the scope that the detail and WWW-Authenticate name.',
  },
  credential_mismatch: {
    status: 403,
    title: 'The credential belongs to another user than the signing key.',
    next: "Use the agent's own application password or token, or none.",
  },
  agent_suspended: {
    status: 403,
    title: 'This agent is suspended.',
    next: 'Ask an administrator of the site to resume it.',
  },
  agent_expired: {
    status: 403,
    title: "This agent's time is over.",
    next: 'Ask an administrator of the site to extend it.',
  },
  address_refused: {
    status: 403,
    title: 'The agent or its key may not be used from this address.',
    next: 'Call from an address that they allow; an administrator of the site sees and changes which.',
  },
  capability_missing: {
    status: 403,
    title: 'The user lacks a WordPress capability.',
    next: 'Ask an administrator of the site for the capability that the detail names.',
  },
  policy_missing: {
    status: 403,
    title: 'No policy is active.',
    next: 'Ask an administrator of the site to activate one.',
  },
  policy_tool_denied: {
    status: 403,
    title: 'The policy allows this tool to nobody like you.',
    next: 'Use a tool that the policy allows.',
  },
  policy_entity_denied: {
    status: 403,
    title: 'The policy protects this kind of content.',
    next: 'Keep to the types and statuses that the finding names.',
  },
  policy_field_denied: {
    status: 403,
    title: 'The policy protects a field.',
    next: 'Leave out the field that the finding points at.',
  },
  policy_time_denied: {
    status: 403,
    title: 'The policy allows this at other hours.',
    next: 'Try again at the instant that the finding names.',
  },
  policy_blackout: {
    status: 403,
    title: 'The policy has a blackout now.',
    next: 'Try again at the instant that the finding names.',
  },
  policy_content_denied: {
    status: 403,
    title: 'The policy refuses what a text says.',
    next: 'Rewrite the field that the finding points at; an administrator of the site sees what was found.',
  },
  rate_limited: {
    status: 429,
    title: 'A rate limit of the policy is used up.',
    next: 'Send the call again after the seconds in Retry-After, with a new idempotency key.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many wrong credentials came from this address.',
    next: 'Wait for the seconds in Retry-After, then try once with a credential that you know is right.',
  },
  policy_evaluation_failed: {
    status: 403,
    title: "A rule of the policy couldn't be evaluated.",
    next: 'Ask an administrator of the site; the audit log names the rule.',
  },
  key_rotation_running: {
    status: 409,
    title: 'A key is still in the overlap of its rotation.',
    next: 'Wait until the overlap ends, or rotate with force, which ends it at once.',
  },
  kill_switch_on: {
    status: 403,
    title: 'The kill switch is on.',
    next: 'Wait until an administrator of the site turns it off; nothing runs meanwhile.',
  },
  approval_not_eligible: {
    status: 403,
    title: 'This approval waits for somebody else.',
    next: 'Leave it to the people whom the detail names.',
  },
  approval_own_call: {
    status: 403,
    title: 'Nobody decides on a call of their own.',
    next: 'Leave it to somebody who is neither the agent nor its account.',
  },
  approval_resolved: {
    status: 409,
    title: 'This approval was resolved already.',
    next: 'GET /v1/approvals/{id} shows how; the agent may send the call anew.',
  },
  approval_expired: {
    status: 409,
    title: 'This approval has expired.',
    next: 'Nothing was done; the agent may send the call anew.',
  },
  approval_stale: {
    status: 409,
    title: 'What was approved is no longer what would be done.',
    next: 'Nothing was done; compare what changed, and let the agent send the call anew.',
  },
  policy_invalid: { status: 422, title: 'The policy has mistakes.', next: 'Mend each problem at its line and column.' },
  policy_base_stale: {
    status: 409,
    title: 'Somebody saved another version meanwhile.',
    next: 'Compare with the newest version and save again on top of it.',
  },
  settings_invalid: {
    status: 422,
    title: "A setting's value doesn't fit.",
    next: 'Mend each problem at its pointer; nothing was changed.',
  },
  settings_stale: {
    status: 409,
    title: 'Somebody changed the settings meanwhile.',
    next: 'Read them again, and send the change with the version that they have now.',
  },
  settings_locked: {
    status: 409,
    title: 'This setting is fixed by the environment.',
    next: 'Change the variable that the detail names, and start the sidecar again.',
  },
  settings_unreadable: {
    status: 503,
    title: "A setting can't be read.",
    next: 'Ask an administrator of the site to set it anew; until then, what depends on it is refused.',
  },
  upstream_unavailable: {
    status: 502,
    title: "WordPress can't be reached.",
    next: 'Nothing was changed; try again later, with a new idempotency key.',
  },
  upstream_refused: {
    status: 502,
    title: 'WordPress refused the call.',
    next: "The detail carries WordPress's own code and message.",
  },
  undo_impossible: {
    status: 409,
    title: "The call can't be undone.",
    next: 'The detail says why; GET /v1/tools says what each tool can take back.',
  },
  undo_conflict: {
    status: 409,
    title: 'Something else has changed since the call.',
    next: 'The member changed names what; look at it, and change by hand what has to be.',
  },
  outcome_unknown: {
    status: 504,
    title: 'Whether WordPress carried out the call is unknown.',
    next: 'GET /v1/calls/{id} shows its state; look before you repeat it.',
  },
  audit_inconsistent: {
    status: 409,
    title: "The audit log doesn't verify.",
    next: 'GET /v1/audit/verify names the first entry that is wrong; find out what happened before anything else.',
  },
  audit_unavailable: {
    status: 503,
    title: "The audit log can't be written.",
    next: 'Nothing was done; try again later.',
  },
  database_unavailable: {
    status: 503,
    title: "The database can't be reached.",
    next: 'Nothing was done; try again later.',
  },
  secret_unreadable: {
    status: 503,
    title: "A secret that this needs can't be opened.",
    next: 'Nothing was done; an operator must give the sidecar the key-encryption key that sealed it: "chaperone secrets list" names it.',
  },
  issuer_unavailable: {
    status: 503,
    title: "The authorization server can't be reached.",
    next: 'The token was neither taken nor refused; try again after the seconds in Retry-After.',
  },
  overloaded: { status: 503, title: 'Too much work is waiting.', next: 'Try again after the seconds in Retry-After.' },
  internal: { status: 500, title: 'Something went wrong inside.', next: 'The log has the details under this call id.' },
} as const satisfies Record<string, { status: number; title: string; next: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** What a refusal may tell its caller beyond the table: never a secret, never a blocked term. */
export interface ErrorExtras {
  readonly detail?: string;
  readonly retryAfter?: number;
  /** Further members of the problem document (RFC 9457, section 3.2). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Parameters of WWW-Authenticate: what a token would need. */
  readonly challenge?: Readonly<Record<string, string>>;
  /** For the log alone. */
  readonly cause?: unknown;
}

/** The one error class. Its code picks status and title; its cause is for the log and never for the reply. */
export class ChaperoneError extends Error {
  override readonly name = 'ChaperoneError';
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}) {
    super(extras.detail ?? ERRORS[code].title, extras.cause === undefined ? {} : { cause: extras.cause });
    this.code = code;
    this.extras = extras;
  }
}

/** A cause in words for the log, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
