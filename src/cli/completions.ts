/** `renewd completions SHELL`: the script that the shell loads. */
import { RenewdError } from '../core/errors.ts';
import { nearest } from '../settings/suggest.ts';
import { bashCompletions } from './completions/bash.ts';
import { fishCompletions } from './completions/fish.ts';
import { zshCompletions } from './completions/zsh.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';

const shells: Readonly<Record<string, () => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

export const completions: Command = ({ names: [shell = ''], output }) => {
  const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined) {
    const near = nearest(shell, Object.keys(shells));
    const hint = near === undefined ? 'there is bash, zsh and fish' : `did you mean "${near}"?`;
    throw new RenewdError('usage', `there are no completions for "${shell}"; ${hint}`);
  }
  output.line(script());
  return Promise.resolve(exitCodes.ok);
};
