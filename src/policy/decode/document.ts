import { EFFECTS, MODES, type BlockName, type PolicyDocument, type RuleOf } from '../document.js';
import { LIMITS } from '../limits.js';
import { BLOCKS } from '../rules/index.js';
import { fault, MISTAKEN, quoted, type DecodeContext } from './context.js';
import { arrayOf, objectOf, optional, refine, required, type Decoder } from './decoder.js';
import { oneOf, text } from './values.js';
import { zone } from './words.js';

const formatVersion: Decoder<1> = (spot, context) =>
  spot.node.type === 'number' && spot.node.value === 1
    ? 1
    : fault(context, spot, 'This must be 1, the format of policies that Chaperone reads.');

const severities = objectOf('the severities', {
  low: optional(oneOf(EFFECTS)),
  medium: optional(oneOf(EFFECTS)),
  high: optional(oneOf(EFFECTS)),
  critical: optional(oneOf(EFFECTS)),
});

/** The rules of one block, counted towards the document's bound. */
function rulesOf<K extends BlockName>(name: K, decode: Decoder<RuleOf<K>>): Decoder<readonly RuleOf<K>[]> {
  const counted: Decoder<RuleOf<K>> = (spot, context) => {
    context.rules += 1;
    if (context.rules <= LIMITS.rules) return decode(spot, context);
    if (context.rules > LIMITS.rules + 1) return MISTAKEN;
    return fault(context, spot, `A policy has at most ${LIMITS.rules} rules, and this is one more.`);
  };
  return arrayOf(counted, `rules of ${name}`, Infinity);
}

const shape = objectOf('a policy', {
  formatVersion: required(formatVersion),
  name: optional(text('a name for people', LIMITS.nameCharacters)),
  timezone: optional(zone),
  mode: optional(oneOf(MODES)),
  tools: optional(rulesOf('tools', BLOCKS.tools.decode)),
  entities: optional(rulesOf('entities', BLOCKS.entities.decode)),
  time: optional(rulesOf('time', BLOCKS.time.decode)),
  content: optional(rulesOf('content', BLOCKS.content.decode)),
  severities: optional(severities),
  rateLimits: optional(rulesOf('rateLimits', BLOCKS.rateLimits.decode)),
  approvals: optional(rulesOf('approvals', BLOCKS.approvals.decode)),
});

/** Format 1 in full, with what a document leaves out. */
const policy: Decoder<PolicyDocument> = refine(shape, (raw) => ({
  name: '',
  timezone: 'site',
  mode: 'autonomous',
  tools: [],
  entities: [],
  time: [],
  content: [],
  rateLimits: [],
  approvals: [],
  ...raw,
  severities: { low: 'allow', medium: 'ask', high: 'deny', critical: 'deny', ...raw.severities },
}));

/** The document, and ids that come twice: the fault is the second one in the text, whatever its block. */
export const policyDocument: Decoder<PolicyDocument> = (spot, context) => {
  const document = policy(spot, context);
  const before = context.faults.length;
  faultRepeatedIds(context);
  return context.faults.length === before ? document : MISTAKEN;
};

function faultRepeatedIds(context: DecodeContext): void {
  const seen = new Set<string>();
  for (const { id, spot } of [...context.ids].sort((left, right) => left.spot.node.offset - right.spot.node.offset)) {
    if (seen.has(id))
      fault(context, spot, `Another rule before is called ${quoted(id)}; give this one a name of its own.`);
    seen.add(id);
  }
}
