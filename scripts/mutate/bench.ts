/** Vitest, with instrumented sources in place of the real ones. */
import { relative } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import type { Area } from './areas.ts';
import type { Hits, Task, TestNote } from './protocol.ts';

export interface Look {
  /** By test. */
  readonly hits: Readonly<Record<string, Hits>>;
  /** Mutants that some test passes. */
  readonly passed: ReadonlySet<string>;
  /** Mutants that the loading of modules passes. */
  readonly loaded: ReadonlySet<string>;
  readonly onlyLoaded: ReadonlySet<string>;
}

export interface Bench {
  look(): Promise<Look>;
  /** The mutants that were killed. */
  tryAll(hits: Look['hits']): Promise<readonly string[]>;
  /** Whether any test notices a mutant that is there from the start. */
  kills(mutant: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Read by the instrumented sources when a worker starts. */
const activeMutantVariable = '__STRYKER_ACTIVE_MUTANT__';

export async function createBench(
  sources: ReadonlyMap<string, string>,
  { tests, without }: Area,
): Promise<Bench> {
  const root = process.cwd();
  const vitest: Vitest = await createVitest(
    {
      config: false,
      watch: false,
      include: [...tests],
      ...(without === undefined ? {} : { testNamePattern: new RegExp(`^(?!.*(?:${without.source}))`) }),
      setupFiles: ['test/setup.ts', 'scripts/mutate/setup.ts'],
      restoreMocks: true,
      testTimeout: 5000,
      pool: 'threads',
      maxWorkers: 1,
      isolate: false,
      maxConcurrency: 1,
      runner: './scripts/mutate/runner.ts',
      reporters: [],
      coverage: { enabled: false },
      // Instrumented sources are for nobody else.
      fsModuleCache: false,
    },
    {
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          transform: (_code: string, id: string) => {
            const source = sources.get(relative(root, id));
            return source === undefined ? undefined : { code: source, map: null };
          },
        },
      ],
    },
  );

  const run = async (task: Task): Promise<readonly TestCaseResult[]> => {
    vitest.provide('mutation', task);
    vitest.state.filesMap.clear();
    await vitest.start();
    const results = vitest.state
      .getTestModules()
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => ({ id: test.id, name: test.fullName, ok: test.ok(), note: test.meta().mutation }));
    const errors = vitest.state.getTestModules().flatMap((module) => module.errors());
    return errors.length === 0 ? results : [...results, ...errors.map(({ message }) => failed(message))];
  };

  return {
    async look() {
      const results = await run({ mode: 'look' });
      const bad = results.find(({ ok }) => !ok);
      if (bad !== undefined) throw new Error(`fails without any mutant: ${bad.name}`);
      const hits = Object.fromEntries(results.map(({ id, note }) => [id, note?.hits ?? {}]));
      const passed = new Set(Object.values(hits).flatMap((one) => Object.keys(one)));
      const loaded = new Set(results.flatMap(({ note }) => Object.keys(note?.loaded ?? {})));
      return { hits, passed, loaded, onlyLoaded: loaded.difference(passed) };
    },
    async tryAll(hits) {
      const results = await run({ mode: 'try', hits });
      for (const { name, note } of results) {
        if (note?.unsettled === true) process.stderr.write(`spoilt by mutants before it: ${name}\n`);
      }
      return results.flatMap(({ note }) => note?.killed ?? []);
    },
    async kills(mutant) {
      process.env[activeMutantVariable] = mutant;
      vitest.config.bail = 1;
      try {
        return (await run({ mode: 'once', mutant })).some(({ ok }) => !ok);
      } finally {
        delete process.env[activeMutantVariable];
        vitest.config.bail = 0;
      }
    },
    close: () => vitest.close(),
  };
}

interface TestCaseResult {
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  readonly note: TestNote | undefined;
}

function failed(message: string): TestCaseResult {
  return { id: '', name: message, ok: false, note: undefined };
}
