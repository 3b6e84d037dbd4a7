import type { Actor } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { WpUserId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { LoadPrincipal } from '../authenticate.js';
import { CAPABILITIES } from '../capabilities/index.js';
import type { CapabilitySet } from '../principal.js';
import type { IdentityStore } from './identity-store.js';
import { LONGEST_SUBJECT_BYTES, type Identity, type Subject } from './identity.js';

export interface IdentityDeps {
  readonly inTransaction: InTransaction<{
    readonly identities: IdentityStore;
    readonly audit: Pick<AuditLog, 'append'>;
  }>;
  readonly loadPrincipal: LoadPrincipal;
  readonly clock: Clock;
  /** The issuer whose tokens this service takes; undefined while it takes none. */
  readonly issuer?: string;
}

/** Who asks, and with which rights; an operator on the command line has them all. */
export interface Binder {
  readonly actor: Actor;
  readonly capabilities: CapabilitySet;
}

export type AddIdentity = (
  input: Subject & Binder & { readonly userId: WpUserId },
) => Promise<{ readonly identity: Identity; readonly isNew: boolean }>;

export type RemoveIdentity = (
  input: Subject & { readonly userId?: WpUserId; readonly actor: Actor },
) => Promise<Identity>;

const invalid = (detail: string): ChaperoneError => new ChaperoneError('args_invalid', { detail });

/** What can't be seen can't be compared by the person who binds it. */
const UNSEEN = /^\s|\s$|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The issuer in the spelling of the configuration, which is the one that tokens are looked up under. @throws args_invalid */
function issuerAsConfigured(given: string, configured: string | undefined): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw invalid('issuer: must be the address of an authorization server, as its tokens name it in "iss".');
  }
  if (configured === undefined) return given;
  if (url.href !== new URL(configured).href) {
    throw invalid(`issuer: tokens are taken from ${configured} alone (CHAPERONE_OAUTH_ISSUER).`);
  }
  return configured;
}

function checked({ issuer, subject }: Subject, configured: string | undefined): Subject {
  if (subject === '' || UNSEEN.test(subject) || UNSEEN.test(issuer)) {
    throw invalid(
      'subject: must be the "sub" of the tokens, without spaces around it and without invisible characters.',
    );
  }
  if ([issuer, subject].some((text) => Buffer.byteLength(text) > LONGEST_SUBJECT_BYTES)) {
    throw invalid(`issuer and subject have at most ${LONGEST_SUBJECT_BYTES} bytes each.`);
  }
  return { issuer: issuerAsConfigured(issuer, configured), subject };
}

/**
 * What a token of that user could be used for: the routes of governing, and, in carrying out a suggestion under one's own name, what the
 * tools need.
 */
const POWERS: readonly string[] = [
  ...CAPABILITIES,
  ...['manage_options', 'edit_users', 'list_users', 'unfiltered_html', 'upload_files', 'moderate_comments'],
  ...['manage_categories', 'publish_posts', 'edit_others_posts', 'publish_pages', 'edit_others_pages'],
];

/** Nobody hands out more than they have: whoever binds a subject to a user could be the one who holds its tokens. */
function refuseMore(of: CapabilitySet, { capabilities }: Binder): void {
  const more = POWERS.find((each) => of.has(each) && !capabilities.has(each));
  if (more === undefined) return;
  throw new ChaperoneError('capability_missing', {
    detail: `That user has ${more}, which you lack; somebody who has it must bind this identity.`,
    members: { unlock: { capability: more } },
  });
}

/**
 * Binds a subject to a WordPress user; its tokens act as that user from the next request on. Repeating it changes nothing.
 * @throws args_invalid, capability_missing
 */
export function makeAddIdentity(deps: IdentityDeps): AddIdentity {
  return async (input) => {
    const { userId, actor } = input;
    const subject = checked(input, deps.issuer);
    const user = await deps.loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: null });
    if (user === undefined) throw invalid(`userId: there is no WordPress user ${userId}.`);
    refuseMore(user.capabilities, input);
    return deps.inTransaction(async ({ identities, audit }) => {
      const at = deps.clock.now();
      const identity: Identity = { ...subject, userId, createdAt: at };
      if (await identities.insert(identity)) {
        await audit.append([{ kind: 'auth.identity_added', at, actor, detail: { ...subject, userId } }]);
        return { identity, isNew: true };
      }
      const bound = await identities.find(subject);
      if (bound?.userId === userId) return { identity: bound, isNew: false };
      throw invalid(`This subject is bound to user ${bound?.userId ?? 'another'} already; remove that first.`);
    });
  };
}

/** Unbinds a subject; its tokens are refused from the next request on. @throws not_found */
export function makeRemoveIdentity(deps: Pick<IdentityDeps, 'inTransaction' | 'clock'>): RemoveIdentity {
  return ({ issuer, subject, userId, actor }) =>
    deps.inTransaction(async ({ identities, audit }) => {
      const bound = await identities.find({ issuer, subject });
      const isMeant = bound !== undefined && (userId === undefined || userId === bound.userId);
      if (!isMeant || !(await identities.remove(bound)))
        throw new ChaperoneError('not_found', { detail: 'There is no such identity.' });
      const detail = { issuer, subject, userId: bound.userId };
      await audit.append([{ kind: 'auth.identity_removed', at: deps.clock.now(), actor, detail }]);
      return bound;
    });
}
