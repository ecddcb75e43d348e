/**
 * Every writing step of a deployment fails once: before it happens, after it, or half done; and the process goes on or
 * dies. Readers look between any two steps. At no moment may they see a torn set, and the next attempt must succeed.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { currentSet, deploySet, pruneSets, restoreSet } from '../../../src/renewal/deploy/deploy-set.ts';
import type { SetInput } from '../../../src/renewal/deploy/set-content.ts';
import { Crash, endingOf, everyFault, faultyFiles } from '../../builders/faulty-files.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { newSet, servedSet, servedThroughCurrent, targetOf } from './world.ts';

const [older, old, fresh] = await Promise.all([newSet(), newSet(), newSet()]);

function attempt(action: () => void): string {
  try {
    action();
    return 'succeeded';
  } catch (error) {
    return endingOf(error);
  }
}

function isSame(left: SetInput | undefined, right: SetInput | undefined): boolean {
  return (
    left?.keyPem === right?.keyPem && left?.leafPem === right?.leafPem && left?.chainPem === right?.chainPem
  );
}

interface Scenario {
  readonly title: string;
  readonly prepare: (directory: string) => void;
  readonly act: (directory: string, files: Files) => void;
  /** What readers may see while it runs. */
  readonly before: SetInput | undefined;
  readonly after: SetInput;
}

const deploy =
  (set: SetInput, version: string) =>
  (directory: string, files: Files = nodeFiles) => {
    deploySet(targetOf(directory), set, files, version);
  };
const regularFiles = (directory: string): void => {
  writeFileSync(`${directory}/privkey.pem`, old.keyPem);
  writeFileSync(`${directory}/fullchain.pem`, old.leafPem);
};
const adopted: SetInput = { keyPem: old.keyPem, leafPem: old.leafPem, chainPem: '' };

const scenarios: readonly Scenario[] = [
  { title: 'first deployment', prepare: () => {}, act: deploy(fresh, 'v1'), before: undefined, after: fresh },
  {
    title: 'next deployment',
    prepare: deploy(old, 'v1'),
    act: deploy(fresh, 'v2'),
    before: old,
    after: fresh,
  },
  {
    title: 'adopting existing files',
    prepare: regularFiles,
    act: deploy(fresh, 'v1'),
    before: adopted,
    after: fresh,
  },
  {
    title: 'adopting what replaced our links',
    prepare: (directory) => {
      deploy(older, 'v1')(directory);
      for (const name of ['privkey.pem', 'fullchain.pem', 'cert.pem', 'chain.pem', 'combined.pem'])
        rmSync(`${directory}/${name}`);
      regularFiles(directory);
    },
    act: deploy(fresh, 'v2'),
    before: adopted,
    after: fresh,
  },
  {
    title: 'going back',
    prepare: (directory) => {
      deploy(old, 'v1')(directory);
      deploy(fresh, 'v2')(directory);
    },
    act: (directory, files) => void restoreSet(targetOf(directory), 'v1', files),
    before: fresh,
    after: old,
  },
  {
    title: 'pruning',
    prepare: (directory) => {
      for (const [version, set] of [
        ['v1', older],
        ['v2', old],
        ['v3', older],
        ['v4', fresh],
      ] as const)
        deploy(set, version)(directory);
    },
    act: (directory, files) => void pruneSets(targetOf(directory), 0, files),
    before: fresh,
    after: fresh,
  },
];

function stepsOf({ prepare, act }: Scenario): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-test-'));
  try {
    prepare(directory);
    const counting = faultyFiles(nodeFiles);
    act(directory, counting.files);
    return counting.operations;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.each(scenarios)('$title', (scenario) => {
  const { prepare, act, before, after } = scenario;
  const faults = stepsOf(scenario).flatMap((operation, index) =>
    everyFault.map((fault) => ({
      ...fault,
      index,
      step: operation.replace(/^(\S+) \S*\/(\S+).*$/, '$1 $2'),
    })),
  );

  test.each(faults)('$index $step: $moment, then $aftermath', (fault) => {
    const directory = tempDirectory();
    prepare(directory);
    const look = (): SetInput | undefined => {
      const seen = servedSet(directory);
      expect(isSame(seen, before) || isSame(seen, after)).toBe(true);
      // Someone who resolves the link first sees an older set at worst, and a whole one always.
      servedThroughCurrent(directory);
      return seen;
    };

    const faulty = faultyFiles(nodeFiles, fault, look);
    expect(attempt(() => act(directory, faulty.files))).toBe(
      fault.aftermath === 'crash' ? 'crash' : 'deploy-failed',
    );
    look();

    act(directory, faultyFiles(nodeFiles, undefined, look).files);
    expect(look()).toEqual(after);
    expect(servedThroughCurrent(directory)).toEqual(after);
    expect(currentSet({ directory }, nodeFiles)).toBeDefined();

    // A further deployment leaves no trace of the interruption.
    deploy(after, 'v9')(directory);
    for (const at of [directory, `${directory}/.sets`]) {
      expect(readdirSync(at).filter((name) => name.startsWith('.renewd-tmp-'))).toEqual([]);
    }
  });
});

test('a rollback is still possible when the answer of the switch was lost', () => {
  const steps = stepsOf(scenarios[1] ?? scenarios[0]!);
  const index = steps.findIndex((step) => step.endsWith('/.current'));
  expect(index).toBeGreaterThan(0);
  const directory = tempDirectory();
  deploy(old, 'v1')(directory);
  const { files } = faultyFiles(nodeFiles, { index, moment: 'after', aftermath: 'crash' });
  expect(() => deploySet(targetOf(directory), fresh, files, 'v2')).toThrow(Crash);
  expect(deploySet(targetOf(directory), fresh, nodeFiles, 'v2')).toEqual({
    version: 'v2',
    previousVersion: 'v1',
    changed: false,
  });
});
