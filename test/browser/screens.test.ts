import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { browserWorld, type BrowserWorld } from '../support/browser-world.js';
import { agentCases } from './agents.cases.js';
import { approvalCases } from './approvals.cases.js';
import { auditCases } from './audit.cases.js';
import { awayCases } from './away.cases.js';
import { listCases } from './lists.cases.js';
import { makeAgentEditor, NEWSROOM } from './newsroom.js';
import { powerCases } from './powers.cases.js';
import { overviewCases } from './overview.cases.js';
import { policyCases } from './policy.cases.js';
import { settingsCases } from './settings.cases.js';

/** Generous, so that a busy machine fails nobody; a page that never comes fails by its own limit. */
jest.setTimeout(180_000);

let world: BrowserWorld;
beforeAll(async () => {
  world = await browserWorld({ policy: NEWSROOM });
  await makeAgentEditor(world.paired);
}, 120_000);
afterAll(() => world.stop());

/** All on one site with one sidecar, in the order of what they leave behind. Those that end the sidecar come last. */
describe.each([
  ['overview', overviewCases],
  ['approvals', approvalCases],
  ['votes in other hands, and what is remembered', powerCases],
  ['audit', auditCases],
  ['agents', agentCases],
  ['settings', settingsCases],
  ['policy', policyCases],
  ['long lists', listCases],
  ['the sidecar is away', awayCases],
])('%s', (_name, cases) => cases(() => world));
