import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../dev/paths.js';

export interface OfflineReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly checkpoints: number;
  readonly erased: number;
  readonly first?: number;
  readonly last?: number;
  readonly firstBad?: { readonly id: number; readonly reason: string };
  readonly notes: readonly string[];
}

interface Trusted {
  readonly keys?: readonly string[];
  readonly kept?: readonly string[];
  readonly part?: boolean;
}

/** tools/verify-audit.mjs, which is plain JavaScript and imports nothing of ours. */
export async function verifyText(text: string, trusted: Trusted): Promise<OfflineReport> {
  const { verifyFile } = (await import(pathToFileURL(join(projectRoot(), 'tools/verify-audit.mjs')).href)) as {
    verifyFile: (file: string, trusted: Trusted) => Promise<OfflineReport>;
  };
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  try {
    const file = join(folder, 'log.jsonl');
    writeFileSync(file, text);
    return await verifyFile(file, trusted);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
