/**
 * What the loading process writes: one JSON text per line, so that the daemon reads ten thousand certificates in small
 * steps. First the diagnostics, then the configuration without its certificates, the certificates in groups, and a last
 * line by which a cut-off answer is told from a whole one.
 */
import type { Configuration, ManagedCertificate } from '../core/certificate.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { FileStamps } from './inventory-files.ts';
import type { LoadResult } from './load.ts';

export type ChildMessage =
  | {
      readonly kind: 'result';
      readonly diagnostics: readonly Diagnostic[];
      readonly files: readonly string[];
      readonly globs: readonly string[];
      readonly stamps: FileStamps;
    }
  | { readonly kind: 'configuration'; readonly configuration: Omit<Configuration, 'certificates' | 'files'> }
  | { readonly kind: 'certificates'; readonly certificates: readonly ManagedCertificate[] }
  | { readonly kind: 'end'; readonly certificates: number };

const groupSize = 50;

export function* messagesOf(result: LoadResult): Generator<ChildMessage> {
  const { configuration, diagnostics, files, globs, stamps } = result;
  yield { kind: 'result', diagnostics, files, globs, stamps };
  if (configuration === undefined) {
    yield { kind: 'end', certificates: 0 };
    return;
  }
  const { certificates, files: _files, ...rest } = configuration;
  yield { kind: 'configuration', configuration: rest };
  for (let at = 0; at < certificates.length; at += groupSize) {
    yield { kind: 'certificates', certificates: certificates.slice(at, at + groupSize) };
  }
  yield { kind: 'end', certificates: certificates.length };
}

/** Puts the messages together again. */
export class ResultReader {
  #result: Extract<ChildMessage, { kind: 'result' }> | undefined;
  #configuration: Omit<Configuration, 'certificates' | 'files'> | undefined;
  readonly #certificates: ManagedCertificate[] = [];
  #end: number | undefined;

  /** Throws SyntaxError for a line that is no JSON. */
  take(line: string): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program wrote it, from this type
    const message = JSON.parse(line) as ChildMessage;
    switch (message.kind) {
      case 'result':
        this.#result = message;
        return;
      case 'configuration':
        this.#configuration = message.configuration;
        return;
      case 'certificates':
        this.#certificates.push(...message.certificates);
        return;
      case 'end':
        this.#end = message.certificates;
    }
  }

  /** Undefined when the end did not come, or something on the way is missing. */
  finish(): LoadResult | undefined {
    const result = this.#result;
    if (result === undefined || this.#end !== this.#certificates.length) return undefined;
    const { diagnostics, files, globs, stamps } = result;
    if (this.#configuration === undefined) {
      return this.#end === 0 ? { diagnostics, files, globs, stamps } : undefined;
    }
    const configuration = { ...this.#configuration, files, certificates: this.#certificates };
    return { configuration, diagnostics, files, globs, stamps };
  }
}
