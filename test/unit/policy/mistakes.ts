/** A document with a mark « before each fault, in the order of the text; and the pointers where they are telling. */
interface Mistake {
  readonly what: string;
  readonly text: string;
  readonly pointers?: readonly string[];
}

const policy = (rest: string): string => `{ "formatVersion": 1,\n  ${rest} }`;
const tool = (rest: string): string => policy(`"tools": [{ "id": "t", "effect": "deny", ${rest} }]`);
const match = (rest: string): string => tool(`"match": { ${rest} }`);
const arg = (rest: string): string => match(`"args": [${rest}]`);
const time = (rest: string): string => policy(`"time": [{ "id": "t", ${rest} }]`);
const window = (rest: string): string => time(`"allow": [{ ${rest} }]`);
const content = (rest: string): string => policy(`"content": [{ "id": "x", "severity": "low", ${rest} }]`);
const limit = (rest: string): string => policy(`"rateLimits": [{ "id": "x", ${rest} }]`);
const approval = (rest: string): string => policy(`"approvals": [{ "id": "x", ${rest} }]`);
const step = (rest: string): string => approval(`"steps": [${rest}]`);

export const MISTAKES: readonly Mistake[] = [
  // the text itself
  { what: 'an empty text', text: '«' },
  { what: 'blanks alone', text: '«  \n ' },
  { what: 'a comment alone', text: '// nothing«' },
  { what: 'a missing comma', text: '{ "formatVersion": 1 «"name": "x" }', pointers: ['/name'] },
  { what: 'a missing colon', text: '{ "formatVersion": 1, "name" «"x" }' },
  { what: 'a missing value', text: '{ "formatVersion": 1, "name": «}' },
  { what: 'a missing brace', text: '{ "formatVersion": 1, "tools": []«' },
  { what: 'a missing bracket', text: '{ "formatVersion": 1, "tools": [«}' },
  { what: 'something behind the end', text: '{ "formatVersion": 1 } «{}' },
  { what: 'single quotes', text: '{ "formatVersion": 1, "name": «\'x\' }' },
  { what: 'a bare word', text: '{ "formatVersion": 1, "name": «Newsroom }' },
  { what: 'a key without quotes', text: '{ "formatVersion": 1, «name: "x" }' },
  { what: 'a string without end', text: '{ "formatVersion": 1, "name": «"x\n}' },
  { what: 'a comment without end', text: '{ "formatVersion": 1 } «/* x' },
  { what: 'an unknown escape', text: '{ "formatVersion": 1, "name": «"\\x41" }' },
  { what: 'half an escape', text: '{ "formatVersion": 1, "name": «"\\u12" }' },
  { what: 'a control character', text: '{ "formatVersion": 1, "name": «"a\u0001b" }' },
  { what: 'half a character', text: '{ "formatVersion": 1, "name": "a«\ud83d" }' },
  { what: 'too many levels', text: `${'['.repeat(40)}«[` },
  { what: 'two faults of the text', text: '{ "formatVersion": 1 «"name": "x", "mode": «auto }' },
  { what: 'a fault of the text and one of meaning', text: '{ "formatVersion": «2 «"name": "x" }' },
  // the document
  { what: 'a list instead of an object', text: '«[]', pointers: [''] },
  { what: 'null', text: '«null' },
  { what: 'a missing format', text: '«{ "name": "x" }', pointers: [''] },
  { what: 'another format', text: '{ "formatVersion": «2 }', pointers: ['/formatVersion'] },
  { what: 'the format as text', text: '{ "formatVersion": «"1" }' },
  { what: 'an unknown property, at its key', text: policy('«"colour" : 1'), pointers: ['/colour'] },
  { what: 'a property in other letters', text: policy('«"Tools": []') },
  { what: 'a property twice, at the second', text: policy('"name": "a",\n «"name": "a"'), pointers: ['/name'] },
  { what: 'the same property in escapes', text: policy('"name": "a", «"n\\u0061me": "a"') },
  { what: 'keys that a pointer escapes', text: policy('«"a/b~c": 1'), pointers: ['/a~1b~0c'] },
  { what: 'a name that is a number', text: policy('"name": «7') },
  { what: 'an empty name', text: policy('"name": «" "') },
  { what: 'a long name', text: policy(`"name": «"${'n'.repeat(201)}"`) },
  { what: 'an unknown zone', text: policy('"timezone": «"Europe/Berln"'), pointers: ['/timezone'] },
  { what: 'a zone inside a date', text: policy('"timezone": «"2020-01-01T00:00Z[Europe/Berlin]"') },
  { what: 'an offset beyond the day', text: policy('"timezone": «"+24:00"') },
  { what: 'an unknown mode', text: policy('"mode": «"auto"') },
  { what: 'a block that is an object', text: policy('"tools": «{}') },
  { what: 'a rule that is text', text: policy('"tools": [«"allow"]') },
  // rules
  {
    what: 'a rule without id and effect',
    text: policy('"tools": [««{ }, { "id": "b", "effect": "deny" }]'),
    pointers: ['/tools/0', '/tools/0'],
  },
  { what: 'an id that is a number', text: policy('"tools": [{ "id": «1, "effect": "deny" }]') },
  { what: 'an id with a line break', text: policy('"tools": [{ "id": «"a\\nb", "effect": "deny" }]') },
  { what: 'an id in parentheses', text: policy('"tools": [{ "id": «"(default)", "effect": "deny" }]') },
  { what: 'an id with a space at its end', text: policy('"tools": [{ "id": «"a ", "effect": "deny" }]') },
  { what: 'a long id', text: policy(`"tools": [{ "id": «"${'i'.repeat(101)}", "effect": "deny" }]`) },
  {
    what: 'an id twice in one block, at the second value',
    text: policy('"tools": [{ "id": "a", "effect": "deny" },\n { "effect": "deny", "id": «"a" }]'),
    pointers: ['/tools/1/id'],
  },
  {
    what: 'an id twice across blocks, at the second in the text',
    text: policy(
      '"time": [{ "id": "a", "allow": [{ "from": "01:00", "to": "02:00" }] }],\n "tools": [{ "id": «"a", "effect": "deny" }]',
    ),
    pointers: ['/tools/0/id'],
  },
  { what: 'an unknown effect', text: policy('"tools": [{ "id": "a", "effect": «"permit" }]') },
  { what: 'a zone where hours do not matter', text: tool('«"timezone": "site"') },
  // match
  { what: 'a match that is a list', text: tool('"match": «[]') },
  { what: 'an unknown condition', text: match('«"tool": ["a"]'), pointers: ['/tools/0/match/tool'] },
  { what: 'an empty list of tools', text: match('"tools": «[]') },
  { what: 'tools as text', text: match('"tools": «"posts.*"') },
  { what: 'a tool twice', text: match('"tools": ["posts.*", «"posts.*"]'), pointers: ['/tools/0/match/tools/1'] },
  { what: 'an unknown tool', text: match('"tools": ["posts.create", «"posts.creat"]') },
  { what: 'a pattern with other signs', text: match('"tools": [«"posts.{create,update}"]') },
  { what: 'a tool with a space', text: match('"tools": [«"posts. create"]') },
  { what: 'an agent by its name', text: match('"agents": [«"My bot"]') },
  { what: 'a user id', text: match('"users": [«7]') },
  { what: 'an empty role', text: match('"roles": [«""]') },
  { what: 'an address with too many parts', text: match('"ips": [«"10.0.0.0.1"]') },
  { what: 'a number beyond a byte', text: match('"ips": [«"10.0.0.256/32"]') },
  { what: 'a leading zero', text: match('"ips": [«"10.0.0.010"]') },
  { what: 'a length beyond the address', text: match('"ips": [«"10.0.0.0/33", «"::/129"]') },
  { what: 'a host inside a network', text: match('"ips": [«"10.0.0.1/24", «"2001:db8::1/64"]') },
  { what: 'two zeros runs', text: match('"ips": [«"1::2::3"]') },
  { what: 'a host name', text: match('"ips": [«"localhost"]') },
  { what: 'an empty match of entities', text: match('"entities": «{}') },
  { what: 'an entity by a text id', text: match('"entities": { "ids": [«"12", «0, «1.5] }') },
  { what: 'an unknown condition of entities', text: match('"entities": { "types": ["post"], «"authors": [1] }') },
  { what: 'an empty list of tests', text: match('"args": «[]') },
  { what: 'a test without path', text: arg('«{ "equals": 1 }'), pointers: ['/tools/0/match/args/0'] },
  { what: 'a test without test', text: arg('«{ "path": "/a" }') },
  { what: 'two tests in one', text: arg('«{ "path": "/a", "equals": 1, "exists": true }') },
  { what: 'a path that is no pointer', text: arg('{ "path": «"title", "exists": true }') },
  { what: 'a pointer with a bare tilde', text: arg('{ "path": «"/a~2", "exists": true }') },
  { what: 'an existence as text', text: arg('{ "path": "/a", "exists": «"yes" }') },
  { what: 'a length below nothing', text: arg('{ "path": "/a", "longerThan": «-1 }') },
  { what: 'a bound as text', text: arg('{ "path": "/a", "greaterThan": «"9" }') },
  { what: 'a number beyond all', text: arg('{ "path": "/a", "equals": «1e999 }') },
  { what: 'an empty list of values', text: arg('{ "path": "/a", "in": «[] }') },
  { what: 'a key twice inside a value', text: arg('{ "path": "/a", "equals": { "b": 1, «"b": 2 } }') },
  { what: 'a pattern that does not close', text: arg('{ "path": "/a", "matches": «"(a" }') },
  { what: 'a lookahead', text: arg('{ "path": "/a", "matches": «"a(?=b)" }') },
  { what: 'a backreference', text: arg('{ "path": "/a", "matches": «"(a)\\\\1" }') },
  { what: 'a pattern of too many repeats', text: arg('{ "path": "/a", "matches": «"(abcdefghijkl){1000}" }') },
  // entities
  { what: 'a rule of entities without restriction', text: policy('"entities": [«{ "id": "e" }]') },
  { what: 'an empty list of types', text: policy('"entities": [{ "id": "e", "types": «[] }]') },
  { what: 'a field that is no pointer', text: policy('"entities": [{ "id": "e", "denyFields": [«"author"] }]') },
  { what: 'all fields at once', text: policy('"entities": [{ "id": "e", "denyFields": [«""] }]') },
  // time
  { what: 'a rule of time without hours', text: policy('"time": [«{ "id": "t" }]') },
  { what: 'no windows', text: time('"allow": «[]') },
  { what: 'a window without end', text: time('"blackout": [«{ "from": "09:00" }]'), pointers: ['/time/0/blackout/0'] },
  { what: 'an hour with one digit', text: window('"from": «"9:00", "to": "10:00"') },
  { what: 'a time with seconds', text: window('"from": «"09:00:00", "to": "10:00"') },
  { what: 'an hour 24 at the start', text: window('"from": «"24:00", "to": "10:00"') },
  { what: 'a minute 60', text: window('"from": "09:00", "to": «"10:60"') },
  { what: 'an end beyond 24:00', text: window('"from": "09:00", "to": «"24:01"') },
  { what: 'from equal to to', text: window('"from": "09:00", "to": «"09:00"'), pointers: ['/time/0/allow/0/to'] },
  { what: 'midnight to midnight', text: window('"from": "00:00", "to": «"00:00"') },
  { what: 'an unknown day', text: window('"days": ["mon", «"monday"], "from": "09:00", "to": "10:00"') },
  { what: 'a day twice', text: window('"days": ["mon", «"mon"], "from": "09:00", "to": "10:00"') },
  { what: 'no days', text: window('"days": «[], "from": "09:00", "to": "10:00"') },
  { what: 'a date that does not exist', text: window('"from": «"2026-02-29T00:00", "to": "2026-03-01T00:00"') },
  { what: 'a date without time', text: window('"from": "2026-02-01T00:00", "to": «"2026-03-01"') },
  { what: 'a date with a zone', text: window('"from": «"2026-02-01T00:00Z", "to": "2026-03-01T00:00"') },
  { what: 'a date and a time mixed', text: window('"from": "2026-02-01T00:00", "to": «"18:00"') },
  {
    what: 'a dated window that ends as it begins',
    text: window('"from": "2026-02-01T00:00", "to": «"2026-02-01T00:00"'),
  },
  {
    what: 'a dated window with days',
    text: window('"days": «["mon"], "from": "2026-02-01T00:00", "to": "2026-02-02T00:00"'),
  },
  { what: 'a zone of a rule', text: time('"timezone": «"Moon/Base", "allow": [{ "from": "09:00", "to": "10:00" }]') },
  {
    what: 'an answer to violations that is none',
    text: time('"onViolation": «"allow", "allow": [{ "from": "09:00", "to": "10:00" }]'),
  },
  // content, limits, approvals
  { what: 'a mode in other letters', text: policy('"mode": «"Review"'), pointers: ['/mode'] },
  { what: 'an unknown severity', text: policy('"severities": { «"lowest": "deny", "high": «"no" }') },
  {
    what: 'an unknown severity of content',
    text: policy('"content": [{ "id": "x", "terms": ["a"], "severity": «"grave" }]'),
  },
  { what: 'a rule of content that looks for nothing', text: policy('"content": [«{ "id": "x", "severity": "low" }]') },
  { what: 'an empty term', text: content('"terms": ["a", «""]'), pointers: ['/content/0/terms/1'] },
  {
    what: 'a term that nobody would see',
    text: content('"terms": ["a", «"\\u200b"]'),
    pointers: ['/content/0/terms/1'],
  },
  { what: 'a list that nobody could make', text: content('"termLists": [«"Our brand"]') },
  { what: 'no list', text: content('"termLists": «[]') },
  { what: 'a list twice', text: content('"termLists": ["a", «"a"]'), pointers: ['/content/0/termLists/1'] },
  { what: 'a pattern of content', text: content('"patterns": ["ok", «"(?!no)"]'), pointers: ['/content/0/patterns/1'] },
  { what: 'a field of content', text: content('"terms": ["a"], "fields": [«"title"]') },
  { what: 'a limit per nothing', text: limit('"per": «[], "limit": 1, "window": "day"') },
  { what: 'a limit per something else', text: limit('"per": [«"role"], "limit": 1, "window": "day"') },
  { what: 'a limit per the same twice', text: limit('"per": ["ip", «"ip"], "limit": 1, "window": "day"') },
  { what: 'a limit of none', text: limit('"per": ["site"], "limit": «0, "window": "hour"') },
  { what: 'half a call', text: limit('"per": ["site"], "limit": «1.5, "window": "hour"') },
  { what: 'a window without unit', text: limit('"per": ["site"], "limit": 1, "window": «"60"') },
  { what: 'a window of nothing', text: limit('"per": ["site"], "limit": 1, "window": «"0s"') },
  { what: 'a window of a week', text: limit('"per": ["site"], "limit": 1, "window": «"week"') },
  { what: 'a step without a name', text: step('«{ "approvers": { "roles": ["editor"] } }') },
  { what: 'approvals without steps', text: approval('"steps": «[]') },
  { what: 'a step without approvers', text: step('{ "name": "a", "approvers": «{} }') },
  {
    what: 'an escalation without people',
    text: step('{ "name": "a", "approvers": { "roles": ["editor"] }, "escalate": { "after": "2h", "to": «{} } }'),
  },
  {
    what: 'an escalation without a time',
    text: step(
      '{ "name": "a", "approvers": { "roles": ["editor"] }, "escalate": «{ "to": { "roles": ["administrator"] } } }',
    ),
  },
  {
    what: 'an escalation after no time',
    text: step(
      '{ "name": "a", "approvers": { "roles": ["editor"] }, "escalate": { "after": «"0h", "to": { "users": ["zoe"] } } }',
    ),
  },
  {
    what: 'an escalation with a word more',
    text: step(
      '{ "name": "a", "approvers": { "roles": ["editor"] }, "escalate": { "after": "1h", "to": { "users": ["zoe"] }, «"quorum": 1 } }',
    ),
  },
  {
    what: 'an escalation when the call is dead already',
    text: step(
      '{ "name": "a", "approvers": { "roles": ["editor"] }, "escalate": { "after": «"24h", "to": { "users": ["zoe"] } } }',
    ),
  },
  { what: 'a quorum of none', text: step('{ "name": "a", "approvers": { "roles": ["editor"] }, "quorum": «0 }') },
  {
    what: 'a quorum of more than there are',
    text: step('«{ "name": "a", "approvers": { "users": ["zoe"] }, "quorum": 2 }'),
  },
  {
    what: 'two steps of one name',
    text: step(
      '{ "name": "a", "approvers": { "roles": ["editor"] } }, «{ "name": "a", "approvers": { "roles": ["editor"] } }',
    ),
  },
  {
    what: 'an approval that lives too long',
    text: approval('"steps": [{ "name": "a", "approvers": { "roles": ["editor"] } }], "expiresIn": «"91d"'),
  },
  {
    what: 'an approval that never lives',
    text: approval('"steps": [{ "name": "a", "approvers": { "roles": ["editor"] } }], "expiresIn": «"0s"'),
  },
  {
    what: 'edits as text',
    text: approval('"steps": [{ "name": "a", "approvers": { "roles": ["editor"] } }], "allowEdits": «"yes"'),
  },
];
