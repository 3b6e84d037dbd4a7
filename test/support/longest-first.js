import { statSync } from 'node:fs';
import { sep } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Projects by what a file of theirs takes. */
const ORDER = ['browser', 'integration', 'http', 'contracts', 'unit', 'architecture'];
const rankOf = ({ path }) => ORDER.findIndex((name) => path.includes(`${sep}test${sep}${name}${sep}`));

/**
 * What takes long begins first, so that no worker is idle at the end while the other runs a browser for minutes. Jest's own order knows
 * durations from the run before, which a clean clone hasn't.
 */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const known = (test) => test.duration ?? 0;
    return [...tests].sort(
      (a, b) => rankOf(a) - rankOf(b) || known(b) - known(a) || statSync(b.path).size - statSync(a.path).size,
    );
  }
}
