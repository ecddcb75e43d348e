/** What the checks between entries know of the rest of the configuration. */
import type { DeclaredProvider, DeclaredPublisher } from '../sections.ts';

export interface CheckContext {
  readonly providers: ReadonlyMap<string, DeclaredProvider>;
  readonly publishers: ReadonlyMap<string, DeclaredPublisher>;
  /** Absolute; undefined when the setting itself has a mistake. */
  readonly keys: string | undefined;
}
