import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Wherever a secret could stand in what is logged; everything of that name is left out, at two depths. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'signature',
  'password',
  'applicationPassword',
  'secret',
  'token',
  'kek',
];

/** JSON lines on `destination`. Requests' headers and bodies are never logged; this redaction is the second fence. */
export function makeLog(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    },
    destination,
  );
}
