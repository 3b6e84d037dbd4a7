import type { BlockName } from '../document.js';
import { approvals } from './approvals.js';
import { content } from './content.js';
import { entities } from './entities.js';
import { rateLimits } from './rate-limits.js';
import type { RuleBlock } from './rule-block.js';
import { time } from './time.js';
import { tools } from './tools.js';

/** Every block of rules, in the order in which they are judged. A block that is missing here doesn't compile. */
export const BLOCKS: { readonly [K in BlockName]: RuleBlock<K> } = {
  tools,
  entities,
  time,
  content,
  rateLimits,
  approvals,
};
