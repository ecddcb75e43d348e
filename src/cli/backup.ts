/** `renewd backup DIRECTORY`, `renewd restore DIRECTORY`: what must not be lost, to another place and back. */
import { resolve } from 'node:path';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf } from './shared.ts';

export const backup: Command = async (context) => {
  const { output, composer, options } = context;
  const configuration = await configurationOf(context, { secrets: false });
  const target = resolve(context.names[0] ?? '');
  const { takenAt, store, keys } = await composer.backUp(configuration, target);
  if (options['json'] === true) output.json({ target, takenAt, storeBytes: store.bytes, keys: keys.size });
  else
    output.line(
      `${target}: the store (${store.bytes} bytes) and ${keys.size} key(s), as at ${takenAt.toISOString()}`,
    );
  return exitCodes.ok;
};

export const restore: Command = async (context) => {
  const { output, composer, options } = context;
  const configuration = await configurationOf(context, { secrets: false });
  const source = resolve(context.names[0] ?? '');
  const { manifest, keysWritten } = await composer.restore(configuration, source);
  const { takenAt, version } = manifest;
  const { sqlite } = configuration.store;
  if (options['json'] === true) {
    output.json({ source, takenAt, version, store: sqlite, keys: manifest.keys.size, keysWritten });
    return exitCodes.ok;
  }
  output.line(`${sqlite}: as at ${takenAt.toISOString()}, made by renewd ${version}`);
  output.line(
    `${configuration.keys}: ${keysWritten} key(s) written, ${manifest.keys.size - keysWritten} were there already`,
  );
  output.line(
    'What was begun after that moment is not in it: look at `renewd plan` and at the provider’s list first.',
  );
  return exitCodes.ok;
};
