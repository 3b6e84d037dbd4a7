import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseStrictJson } from '../kernel/strict-json.js';
import { UsageError } from './output.js';

/** What `init` and `agent create` leave behind: who signs, and with what. */
const agentFile = z.object({
  keyId: z.string(),
  algorithm: z.literal('hmac-sha256'),
  secret: z.string(),
  url: z.string().optional(),
});

export function readAgent(file: string): z.infer<typeof agentFile> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(
      `The agent file can't be read: ${file}. \`chaperone agent create --agent-file ${file}\` writes one.`,
    );
  }
  const parsed = parseStrictJson(text);
  const agent = agentFile.safeParse(parsed.ok ? parsed.value : undefined);
  if (!agent.success) throw new UsageError(`The agent file must be JSON with keyId, algorithm and secret: ${file}`);
  return agent.data;
}
