/** What a command gets and gives. */
import type { Answer } from './answers.ts';
import type { Parameters } from './parameters.ts';
import type { Account, World } from './world.ts';

export interface CommandContext {
  readonly world: World;
  readonly account: Account;
}

/** Refuses by throwing a `Refusal`. */
export type Command = (context: CommandContext, parameters: Parameters) => Answer | Promise<Answer>;
