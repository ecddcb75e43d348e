/**
 * Vitest's runner, which repeats each test once for every mutant that it passes, hooks included. Modules and tests are
 * loaded once, so that a mutant costs no more than the tests that may notice it.
 */
import { TestRunner, type RunnerTestCase } from 'vitest';
import type { Hits, Task } from './protocol.ts';

/** The namespace that the instrumented sources look into. */
interface Switches {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly static: Hits; readonly perTest: Record<string, Hits> };
}

declare global {
  // oxlint-disable-next-line no-underscore-dangle -- Stryker's name for it.
  var __stryker__: Switches | undefined;
  /** Mutants that an earlier test of this worker has killed. */
  var killedMutants: Set<string> | undefined;
}

/** A loop that a mutant made endless ends after so many times the usual passes. */
const hitFactor = 100;
const hitsMin = 10_000;

export default class MutationRunner extends TestRunner {
  readonly #task: Task = this.injectValue('mutation');
  // oxlint-disable-next-line no-underscore-dangle -- Stryker's name for it.
  readonly #switches = (globalThis.__stryker__ ??= {});
  readonly #killed = (globalThis.killedMutants ??= new Set());
  #queue: readonly (readonly [id: string, hits: number])[] = [];
  #killedHere: string[] = [];

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    if (this.#task.mode !== 'try') return;
    const hits = this.#task.hits[keyOf(test)] ?? {};
    this.#queue = Object.entries(hits).filter(([id]) => !this.#killed.has(id));
    this.#killedHere = [];
    // The last repetition is without a mutant: a test that fails then was spoilt by those before.
    test.repeats = this.#queue.length;
  }

  override onBeforeTryTask(test: RunnerTestCase, options: { retry: number; repeats: number }): void {
    super.onBeforeTryTask(test, options);
    if (this.#task.mode === 'once') return;
    this.#switches.currentTestId = keyOf(test);
    const [id, hits = 0] = this.#queue[options.repeats] ?? [];
    this.#switches.activeMutant = id;
    this.#switches.hitCount = 0;
    this.#switches.hitLimit = Math.max(hits * hitFactor, hitsMin);
  }

  override async onAfterRetryTask(
    test: RunnerTestCase,
    options: { retry: number; repeats: number },
  ): Promise<void> {
    await super.onAfterRetryTask(test, options);
    if (this.#task.mode === 'once') return;
    const id = this.#switches.activeMutant;
    this.#switches.activeMutant = undefined;
    this.#switches.currentTestId = undefined;
    const failed = test.result?.state === 'fail';
    if (this.#task.mode === 'try') {
      if (failed && id !== undefined) {
        this.#killed.add(id);
        this.#killedHere.push(id);
      }
      test.meta.mutation = { killed: this.#killedHere, unsettled: failed && id === undefined };
      // They are many, and nobody reads them.
      if (test.result !== undefined) delete test.result.errors;
    } else {
      const { static: loaded = {}, perTest = {} } = this.#switches.mutantCoverage ?? {};
      test.meta.mutation = { hits: perTest[keyOf(test)] ?? {}, loaded: { ...loaded } };
    }
  }
}

/** A test's id, equal in every run over the same files. */
function keyOf({ id }: RunnerTestCase): string {
  return id;
}
