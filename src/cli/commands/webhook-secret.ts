import type { Command } from 'commander';
import type { Sidecar } from '../../compose.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import type { Rotated } from '../../webhooks/rotate-webhook-secret.js';
import type { OpenTerminal } from '../chaperone.js';
import { careful, goesOn, secondsOf, type CarefulOptions } from '../careful.js';
import { configOf, withSealing } from '../context.js';

interface RotateOptions extends CarefulOptions {
  readonly overlap?: string;
  readonly force?: boolean;
}

export const SHOWN_ONCE = 'The secret is shown this once.';

/** `rotate`, of a source or of an endpoint. `given`: a secret that the other side gave out. */
export function rotateSecretCommand(
  parent: Command,
  open: OpenTerminal,
  of: { readonly name: string; readonly parse: (text: string) => Rotated },
  given: () => Uint8Array | undefined = () => undefined,
): Command {
  return careful(parent.command(`rotate <${of.name}>`))
    .description('replaces the secret; the one before counts until the overlap ends')
    .option('--overlap <duration>', 'how long that is; 0 for a secret that leaked', '24h')
    .option('--force', 'ends an overlap that is still running')
    .action(async (text: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<RotateOptions>();
      const rotated = of.parse(text);
      const overlapSeconds = secondsOf('--overlap', options.overlap ?? '24h');
      const end = overlapSeconds === 0 ? 'end the present one at once' : `let it count for ${overlapSeconds} s`;
      const terminal = open(options);
      const bytes = given();
      const rotate = (sidecar: Sidecar) =>
        sidecar.rotateWebhookSecret({
          of: rotated,
          ...(bytes === undefined ? {} : { given: bytes }),
          overlapSeconds,
          force: options.force === true,
          actor: OPERATOR,
        });
      const json = { rotate: text, overlapSeconds };
      const words = `replace the secret of ${text} and ${end}`;
      if (!(await goesOn(options, terminal, { json, words, tried: rotate, seals: true }))) return;
      const made = await withSealing(configOf(options), rotate);
      const [secret, until] = [made.secret.reveal(), made.oldSecretValidUntil.toISOString()];
      terminal.result(
        { secret, fingerprint: made.row.fingerprint, oldSecretValidUntil: until },
        `${secret}\n${SHOWN_ONCE} The one before counts until ${until}.`,
      );
    });
}
