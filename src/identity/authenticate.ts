import type { Actor, CredentialKind } from '../audit/audit-entry.js';
import type { Clock } from '../kernel/clock.js';
import type { FreshReading } from '../kernel/fresh-reading.js';
import { ChaperoneError } from '../kernel/errors.js';
import { parseWpUserId, type KeyId, type RandomBytes, type WpUserId } from '../kernel/ids.js';
import type { Agent, AgentKey } from './agents/agent.js';
import { whyRefused } from './agents/standing.js';
import { isFailedAttempt, withAttemptGate, type FailedAttempts } from './attempt-gate.js';
import { makeReadCredential, refuseTokenInQuery, type CredentialDeps } from './presented-credential.js';
import type { Principal } from './principal.js';
import {
  hasSignature,
  makeVerifyRequest,
  publicTarget,
  type NonceStore,
  type ReceivedRequest,
} from './signatures/index.js';
import type { Refused } from './refusal-log.js';
import { single } from './single-header.js';
import type { FindOwnedKey, OwnedKey } from './signing-keys.js';
import type { TokenGrant } from './token-grant.js';

/** A request before anybody looked into its body. */
export interface IncomingRequest extends ReceivedRequest {
  /** Null when the address isn't known. */
  readonly ip: string | null;
}

/** Loads a user with roles, capabilities and agent binding as they are now; undefined when there is no such user. */
export type LoadPrincipal = (who: {
  readonly userId: WpUserId;
  readonly credential: CredentialKind;
  readonly keyId: KeyId | null;
  readonly ip: string | null;
  /** Of an access token: the capabilities are narrowed by it. */
  readonly grant?: TokenGrant;
}) => Promise<Principal | undefined>;

export interface AuthenticateDeps extends CredentialDeps {
  readonly findKey: FindOwnedKey;
  readonly nonces: Pick<NonceStore, 'spend'>;
  readonly loadPrincipal: LoadPrincipal;
  /** What calls need to know of the site: it is read while the nonce is being spent. */
  readonly siteState: Pick<FreshReading<unknown>, 'moment' | 'begin'>;
  /** The agent whose account the user is. */
  readonly agentOf: (userId: WpUserId) => Promise<Agent | undefined>;
  /** Remembers that a key signed; never waited for. */
  readonly noteKeyUse: (key: AgentKey, at: Date) => void;
  /**
   * Writes down a refusal of somebody who is known by a signature that verified. Strangers write nothing: a log that anybody
   * could fill would be worth little.
   */
  readonly writeRefusal: (refused: Refused) => Promise<void>;
  readonly clock: Clock;
  readonly failures: FailedAttempts;
  readonly random: RandomBytes;
}

/** `trial`: the signature may be by a key that is still pending; for a route that does nothing but say so. */
export type Authenticate = (request: IncomingRequest, trial?: boolean) => Promise<Principal>;

const ACTING_USER = 'ai-agent-acting-user';

/**
 * Section 6, steps 2 and 3: the signature first, where there is one, then the credential beside it, and a credential
 * whose user isn't the key's user is refused. Without a signature, an application password or an access token alone.
 *
 * @throws the signature_* codes, digest_mismatch, request_malformed, credentials_missing, credentials_invalid, token_invalid,
 * credential_mismatch, agent_suspended, agent_expired, address_refused, issuer_unavailable, too_many_attempts, overloaded,
 * database_unavailable
 */
export function makeAuthenticate(deps: AuthenticateDeps): Authenticate {
  const readCredential = withAttemptGate<IncomingRequest & { readonly keyId?: KeyId }>(makeReadCredential(deps), deps);
  const principal = async (who: Parameters<LoadPrincipal>[0], loading?: Loading): Promise<Principal> => {
    const found = await (loading ?? deps.loadPrincipal(who));
    if (found !== undefined) return found;
    throw new ChaperoneError(who.credential === 'access_token' ? 'token_invalid' : 'credentials_invalid', {
      cause: 'the user is gone',
    });
  };
  const standing = makeStanding(deps);
  return async (request, trial = false) => {
    refuseTokenInQuery(request);
    const authorization = single(request.rawHeaders, 'authorization');
    if (!hasSignature(request.rawHeaders)) {
      const presented = await readCredential(unsignedCredential(deps.publicUrl, request, authorization), request);
      const agent = await deps.agentOf(presented.userId);
      const { userId, credential } = presented;
      if (agent !== undefined)
        await standing(agent, undefined, { userId, agentId: agent.id, credential, ip: request.ip });
      return principal({ ...presented, keyId: null, ip: request.ip });
    }
    const asOf = deps.siteState.moment();
    let loading: Loading | undefined;
    const { keyId, owner } = await verified(deps, { request, trial }, (signer) => {
      if (signer.owner.kind !== 'agent') return;
      deps.siteState.begin();
      if (authorization !== undefined) return;
      const { userId } = signer.owner.agent;
      loading = deps.loadPrincipal({ userId, credential: 'signature', keyId: signer.key.id, ip: request.ip });
      // Whoever waits for it sees the failure; where the nonce is refused, nobody does.
      loading.catch(() => undefined);
    });
    const own = actingUser(owner, request, authorization);
    if (owner.kind === 'bridge') return principal({ userId: own, credential: 'bridge', keyId, ip: request.ip });
    const actor = { userId: own, agentId: owner.agent.id, credential: 'signature', ip: request.ip } as const;
    const refused = async (error: ChaperoneError): Promise<never> => {
      const isCounted = isFailedAttempt(error);
      await deps.writeRefusal({ actor, keyId, code: error.code, ...(isCounted ? { isCounted } : {}) });
      throw error;
    };
    deps.noteKeyUse(owner.stored, deps.clock.now());
    await standing(owner.agent, owner.stored, actor);
    if (authorization === undefined)
      return { ...(await principal({ userId: own, credential: 'signature', keyId, ip: request.ip }, loading)), asOf };
    const presented = await readCredential(authorization, { ...request, keyId }).catch((error: unknown) =>
      isWrongCredential(error) ? refused(error) : Promise.reject(error as Error),
    );
    if (presented.userId !== own) await refused(new ChaperoneError('credential_mismatch'));
    return { ...(await principal({ ...presented, keyId, ip: request.ip })), asOf };
  };
}

/** What a request without a signature shows. @throws request_malformed, credentials_missing, signature_missing */
function unsignedCredential(publicUrl: URL, request: ReceivedRequest, authorization: string | undefined): string {
  const placed = publicTarget(publicUrl, request.rawTarget, single(request.rawHeaders, 'host'));
  if (!placed.ok) throw new ChaperoneError(placed.code, { detail: placed.detail });
  if (authorization === undefined) throw new ChaperoneError('credentials_missing');
  if (single(request.rawHeaders, ACTING_USER) !== undefined) throw new ChaperoneError('signature_missing');
  return authorization;
}

/** In whose name a signed request acts: the bridge names a user and shows no credential, and nobody else may name one. */
function actingUser(owner: OwnedKey['owner'], request: ReceivedRequest, authorization: string | undefined): WpUserId {
  const named = single(request.rawHeaders, ACTING_USER);
  if (owner.kind !== 'bridge') {
    if (named === undefined) return owner.agent.userId;
    throw new ChaperoneError('request_malformed', { detail: 'Only the bridge may name an acting user.' });
  }
  const userId = parseWpUserId(named);
  if (userId !== undefined && authorization === undefined) return userId;
  throw new ChaperoneError('request_malformed', { detail: 'The bridge names its acting user, and nothing else.' });
}

/** @throws agent_suspended, agent_expired, address_refused: said to who proved to be the agent, and written down */
function makeStanding({ clock, writeRefusal }: Pick<AuthenticateDeps, 'clock' | 'writeRefusal'>) {
  return async (agent: Agent, key: AgentKey | undefined, actor: Actor): Promise<void> => {
    const refused = whyRefused(agent, key, { now: clock.now(), ip: actor.ip });
    if (refused === undefined) return;
    await writeRefusal({ actor, keyId: key?.id ?? null, code: refused.code });
    throw new ChaperoneError(refused.code, { detail: refused.detail });
  };
}

const isWrongCredential = (error: unknown): error is ChaperoneError =>
  error instanceof ChaperoneError && (error.code === 'credentials_invalid' || error.code === 'token_invalid');

type Loading = ReturnType<LoadPrincipal>;

/** `onSigned` is told who signed while the nonce is being spent, so that what is read next is on its way meanwhile. */
async function verified(
  deps: AuthenticateDeps,
  { request, trial }: { readonly request: ReceivedRequest; readonly trial: boolean },
  onSigned: (signer: OwnedKey) => void,
): Promise<{ keyId: KeyId; owner: OwnedKey['owner'] }> {
  let owned: OwnedKey | undefined;
  const verify = makeVerifyRequest({
    findKey: async (id) => (owned = await deps.findKey(id, trial))?.key,
    nonces: {
      spend: (nonce) => {
        if (owned !== undefined) onSigned(owned);
        return deps.nonces.spend(nonce);
      },
    },
    clock: deps.clock,
    publicUrl: deps.publicUrl,
  });
  const answer = await verify(request);
  if (!answer.ok) throw new ChaperoneError(answer.code, { detail: answer.detail });
  if (owned === undefined) throw new ChaperoneError('signature_invalid');
  return { keyId: answer.keyId, owner: owned.owner };
}
