/** What several commands do: load the configuration or say what is wrong with it, find a certificate, read options. */
import type { Configuration, ManagedCertificate } from '../core/certificate.ts';
import { parseDuration } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import { renderDiagnostics } from '../settings/render.ts';
import { nearest } from '../settings/suggest.ts';
import type { CliContext } from './context.ts';

/**
 * The configuration; with mistakes in it they are printed and RenewdError `config-invalid` is thrown. `secrets: false` for
 * what a person may do who cannot read them: they are often the daemon's alone.
 */
export async function configurationOf(
  context: CliContext,
  { secrets = true }: { readonly secrets?: boolean } = {},
): Promise<Configuration> {
  const { configuration, diagnostics } = await context.composer.load(context.configPath, { secrets });
  if (configuration !== undefined) {
    const { sqlite } = configuration.store;
    // An empty store at a made-up place would answer, wrongly.
    if (!sqlite.includes('${')) return configuration;
    throw new RenewdError(
      'config-invalid',
      `a variable in the path of the store (${sqlite}) is not set; set it as the daemon has it`,
    );
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  context.output.error(renderDiagnostics(errors, { directory: process.cwd() }));
  throw new RenewdError(
    'config-invalid',
    `${context.configPath} has ${errors.length} mistake(s); nothing was done`,
  );
}

/** Throws RenewdError `usage` with a suggestion. */
export function managedCertificate(configuration: Configuration, name: string): ManagedCertificate {
  const found = configuration.certificates.find((managed) => managed.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    configuration.certificates.map((managed) => managed.name),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new RenewdError('usage', `the inventory has no certificate "${name}"${hint}`);
}

/** Throws RenewdError `usage`. */
export function durationOption(context: CliContext, flag: string, otherwiseMs: number): number {
  const text = context.options[flag];
  if (typeof text !== 'string') return otherwiseMs;
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new RenewdError('usage', `--${flag} "${text}" is no duration; write for example 90s, 10m or 2h`);
  return ms;
}
