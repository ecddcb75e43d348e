/** A command as the sandbox's history remembers it. */
import { findSyntax } from './syntax.ts';
import type { ParsedCommand } from './wire.ts';

/**
 * The vendor's spelling of the command; numbered parameters as lists. Keys are put together again, so that the history knows
 * them for keys and hides them.
 */
export function describeCommand(parsed: ParsedCommand): {
  command: string;
  parameters: Record<string, unknown>;
} {
  const single = new Map<string, unknown>();
  const lists = new Map<string, string[]>();
  for (const [name, text] of parsed.parameters) {
    const stem = /^([A-Z]+)\d+$/.exec(name)?.[1];
    if (stem === undefined || stem.endsWith('CONTACT')) single.set(name, text);
    else lists.set(stem, [...(lists.get(stem) ?? []), text]);
  }
  for (const [name, list] of lists) single.set(name, name === 'PEM' ? list.join('\n') : list);
  return {
    command: findSyntax(parsed.command)?.command ?? parsed.command,
    parameters: Object.fromEntries(single),
  };
}
