/** "Did you mean": the nearest of some known words, by edit distance (with swaps of neighbours). */

function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The nearest known word when it is near enough (a third of its length), compared without case, "_" and "-". */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, '');
  const wanted = plain(word.slice(0, 100));
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const target = plain(candidate);
    if (Math.abs(target.length - wanted.length) > 4) continue;
    const found = distance(wanted, target);
    if (
      found < bestDistance &&
      found <= Math.max(1, Math.floor(Math.max(target.length, wanted.length) / 3))
    ) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** `did you mean "a"?`, or the whole list when it is short, or nothing. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  if (known.length === 0) return undefined;
  const shown = known.slice(0, 24).join(', ');
  return `known are: ${shown}${known.length > 24 ? ', …' : ''}`;
}
