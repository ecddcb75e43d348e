/** The product matrix of the manual's appendices 9.2 and 9.3, typed off row by row, against what the simulator says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = newDesk();
});

const info = (name: string): Promise<TextAnswer> => desk.send({ command: 'GetCertificateInfo', class: name });

type MatrixRow = [
  name: string,
  ca: string,
  type: string,
  wildcard: number,
  san: number,
  included: number,
  free: number,
  txt: number,
  tech: number,
  organization: number,
  approver: number,
  refund: number,
  immediate: number,
];

// prettier-ignore
const MATRIX: readonly MatrixRow[] = [
  ['geotrustflexdv',          'DigiCert', 'DV', 1, 1, 1, 250, 1, 1, 0, 0, 1, 1],
  ['geotrusttruebizidev',     'DigiCert', 'EV', 0, 1, 1, 250, 1, 0, 1, 1, 1, 0],
  ['geotrusttruebizidov',     'DigiCert', 'OV', 1, 1, 1, 250, 1, 0, 1, 0, 1, 0],
  ['rapidssldv',              'DigiCert', 'DV', 1, 0, 1, 250, 1, 1, 0, 0, 1, 1],
  ['securesiteflexev',        'DigiCert', 'EV', 0, 1, 1, 250, 1, 0, 1, 1, 1, 0],
  ['securesiteflexov',        'DigiCert', 'OV', 1, 1, 1, 250, 1, 0, 1, 0, 1, 0],
  ['securesiteproev',         'DigiCert', 'DV', 0, 1, 1, 250, 1, 1, 0, 0, 1, 1],
  ['securesiteproov',         'DigiCert', 'OV', 1, 1, 1, 250, 1, 0, 1, 0, 1, 0],
  ['ssl123dv',                'DigiCert', 'DV', 1, 1, 1,   3, 1, 1, 0, 0, 1, 1],
  ['webserverev',             'DigiCert', 'EV', 0, 1, 1, 250, 1, 1, 0, 0, 1, 1],
  ['webserverov',             'DigiCert', 'OV', 1, 1, 1, 250, 1, 0, 1, 1, 1, 0],
  ['instantsslov',            'Sectigo',  'OV', 1, 0, 1,   1, 0, 1, 0, 0, 0, 0],
  ['multidomaindv',           'Sectigo',  'DV', 1, 1, 3,   0, 0, 1, 0, 0, 0, 0],
  ['multidomainev',           'Sectigo',  'EV', 0, 1, 3,   0, 0, 1, 0, 0, 0, 0],
  ['multidomainov',           'Sectigo',  'OV', 1, 1, 3,   0, 0, 1, 0, 0, 0, 0],
  ['positivessldv',           'Sectigo',  'DV', 1, 0, 1,   1, 0, 1, 0, 0, 0, 0],
  ['premiumov',               'Sectigo',  'OV', 0, 0, 1,   1, 0, 1, 0, 0, 0, 0],
  ['singledomainev',          'Sectigo',  'EV', 0, 0, 1,   1, 0, 1, 0, 0, 0, 0],
  ['unifiedcommunicationsdv', 'Sectigo',  'DV', 1, 1, 3,   0, 0, 1, 0, 0, 0, 0],
  ['unifiedcommunicationsov', 'Sectigo',  'OV', 1, 1, 3,   0, 0, 1, 0, 0, 0, 0],
];

describe('GetCertificateInfo', () => {
  it('lists every class', async () => {
    const all = await desk.send({ command: 'GetCertificateInfo' });
    expect([...(all.properties['class'] ?? [])].sort()).toEqual(MATRIX.map(([name]) => name).sort());
    expect(all.properties['column']).toEqual(['class']);
    expect((await info('nosuchdv')).code).toBe(505);
  });

  it.each(MATRIX)(
    'has the row of %s',
    async (
      name,
      ca,
      type,
      wildcard,
      san,
      included,
      free,
      txt,
      tech,
      organization,
      approver,
      refund,
      immediate,
    ) => {
      const answer = await info(name);
      const need = (bit: number): string => (bit === 1 ? 'MANDATORY' : 'NO');
      expect(
        Object.fromEntries(Object.entries(answer.properties).map(([key, [value]]) => [key, value])),
      ).toMatchObject({
        brand: ca,
        class: name,
        type,
        wildcard: String(wildcard),
        'max domains': san === 1 ? '250' : '1',
        'max wildcard domains': String(wildcard * (san === 1 ? 250 : 1)),
        'included domains with base': String(included),
        'max free alternatives': String(free),
        'dcv email': '1',
        'dcv dns cname': '1',
        'dcv dns txt': String(txt),
        'dcv http': '1',
        'dcv https': '1',
        techcontact: need(tech),
        organizationcontact: need(organization),
        evapprovercontact: need(approver),
        'refund on cancel': String(refund),
        'supports immediate issuance': String(immediate),
      });
      expect(first(answer, 'periods').split(',')).toContain('1y');
      expect(answer.properties['server type']).toHaveLength(ca === 'DigiCert' ? 33 : 8);
    },
  );
});

describe('server types', () => {
  it.each([
    ['ssl123dv', 'exchange.*2016', 'exchange.*2016'],
    ['ssl123dv', 'Exchange 2016', 'exchange.*2016'],
    ['ssl123dv', 'novellnetworkware', 'novellnetware'],
    ['positivessldv', 'nginx', 'nginx'],
    ['positivessldv', 'zeus', undefined],
    ['ssl123dv', '.*', undefined],
  ])('%s for %s', async (cls, servertype, shown) => {
    const answer = await desk.order({
      class: cls,
      servertype,
      dcvmethod: 'dns-cname',
    });
    expect(answer.code).toBe(shown === undefined ? 505 : 200);
    expect(answer.properties['server type']).toEqual(shown === undefined ? undefined : [shown]);
  });
});

describe('QueryCommandSyntax', () => {
  const syntax = (commandname: string, extra: CommandInput = {}): Promise<TextAnswer> =>
    desk.sendOld({ command: 'QueryCommandSyntax', commandname, ...extra });

  it('tells the syntax of API 2 to those who name one of its classes only', async () => {
    const old = await syntax('ReissueCertificate', { type: 'REQUEST' });
    expect(old.properties['parameter']).toContain('reissueemail');
    const current = await syntax('reissuecertificate', { type: 'REQUEST', class: 'ssl123dv' });
    expect(current.properties['parameter']).toContain('dcvtoken');
    expect(current.properties['parameter']).not.toContain('reissueemail');
    expect(new Set(current.properties['zone'])).toEqual(new Set(['ssl123dv']));
    expect(new Set(current.properties['commandname'])).toEqual(new Set(['ReissueCertificate']));
    expect((await syntax('QueryCertificateOrderList')).properties['parameter']).toBeUndefined();
    expect((await syntax('StatusEvent')).properties['parameter']).toContain('event');
    expect((await syntax('MakeCoffee')).code).toBe(545);
    expect((await desk.sendOld({ command: 'QueryCommandSyntax' })).code).toBe(504);
  });

  it('gives ranges by class, numbers of parameters, and the properties answered', async () => {
    const { properties } = await syntax('AddCertificate', { class: 'positivessldv' });
    const column = (name: string, of: string): string | undefined =>
      properties[of]?.[properties['parameter']?.indexOf(name) ?? -1];
    expect(column('dcvmethod', 'range')).toBe('EMAIL|DNS-CNAME|HTTP|HTTPS');
    expect(column('csr', 'quantity')).toBe('0..256');
    expect(column('class', 'optional')).toBe('0');
    expect(column('servertype', 'range')).toContain('nginx');
    expect(properties['property']).toContain('dns rr');
    const answers = await syntax('AddCertificate', { class: 'positivessldv', type: 'RESPONSE' });
    expect(answers.properties['parameter']?.every((name) => name === '')).toBe(true);
  });

  it('names no property that the commands do not answer with, and no other way round', async () => {
    const told = await syntax('StatusCertificateOrder', { class: 'ssl123dv', type: 'RESPONSE' });
    const order = first(await desk.order(), 'order');
    const answered = await desk.send({ command: 'StatusCertificateOrder', certificateorder: order });
    expect([...(told.properties['property'] ?? [])].sort()).toEqual(Object.keys(answered.properties).sort());
  });
});
