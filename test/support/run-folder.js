import { Buffer } from 'node:buffer';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { transformSync } from '@swc/core';

/** jest imports its global hooks without transforming them, so the two files of dev/ that they need are compiled here. */
async function fromDev(name) {
  const source = readFileSync(new URL(`../../dev/${name}.ts`, import.meta.url), 'utf8');
  const { code } = transformSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

const { aliveByFingerprint, fingerprint, stopMarked } = await fromDev('proc');
const { cacheFolder } = await fromDev('paths');

/** Ends a run's processes and removes its folder. Nothing in it is worth a clean shutdown. */
export async function removeRun(folder) {
  await stopMarked(folder, 0);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A folder for one jest run, after what earlier runs left behind (when they were killed) is gone. */
export async function newRun() {
  const runs = join(cacheFolder(), 'runs');
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(runs)) {
    const owner = join(runs, name, 'owner');
    const print = existsSync(owner) ? readFileSync(owner, 'utf8') : '';
    if (aliveByFingerprint(print) === undefined) await removeRun(join(runs, name));
  }
  const folder = mkdtempSync(join(runs, 'run-'));
  writeFileSync(join(folder, 'owner'), fingerprint(process.pid) ?? '');
  return folder;
}
