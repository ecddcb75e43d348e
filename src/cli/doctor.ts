/** `renewd doctor [NAME…]`: what was looked at, what is wrong with it, and what mends it. */
import type { Finding } from '../doctor/finding.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output, Style } from './output.ts';
import { managedCertificate } from './shared.ts';

const styles: Readonly<Record<Finding['level'], Style>> = { ok: 'good', warn: 'warn', fail: 'bad' };

function lines({ area, level, where, what, why, fix }: Finding, output: Output): readonly string[] {
  const head = `${output.paint(styles[level], level.padEnd(4))}  ${area.padEnd(11)}  ${where}: ${what}`;
  return [
    head,
    ...(why === undefined ? [] : [`      ${why}`]),
    ...(fix === undefined ? [] : [`      ${output.paint('bold', 'fix:')} ${fix}`]),
  ];
}

function counted(findings: readonly Finding[], level: Finding['level']): number {
  return findings.filter((one) => one.level === level).length;
}

/** Names that are not in the inventory would look at nothing and say that all is well. */
async function checkNames({ composer, configPath, names }: CliContext): Promise<void> {
  if (names.length === 0) return;
  const { configuration } = await composer.load(configPath, { secrets: false });
  if (configuration !== undefined) for (const name of names) managedCertificate(configuration, name);
}

export const doctor: Command = async (context) => {
  const { composer, configPath, names, options, output } = context;
  await checkNames(context);
  const findings = await composer.diagnose(configPath, {
    names,
    offline: options['offline'] === true,
    progress: (done, all) => output.progress(`looking: ${done} of ${all}`),
  });
  output.progress('');
  const failed = counted(findings, 'fail');
  const warned = counted(findings, 'warn');
  if (options['json'] === true) {
    output.json({ healthy: failed === 0, failed, warned, findings });
  } else {
    for (const finding of findings) for (const line of lines(finding, output)) output.line(line);
    output.line();
    output.line(`${counted(findings, 'ok')} right, ${warned} to look at, ${failed} failing`);
  }
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
};
