/**
 * QueryCommandSyntax: what a command takes and gives. The certificate commands of API 2 are told only to those who name
 * one of its classes (manual 8.4.3); everybody else is told the older syntax.
 */
import { listAnswer } from './lists.ts';
import { Refusal } from './answers.ts';
import { findClass, periods, serverTypes, supportsMethod } from './classes.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { Command } from './command.ts';
import { answerProperties } from './syntax-answers.ts';
import type { CommandSyntax } from './syntax-table.ts';
import { syntaxesOf } from './syntax.ts';

const COLUMNS = [
  'commanddescription',
  'commandname',
  'description',
  'domain',
  'optional',
  'parameter',
  'paramgroup',
  'position',
  'property',
  'quantity',
  'range',
  'title',
  'type',
  'wide',
  'zone',
] as const;

type Cells = Partial<Record<(typeof COLUMNS)[number], string>>;

const FLAGS = new Set([
  'checkonly',
  'noautofilldomains',
  'generatedcvtoken',
  'wide',
  'generatelist',
  'includesub',
]);

const METHODS: readonly DcvMethod[] = ['email', 'dns-txt', 'dns-cname', 'http', 'https'];

/** The words a parameter may be, as far as the class decides them. */
function rangeOf(name: string, cls: CertificateClass | undefined): string {
  if (FLAGS.has(name)) return '0|1';
  switch (name) {
    case 'apiversion':
      return '1|2';
    case 'class':
      return cls?.id ?? '';
    case 'dcvmethod':
      return METHODS.filter((method) => cls === undefined || supportsMethod(cls, method))
        .map((method) => method.toUpperCase())
        .join('|');
    case 'dcvscope':
      return 'base|fqdn';
    case 'servertype':
      return cls === undefined ? '' : serverTypes(cls).join('|');
    case 'period':
      return cls === undefined ? '' : periods(cls).join('|');
    case 'action':
      return 'REVOKE|CANCELORDER|REVOKEORDER';
    default:
      return '';
  }
}

const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['email', 'EMAIL'],
  ['phone', 'PHONE'],
  ['contact', 'CONTACT'],
  ['country', 'COUNTRY'],
  ['date', 'PATTERN'],
  ['paiduntil', 'PATTERN'],
  ['first', 'INT'],
  ['limit', 'INT'],
];

function typeOf(name: string): string {
  return TYPES.find(([ending]) => name.endsWith(ending))?.[1] ?? 'TEXT';
}

function requestRows(syntax: CommandSyntax, cls: CertificateClass | undefined): Cells[] {
  const single = [
    ...syntax.required.map((name) => ({ name, optional: '0', quantity: '1' })),
    ...syntax.optional.map((name) => ({ name, optional: '1', quantity: '1' })),
  ];
  const many = [...syntax.indexed].map(([name, last]) => ({ name, optional: '1', quantity: `0..${last}` }));
  return [...single, ...many].map(({ name, optional, quantity }) => ({
    parameter: name,
    title: name.toUpperCase(),
    optional,
    quantity,
    range: rangeOf(name, cls),
    type: typeOf(name),
  }));
}

function answerRows(syntax: CommandSyntax): Cells[] {
  const properties = syntax.api === '2' ? answerProperties(syntax.command) : [];
  return properties.map((name) => ({
    property: name,
    title: name.toUpperCase(),
    optional: '1',
    quantity: 'n',
    type: name.endsWith('date') ? 'DATE' : 'TEXT',
  }));
}

export const queryCommandSyntax: Command = (context, parameters) => {
  const name = parameters.required('commandname');
  const known = syntaxesOf(name);
  if (known.length === 0) throw new Refusal(545, name);
  for (const flag of ['parent', 'showonlyparent', 'ignorezone']) parameters.flag(flag);
  const className = parameters.text('class');
  const cls = className === undefined ? undefined : findClass(className);
  const api = cls === undefined ? '1' : '2';
  const syntax = known.find((candidate) => candidate.api === 'any' || candidate.api === api);
  const kind = parameters.word('type', ['REQUEST', 'RESPONSE']);
  const told: Cells[] =
    syntax === undefined
      ? []
      : [
          ...(kind === 'RESPONSE' ? [] : requestRows(syntax, cls)),
          ...(kind === 'REQUEST' ? [] : answerRows(syntax)),
        ];
  const rows = told.map((cells, index): string[] => {
    const whole: Cells = {
      ...cells,
      commandname: known[0]?.command ?? name,
      position: String(index),
      wide: '0',
      domain: parameters.text('domain') ?? '',
      zone: cls?.id ?? '',
    };
    return COLUMNS.map((column) => whole[column] ?? '');
  });
  return listAnswer(context, parameters, { command: 'QueryCommandSyntax', columns: COLUMNS, rows });
};
