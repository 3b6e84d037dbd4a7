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

const DENSE = 0x3000;
/** Entries, of four bytes each. */
const LARGEST_TABLE = 4_000_000;

class Machine implements Automaton {
  readonly size: number;
  readonly #edges: EdgeTable;
  readonly #words: readonly (readonly number[] | undefined)[];
  readonly #fail: Int32Array;
  /** The nearest shorter suffix at which a word ends, or NONE. */
  readonly #shorter: Int32Array;
  readonly #ends: Uint8Array;
  readonly #fromRoot: Int32Array;
  readonly #children = new Map<number, (readonly [number, number])[]>();
  readonly #width: number;
  readonly #table: Int32Array | undefined;
  readonly #dense = new Uint16Array(DENSE);
  readonly #sparse: ReadonlyMap<number, number>;

  constructor(trie: Trie, table: 'table' | 'compact') {
    this.size = trie.size;
    this.#edges = trie.edges;
    this.#words = trie.words;
    this.#sparse = trie.ids;
    for (const [symbol, id] of trie.ids) if (symbol >= 0 && symbol < DENSE) this.#dense[symbol] = id;
    const count = trie.parents.length;
    this.#fail = new Int32Array(count);
    this.#shorter = new Int32Array(count).fill(NONE);
    this.#ends = new Uint8Array(count);
    this.#fromRoot = new Int32Array(trie.ids.size + 1);
    for (let id = 1; id <= trie.ids.size; id += 1) this.#fromRoot[id] = Math.max(ROOT, this.#edges.get(ROOT, id));
    const order = this.#link(trie);
    this.#width = trie.ids.size + 1;
    this.#table = table === 'table' && count * this.#width <= LARGEST_TABLE ? this.#tabulate(order) : undefined;
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

  /** A row for each state: its own edges over the row of the state it falls back to, which comes earlier in the order. */
  #tabulate(order: readonly number[]): Int32Array {
    const width = this.#width;
    const table = new Int32Array(order.length * width);
    for (const state of order) {
      const fail = (this.#fail[state] ?? ROOT) * width;
      if (state !== ROOT) table.copyWithin(state * width, fail, fail + width);
      for (const [id, next] of this.#children.get(state) ?? []) table[state * width + id] = next;
    }
    this.#children.clear();
    return table;
  }

  #step(from: number, id: number): number {
    let state = from;
    while (state !== ROOT) {
      const next = this.#edges.get(state, id);
      if (next !== NONE) return next;
      state = this.#fail[state] ?? ROOT;
    }
    return this.#fromRoot[id] ?? ROOT;
  }

  /** Nodes were made parents first, but not level by level, so they are taken in the order of their depth. */
  #link(trie: Trie): readonly number[] {
    const depths = new Int32Array(trie.parents.length);
    for (let node = 1; node < depths.length; node += 1) depths[node] = (depths[trie.parents[node] ?? 0] ?? 0) + 1;
    const order = Array.from(depths.keys()).sort((one, other) => (depths[one] ?? 0) - (depths[other] ?? 0));
    for (const node of order)
      if (node !== ROOT) this.#linkNode(node, trie.parents[node] ?? ROOT, trie.symbolOf[node] ?? 0);
    return order;
  }

  #linkNode(node: number, parent: number, id: number): void {
    const fail = parent === ROOT ? ROOT : this.#step(this.#fail[parent] ?? ROOT, id);
    this.#fail[node] = fail;
    this.#shorter[node] = this.#words[fail] === undefined ? (this.#shorter[fail] ?? NONE) : fail;
    this.#ends[node] = this.#words[node] !== undefined || this.#shorter[node] !== NONE ? 1 : 0;
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, [[id, node]]);
    else siblings.push([id, node]);
  }
}
