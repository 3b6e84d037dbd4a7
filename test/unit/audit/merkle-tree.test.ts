import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EMPTY_TREE, growTree, isTree, rootOf } from '../../../src/audit/merkle-tree.js';

/** The tree of the reference implementation of RFC 6962 (certificate-transparency, merkle_tree_test.cc): its leaves and roots. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leafHash = (leaf: Buffer): Buffer => createHash('sha256').update(Buffer.of(0)).update(leaf).digest();

/** The root by the definition of RFC 6962, section 2.1, in so many words. */
function byDefinition(leaves: readonly Buffer[]): Buffer {
  const [first, ...more] = leaves;
  if (first === undefined) return rootOf(EMPTY_TREE);
  if (more.length === 0) return leafHash(first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const { frontier } = { frontier: [byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split))] };
  return rootOf({ frontier });
}

describe('the Merkle tree', () => {
  it('has the roots of RFC 6962’s reference implementation', () => {
    const tree = growTree(EMPTY_TREE);
    const roots = [tree.root().toString('hex')];
    for (const leaf of LEAVES) {
      tree.add(leaf);
      roots.push(tree.root().toString('hex'));
    }
    expect(roots).toEqual(ROOTS);
  });

  it('grows on from a frontier to the root by definition, at every size', () => {
    const hashes = Array.from({ length: 130 }, (_, index) => leafHash(Buffer.from([index])).toString('hex'));
    let snapshot = EMPTY_TREE;
    hashes.forEach((hash, index) => {
      const tree = growTree(snapshot);
      tree.add(hash);
      snapshot = tree.snapshot();
      expect(snapshot.size).toBe(index + 1);
      expect(isTree(snapshot)).toBe(true);
      const leaves = hashes.slice(0, index + 1).map((each) => Buffer.from(each, 'hex'));
      expect(rootOf(snapshot).toString('hex')).toBe(byDefinition(leaves).toString('hex'));
    });
  });

  it('does not take a frontier for a tree of another size', () => {
    const [one, two] = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
    expect(isTree({ size: 3, frontier: [one, two] })).toBe(true);
    for (const tree of [
      { size: 4, frontier: [one, two] },
      { size: 3, frontier: [one] },
      { size: 1, frontier: [one.subarray(1)] },
      { size: -1, frontier: [] },
      { size: 0.5, frontier: [] },
      { size: 0, frontier: [one] },
    ]) {
      expect(isTree(tree)).toBe(false);
      expect(() => growTree(tree)).toThrow('frontier');
    }
  });
});
