import type { Command } from 'commander';
import type { Sidecar } from '../../compose.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showKek, showRotated, showSecret } from '../../http/routes/secrets.js';
import { missingKeks, type SecretView, type SecretsView } from '../../secrets/list-secrets.js';
import { isRotatable, SECRETS } from '../../secrets/registry.js';
import type { OpenTerminal } from '../chaperone.js';
import { careful, goesOn, secondsOf, type CarefulOptions } from '../careful.js';
import { configOf, withSealing, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

interface RotateOptions extends CarefulOptions {
  readonly overlap?: string;
  readonly force?: boolean;
}

const days = (at: Date | null): string =>
  at === null ? 'unknown' : `${Math.floor((Date.now() - at.getTime()) / 86_400_000)} d`;

const retiring = ({ parts }: SecretView): string =>
  (parts ?? [])
    .filter(({ notAfter }) => notAfter !== null && notAfter.getTime() > Date.now())
    .map(({ fingerprint, notAfter }) => `${fingerprint} until ${notAfter?.toISOString() ?? ''}`)
    .join(', ');

function words(view: SecretsView): string {
  const secrets = view.secrets.map((each) => [
    each.name,
    String(each.version),
    days(each.changedAt),
    each.parts?.[0]?.fingerprint ?? (each.parts === null ? "doesn't open" : '-'),
    each.kekId,
    retiring(each) || '-',
  ]);
  const keks = view.keks.map(({ id, given, seals, values }) => [
    id,
    seals ? 'seals' : given ? 'opens' : 'MISSING',
    String(values),
  ]);
  const missing = missingKeks(view);
  return [
    table(['secret', 'version', 'age', 'fingerprint', 'sealed by', 'the one before'], secrets),
    '',
    table(['key-encryption key', 'state', 'values'], keks),
    ...(missing === undefined ? [] : ['', missing]),
  ].join('\n');
}

function rotateCommand(secrets: Command, open: OpenTerminal): void {
  careful(secrets.command('rotate <name>'))
    .description('replaces a secret; the one before stays good until the overlap ends')
    .option('--overlap <duration>', 'how long that is: 10m unless it is said; 0 for a secret that leaked')
    .option('--force', 'ends an overlap that is still running')
    .action(async (name: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<RotateOptions>();
      if (!isRotatable(name)) {
        const names = Object.keys(SECRETS).filter(isRotatable).join(', ');
        throw new UsageError(`There is no secret "${name}" that can be rotated; there are: ${names}`);
      }
      const { overlapSeconds: usual } = SECRETS[name];
      const overlapSeconds = options.overlap === undefined ? usual : secondsOf('--overlap', options.overlap);
      const force = options.force === true;
      const end =
        overlapSeconds === 0 ? 'kill the present one at once' : `let the present one live ${overlapSeconds} s`;
      const rotate = (sidecar: Sidecar) => sidecar.rotateSecret({ name, overlapSeconds, force, actor: OPERATOR });
      const json = { rotate: name, overlapSeconds, force };
      const terminal = open(options);
      if (!(await goesOn(options, terminal, { json, words: `replace ${name} and ${end}`, tried: rotate, seals: true })))
        return;
      const made = await withSealing(configOf(options), rotate);
      const until = made.oldValidUntil === null ? 'dead' : `good until ${made.oldValidUntil.toISOString()}`;
      terminal.result(
        showRotated(made),
        `${name} is ${made.id} now, fingerprint ${made.fingerprint}. The one before is ${until}.`,
      );
    });
}

function rewrapCommand(secrets: Command, open: OpenTerminal): void {
  careful(secrets.command('rewrap'))
    .description('seals everything anew under the first key-encryption key; interrupted, it goes on when run again')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const terminal = open(options);
      await withSidecar(configOf(options), async (sidecar) => {
        const { keks } = await sidecar.listSecrets();
        const first = keks.find(({ seals }) => seals)?.id ?? '';
        const total = keks.reduce((sum, { seals, values }) => (seals ? sum : sum + values), 0);
        const would = {
          json: { rewrap: total, kekId: first },
          words: `seal ${total} values anew under ${first}`,
          tried: ({ rewrapSecrets }: Sidecar) => rewrapSecrets({ actor: OPERATOR, progress: () => undefined }),
        };
        if (!(await goesOn(options, terminal, would))) return;
        let seen = 0;
        const { done, failed } = await sidecar.rewrapSecrets({
          actor: OPERATOR,
          progress: ({ what, done: batch, failed: refused }) => {
            seen += batch;
            if (batch + refused.length > 0) terminal.say(`${String(seen)}/${String(total)}  ${what}`);
          },
        });
        const left = failed.length === 0 ? '' : ` These don't open and were left as they are: ${failed.join(', ')}.`;
        terminal.result(
          { done, failed: [...failed], kekId: first },
          `${done} values are sealed by ${first} now.${left}`,
        );
        if (failed.length > 0) process.exitCode = 1;
      });
    });
}

export function secretsCommand(program: Command, open: OpenTerminal): void {
  const secrets = program.command('secrets').description('the secrets that the site keeps sealed; never their values');
  secrets
    .command('list')
    .description('names, versions, ages, fingerprints, and which key-encryption key sealed what')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const view = await withSidecar(configOf(options), (sidecar) => sidecar.listSecrets());
      const now = new Date();
      const items = view.secrets.map((each) => showSecret(each, now));
      open(options).result({ items, keks: view.keks.map(showKek) }, words(view));
    });
  rotateCommand(secrets, open);
  rewrapCommand(secrets, open);
}
