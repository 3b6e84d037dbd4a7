import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962, section 2.1, over the hashes of entries, kept as its frontier: the roots of the perfect
 * subtrees that its leaves fill, the largest first. That is all it takes to grow it and to know its root, whatever its size.
 */
export interface MerkleTree {
  readonly size: number;
  readonly frontier: readonly Buffer[];
}

export interface GrowingTree {
  readonly size: number;
  /** Takes the next leaf, the hash of an entry in hexadecimal. */
  add(entryHash: string): void;
  root(): Buffer;
  snapshot(): MerkleTree;
}

export const EMPTY_TREE: MerkleTree = { size: 0, frontier: [] };
const HASH_BYTES = 32;

/** A digest as a string with a character for each byte: Node makes one in half the time of a buffer. */
type Digest = string;
const digestOf = (bytes: Uint8Array): Digest => hash('sha256', bytes, 'binary');
const bytesOf = (digest: Digest): Buffer => Buffer.from(digest, 'binary');

const leafDigest = (entryHash: string): Digest => digestOf(Buffer.from(`00${entryHash}`, 'hex'));

/** The same bytes for every node, so that none has to be made: 1, and where the two digests below it go. */
const NODE = Buffer.alloc(1 + 2 * HASH_BYTES, 1);
function nodeDigest(left: Digest, right: Digest): Digest {
  NODE.write(left, 1, 'binary');
  NODE.write(right, 1 + HASH_BYTES, 'binary');
  return digestOf(NODE);
}

/** How many perfect subtrees `size` leaves fill: the ones in its binary form. */
function subtrees(size: number): number {
  let count = 0;
  for (let left = size; left > 0; left = Math.floor(left / 2)) count += left % 2;
  return count;
}

/** Whether the frontier can belong to a tree of that size. */
export const isTree = ({ size, frontier }: MerkleTree): boolean =>
  Number.isSafeInteger(size) &&
  size >= 0 &&
  frontier.length === subtrees(size) &&
  frontier.every((each) => each.length === HASH_BYTES);

export function rootOf({ frontier }: Pick<MerkleTree, 'frontier'>): Buffer {
  const digests = frontier.map((each) => each.toString('binary'));
  const last = digests.pop();
  return bytesOf(
    last === undefined ? digestOf(Buffer.of()) : digests.reduceRight((right, left) => nodeDigest(left, right), last),
  );
}

export function growTree(start: MerkleTree): GrowingTree {
  if (!isTree(start)) throw new Error('the frontier of the tree has the wrong size');
  let size = start.size;
  const digests = start.frontier.map((each) => each.toString('binary'));
  const frontier = (): Buffer[] => digests.map(bytesOf);
  return {
    get size() {
      return size;
    },
    add(entryHash) {
      let node = leafDigest(entryHash);
      for (let filled = size; filled % 2 === 1; filled = Math.floor(filled / 2)) {
        const left = digests.pop();
        if (left !== undefined) node = nodeDigest(left, node);
      }
      digests.push(node);
      size += 1;
    },
    root: () => rootOf({ frontier: frontier() }),
    snapshot: () => ({ size, frontier: frontier() }),
  };
}
