/** `renewd complete KIND`, for the completions of shells: names of the configuration. Never complains about it. */
import { RenewdError } from '../core/errors.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';

const kinds = ['certificates', 'providers', 'channels'] as const;

export const complete: Command = async ({ composer, configPath, names: [word = ''], output }) => {
  const kind = kinds.find((one) => one === word);
  if (kind === undefined) throw new RenewdError('usage', `there are no names of kind "${word}"`);
  for (const name of (await composer.configuredNames(configPath))[kind]) output.line(name);
  return exitCodes.ok;
};
