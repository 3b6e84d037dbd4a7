import { z } from 'zod';
import type { SendMailing } from '../../approvals/tell-approvers.js';
import type { BridgeAnswer, SendQuestions } from '../../identity/capabilities/index.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import { unixSeconds } from '../../kernel/clock.js';
import { Secret } from '../../kernel/secret.js';
import { processReply, readBody, type WpOutcome } from './process-replies.js';
import type { WpClient } from './wp-client.js';

const ROUTE = 'ai-agent/v1/bridge';

const status = z.object({
  bridgeVersion: z.string(),
  wordpressVersion: z.string(),
  multisite: z.boolean(),
  environmentType: z.string(),
  timeZone: z.string(),
  time: z.number(),
  applicationPasswordsAvailable: z.boolean(),
  blogId: z.int(),
  tables: z.object({ users: z.string(), usermeta: z.string(), options: z.string(), sitemeta: z.string().nullable() }),
  basePrefix: z.string(),
  blogPrefix: z.string(),
  /** Absent in a plugin that is older than the sidecar. */
  writesArrivals: z.boolean().default(false),
});
export type BridgeStatus = z.infer<typeof status>;

const answers: z.ZodType<{ answers: BridgeAnswer[] }> = z.object({
  answers: z.array(
    z.object({ exists: z.boolean(), applicationPasswordsAvailable: z.boolean(), checks: z.array(z.boolean()) }),
  ),
});
export interface ServiceAccount {
  readonly userId: WpUserId;
  readonly login: string;
  /** Null when none was asked for. */
  readonly applicationPassword: Secret<string> | null;
}

/** The routes that the bridge keeps for the sidecar alone (docs/bridge.md). */
export interface BridgeLink {
  status(): Promise<BridgeStatus>;
  readonly ask: SendQuestions;
  /** @returns undefined when the login or e-mail is taken */
  createAccount(account: {
    readonly login: string;
    readonly displayName: string;
    /** Whether WordPress makes it an application password, shown this once. */
    readonly applicationPassword: boolean;
  }): Promise<ServiceAccount | undefined>;
  /** One more application password for a user that is bound to an agent; with `revokeOthers` its only one. */
  makePassword(wanted: { readonly userId: WpUserId; readonly revokeOthers: boolean }): Promise<Secret<string>>;
  /** Ends every application password of a user who is bound to an agent; nothing where WordPress no longer has the user. */
  revokePasswords(userId: WpUserId): Promise<void>;
  /** Has WordPress write to those of whom the mailing speaks; who was written to before isn't again. */
  readonly sendMail: SendMailing;
}

function fit<T>(schema: z.ZodType<T>, outcome: WpOutcome): T {
  const parsed = schema.safeParse(readBody(outcome));
  if (parsed.success) return parsed.data;
  throw new ChaperoneError('upstream_unavailable', {
    detail: 'The bridge answered something else than expected.',
    cause: parsed.error,
  });
}

const account = z.object({ userId: z.int(), login: z.string(), applicationPassword: z.string().nullable() });
const password = z.object({ applicationPassword: z.string() });
const revoked = z.object({ revoked: z.int().nonnegative() });
const mailed = z.object({ sent: z.int().nonnegative(), failed: z.int().nonnegative() });

/** @throws ChaperoneError upstream_unavailable, upstream_refused: nothing is assumed when WordPress doesn't say */
export function makeBridgeLink(wordpress: WpClient): BridgeLink {
  return {
    async status() {
      return fit(status, processReply(await wordpress.send({ method: 'GET', route: `${ROUTE}/status` })));
    },
    async ask(questions) {
      const body = {
        questions: questions.map(({ userId, checks }) => ({ userId, checks: checks.map((check) => ({ ...check })) })),
      };
      const reply = await wordpress.send({ method: 'POST', route: `${ROUTE}/questions`, body });
      const { answers: given } = fit(answers, processReply(reply));
      const complete =
        given.length === questions.length &&
        given.every((each, index) => each.checks.length === questions[index]?.checks.length);
      if (!complete)
        throw new ChaperoneError('upstream_unavailable', { detail: 'The bridge left a question unanswered.' });
      return given;
    },
    async createAccount(wanted) {
      const outcome = processReply(
        await wordpress.send({ method: 'POST', route: `${ROUTE}/accounts`, body: { ...wanted } }),
      );
      if (outcome.kind === 'refused' && outcome.error.code === 'account_exists') return undefined;
      const made = fit(account, outcome);
      const userId = parseWpUserId(made.userId);
      if (userId === undefined)
        throw new ChaperoneError('upstream_unavailable', { detail: 'The bridge named no user.' });
      const { login, applicationPassword: text } = made;
      return { userId, login, applicationPassword: text === null ? null : new Secret(text) };
    },
    async makePassword(wanted) {
      const request = { method: 'POST', route: `${ROUTE}/passwords`, body: { ...wanted } } as const;
      return new Secret(fit(password, processReply(await wordpress.send(request))).applicationPassword);
    },
    async revokePasswords(userId) {
      const request = { method: 'DELETE', route: `${ROUTE}/passwords`, body: { userId } } as const;
      fit(revoked, processReply(await wordpress.send(request)));
    },
    async sendMail({ expiresAt, approvers, delegations, except, ...said }) {
      const body = {
        ...said,
        expiresAt: unixSeconds(expiresAt),
        approvers: approvers.map(({ roles, users }) => ({
          anybody: roles === undefined && users === undefined,
          ...{ roles: [...(roles ?? [])], users: [...(users ?? [])] },
        })),
        ...{ delegations: delegations.map((each) => ({ ...each })), except: [...except] },
      };
      return fit(mailed, processReply(await wordpress.send({ method: 'POST', route: `${ROUTE}/mail`, body })));
    },
  };
}
