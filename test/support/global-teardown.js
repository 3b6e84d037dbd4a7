import process from 'node:process';
import { removeRun } from './run-folder.js';

export default async function globalTeardown() {
  await removeRun(process.env.TEST_STACK_FOLDER);
}
