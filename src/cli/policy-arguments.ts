import { readFileSync } from 'node:fs';
import { parsePolicyVersion, type PolicyVersion } from '../kernel/ids.js';
import { UsageError } from './output.js';

/** A file's text; `-` is standard input. @throws UsageError */
export function readDocument(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new UsageError(`The file can't be read: ${file}`);
  }
}

/** @throws UsageError */
export function versionOf(text: string): PolicyVersion {
  const version = parsePolicyVersion(text);
  if (version === undefined) throw new UsageError(`A policy version is a positive number, not "${text}".`);
  return version;
}

/** A number is a stored version, anything else a file. */
export function draftOf(text: string): { readonly version: PolicyVersion } | { readonly document: string } {
  return /^[0-9]+$/.test(text) ? { version: versionOf(text) } : { document: readDocument(text) };
}
