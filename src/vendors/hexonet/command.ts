/** One remote command, whatever carries it: name, parameters with secrets still wrapped, and whether it may be repeated. */
import { Secret } from '../../core/certificate.ts';
import { commandPairs, pemLines, type Pair, type Parameters } from '../command-text/wire.ts';

/** A secret is a PEM text: it goes out line by line like any other (`PEM0`, `PEM1`, …). */
export type Value = Parameters[string] | Secret;

export interface Command {
  /** As the vendor's document writes it. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, Value>>;
  /** False for what costs money or makes another certificate: sent once, and an unclear end is `provider-outcome-unknown`. */
  readonly repeatable: boolean;
}

/** Reveals the secrets: the result goes on the wire and nowhere else. Throws `internal` for a value with a line break. */
export function pairsOf({ name, parameters }: Command): readonly Pair[] {
  const plain: Record<string, Parameters[string]> = {};
  for (const [key, value] of Object.entries(parameters)) {
    plain[key] = value instanceof Secret ? pemLines(value.reveal()) : value;
  }
  return commandPairs(name, plain);
}

/** The text of a PEM as lines, where there is one. */
export function optionalPem(pem: string | undefined): readonly string[] | undefined {
  return pem === undefined ? undefined : pemLines(pem);
}

/** Lines of the secrets in the parameters, long enough to be told from ordinary text. */
export function secretLinesOf({ parameters }: Command): readonly string[] {
  return Object.values(parameters).flatMap((value) =>
    value instanceof Secret
      ? pemLines(value.reveal()).filter((line) => line.length >= 16 && !line.startsWith('-----'))
      : [],
  );
}
