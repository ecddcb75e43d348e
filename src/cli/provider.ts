/** `renewd provider NAME [OPERATION [KEY=VALUE…]]`: what the provider's API offers beside renewals, for people. */
import { writeFileSync } from 'node:fs';
import type { OperationResult, ProviderOperation } from '../contracts/provider-operations.ts';
import { Secret, type Configuration } from '../core/certificate.ts';
import { minuteMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import { nearest } from '../settings/suggest.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf } from './shared.ts';

const timeoutMs = 5 * minuteMs;

function checkProvider({ providers }: Configuration, name: string): void {
  const names = providers.map((one) => one.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? `; there is: ${names.join(', ')}` : `; did you mean "${near}"?`;
  throw new RenewdError('usage', `no provider "${name}" is configured${hint}`);
}

function findOperation(operations: readonly ProviderOperation[], word: string): ProviderOperation {
  const found = operations.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const near = nearest(
    word,
    operations.map(({ name }) => name),
  );
  throw new RenewdError(
    'usage',
    `this provider has no operation "${word}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
  );
}

/** KEY=VALUE words as parameters. Throws RenewdError `usage` for what the operation does not take, or lacks. */
export function parametersOf(
  { name, parameters }: ProviderOperation,
  words: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const given = new Map<string, string[]>();
  for (const word of words) {
    const at = word.indexOf('=');
    const key = at === -1 ? word : word.slice(0, at);
    const parameter = parameters.find((one) => one.name === key);
    if (at === -1 || parameter === undefined) {
      const takes = parameters.map((one) => `${one.name}=…`).join(' ');
      throw new RenewdError(
        'usage',
        `${name} does not take "${word}"; it takes: ${takes === '' ? 'nothing' : takes}`,
      );
    }
    const values = given.get(key) ?? [];
    if (values.length > 0 && parameter.several !== true)
      throw new RenewdError('usage', `${name} takes ${key} once`);
    given.set(key, [...values, word.slice(at + 1)]);
  }
  const missing = parameters.find((one) => one.required === true && !given.has(one.name));
  if (missing !== undefined)
    throw new RenewdError('usage', `${name} needs ${missing.name}=…: ${missing.description}`);
  return Object.fromEntries(given);
}

function list(operations: readonly ProviderOperation[], { output, options }: CliContext): void {
  const plain = operations.map(({ name, summary, command, effect, parameters }) => ({
    name,
    summary,
    command,
    effect,
    parameters,
  }));
  if (options['json'] === true) {
    output.json({ operations: plain });
    return;
  }
  for (const { name, summary, command, effect, parameters } of plain) {
    output.line(`${output.paint('bold', name)}${effect === 'changes' ? ' (changes something: --yes)' : ''}`);
    output.line(`  ${summary}  [${command}]`);
    for (const { name: key, description, required, several } of parameters)
      output.line(
        `    ${key}=…  ${description}${required === true ? ' (required)' : ''}${several === true ? ' (may be repeated)' : ''}`,
      );
  }
}

/** Never over a file that is there: what it holds may be the only copy of something. */
function save(file: NonNullable<OperationResult['file']>, path: string): void {
  try {
    writeFileSync(path, file instanceof Secret ? file.reveal() : file, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    throw new RenewdError(
      'file-failed',
      `${path} cannot be written: ${thrown instanceof Error ? thrown.message : ''}`,
    );
  }
}

async function run(
  operation: ProviderOperation,
  words: readonly string[],
  { output, options }: CliContext,
): Promise<void> {
  const parameters = parametersOf(operation, words);
  if (operation.effect === 'changes' && options['yes'] !== true)
    throw new RenewdError(
      'usage',
      `${operation.name} changes something at the provider; add --yes when it is meant`,
    );
  const { data, file } = await operation.run(parameters, AbortSignal.timeout(timeoutMs));
  const { out } = options;
  if (file !== undefined && typeof out === 'string') save(file, out);
  output.json({ operation: operation.name, data, ...(file === undefined ? {} : { file: out ?? null }) });
  if (file !== undefined && typeof out !== 'string')
    output.error('The answer holds a file that is not printed; say where it goes with --out FILE.');
}

export const provider: Command = async (context) => {
  const [name = '', word, ...words] = context.names;
  const configuration = await configurationOf(context);
  checkProvider(configuration, name);
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const one = await runtime.provider(name);
    const operations = one.operations ?? [];
    if (word === undefined) list(operations, context);
    else await run(findOperation(operations, word), words, context);
    return exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
