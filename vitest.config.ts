import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/slow-first.ts';

/** Whole worlds and real processes: each file in a process of its own. */
const worlds = ['interop', 'faults', 'flow', 'hostile', 'secrets', 'simulation'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    globalSetup: ['test/compile-cache.ts'],
    setupFiles: ['test/setup.ts'],
    // Against hanging for ever only: a busy machine is slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The default is a second.
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    // One more than there are cores: much of a test's time is spent waiting for servers of its own.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowFirst },
    projects: [
      { extends: true, test: { name: 'worlds', include: worlds } },
      {
        extends: true,
        // Loading the modules anew for each file would cost more than these tests do.
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: worlds, isolate: false },
      },
    ],
  },
});
