/** What the process that counts and the worker that runs the tests tell each other, by way of Vitest. */

/** How often a test passed the place of a mutant, by the mutant's id. */
export type Hits = Readonly<Record<string, number>>;

/** `look`: which test passes which mutants. `try`: each test again for each mutant it passes. `once`: a usual run. */
export type Task =
  | { readonly mode: 'look' }
  | { readonly mode: 'try'; readonly hits: Readonly<Record<string, Hits>> }
  | { readonly mode: 'once'; readonly mutant: string };

/** What a test tells about itself. */
export interface TestNote {
  readonly hits?: Hits;
  /** Passed while modules were loaded, by this file or one before it. */
  readonly loaded?: Hits;
  readonly killed?: readonly string[];
  /** It failed without a mutant after it had run with some. */
  readonly unsettled?: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    mutation: Task;
  }
  interface TaskMeta {
    mutation?: TestNote;
  }
}
