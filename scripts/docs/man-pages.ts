/** docs/man/renewd.1 and renewd.yaml.5: from the commands, and from the schemas of the configuration. */
import {
  exitCodeHelp,
  globalOptions,
  goals,
  shownCommands,
  type OptionHelp,
} from '../../src/cli/commands.ts';
import { version } from '../../src/core/version.ts';
import type { SchemaSet } from '../../src/settings/schema-set.ts';
import { configurationSections, keyRows, rules } from './configuration-page.ts';
import { argument, item, man, paragraph, title } from './man.ts';

function optionItem({ flag, short, value, help, several }: OptionHelp): readonly string[] {
  const head = `${short === undefined ? '' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
  return item(head, several === undefined ? `${help}.` : `${help}; may be repeated.`);
}

export function commandsManPage(): string {
  const lines = [
    String.raw`.\" Made by scripts/generate-docs.ts from src/cli/commands.ts.`,
    title('RENEWD', 1, `renewd ${version}`),
    '.SH NAME',
    man('renewd - keep paid TLS certificates valid, deployed and served'),
    '.SH SYNOPSIS',
    '.B renewd',
    '.I COMMAND',
    '.RI [ options ]',
    '.br',
    '.B renewd help',
    '.I COMMAND',
    '.SH DESCRIPTION',
    ...paragraph(
      'renewd keeps every certificate of a YAML inventory valid, deployed and served, through the APIs of certificate resellers. It buys nothing twice, and shows at any moment what it will do next, why, and what that costs.',
    ),
    '.PP',
    ...paragraph(
      'First steps: `renewd quickstart` shows it at work against simulated resellers; `renewd init` writes a configuration from the certificates you have; `renewd doctor` says whether everything is there; `renewd plan` says what would be done; `renewd run` is the daemon.',
    ),
    '.SH COMMANDS',
  ];
  for (const [goal, heading] of goals) {
    lines.push(`.SS ${argument(heading)}`);
    for (const { name, arguments: words, summary, detail, options, examples } of shownCommands.filter(
      (command) => command.goal === goal,
    )) {
      lines.push(
        ...item(words === '' ? name : `${name} ${words}`, `${summary}.`),
        '.sp',
        ...paragraph(detail),
      );
      if (options.length > 0) lines.push('.RS', ...options.flatMap(optionItem), '.RE');
      lines.push('.sp', '.RS', '.nf', ...examples.map(man), '.fi', '.RE');
    }
  }
  lines.push('.SH OPTIONS', 'Of every command:', ...globalOptions.flatMap(optionItem));
  lines.push(
    '.SH EXIT STATUS',
    ...exitCodeHelp.flatMap(([code, meaning]) => item(String(code), `${meaning}.`)),
    '.PP',
    ...paragraph(
      '`run`, `sandbox` and `quickstart` end in good order at the first SIGINT or SIGTERM, and at once at the second, with 130 or 143.',
    ),
    '.SH ENVIRONMENT',
    ...item('RENEWD_CONFIG', 'The configuration file, where `--config` is not given.'),
    ...item('NO_COLOR', 'Not empty: nothing is coloured.'),
    ...item('FORCE_COLOR', 'Not empty and not 0: coloured even where no terminal is.'),
    ...item(
      'CREDENTIALS_DIRECTORY, STATE_DIRECTORY',
      'Set by systemd; usable in paths of the configuration.',
    ),
    '.SH FILES',
    ...item('/etc/renewd/renewd.yaml', 'The configuration, see `renewd.yaml`(5).'),
    ...item('/var/lib/renewd/renewd.db', 'Renewals, orders and their history.'),
    ...item('/var/lib/renewd/keys', 'Private keys, one for each renewal.'),
    '.SH SEE ALSO',
    '.BR renewd.yaml (5),',
    '.BR systemd.exec (5)',
  );
  return `${lines.join('\n')}\n`;
}

export function configurationManPage(set: SchemaSet): string {
  const lines = [
    String.raw`.\" Made by scripts/generate-docs.ts from the schemas in src/settings, src/providers and src/publishers.`,
    title('RENEWD.YAML', 5, `renewd ${version}`),
    '.SH NAME',
    man('renewd.yaml - configuration of renewd'),
    '.SH DESCRIPTION',
    ...paragraph(
      'One main file, usually `/etc/renewd/renewd.yaml`, and any number of inventory files with more certificates. `renewd check` reports every mistake in all files at once, with file, line and column; `renewd init` writes a first one.',
    ),
    '.SS Rules of the format',
    ...rules.flatMap((rule) => ['.IP \\(bu 2', ...paragraph(rule)]),
  ];
  for (const { level, heading, text, schema, leftOut } of configurationSections(set)) {
    lines.push(
      `.${level === 2 ? 'SH' : 'SS'} ${argument(level === 2 ? heading.toUpperCase() : heading.replaceAll('`', ''))}`,
    );
    lines.push(...paragraph(text));
    if (schema === undefined) continue;
    for (const { key, type, fallback, meaning } of keyRows(schema, leftOut)) {
      const facts = [
        type,
        ...(fallback === '' ? [] : [fallback.includes('required') ? 'required' : `default ${fallback}`]),
      ];
      lines.push(...item(key, `(${facts.join(', ')}) ${meaning}`));
    }
  }
  lines.push('.SH SEE ALSO', '.BR renewd (1)');
  return `${lines.join('\n')}\n`;
}
