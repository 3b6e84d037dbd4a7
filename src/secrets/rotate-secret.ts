import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import { unixSeconds, type Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { JsonObject } from '../kernel/json.js';
import type { Secret } from '../kernel/secret.js';
import type { SiteOptions } from '../settings/site-options.js';
import { rotateAuditKey } from './audit-key-ring.js';
import { bridgeKeysText, newBridgeKey, optionOf, parseBridgeKeys, type BridgeDirection } from './bridge-keys.js';
import { fingerprint } from './fingerprint.js';
import { isRotatable, SECRETS, type RotatableSecret } from './registry.js';
import type { SealedBox } from './sealed-box.js';
import { makeSealedOptions, type SealedOptions } from './sealed-options.js';

export interface Rotation {
  readonly at: Date;
  readonly random: RandomBytes;
  /** How long the old one stays good; 0 for one that leaked. */
  readonly overlapSeconds: number;
  /** Ends an overlap that is still running. */
  readonly force: boolean;
}

export interface NewSecret {
  readonly id: string;
  readonly fingerprint: string;
  /** Null when the old one is dead already. */
  readonly oldValidUntil: Date | null;
  /** The secret itself, where a person has to carry it (`carried`); null everywhere else. */
  readonly revealed: Secret<string> | null;
  /** What the old one says for the new one; its entry carries it. */
  readonly statement?: JsonObject;
}

/** Replaces one secret in its option, inside the transaction of its audit entry. */
export type Rotator = (sealed: SealedOptions, rotation: Rotation) => Promise<NewSecret>;
export type Rotators = { readonly [N in RotatableSecret]: Rotator };

/**
 * A new key in front, which signs from now on; the one before it still verifies until the overlap ends, so calls that are
 * on their way arrive. @throws not_found, key_rotation_running
 */
const bridgeKey =
  (direction: BridgeDirection): Rotator =>
  async (sealed, { at, random, overlapSeconds, force }) => {
    const text = await sealed.lock(optionOf(direction));
    const now = unixSeconds(at);
    const live = (text === undefined ? [] : parseBridgeKeys(text)).filter(
      ({ notAfter }) => notAfter === undefined || now < notAfter,
    );
    const [signing, ...retiring] = live;
    if (signing === undefined)
      throw new ChaperoneError('not_found', { detail: 'The site is not paired yet; run: chaperone init' });
    if (retiring.length > 0 && !force) {
      const shown = retiring.map(({ id, notAfter = now }) => ({
        id,
        notAfter: new Date(notAfter * 1_000).toISOString(),
      }));
      throw new ChaperoneError('key_rotation_running', { members: { retiring: shown } });
    }
    const next = newBridgeKey(direction, random);
    const kept = overlapSeconds === 0 ? [] : [{ ...signing, notAfter: now + overlapSeconds }];
    await sealed.write(optionOf(direction), bridgeKeysText([next, ...kept]), at);
    return {
      id: next.id,
      fingerprint: fingerprint(next.secret.reveal()),
      oldValidUntil: overlapSeconds === 0 ? null : new Date((now + overlapSeconds) * 1_000),
      revealed: null,
    };
  };

const ROTATORS: Rotators = {
  bridge_key_to_wordpress: bridgeKey('to_wordpress'),
  bridge_key_to_sidecar: bridgeKey('to_sidecar'),
  async audit_key(sealed, rotation) {
    return { ...(await rotateAuditKey(sealed, rotation)), oldValidUntil: null, revealed: null };
  },
};

export interface RotatedSecret extends NewSecret {
  readonly name: RotatableSecret;
}

export type RotateSecret = (input: {
  readonly name: string;
  /** Absent: the secret's own. */
  readonly overlapSeconds?: number;
  readonly force: boolean;
  readonly actor: Actor;
}) => Promise<RotatedSecret>;

/** @throws not_found, key_rotation_running */
export function makeRotateSecret(deps: {
  readonly inTransaction: InTransaction<{ readonly options: SiteOptions; readonly audit: Pick<AuditLog, 'append'> }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): RotateSecret {
  return ({ name, overlapSeconds, force, actor }) => {
    if (!isRotatable(name)) {
      throw new ChaperoneError('not_found', { detail: 'There is no secret of this name that can be rotated.' });
    }
    const overlap = overlapSeconds ?? SECRETS[name].overlapSeconds;
    return deps.inTransaction(async ({ options, audit }) => {
      const at = deps.clock.now();
      const sealed = makeSealedOptions(options, deps.box);
      const rotation = { at, random: deps.random, overlapSeconds: overlap, force };
      const made = await ROTATORS[name](sealed, rotation);
      const detail = {
        name,
        id: made.id,
        fingerprint: made.fingerprint,
        overlapSeconds: overlap,
        force,
        ...made.statement,
      };
      await audit.append([{ kind: 'secret.rotated', at, actor, detail }]);
      return { name, ...made };
    });
  };
}
