/** `renewd check`: every mistake of every file, for people or machines; with --online also what the providers say. */
import type { Configuration } from '../core/certificate.ts';
import { renderDiagnostics } from '../settings/render.ts';
import { checkOnline, type OnlineFinding } from './check-online.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';

async function askProviders(
  configuration: Configuration,
  { composer }: CliContext,
): Promise<readonly OnlineFinding[]> {
  const runtime = await composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    return await checkOnline(configuration, runtime);
  } finally {
    await runtime.close();
  }
}

export const check: Command = async (context) => {
  const { composer, configPath, options, output } = context;
  const { configuration, diagnostics } = await composer.load(configPath);
  const valid = configuration !== undefined;
  const online = options['online'] === true && valid ? await askProviders(configuration, context) : undefined;
  const fits = online === undefined || online.every(({ severity }) => severity !== 'misfit');
  if (options['json'] === true) {
    output.json({
      valid,
      file: configPath,
      certificates: configuration?.certificates.length ?? null,
      diagnostics,
      ...(online === undefined ? {} : { online }),
    });
  } else {
    if (diagnostics.length > 0) output.line(renderDiagnostics(diagnostics, { directory: process.cwd() }));
    for (const { certificate, provider, product, severity, message } of online ?? [])
      output.line(
        `${certificate}: ${product} at ${provider}: ${severity === 'unknown' ? `not checked: ${message}` : message}`,
      );
    if (valid) output.line(`${configPath} is right: ${configuration.certificates.length} certificate(s)`);
    if (!fits) output.line('but some products do not fit what the inventory asks of them');
  }
  return valid && fits ? exitCodes.ok : exitCodes.failed;
};
