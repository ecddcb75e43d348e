/** `renewd history [NAME] --verify`: do receipts, history and files still say the same. */
import { audit } from '../audit/audit.ts';
import type { AuditedCertificate, AuditReport } from '../audit/report.ts';
import { RenewdError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf } from './shared.ts';

export async function verifyHistory(
  context: CliContext,
  name: string | undefined,
  head: string | boolean | undefined,
): Promise<number> {
  const keptHash = typeof head === 'string' ? head.trim().toLowerCase() : undefined;
  if (keptHash !== undefined && !/^[0-9a-f]{64}$/.test(keptHash))
    throw new RenewdError('usage', '--head takes a SHA-256 hash: 64 hexadecimal digits');
  const { composer, output } = context;
  const configuration = await configurationOf(context, { secrets: false });
  const store = await composer.openStore(configuration, { begin: false });
  try {
    const disk = await composer.disk(configuration);
    const report = await audit(
      { store, disk, inventory: configuration.certificates },
      {
        ...(name === undefined ? {} : { certificate: name }),
        ...(keptHash === undefined ? {} : { keptHash }),
      },
    );
    if (context.options['json'] === true) output.json(report);
    else for (const line of linesOf(report, name, context)) output.line(line);
    return report.ok ? exitCodes.ok : exitCodes.failed;
  } finally {
    await store.close();
  }
}

function linesOf(report: AuditReport, name: string | undefined, { output }: CliContext): readonly string[] {
  const { head, kept, problems, certificates } = report;
  const broken = problems.some(({ subject }) => subject === 'chain');
  const lines = [
    head === null
      ? broken
        ? 'chain     broken at its first receipt'
        : 'chain     no receipt yet; each renewal gets one when it is served'
      : broken
        ? `chain     ${report.break === null ? 'whole in itself' : `whole up to receipt ${head.sequence}`}`
        : `chain     ${head.sequence} receipt(s), whole from the first to that of ${head.at}`,
  ];
  if (head !== null && report.break === null) {
    lines.push(`head      ${head.sequence} ${head.hash}`);
    if (kept === null && !broken)
      lines.push(
        '          keep it elsewhere: only --head can tell whether the newest receipts were cut off',
      );
  }
  if (kept !== null) lines.push(`kept      is receipt ${kept.sequence}; ${kept.since} came after it`);
  for (const one of certificates) {
    // Of all certificates only what is worth a look.
    const short = name === undefined && one.notes.length === 0 && one.renewalsWithout === 0;
    if (!short) lines.push(...certificateLines(one, report));
  }
  for (const { certificate, subject, text } of problems) {
    const of = certificate === null ? '' : `${certificate}: `;
    lines.push(`${output.paint('bad', subject.padEnd(9))} ${of}${text}`);
  }
  lines.push(
    report.ok
      ? output.paint('good', 'nothing differs')
      : output.paint('bad', `${problems.length} difference(s)`),
  );
  return lines;
}

function certificateLines(one: AuditedCertificate, { problems }: AuditReport): readonly string[] {
  const { certificate, newest, receipts, filesCompared, renewalsWithout, notes } = one;
  const whole = problems.every((problem) => problem.certificate !== certificate);
  const facts = [
    newest === null
      ? 'no receipt'
      : `${receipts} receipt(s), the newest is ${newest}; ${filesCompared} file(s) compared${whole ? ', as they were; the key fits' : ''}`,
    ...(renewalsWithout === 0
      ? []
      : [`${renewalsWithout} renewal(s) were served before receipts were written: nothing proves those`]),
    ...notes,
  ];
  return facts.map((fact) => `          ${certificate}: ${fact}`);
}
