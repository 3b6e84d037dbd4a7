import type { Command } from 'commander';
import { ERRORS } from '../../kernel/errors.js';
import type { GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';

/** The page docs/errors.md, made from the one table. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, next }]) => `| \`${code}\` | ${status} | ${title} | ${next} |`,
  );
  return [
    '# Error codes',
    '',
    'Every refusal is a problem document (RFC 9457) whose `code` is one of these. This page is made from `src/kernel/errors.ts` by `chaperone errors`.',
    '',
    '| code | status | what it says | what to do |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function errorsCommand(program: Command, open: OpenTerminal): void {
  program
    .command('errors')
    .description('explains every error code, as Markdown')
    .action((_own: object, command: Command) => {
      open(command.optsWithGlobals<GlobalOptions>()).result({ errors: ERRORS }, errorsPage());
    });
}
