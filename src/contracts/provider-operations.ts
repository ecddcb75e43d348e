/** What people may ask of a provider's API beside renewals, and what is documented of each of its commands. */
import type { Secret } from '../core/certificate.ts';

export interface OperationParameter {
  /** As written on the command line: "certificate", "limit". */
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** May be given several times. */
  readonly several?: boolean;
}

export interface OperationResult {
  /** Plain JSON data without secrets: text bounded, ids as strings, moments as ISO text. */
  readonly data: unknown;
  /** A private key or an archive: written to the file that the operator names, never printed. */
  readonly file?: Secret | Uint8Array;
}

/** One command of the provider's API that renewals do not need, for people: lists, looks, contacts, cancelling. */
export interface ProviderOperation {
  /** Kebab case, after the provider's command: "order-list". */
  readonly name: string;
  /** One line for the list of operations. */
  readonly summary: string;
  /** The remote command, as in the folder's commands.ts. */
  readonly command: string;
  /** `changes` asks for `--yes` on the command line. */
  readonly effect: 'reads' | 'changes';
  readonly parameters: readonly OperationParameter[];
  /** Parameters with which it is a small question that needs the login: what `renewd doctor` asks. */
  readonly loginCheck?: Readonly<Record<string, readonly string[]>>;
  /**
   * Parameters by name, each with at least one value; unknown and missing ones were refused before. Throws `usage` for a
   * value that cannot be, and what other methods throw.
   */
  run(parameters: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<OperationResult>;
}

/** One command of the provider's API, in the folder's commands.ts, for docs/providers.md. Tests check the proofs. */
export interface CommandFact {
  /** As the provider's document names it. */
  readonly command: string;
  /** Document and section: "hexonet-ssl-api, CreateSSLCert", "manual 8.2.1". */
  readonly source: string;
  /** What renewd does with it: "submit: create", "operation order-list". */
  readonly use: string;
  readonly repeatable: boolean;
  /**
   * `sample`: a sample of the vendor's document is produced and its answer parsed (test/samples). `client`: the vendor's
   * own client walks the same command of the simulator. `simulator`: our client against the simulator.
   */
  readonly proof: readonly ('sample' | 'client' | 'simulator')[];
}
