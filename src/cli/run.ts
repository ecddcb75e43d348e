/** `renewd run`: the daemon. */
import { setFlagsFromString } from 'node:v8';
import { renderDiagnostics } from '../settings/render.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/**
 * V8 doubles the space for young objects while a start fills it, and never gives it back: 50 MB with ten thousand
 * certificates. A daemon that is idle nearly all of its life does not need it; docs/performance.md has the figures.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

export const run: Command = async ({ composer, configPath, output }) => {
  keepHeapSmall();
  const started = await composer.startDaemon(configPath, { remember: true });
  if ('diagnostics' in started) {
    output.error(renderDiagnostics(started.diagnostics.filter(({ severity }) => severity === 'error')));
    return exitCodes.failed;
  }
  await started.daemon.ended;
  return exitCodes.ok;
};
