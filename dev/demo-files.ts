import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { aliveByFingerprint, fingerprint } from './proc.js';
import { projectRoot } from './paths.js';

/** Where everything of the demo lives. */
export interface DemoFolder {
  readonly folder: string;
  readonly demoJson: string;
  readonly sidecarEnv: string;
  readonly agentJson: string;
  readonly state: string;
  readonly owner: string;
  readonly mariadb: string;
  readonly docRoot: string;
  readonly logs: { readonly wordpress: string; readonly sidecar: string; readonly demo: string };
}

export function demoFolder(folder: string = join(projectRoot(), '.demo')): DemoFolder {
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    demoJson: at('demo.json'),
    sidecarEnv: at('sidecar.env'),
    agentJson: at('agent.json'),
    state: at('state.json'),
    owner: at('owner'),
    mariadb: at('mariadb'),
    docRoot: at('wordpress'),
    logs: { wordpress: at('wordpress.log'), sidecar: at('sidecar.log'), demo: at('demo.log') },
  };
}

/** Readable by this user alone, and never half-written. */
export function writePrivate(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export interface DemoUser {
  readonly id: number;
  readonly login: string;
  readonly password: string;
  readonly applicationPassword: string;
}

export interface DemoAgent {
  readonly id: string;
  readonly userId: number;
  readonly login: string;
  readonly applicationPassword: string;
  readonly keyId: string;
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
}

/** What is done for good, so that the next run goes on from here. A step is written down when it is whole. */
export interface DemoState {
  readonly ports?: { readonly mariadb: number; readonly wordpress: number; readonly sidecar: number };
  readonly database?: { readonly user: string; readonly password: string; readonly name: string };
  readonly wordpress?: {
    readonly version: string;
    readonly users: Readonly<Record<'admin' | 'editor' | 'editor2', DemoUser>>;
  };
  readonly kek?: string;
  /** Pairing has begun; without an agent it was interrupted, and the site is made anew. */
  readonly pairingBegun?: boolean;
  readonly agent?: DemoAgent;
  readonly policyActive?: boolean;
  readonly story?: readonly string[];
}

export function readState(demo: DemoFolder): DemoState {
  return existsSync(demo.state) ? (JSON.parse(readFileSync(demo.state, 'utf8')) as DemoState) : {};
}

export function saveState(demo: DemoFolder, state: DemoState): DemoState {
  writePrivate(demo.state, `${JSON.stringify(state, null, 2)}\n`);
  return state;
}

/** The process that runs this demo now, if any. */
export function runningDemo(demo: DemoFolder): number | undefined {
  return existsSync(demo.owner) ? aliveByFingerprint(readFileSync(demo.owner, 'utf8')) : undefined;
}

/** Makes this process the demo's; false when another one is (open(2) with O_EXCL decides between two). */
export function claimDemo(demo: DemoFolder): boolean {
  mkdirSync(demo.folder, { recursive: true, mode: 0o700 });
  if (runningDemo(demo) !== undefined) return false;
  rmSync(demo.owner, { force: true });
  try {
    const file = openSync(demo.owner, 'wx', 0o600);
    writeSync(file, fingerprint(process.pid) ?? '');
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}

export function releaseDemo(demo: DemoFolder): void {
  rmSync(demo.demoJson, { force: true });
  rmSync(demo.owner, { force: true });
}
