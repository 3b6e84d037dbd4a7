import type { Actor, CredentialKind } from '../audit/audit-entry.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError, type ErrorCode } from '../kernel/errors.js';
import { parseWpUserId, type KeyId, type WpUserId } from '../kernel/ids.js';
import { credentialsInvalid, type VerifyApplicationPassword } from './application-passwords/index.js';
import type { Principal } from './principal.js';
import {
  hasSignature,
  makeVerifyRequest,
  publicTarget,
  type HeaderLine,
  type NonceStore,
  type ReceivedRequest,
} from './signatures/index.js';
import type { FindOwnedKey, OwnedKey } from './signing-keys.js';

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
}) => Promise<Principal | undefined>;

export interface AuthenticateDeps {
  readonly findKey: FindOwnedKey;
  readonly nonces: Pick<NonceStore, 'spend'>;
  readonly verifyPassword: VerifyApplicationPassword;
  readonly loadPrincipal: LoadPrincipal;
  /** Whether the user is the account of an agent that is suspended. */
  readonly isSuspended: (userId: WpUserId) => Promise<boolean>;
  /**
   * Writes down a refusal of somebody who is known by a signature that verified. Strangers write nothing: a log that anybody
   * could fill would be worth little.
   */
  readonly writeRefusal: (actor: Actor, code: ErrorCode) => Promise<void>;
  readonly clock: Clock;
  readonly publicUrl: URL;
}

export type Authenticate = (request: IncomingRequest) => Promise<Principal>;

const ACTING_USER = 'ai-agent-acting-user';

/** The one value of a header, or undefined; twice is a malformed request. */
function single(headers: readonly HeaderLine[], wanted: string): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  if (values.length > 1)
    throw new ChaperoneError('request_malformed', { detail: `The header ${wanted} comes more than once.` });
  return values[0];
}

/**
 * Section 6, steps 2 and 3: the signature first, where there is one, then the credential beside it, and a credential
 * whose user isn't the key's user is refused. Without a signature, an application password alone.
 *
 * @throws the signature_* codes, digest_mismatch, request_malformed, credentials_missing, credentials_invalid,
 * credential_mismatch, agent_suspended, database_unavailable
 */
export function makeAuthenticate(deps: AuthenticateDeps): Authenticate {
  const byPassword = async (header: string): Promise<WpUserId> => {
    const verdict = await deps.verifyPassword(header);
    if (!verdict.ok) throw credentialsInvalid(verdict.reason);
    return verdict.userId;
  };
  const principal = async (who: Parameters<LoadPrincipal>[0]): Promise<Principal> => {
    const found = await deps.loadPrincipal(who);
    if (found === undefined) throw new ChaperoneError('credentials_invalid', { cause: 'the user is gone' });
    return found;
  };
  return async (request) => {
    const authorization = single(request.rawHeaders, 'authorization');
    if (!hasSignature(request.rawHeaders)) {
      const placed = publicTarget(deps.publicUrl, request.rawTarget, single(request.rawHeaders, 'host'));
      if (!placed.ok) throw new ChaperoneError(placed.code, { detail: placed.detail });
      if (authorization === undefined) throw new ChaperoneError('credentials_missing');
      if (single(request.rawHeaders, ACTING_USER) !== undefined) throw new ChaperoneError('signature_missing');
      const userId = await byPassword(authorization);
      if (await deps.isSuspended(userId)) throw new ChaperoneError('agent_suspended');
      return principal({ userId, credential: 'application_password', keyId: null, ip: request.ip });
    }
    const { keyId, owner } = await verified(deps, request);
    const acting = single(request.rawHeaders, ACTING_USER);
    if (owner.kind === 'bridge') {
      const userId = parseWpUserId(acting);
      if (userId === undefined || authorization !== undefined) {
        throw new ChaperoneError('request_malformed', {
          detail: 'The bridge names its acting user, and nothing else.',
        });
      }
      return principal({ userId, credential: 'bridge', keyId, ip: request.ip });
    }
    if (acting !== undefined) {
      throw new ChaperoneError('request_malformed', { detail: 'Only the bridge may name an acting user.' });
    }
    const { id: agentId, userId: own, state } = owner.agent;
    const actor = { userId: own, agentId, credential: 'signature', ip: request.ip } as const;
    const refused = async (error: ChaperoneError): Promise<never> => {
      await deps.writeRefusal(actor, error.code);
      throw error;
    };
    if (state !== 'active') await refused(new ChaperoneError('agent_suspended'));
    if (authorization !== undefined) {
      const userId = await byPassword(authorization).catch((error: unknown) =>
        error instanceof ChaperoneError && error.code === 'credentials_invalid'
          ? refused(error)
          : Promise.reject(error as Error),
      );
      if (userId !== own) await refused(new ChaperoneError('credential_mismatch'));
    }
    const credential = authorization === undefined ? 'signature' : 'application_password';
    return principal({ userId: owner.agent.userId, credential, keyId, ip: request.ip });
  };
}

async function verified(
  deps: AuthenticateDeps,
  request: ReceivedRequest,
): Promise<{ keyId: KeyId; owner: OwnedKey['owner'] }> {
  let owned: OwnedKey | undefined;
  const verify = makeVerifyRequest({
    findKey: async (id) => (owned = await deps.findKey(id))?.key,
    nonces: deps.nonces,
    clock: deps.clock,
    publicUrl: deps.publicUrl,
  });
  const answer = await verify(request);
  if (!answer.ok) throw new ChaperoneError(answer.code, { detail: answer.detail });
  if (owned === undefined) throw new ChaperoneError('signature_invalid');
  return { keyId: answer.keyId, owner: owned.owner };
}
