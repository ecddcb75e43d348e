/** `renewd check`: every mistake of every file, for people or machines. */
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { renderDiagnostics } from '../settings/render.ts';

export const check: Command = async ({ composer, configPath, options, output }) => {
  const { configuration, diagnostics } = await composer.load(configPath);
  const valid = configuration !== undefined;
  if (options['json'] === true) {
    output.json({
      valid,
      file: configPath,
      certificates: configuration?.certificates.length ?? null,
      diagnostics,
    });
  } else {
    if (diagnostics.length > 0) output.line(renderDiagnostics(diagnostics, { directory: process.cwd() }));
    if (valid) output.line(`${configPath} is right: ${configuration.certificates.length} certificate(s)`);
  }
  return valid ? exitCodes.ok : exitCodes.failed;
};
