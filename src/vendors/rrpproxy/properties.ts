/** A whole answer as plain JSON data, for commands whose answer is only to be read by people. */
import { column, type Answer } from '../command-text/wire.ts';
import { bounded } from '../common/text.ts';

/** Most properties, and most values of one, that are shown. */
const shownMax = 300;

/**
 * Every property of an answer by its name, for commands whose answer is for reading only (CheckCertificate,
 * QueryCommandSyntax). Names that are no plain words are left out; values are bounded lines.
 */
export function readProperties(answer: Answer): Readonly<Record<string, readonly string[]>> {
  const names = Object.keys(answer.properties)
    .filter((name) => /^[A-Z][A-Z0-9-]{0,63}$/.test(name))
    .slice(0, shownMax);
  return Object.fromEntries(
    names.map((name) => [
      name.toLowerCase(),
      column(answer, name)
        .flatMap((value) => (value === undefined ? [] : [bounded(value)]))
        .slice(0, shownMax),
    ]),
  );
}
