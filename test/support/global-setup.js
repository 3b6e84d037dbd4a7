import process from 'node:process';
import { newRun, removeRun } from './run-folder.js';

/** Makes the folder of this jest run. MariaDB and WordPress start when the first test asks for them (stack.ts). */
export default async function globalSetup() {
  const folder = await newRun();
  process.env.TEST_STACK_FOLDER = folder;
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.once(signal, () => void removeRun(folder).finally(() => process.exit(code)));
  }
}
