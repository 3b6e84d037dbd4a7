import { OPERATOR } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import { checkBounds, type WantedBounds } from '../identity/agents/bounds.js';
import type { KeyRequest } from '../identity/agents/make-key.js';
import type { WpUserId } from '../kernel/ids.js';
import type { Sidecar } from '../compose.js';
import { reserveFile } from './private-files.js';

export interface MadeAgent {
  readonly id: string;
  readonly userId: number;
  readonly login: string | null;
  /** Null when the account was there before, or none was wanted. */
  readonly applicationPassword: string | null;
  readonly keyId: string;
  readonly algorithm: string;
  /** Base64; null for a key whose private half the agent keeps. */
  readonly secret: string | null;
}

/** A service account by the bridge, or one that is there, and an agent bound to it. Secrets are in this answer and nowhere else. */
export async function createAgent(
  sidecar: Sidecar,
  wanted: {
    readonly name: string;
    readonly login: string;
    readonly userId?: WpUserId;
    readonly publicKey?: Uint8Array;
    /** Whether the account that is made gets an application password; it does unless this says no. */
    readonly applicationPassword?: boolean;
    readonly bounds?: WantedBounds;
  },
): Promise<MadeAgent> {
  const { name, login, publicKey, applicationPassword = true, bounds = {} } = wanted;
  checkBounds(bounds, new Date());
  if (wanted.userId !== undefined) await refuseNobody(sidecar, wanted.userId);
  const account =
    wanted.userId === undefined
      ? await sidecar.bridge.createAccount({ login, displayName: name, applicationPassword })
      : undefined;
  const userId = wanted.userId ?? account?.userId;
  if (userId === undefined) throw loginTaken(login);
  const created = await sidecar.createAgent({ name, userId, key: keyFrom(publicKey), bounds, actor: OPERATOR });
  return {
    id: created.agent.id,
    userId,
    login: account?.login ?? null,
    applicationPassword: account?.applicationPassword?.reveal() ?? null,
    keyId: created.keyId,
    algorithm: created.algorithm,
    secret: created.secret?.reveal() ?? null,
  };
}

const loginTaken = (login: string): ChaperoneError =>
  new ChaperoneError('args_invalid', {
    detail: `A WordPress user "${login}" exists already. Bind it with "chaperone agent create --user ID", or choose another login.`,
  });

/** As `createAgent` in a rehearsal: WordPress would keep the account that it makes, so a new one is only looked for. */
export async function tryToCreate(sidecar: Sidecar, wanted: Parameters<typeof createAgent>[1]): Promise<void> {
  if (wanted.userId !== undefined) await createAgent(sidecar, wanted);
  else if ((await sidecar.findUser(wanted.login)) !== undefined) throw loginTaken(wanted.login);
}

const keyFrom = (publicKey: Uint8Array | undefined): KeyRequest =>
  publicKey === undefined ? { algorithm: 'hmac-sha256' } : { algorithm: 'ed25519', publicKey };

async function refuseNobody(sidecar: Sidecar, userId: WpUserId): Promise<void> {
  const [answer] = await sidecar.bridge.ask([{ userId, checks: [] }]);
  if (answer?.exists !== true)
    throw new ChaperoneError('args_invalid', { detail: `There is no WordPress user ${userId}.` });
}

/** For those whose secrets went into a file. */
export function withoutSecrets({
  id,
  userId,
  login,
  keyId,
  algorithm,
}: MadeAgent): Omit<MadeAgent, 'secret' | 'applicationPassword'> {
  return { id, userId, login, keyId, algorithm };
}

/** Makes an agent and puts its secrets into a file of its owner alone, which must not be there yet. */
export async function makeIntoFile(
  file: string | undefined,
  url: string,
  make: () => Promise<MadeAgent>,
): Promise<MadeAgent> {
  if (file === undefined) return make();
  const reserved = reserveFile(file);
  const agent = await make().catch((error: unknown) => {
    reserved.release();
    throw error;
  });
  reserved.write(`${JSON.stringify({ ...agent, url }, null, 2)}\n`);
  return agent;
}
