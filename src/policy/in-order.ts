/** Lists of a decision are rarely longer; beyond, the engine's own sort is faster. */
const SHORT = 24;

/** Sorts a list of its owner's in place by ascending rank, and leaves equals in their order. */
export function sortInPlace<T extends object>(list: T[], rank: (item: T) => number): void {
  if (list.length > SHORT) {
    list.sort((left, right) => rank(left) - rank(right));
    return;
  }
  for (let next = 1; next < list.length; next += 1) {
    const item = list[next];
    if (item === undefined) continue;
    const own = rank(item);
    let place = next;
    for (let before = list[place - 1]; before !== undefined && rank(before) > own; before = list[place - 1]) {
      list[place] = before;
      place -= 1;
    }
    list[place] = item;
  }
}
