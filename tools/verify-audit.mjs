#!/usr/bin/env node
/**
 * Verifies an export of Chaperone's audit log by itself: no network, no database, no packages. Node 20.12 or newer.
 *
 *   node verify-audit.mjs EXPORT.jsonl [--key VERIFIERKEY]… [--checkpoint KEPT-NOTE]… [--part] [--json]
 *
 * --key         the log's public key, as `GET /v1/audit/checkpoints` shows it (verifierKey): <name>+<id>+<base64>
 * --checkpoint  a file with a checkpoint that you kept; the log must still contain what it covered
 * --part        the export is filtered or begins at a cursor: what is missing before or between isn't looked for
 *
 * Exit code 0: all that could be checked is good. 1: something is wrong. 2: the command line is.
 */
import { Buffer } from 'node:buffer';
import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// The Merkle tree is RFC 6962's (section 2.1), kept as the roots of its perfect subtrees; notes are C2SP's signed-note.
const sha256 = (bytes) => hash('sha256', bytes, 'hex');
const digest = (...parts) => hash('sha256', Buffer.concat(parts), 'buffer');
const [LEAF, NODE, ED25519] = [Buffer.of(0), Buffer.of(1), Buffer.of(1)];
const EMPTY_HASH = '0'.repeat(64);

function addLeaf(tree, entryHash) {
  let node = digest(LEAF, Buffer.from(entryHash, 'hex'));
  for (let filled = tree.size; filled % 2 === 1; filled = Math.floor(filled / 2)) {
    node = digest(NODE, tree.frontier.pop(), node);
  }
  tree.frontier.push(node);
  tree.size += 1;
}

const rootOf = ({ frontier }) =>
  frontier.slice(0, -1).reduceRight((right, left) => digest(NODE, left, right), frontier.at(-1));

const keyId = (name, publicKey) => digest(Buffer.from(`${name}\n`), ED25519, publicKey).subarray(0, 4);

export function parseKey(text) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const publicKey = bytes.subarray(1);
  if (bytes.length !== 33 || bytes[0] !== 1 || keyId(name, publicKey).toString('hex') !== id) {
    throw new Error(`not a verifier key: ${text}`);
  }
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  return { name, id, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** The text of a note, and which of the keys signed it; undefined when a signature of one of them doesn't verify. */
function openNote(note, keys) {
  const cut = note.lastIndexOf('\n\n');
  if (cut === -1 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, cut + 1);
  const signers = [];
  for (const line of note.slice(cut + 2, -1).split('\n')) {
    const [, name, encoded] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    const bytes = Buffer.from(encoded, 'base64');
    const signer = keys.find((each) => each.name === name && each.id === bytes.subarray(0, 4).toString('hex'));
    if (signer === undefined) continue;
    if (!verify(null, Buffer.from(text), signer.key, bytes.subarray(4))) return undefined;
    signers.push(signer);
  }
  return { text, signers };
}

function parseCheckpoint(text) {
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  return origin === undefined ? undefined : { origin, size: Number(size), root };
}

const HEX = /^[0-9a-f]{64}$/;
const ERASED = 'null,"arguments":null,"detail":null,"findings":null,"ip":null}';

/**
 * An entry's line is two texts, each exactly as it was hashed: the public part up to `,"hash":`, less its last brace,
 * and the private part behind the salt, less its first. Quotes inside of JSON strings are escaped, so these
 * marks can't stand within a value.
 */
export function readEntry(line) {
  const cut = line.indexOf(',"hash":"');
  const hash = line.slice(cut + 9, cut + 73);
  if (cut === -1 || !HEX.test(hash) || !line.startsWith('","salt":', cut + 73)) return undefined;
  const publicText = `${line.slice(0, cut)}}`;
  const rest = line.slice(cut + 82);
  const salt = /^"([0-9a-f]{32})",/.exec(rest)?.[1];
  if (salt === undefined && rest !== ERASED) return undefined;
  return { publicText, hash, salt, privateText: salt === undefined ? undefined : `{${rest.slice(35)}` };
}

function member(text, name) {
  const start = text.indexOf(name) + name.length;
  return text.slice(start, text.indexOf(text[start - 1] === '"' ? '"' : ',', start));
}

/** Checks lines in their order. `wrong` holds the first fault; what is noticed without being one is in `notes`. */
export function makeVerifier(keyTexts, keptNotes, part = false) {
  const keys = keyTexts.map(parseKey);
  const state = { entries: 0, checkpoints: 0, erased: 0, first: undefined, last: undefined, ended: undefined };
  const notes = [];
  const gone = new Map();
  const kept = keptNotes.map((note) => parseCheckpoint(openNote(note, keys)?.text ?? ''));
  let head;
  let tree;
  let start = 0;
  let prunedUpTo = 0;
  let wrong = kept.includes(undefined)
    ? { id: 0, reason: "a kept checkpoint can't be read, or its signature is wrong" }
    : undefined;
  const fault = (id, reason) => {
    wrong ??= { id, reason };
  };

  const checkKept = (size, root) => {
    for (const each of kept) {
      if (each?.size === size && each.root !== root)
        fault(size, `the first ${size} entries aren't those of the checkpoint that was kept`);
    }
  };

  /** Notes in entries: what was erased or pruned, and the next key. They count when a trusted key signed them. */
  function takeStatement(entry) {
    const { detail } = JSON.parse(entry.privateText);
    const opened = typeof detail?.note === 'string' ? openNote(detail.note, keys) : undefined;
    if (opened === undefined) return;
    if (keys.length > 0 && opened.signers.length === 0) return;
    const [, body] = opened.text.split('\n');
    const [, user, upTo] = /^erased user (\d+) up to (\d+)$/.exec(body) ?? [];
    const ids = /^erased entries ([\d ]+)$/.exec(body)?.[1].split(' ').map(Number);
    for (const [each, userId] of gone)
      if ((userId === user && each <= Number(upTo)) || ids?.includes(each)) gone.delete(each);
    prunedUpTo = Math.max(prunedUpTo, Number(/^pruned up to (\d+)$/.exec(body)?.[1] ?? 0));
    const next = /^next key (\S+)$/.exec(body)?.[1];
    if (next !== undefined && keys.length > 0) keys.push(parseKey(next));
  }

  function takeEntry(line) {
    const entry = readEntry(line);
    if (entry === undefined) return fault((head?.height ?? 0) + 1, "a line isn't an entry of the log");
    const { publicText, hash, salt, privateText } = entry;
    const id = Number(member(publicText, ',"id":'));
    head ??= { height: id - 1, hash: id === 1 ? EMPTY_HASH : member(publicText, ',"prevHash":"') };
    if (state.first === undefined) {
      state.first = id;
      start = id - 1;
      if (start === 0) tree = { size: 0, frontier: [] };
    }
    if (part && id > head.height + 1) {
      [head, tree] = [{ height: id - 1, hash: member(publicText, ',"prevHash":"') }, undefined];
    }
    if (id !== head.height + 1) return fault(id, "its number isn't the one after the entry before");
    if (member(publicText, ',"prevHash":"') !== head.hash) return fault(id, "it doesn't follow from the entry before");
    if (sha256(publicText) !== hash) return fault(id, 'its fields were changed');
    if (privateText === undefined) {
      gone.set(id, member(publicText, ',"userId":'));
      state.erased += 1;
    } else if (sha256(`${salt}.${privateText}`) !== member(publicText, ',"privateDigest":"')) {
      return fault(id, 'its address, findings, arguments or detail were changed');
    } else if (/^(?:audit\.|secret\.rotated$)/.test(member(publicText, ',"kind":"'))) takeStatement(entry);
    head = { height: id, hash };
    if (tree !== undefined) {
      addLeaf(tree, hash);
      if (kept.some((each) => each?.size === id)) checkKept(id, rootOf(tree).toString('base64'));
    }
    state.entries += 1;
    state.last = id;
  }

  function takeCheckpoint(line) {
    const { checkpoint, size, hash, frontier } = JSON.parse(line);
    const opened = openNote(checkpoint, keys);
    const said = parseCheckpoint(opened?.text ?? '');
    if (said === undefined || said.size !== size)
      return fault(size, "a checkpoint can't be read, or its signature is wrong");
    if (keys.length > 0 && opened.signers.length === 0)
      return fault(size, 'a checkpoint is signed by another key than those given');
    if (head === undefined) {
      const own = { size, frontier: frontier.map((each) => Buffer.from(each, 'base64')) };
      if (rootOf(own).toString('base64') !== said.root)
        return fault(size, "a checkpoint's tree isn't the one that it signs");
      [head, tree, start, state.first] = [{ height: size, hash }, own, size, size + 1];
    } else if (tree !== undefined && (tree.size !== size || rootOf(tree).toString('base64') !== said.root)) {
      return fault(size, 'the entries up to here are not those that the checkpoint was signed over');
    }
    checkKept(size, said.root);
    state.checkpoints += 1;
  }

  function end() {
    if (state.ended === undefined) fault(state.last ?? 0, 'the export was cut off: its last line is missing');
    else if (!state.ended.filtered && state.ended.height !== (head?.height ?? 0))
      fault(state.last ?? 0, 'entries are missing before the end of the export');
    for (const { size } of kept.filter((each) => each !== undefined)) {
      if (size > (head?.height ?? 0))
        fault((head?.height ?? 0) + 1, `the log ends here, but a kept checkpoint covers ${size} entries`);
      else if (size < start)
        notes.push(`the kept checkpoint over ${size} entries is from before the first entry of this export`);
    }
    const [unexplained] = gone.keys();
    if (unexplained !== undefined && !part)
      fault(unexplained, 'its private part is gone, and no erasure was recorded after it');
    if (start > 0 && prunedUpTo < start && !part)
      fault(start + 1, 'the entries before it are gone, and no pruning was recorded');
    if (state.entries > 0 && tree === undefined)
      notes.push('it has gaps, or begins without a checkpoint: roots could not be computed');
    if (state.checkpoints === 0)
      notes.push('there is no checkpoint in it: a chain that was rewritten as a whole would not be found');
    if (keys.length === 0) notes.push('no --key was given: signatures were not verified');
  }

  return {
    take(line) {
      if (wrong !== undefined) return;
      if (state.ended !== undefined) return fault(state.last ?? 0, 'there are lines behind the end of the export');
      try {
        if (line.startsWith('{"checkpoint":')) takeCheckpoint(line);
        else if (line.startsWith('{"end":')) state.ended = JSON.parse(line);
        else takeEntry(line);
      } catch (error) {
        fault((head?.height ?? 0) + 1, `a line can't be read: ${error.message}`);
      }
    },
    finish() {
      if (wrong === undefined) end();
      const { entries, checkpoints, erased, first, last } = state;
      return {
        ok: wrong === undefined,
        entries,
        checkpoints,
        erased,
        first,
        last,
        ...(wrong === undefined ? {} : { firstBad: wrong }),
        notes,
      };
    },
  };
}

export async function verifyFile(file, { keys = [], kept = [], part = false }, onProgress = () => undefined) {
  const verifier = makeVerifier(keys, kept, part);
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) verifier.take(line);
    onProgress(lines.length);
  }
  if (rest !== '') verifier.take(rest);
  return verifier.finish();
}

async function main(args) {
  const values = (name) => args.flatMap((arg, index) => (args[index - 1] === name ? [arg] : []));
  const files = args.filter(
    (arg, index) => !arg.startsWith('--') && !['--key', '--checkpoint'].includes(args[index - 1]),
  );
  const unknown = args.find(
    (arg) => arg.startsWith('--') && !['--key', '--checkpoint', '--part', '--json'].includes(arg),
  );
  if (files.length !== 1 || unknown !== undefined) {
    console.error('usage: verify-audit.mjs EXPORT.jsonl [--key KEY]… [--checkpoint FILE]… [--part] [--json]');
    return 2;
  }
  let [done, told] = [0, Date.now()];
  const progress = (lines) => {
    done += lines;
    if (Date.now() - told < 2_000) return;
    told = Date.now();
    console.error(`${done} lines read`);
  };
  const kept = values('--checkpoint').map((name) => readFileSync(name, 'utf8'));
  const report = await verifyFile(files[0], { keys: values('--key'), kept, part: args.includes('--part') }, progress);
  if (args.includes('--json')) console.log(JSON.stringify(report));
  else {
    const { ok, entries, first, last, checkpoints, erased, firstBad, notes } = report;
    console.log(
      ok
        ? `good: ${entries} entries (${first ?? '-'} to ${last ?? '-'}), ${checkpoints} checkpoints, ${erased} with their private part erased`
        : `WRONG at entry ${firstBad.id}: ${firstBad.reason}`,
    );
    for (const note of notes) console.log(`note: ${note}`);
  }
  return report.ok ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(`verify-audit: ${error.message}`);
      process.exitCode = 2;
    },
  );
}
