import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../kernel/json.js';
import { findTool } from './tools/index.js';

const bulkyOf = (tool: string): readonly string[] => findTool(tool)?.bulky ?? [];

function inWords(value: Json): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `[${text.length} characters, sha256 ${createHash('sha256').update(text, 'utf8').digest('hex')}]`;
}

/** Arguments as people are shown them: a file's bytes are named by their size and digest. */
export function shownArgs(tool: string, args: JsonObject): JsonObject {
  const bulky = bulkyOf(tool).filter((name) => args[name] !== undefined);
  return bulky.length === 0
    ? args
    : { ...args, ...Object.fromEntries(bulky.map((name) => [name, inWords(args[name] ?? null)])) };
}

/** The other way round: what somebody hands back as it was shown stands for what it was shown for. */
export function fromShown(tool: string, edited: JsonObject, original: JsonObject): JsonObject {
  const shown = shownArgs(tool, original);
  const kept = bulkyOf(tool).filter((name) => edited[name] !== undefined && edited[name] === shown[name]);
  return { ...edited, ...Object.fromEntries(kept.map((name) => [name, original[name] ?? null])) };
}
