import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import type { Identity } from '../../identity/identities/identity.js';
import { parseWpUserId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

interface IdentityOptions extends GlobalOptions {
  readonly issuer: string;
  readonly subject: string;
  readonly user: string;
}

const shown = ({ issuer, subject, userId, createdAt }: Identity): JsonObject => ({
  issuer,
  subject,
  userId,
  createdAt: createdAt.toISOString(),
});

const PAGE = 200;

function listCommand(identity: Command, open: OpenTerminal): void {
  identity
    .command('list')
    .description('which subjects act as which WordPress users')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const items = await withSidecar(configOf(options), async ({ identities }) => {
        const all: Identity[] = [];
        for (let after: number | null | undefined = undefined; after !== null;) {
          const page: Awaited<ReturnType<typeof identities.list>> = await identities.list({
            limit: PAGE,
            ...(after === undefined ? {} : { after }),
          });
          all.push(...page.items);
          after = page.next;
        }
        return all;
      });
      const words =
        items.length === 0
          ? 'No identities yet. Bind one with: chaperone identity add --issuer URL --subject SUB --user ID'
          : table(
              ['issuer', 'subject', 'user'],
              items.map(({ issuer, subject, userId }) => [issuer, subject, String(userId)]),
            );
      open(options).result({ items: items.map(shown) }, words);
    });
}

export function identityCommand(program: Command, open: OpenTerminal): void {
  const identity = program
    .command('identity')
    .description('subjects of the authorization server, and whom they act as');
  listCommand(identity, open);
  identity
    .command('add')
    .description('binds a subject to a WordPress user; its tokens act as that user from then on')
    .requiredOption('--issuer <url>', 'as the tokens name it in "iss"')
    .requiredOption('--subject <sub>', 'as the tokens name it in "sub"; for a service client, its client id')
    .requiredOption('--user <id>', 'the WordPress user')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<IdentityOptions>();
      const { issuer, subject, user } = options;
      const userId = parseWpUserId(user);
      if (userId === undefined) throw new UsageError(`--user must be a WordPress user id, not "${user}"`);
      const everything = { has: () => true };
      const { identity: bound, isNew } = await withSidecar(configOf(options), ({ addIdentity }) =>
        addIdentity({ issuer, subject, userId, actor: OPERATOR, capabilities: everything }),
      );
      const words = `${bound.subject} ${isNew ? 'acts' : 'acted already'} as user ${bound.userId}.`;
      open(options).result({ identity: shown(bound), isNew }, words);
    });
  identity
    .command('remove')
    .description('unbinds a subject; its tokens are refused from then on')
    .requiredOption('--issuer <url>', 'as "identity list" shows it')
    .requiredOption('--subject <sub>', 'as "identity list" shows it')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<IdentityOptions>();
      const { issuer, subject } = options;
      const removed = await withSidecar(configOf(options), ({ removeIdentity }) =>
        removeIdentity({ issuer, subject, actor: OPERATOR }),
      );
      open(options).result({ identity: shown(removed) }, `${removed.subject} acts as nobody now.`);
    });
}
