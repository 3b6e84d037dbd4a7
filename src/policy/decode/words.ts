import { parseAgentId } from '../../kernel/ids.js';
import { LIMITS } from '../limits.js';
import { parseNetwork } from '../match/address.js';
import { isToolGlob } from '../match/glob.js';
import { compilePattern, patternFault, patternSize } from '../match/pattern.js';
import { parsePointer } from '../source/pointer.js';
import { LIST_NAME } from '../term-lists.js';
import { isZone } from '../time/zone.js';
import { fault, MISTAKEN, quoted } from './context.js';
import { listOf, Refused, withoutRepeats, type Decoder } from './decoder.js';
import { text, textAs } from './values.js';

const WORD = LIMITS.wordCharacters;

/** A list of words that may be used in place of one another: never empty, none twice. */
export function words<T>(word: Decoder<T>, what: string): Decoder<readonly T[]> {
  return withoutRepeats(listOf(word, what, LIMITS.listItems));
}

/** A rule's id, noted so that a second one of the same name can be found. Names in parentheses are Chaperone's own. */
export const ruleId: Decoder<string> = (spot, context) => {
  const id = readId(spot, context);
  if (id !== MISTAKEN) context.ids.push({ id, spot });
  return id;
};

const readId = textAs('the name of this rule', LIMITS.idCharacters, (id) =>
  /^[^\s\p{C}()](?:[^\p{C}]*[^\s\p{C}])?$/u.test(id)
    ? id
    : new Refused(
        "A rule's id is printable text that neither begins nor ends with a space, nor begins with a parenthesis.",
      ),
);

export const zone = textAs('a time zone', WORD, (id) =>
  id === 'site' || isZone(id)
    ? id
    : new Refused(`There is no time zone called ${quoted(id)}; write "site", or a name such as "Europe/Berlin".`),
);

/** A tool's name or a pattern. A name without `*` must be that of a tool; a pattern may be ahead of its tools. */
export const toolGlob: Decoder<string> = (spot, context) => {
  const glob = readGlob(spot, context);
  if (glob === MISTAKEN || glob.includes('*')) return glob;
  if (context.knownTools === undefined || context.knownTools.has(glob)) return glob;
  return fault(context, spot, `There is no tool called ${quoted(glob)}; GET /v1/tools lists them.`);
};

const readGlob = textAs('the name of a tool, or a pattern such as "posts.*"', WORD, (glob) =>
  isToolGlob(glob)
    ? glob
    : new Refused('A tool is named like "posts.create"; "*" stands for any characters, and nothing else is special.'),
);

export const agentId = textAs(
  'the id of an agent',
  WORD,
  (id) =>
    parseAgentId(id) ??
    new Refused(`${quoted(id)} isn't the id of an agent; they begin with "agt_", and the list of agents shows them.`),
);

export const network = textAs('an address or a network', WORD, (cidr) => {
  const parsed = parseNetwork(cidr);
  if (parsed === undefined)
    return new Refused(`${quoted(cidr)} isn't a network; write it like "203.0.113.0/24" or "2001:db8::/32".`);
  if (parsed.stray)
    return new Refused(
      `${quoted(cidr)} names one address inside the network; set the bits behind the slash's length to zero.`,
    );
  return cidr;
});

export const login = text('the login of a user', WORD);
export const role = text('the name of a role', WORD);
export const entityType = text('a type of content such as "post"', WORD);
export const entityStatus = text('a status such as "draft"', WORD);

/** A JSON pointer into a call's arguments; `*` stands for every element or member. */
export const argumentPointer = textAs('a JSON pointer such as "/title"', WORD, (pointer) =>
  parsePointer(pointer) === undefined
    ? new Refused(
        'A JSON pointer begins with a slash; "/meta/*/value" leads into objects and lists, "~1" stands for a slash and "~0" for a tilde.',
      )
    : pointer,
);

/** The name of a list of terms; one that isn't there would make its rule refuse every call. */
export const listName: Decoder<string> = (spot, context) => {
  const name = readListName(spot, context);
  if (name === MISTAKEN || context.knownTermLists?.has(name) !== false) return name;
  return fault(context, spot, `There is no list of terms called ${quoted(name)}; lists are kept in the settings.`);
};

const readListName = textAs('the name of a list of terms', WORD, (name) =>
  LIST_NAME.test(name)
    ? name
    : new Refused('The name of a list is 1 to 64 small letters, digits, "-" and "_", a letter or digit first.'),
);

/** An RE2 pattern that compiles, within the document's budget for patterns. */
export const pattern: Decoder<string> = (spot, context) => {
  const source = readPattern(spot, context);
  if (source === MISTAKEN) return MISTAKEN;
  const size = patternSize(source);
  context.patternSize += size + PATTERN_BASE;
  if (size > LIMITS.patternSize || context.patternSize > LIMITS.patternSizeOfAll) {
    const which = size > LIMITS.patternSize ? 'This pattern is' : 'The patterns of this document are together';
    return fault(context, spot, `${which} too large; use smaller numbers in braces, or fewer of them.`);
  }
  try {
    compilePattern(source);
    return source;
  } catch (error) {
    return fault(
      context,
      spot,
      `This isn't a pattern that RE2 knows: ${patternFault(error)}. Backreferences don't exist there.`,
    );
  }
};

/** Compiling the smallest pattern costs about as much as this many instructions. */
const PATTERN_BASE = 100;

const readPattern = text('a pattern', LIMITS.patternCharacters);

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `<n>s|m|h|d` as seconds, or undefined when it isn't one or longer than `mostDays`. */
export function parseDuration(value: string, mostDays: number): number | undefined {
  const parts = /^([1-9][0-9]{0,8})([smhd])$/.exec(value);
  if (parts === null) return undefined;
  const seconds = Number(parts[1]) * SECONDS[parts[2] as keyof typeof SECONDS];
  return seconds <= mostDays * SECONDS.d ? seconds : undefined;
}
