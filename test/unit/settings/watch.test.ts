import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stampsOf } from '../../../src/settings/inventory-files.ts';
import { createConfigWatcher } from '../../../src/settings/watch.ts';
import type { ConfigWatcher } from '../../../src/settings/watch.ts';
import { Workspace } from './workspace.ts';

/** vitest's own is a second. */
const patience = { timeout: 60_000 };

/** A clock whose sleeps end only when told. */
function handClock() {
  const sleepers: { resolve: () => void; isAborted: boolean }[] = [];
  return {
    sleepers,
    sleep: async (_ms: number, signal?: AbortSignal) =>
      await new Promise<void>((resolve, reject) => {
        const sleeper = { resolve, isAborted: false };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleeper.isAborted = true;
          reject(new Error('aborted'));
        });
      }),
  };
}

/** What a load sees that happens now. */
function seenIn(workspace: Workspace) {
  const files = [workspace.path('renewd.yaml'), workspace.path('inventory.d/a.yaml')];
  const globs = [workspace.path('inventory.d/*.yaml'), workspace.path('extra/one.yaml')];
  return { stamps: stampsOf(files, globs), globs };
}

function watcherOn(workspace: Workspace, onChange: () => void, clock = handClock()): ConfigWatcher {
  const watcher = createConfigWatcher({
    ...seenIn(workspace),
    onChange,
    clock,
  });
  onTestFinished(() => watcher.close());
  return watcher;
}

function prepared(): Workspace {
  const workspace = new Workspace();
  workspace.write('renewd.yaml', 'a');
  workspace.write('inventory.d/a.yaml', 'a');
  return workspace;
}

describe('comparison on each pass', () => {
  it.each([
    ['a file gets other content', (one: Workspace) => one.write('renewd.yaml', 'ab')],
    [
      'a file is replaced by one of the same size',
      (one: Workspace) => renameSync(one.write('new', 'b'), one.path('renewd.yaml')),
    ],
    ['a file appears', (one: Workspace) => one.write('inventory.d/b.yaml', 'b')],
    ['a file goes away', (one: Workspace) => rmSync(one.path('inventory.d/a.yaml'))],
    ['the directory goes away', (one: Workspace) => rmSync(one.path('inventory.d'), { recursive: true })],
    ['a file that was missing appears', (one: Workspace) => one.write('extra/one.yaml', 'x')],
  ])('notices when %s', (_title, change) => {
    const workspace = prepared();
    const onChange = vi.fn<() => void>();
    const watcher = watcherOn(workspace, onChange);
    expect(watcher.check()).toBe(false);
    change(workspace);
    expect(watcher.check()).toBe(true);
    expect(watcher.check()).toBe(false);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('does not mind other files', () => {
    const workspace = prepared();
    const watcher = watcherOn(workspace, () => undefined);
    workspace.write('inventory.d/.a.yaml.swp', 'x');
    workspace.write('inventory.d/notes.txt', 'x');
    expect(watcher.check()).toBe(false);
  });

  it('does not tell of what the load that begins will see', () => {
    const workspace = prepared();
    const watcher = watcherOn(workspace, () => undefined);
    workspace.write('renewd.yaml', 'abc');
    watcher.loading();
    expect(watcher.check()).toBe(false);
    watcher.loaded(seenIn(workspace));
    expect(watcher.check()).toBe(false);
  });

  it.each([
    ['a file changes', (one: Workspace) => one.write('renewd.yaml', 'abcd')],
    ['a file appears', (one: Workspace) => one.write('inventory.d/b.yaml', 'b')],
    ['a file goes away', (one: Workspace) => rmSync(one.path('inventory.d/a.yaml'))],
  ])(
    'tells of what came too late for a load: %s after it was read, before the load was over',
    (_, change) => {
      const workspace = prepared();
      const watcher = watcherOn(workspace, () => undefined);
      watcher.loading();
      const seen = seenIn(workspace);
      change(workspace);
      watcher.loaded(seen);
      expect(watcher.check()).toBe(true);
      watcher.loading();
      watcher.loaded(seenIn(workspace));
      expect(watcher.check()).toBe(false);
    },
  );

  it('looks at what the last load saw, and is quiet once closed', () => {
    const workspace = prepared();
    const onChange = vi.fn<() => void>();
    const watcher = watcherOn(workspace, onChange);
    watcher.loaded({ stamps: stampsOf([workspace.path('renewd.yaml')], []), globs: [] });
    workspace.write('inventory.d/a.yaml', 'abc');
    expect(watcher.check()).toBe(false);
    workspace.write('renewd.yaml', 'abcd');
    watcher.close();
    expect(watcher.check()).toBe(false);
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe("the system's notices", () => {
  it('lead to one comparison when things are quiet', async () => {
    const workspace = prepared();
    const clock = handClock();
    const onChange = vi.fn<() => void>();
    watcherOn(workspace, onChange, clock);
    writeFileSync(workspace.path('inventory.d/b.yaml'), 'b');
    await vi.waitFor(() => expect(clock.sleepers.length).toBeGreaterThan(0), patience);
    expect(onChange).not.toHaveBeenCalled();
    for (const sleeper of clock.sleepers) sleeper.resolve();
    await vi.waitFor(() => {
      for (const sleeper of clock.sleepers) sleeper.resolve();
      expect(onChange).toHaveBeenCalledTimes(1);
    }, patience);
  });

  it('are not needed: a directory that is not there yet is compared all the same', () => {
    const workspace = new Workspace();
    const onChange = vi.fn<() => void>();
    const watcher = watcherOn(workspace, onChange);
    mkdirSync(workspace.path('inventory.d'));
    expect(watcher.check()).toBe(false);
    workspace.write('inventory.d/a.yaml', 'a');
    expect(watcher.check()).toBe(true);
  });
});
