/** Finding a command's syntax and holding a request against it: 500, 503, 504, 505 and 549 in the vendor's order. */
import { Refusal } from './answers.ts';
import { COMMAND_TABLE } from './syntax-table.ts';
import type { CommandSyntax } from './syntax-table.ts';

export interface SyntaxRules {
  readonly unknownParameters: 'refuse' | 'ignore';
  readonly missingApiVersion: 'v1' | 'v2' | 'refuse';
}

/** Every syntax under this name, one for each API that has it. */
export function syntaxesOf(command: string): CommandSyntax[] {
  const name = command.toLowerCase();
  return COMMAND_TABLE.filter((candidate) => candidate.command.toLowerCase() === name);
}

/** The vendor's spelling of a command, or undefined. */
export function commandSpelling(command: string): string | undefined {
  return syntaxesOf(command)[0]?.command;
}

/** The syntax the request speaks, by command and `apiversion`. */
export function chooseSyntax(
  command: string,
  given: ReadonlyMap<string, string>,
  rules: SyntaxRules,
): CommandSyntax {
  const candidates = syntaxesOf(command);
  const [only] = candidates;
  if (only === undefined) throw new Refusal(500, command);
  const asked = given.get('apiversion');
  if (asked !== undefined && asked !== '1' && asked !== '2') throw new Refusal(505, 'APIVERSION');
  // With `migrate` the version does not count (page on the migration).
  const migrates = only.command === 'ModifyCertificate' && given.has('migrate');
  if (only.api === 'any') return only;
  if (asked === undefined && rules.missingApiVersion === 'refuse') throw new Refusal(504, 'APIVERSION');
  const fallback = rules.missingApiVersion === 'v2' ? '2' : '1';
  const wanted = migrates ? '1' : (asked ?? (candidates.length === 1 ? only.api : fallback));
  const found = candidates.find(({ api }) => api === wanted);
  if (found === undefined) throw new Refusal(549, `${only.command} exists in API version ${only.api} only`);
  if (found.closed === true) throw new Refusal(549, 'API version 1 is closed for new orders and renewals');
  return found;
}

export function checkParameters(
  syntax: CommandSyntax,
  given: ReadonlyMap<string, string>,
  rules: SyntaxRules,
): void {
  const unknown = [...given.keys()].filter((name) => !isKnown(syntax, name));
  if (unknown.length > 0 && rules.unknownParameters === 'refuse') {
    throw new Refusal(503, unknown.map((name) => name.toUpperCase()).join('/'));
  }
  for (const name of syntax.required) {
    if (!given.has(name)) throw new Refusal(504, name.toUpperCase());
  }
}

function isKnown(syntax: CommandSyntax, name: string): boolean {
  if (syntax.required.includes(name) || syntax.optional.includes(name)) return true;
  const match = /^([a-z]+)(\d{1,4})$/.exec(name);
  const last = match === null ? undefined : syntax.indexed.get(match[1] ?? '');
  return last !== undefined && Number(match?.[2]) <= last;
}
