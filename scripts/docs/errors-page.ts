/** docs/errors.md: every error code, from the table in the code. */
import { errorTable } from '../../src/core/error-table.ts';

export function errorsPage(): string {
  const lines = [
    '# Errors',
    '',
    '<!-- Made by scripts/generate-docs.ts from src/core/error-table.ts. -->',
    '',
    'Every failure carries a stable code and a kind. The code says what happened, the kind what renewd does about it; both stand in',
    'logs, in `renewd history NAME` and on the status page. Match on them, never on the sentence.',
    '',
    '| code | kind | what it means | what to do |',
    '|---|---|---|---|',
  ];
  for (const [code, { kind, meaning, remedy }] of Object.entries(errorTable)) {
    lines.push(
      `| \`${code}\` | ${kind} | ${meaning.replaceAll('|', '\\|')} | ${remedy.replaceAll('|', '\\|')} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}
