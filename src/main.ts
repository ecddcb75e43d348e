/** The entry: reads the command line, joins the parts, runs one command, and says failures in one line. */
import { asker } from './cli/ask.ts';
import { colourWish, findCommand, parseCommandLine } from './cli/arguments.ts';
import type { Command } from './cli/context.ts';
import { exitCodes } from './cli/exit-codes.ts';
import { commandHelp, generalHelp } from './cli/help.ts';
import { terminalOutput } from './cli/output.ts';
import { spreadLastNet } from './composition/last-net.ts';
import { ownName } from './composition/own-user.ts';
import { errorTable } from './core/error-table.ts';
import { toRenewdError } from './core/errors.ts';
import { version } from './core/version.ts';

/** Loaded when asked for: `renewd run` need not carry the sandbox. */
const implementations: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./cli/run.ts')).run,
  once: async () => (await import('./cli/once.ts')).once,
  check: async () => (await import('./cli/check.ts')).check,
  completions: async () => (await import('./cli/completions.ts')).completions,
  complete: async () => (await import('./cli/complete.ts')).complete,
  init: async () => (await import('./cli/init.ts')).init,
  doctor: async () => (await import('./cli/doctor.ts')).doctor,
  plan: async () => (await import('./cli/plan.ts')).plan,
  status: async () => (await import('./cli/status.ts')).status,
  renew: async () => (await import('./cli/renew.ts')).renew,
  history: async () => (await import('./cli/history.ts')).history,
  resolve: async () => (await import('./cli/resolve.ts')).resolve,
  revoke: async () => (await import('./cli/revoke.ts')).revoke,
  compromise: async () => (await import('./cli/compromise.ts')).compromise,
  approvers: async () => (await import('./cli/approvers.ts')).approvers,
  resend: async () => (await import('./cli/resend.ts')).resend,
  notify: async () => (await import('./cli/notify.ts')).notify,
  provider: async () => (await import('./cli/provider.ts')).provider,
  backup: async () => (await import('./cli/backup.ts')).backup,
  restore: async () => (await import('./cli/backup.ts')).restore,
  sandbox: async () => (await import('./composition/sandbox.ts')).sandbox,
  quickstart: async () => (await import('./composition/quickstart.ts')).quickstart,
};

const helpWords = new Set(['help', '--help', '-h']);

export async function main(argv: readonly string[]): Promise<number> {
  const { env, stdin, stdout, stderr } = process;
  // Whoever reads our output may stop early: `renewd history shop | head`.
  stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed),
  );
  const net = spreadLastNet(stderr);
  const output = terminalOutput(net.terminal(stdout), net.terminal(stderr), env, colourWish(argv));
  const [word, about] = argv;
  if (word === undefined || (helpWords.has(word) && about === undefined)) {
    output.line(generalHelp(output.columns));
    return word === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (word === 'version' || word === '--version' || word === '-v') {
    output.line(version);
    return exitCodes.ok;
  }
  try {
    if (helpWords.has(word)) {
      output.line(commandHelp(findCommand(about ?? ''), output.columns));
      return exitCodes.ok;
    }
    const { command, names, options } = parseCommandLine(argv);
    if (options['help'] === true) {
      output.line(commandHelp(command, output.columns));
      return exitCodes.ok;
    }
    const implementation = await implementations[command.name]?.();
    if (implementation === undefined) throw new Error(`the command ${command.name} has no implementation`);
    const [{ createComposer }, { realWorld }] = await Promise.all([
      import('./composition/composer.ts'),
      import('./composition/world.ts'),
    ]);
    const config = options['config'] ?? env['RENEWD_CONFIG'] ?? '/etc/renewd/renewd.yaml';
    return await implementation({
      output,
      env,
      clock: realWorld.clock,
      configPath: String(config),
      names,
      options,
      composer: createComposer({
        world: realWorld,
        env,
        write: (line) => void stderr.write(line),
        pretty: stderr.isTTY,
        scrubber: net.scrubber,
      }),
      user: env['SUDO_USER'] ?? ownName(),
      ...(stdin.isTTY && stdout.isTTY ? { ask: asker(stdin, stdout) } : {}),
    });
  } catch (thrown) {
    const error = toRenewdError(thrown);
    output.error(`renewd: ${error.message}`);
    output.error(`        ${errorTable[error.code].remedy} [${error.code}]`);
    if (error.code === 'internal' && error.cause instanceof Error) output.error(error.cause.stack ?? '');
    if (error.code === 'usage') return exitCodes.usage;
    // To be started again by itself would begin an empty store.
    return error.code === 'store-gone' ? exitCodes.needsPerson : exitCodes.failed;
  }
}
