/** Finds many words in a row of symbols at once (Aho and Corasick, 1975); the time is that of walking the row. */
export interface Automaton {
  /** How many words were added. */
  readonly size: number;
  /** Walks over `symbols`; `at(end, state)` is called after each one at which a word ends. */
  walk(symbols: Int32Array, length: number, at: (end: number, state: number) => void): void;
  /** The words that end in `state`, longest first, by the number that they were added under. */
  wordsAt(state: number): Iterable<number>;
}

export interface AutomatonBuilder {
  add(symbols: readonly number[], word: number): void;
  build(): Automaton;
}

/** `table`: whether the machine may spend memory on a table of all steps, which makes a walk several times faster. */
export function automatonBuilder(table: 'table' | 'compact'): AutomatonBuilder {
  const trie = new Trie();
  return { add: (symbols, word) => trie.add(symbols, word), build: () => new Machine(trie, table) };
}

const ROOT = 0;
const NONE = -1;

/** Edges live in one hash table, so that a node costs the same whether the alphabet has 30 letters or 30,000. */
class Trie {
  readonly ids = new Map<number, number>();
  readonly parents: number[] = [NONE];
  readonly symbolOf: number[] = [0];
  readonly words: (number[] | undefined)[] = [undefined];
  size = 0;
  edges = new EdgeTable(1 << 10);

  add(symbols: readonly number[], word: number): void {
    let node = ROOT;
    for (const symbol of symbols) {
      const id = this.#idOf(symbol);
      let next = this.edges.get(node, id);
      if (next === NONE) {
        next = this.parents.length;
        this.parents.push(node);
        this.symbolOf.push(id);
        this.words.push(undefined);
        if (this.edges.isFull()) this.edges = this.edges.twice();
        this.edges.set(node, id, next);
      }
      node = next;
    }
    if (node === ROOT) return;
    const here = (this.words[node] ??= []);
    here.push(word);
    this.size += 1;
  }

  #idOf(symbol: number): number {
    const id = this.ids.get(symbol) ?? this.ids.size + 1;
    this.ids.set(symbol, id);
    return id;
  }
}

class EdgeTable {
  readonly #mask: number;
  readonly #nodes: Int32Array;
  readonly #ids: Int32Array;
  readonly #next: Int32Array;
  #count = 0;

  constructor(size: number) {
    this.#mask = size - 1;
    this.#nodes = new Int32Array(size).fill(NONE);
    this.#ids = new Int32Array(size);
    this.#next = new Int32Array(size);
  }

  isFull(): boolean {
    return this.#count * 2 > this.#mask;
  }

  get(node: number, id: number): number {
    for (let slot = this.#slot(node, id); ; slot = (slot + 1) & this.#mask) {
      if (this.#nodes[slot] === NONE) return NONE;
      if (this.#nodes[slot] === node && this.#ids[slot] === id) return this.#next[slot] ?? NONE;
    }
  }

  set(node: number, id: number, next: number): void {
    let slot = this.#slot(node, id);
    while (this.#nodes[slot] !== NONE) slot = (slot + 1) & this.#mask;
    this.#nodes[slot] = node;
    this.#ids[slot] = id;
    this.#next[slot] = next;
    this.#count += 1;
  }

  twice(): EdgeTable {
    const bigger = new EdgeTable((this.#mask + 1) * 2);
    this.#nodes.forEach((node, slot) => {
      if (node !== NONE) bigger.set(node, this.#ids[slot] ?? 0, this.#next[slot] ?? 0);
    });
    return bigger;
  }

  #slot(node: number, id: number): number {
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(id, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}

class Machine implements Automaton {
  readonly size: number;
  /** States are numbered by their depth, so that the ones that are visited most lie side by side in memory. */
  readonly #edges: EdgeTable;
  readonly #words: readonly (readonly number[] | undefined)[];
  readonly #fail: Int32Array;
  /** The nearest shorter suffix at which a word ends, or NONE. */
  readonly #shorter: Int32Array;
  readonly #ends: Uint8Array;
  readonly #dense = new Uint16Array(DENSE);
  readonly #sparse: ReadonlyMap<number, number>;
  readonly #width: number;
  readonly #table: Int32Array | undefined;

  constructor(trie: Trie, table: 'table' | 'compact') {
    const { parents, symbols, words } = byDepth(trie);
    const count = parents.length;
    this.size = trie.size;
    this.#words = words;
    this.#sparse = trie.ids;
    for (const [symbol, id] of trie.ids) if (symbol >= 0 && symbol < DENSE) this.#dense[symbol] = id;
    this.#edges = edgesOf(parents, symbols);
    this.#fail = new Int32Array(count);
    this.#shorter = new Int32Array(count).fill(NONE);
    this.#ends = new Uint8Array(count);
    for (let node = 1; node < count; node += 1) this.#link(node, parents[node] ?? ROOT, symbols[node] ?? 0);
    this.#width = trie.ids.size + 1;
    const fits = table === 'table' && count * this.#width <= LARGEST_TABLE;
    this.#table = fits ? this.#tabulate(parents, symbols) : undefined;
  }

  walk(symbols: Int32Array, length: number, at: (end: number, state: number) => void): void {
    const dense = this.#dense;
    const table = this.#table;
    const ends = this.#ends;
    const width = this.#width;
    let state = ROOT;
    for (let place = 0; place < length; place += 1) {
      const symbol = symbols[place] ?? 0;
      const id = symbol < DENSE ? (dense[symbol] ?? 0) : (this.#sparse.get(symbol) ?? 0);
      if (id === 0) {
        state = ROOT;
        continue;
      }
      state = table === undefined ? this.#step(state, id) : (table[state * width + id] ?? ROOT);
      if (ends[state] === 1) at(place, state);
    }
  }

  *wordsAt(state: number): Iterable<number> {
    let here = this.#words[state] === undefined ? (this.#shorter[state] ?? NONE) : state;
    while (here !== NONE) {
      yield* this.#words[here] ?? [];
      here = this.#shorter[here] ?? NONE;
    }
  }

  #step(from: number, id: number): number {
    for (let state = from; ; state = this.#fail[state] ?? ROOT) {
      const next = this.#edges.get(state, id);
      if (next !== NONE) return next;
      if (state === ROOT) return ROOT;
    }
  }

  #link(node: number, parent: number, id: number): void {
    const fail = parent === ROOT ? ROOT : this.#step(this.#fail[parent] ?? ROOT, id);
    this.#fail[node] = fail;
    this.#shorter[node] = this.#words[fail] === undefined ? (this.#shorter[fail] ?? NONE) : fail;
    this.#ends[node] = this.#words[node] !== undefined || this.#shorter[node] !== NONE ? 1 : 0;
  }

  /** A row for each state: its own edges over the row of the state it falls back to, which is complete before it. */
  #tabulate(parents: Int32Array, symbols: Int32Array): Int32Array {
    const width = this.#width;
    const table = new Int32Array(parents.length * width);
    let child = 1;
    for (let state = 0; state < parents.length; state += 1) {
      const fail = (this.#fail[state] ?? ROOT) * width;
      if (state !== ROOT) table.copyWithin(state * width, fail, fail + width);
      for (; child < parents.length && parents[child] === state; child += 1) {
        table[state * width + (symbols[child] ?? 0)] = child;
      }
    }
    return table;
  }
}

interface Nodes {
  readonly parents: Int32Array;
  readonly symbols: Int32Array;
  readonly words: readonly (readonly number[] | undefined)[];
}

/** The nodes of a trie numbered level by level, children of one parent side by side. */
function byDepth(trie: Trie): Nodes {
  const children: (number[] | undefined)[] = [];
  for (let node = 1; node < trie.parents.length; node += 1) (children[trie.parents[node] ?? ROOT] ??= []).push(node);
  const order = [ROOT];
  const parents = new Int32Array(trie.parents.length);
  for (let place = 0; place < order.length; place += 1) {
    for (const child of children[order[place] ?? ROOT] ?? []) {
      parents[order.length] = place;
      order.push(child);
    }
  }
  return {
    parents,
    symbols: Int32Array.from(order, (node) => trie.symbolOf[node] ?? 0),
    words: order.map((node) => trie.words[node]),
  };
}

function edgesOf(parents: Int32Array, symbols: Int32Array): EdgeTable {
  let size = 1 << 10;
  while (size < parents.length * 2) size *= 2;
  const edges = new EdgeTable(size);
  for (let node = 1; node < parents.length; node += 1) edges.set(parents[node] ?? ROOT, symbols[node] ?? 0, node);
  return edges;
}

const DENSE = 0x3000;
/** Entries, of four bytes each. */
const LARGEST_TABLE = 4_000_000;
