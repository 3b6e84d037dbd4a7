import * as z from 'zod/mini';
import { ask } from '../api/ask.js';
import { boot } from '../site/boot.js';

const tools = z.object({ items: z.array(z.object({ name: z.string() })) });

/** The names of the tools, for suggestions alone; none for somebody to whom they aren't shown. */
export const listTools = async (signal: AbortSignal): Promise<readonly string[]> =>
  boot.capabilities['ai_agent_execute_tool'] === true
    ? (await ask(tools, '/tools', { signal })).items.map(({ name }) => name)
    : [];
