/** `renewd run`: the daemon. */
import { renderDiagnostics } from '../settings/render.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';

export const run: Command = async ({ composer, configPath, output }) => {
  const started = await composer.startDaemon(configPath);
  if ('diagnostics' in started) {
    output.error(renderDiagnostics(started.diagnostics.filter(({ severity }) => severity === 'error')));
    return exitCodes.failed;
  }
  await started.daemon.ended;
  return exitCodes.ok;
};
