import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../src/core/durations.ts';
import { errorTable } from '../../../src/core/error-table.ts';
import { adviceFor } from '../../../src/notices/advice.ts';
import { configurationSubject } from '../../../src/notices/conditions.ts';
import type { Notice } from '../../../src/notices/decide-notices.ts';
import { composeMessage, composeTest } from '../../../src/notices/message.ts';
import { oneLine } from '../../../src/notices/text.ts';
import { reasons } from '../../../src/renewal/plan/reasons.ts';
import { aCertificateStatus } from '../../builders/statuses.ts';
import { after, noon } from '../../builders/store-records.ts';

function aNotice(fields: Partial<Notice> = {}): Notice {
  const { subject = 'shop' } = fields;
  return {
    event: 'raised',
    level: 'warning',
    subject,
    cause: 'dcv-not-visible',
    why: 'ns1.example.com does not show it',
    status: aCertificateStatus({
      name: subject,
      names: [`${subject}.example.com`],
      notAfter: after(9 * dayMs),
    }),
    ...fields,
  };
}

const options = {
  instance: 'host-1',
  at: noon,
  scrub: (text: string) => text.replaceAll('hunter2', '[secret]'),
};

function compose(...notices: readonly Notice[]) {
  const message = composeMessage(notices, options);
  const data: unknown = JSON.parse(message.payload);
  return { ...message, data };
}

test('one notice says what, where, why, and what to do', () => {
  const { subject, text, level, data } = compose(aNotice());
  expect(subject).toBe('renewd: WARNING: shop (dcv-not-visible)');
  expect(level).toBe('warning');
  expect(text).toBe(`renewd on host-1, 2026-11-22 12:00 UTC

WARNING: dcv-not-visible

* shop: ends 2026-12-01 12:00 UTC (9d left)
  where: shop.example.com; provider cnr
  why:   ns1.example.com does not show it

What to do: ${errorTable['dcv-not-visible'].remedy}
  renewd history shop
`);
  expect(data).toMatchObject({
    version: 1,
    instance: 'host-1',
    at: '2026-11-22T12:00:00.000Z',
    level: 'warning',
    subject,
    text,
    total: 1,
    notices: [
      {
        event: 'raised',
        level: 'warning',
        certificate: 'shop',
        cause: 'dcv-not-visible',
        provider: 'cnr',
        names: ['shop.example.com'],
        notAfter: '2026-12-01T12:00:00.000Z',
        slackSeconds: (9 * dayMs) / 1000,
        command: 'renewd history shop',
      },
    ],
  });
});

test('the most pressing comes first, what is over last', () => {
  const { subject, text } = compose(
    aNotice({ subject: 'old', event: 'recovered', level: 'recovered' }),
    aNotice({ subject: 'mail', level: 'person', cause: 'spend-limit' }),
    aNotice({
      subject: 'gone',
      level: 'expired',
      event: 'repeated',
      status: aCertificateStatus({ notAfter: after(-1) }),
    }),
    aNotice(),
  );
  expect(subject).toBe('renewd: EXPIRED: 3 certificates (dcv-not-visible, spend-limit), 1 recovered');
  expect(text.split('\n').filter((line) => /^[A-Z]{2}|^\*/.test(line))).toEqual([
    'EXPIRED: dcv-not-visible',
    '* gone, still: ended 2026-11-22 11:59 UTC',
    'WARNING: dcv-not-visible',
    '* shop: ends 2026-12-01 12:00 UTC (9d left)',
    'PERSON: spend-limit',
    '* mail: ends 2026-12-01 12:00 UTC (9d left)',
    'RECOVERED',
    '* old: ends 2026-12-01 12:00 UTC (9d left)',
  ]);
});

test('a thousand certificates with one cause are one short message', () => {
  const notices = Array.from({ length: 1000 }, (_, index) =>
    aNotice({ subject: `c${index}`, cause: 'provider-unavailable', why: 'x'.repeat(10_000) }),
  );
  const { subject, text, payload, data, total } = compose(...notices);
  expect(subject).toBe('renewd: WARNING: 1000 certificates (provider-unavailable)');
  expect(total).toBe(1000);
  expect(text.match(/ {2}why:/g)).toHaveLength(10);
  expect(text).toContain('* and 990 more:');
  expect(text).toContain('… and 790 more');
  expect(text.length).toBeLessThan(16_000);
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(600);
  expect(data).toMatchObject({ total: 1000, notices: { length: 200 } });
  expect(payload.length).toBeLessThan(300_000);
});

test('nothing from outside can begin a line, a header, or hide a secret', () => {
  const why = 'no\r\nBcc: a@b.c\r\n.\r\nQUIT\u0000\u202e hunter2 \u2028end';
  const { subject, text, payload } = compose(aNotice({ why, cause: 'x\r\nBcc: y' }));
  expect(text).toContain('  why:   no Bcc: a@b.c . QUIT [secret] end\n');
  expect(subject).toBe('renewd: WARNING: shop (x Bcc: y)');
  expect(payload).not.toContain('hunter2');
});

test('the configuration is told like a certificate', () => {
  const notice = aNotice({
    subject: configurationSubject,
    status: null,
    cause: 'config-invalid',
    why: 'mistakes',
  });
  const { subject, text, data } = compose(notice);
  expect(subject).toBe('renewd: WARNING: (configuration) (config-invalid)');
  expect(text).toContain('* configuration\n  why:   mistakes\n');
  expect(text).toContain('\n  renewd check\n');
  expect(data).toMatchObject({ notices: [{ certificate: null, notAfter: null, slackSeconds: null }] });
});

describe('the id', () => {
  test('is the same for another try of the same notices, and for no other', () => {
    const later = { ...options, at: after(1000) };
    const first = composeMessage([aNotice()], options).id;
    expect(composeMessage([aNotice({ why: 'other words' })], { ...later, firstTriedAt: noon }).id).toBe(
      first,
    );
    expect(composeMessage([aNotice()], later).id).not.toBe(first);
    expect(composeMessage([aNotice({ event: 'repeated' })], options).id).not.toBe(first);
    expect(composeMessage([aNotice({ subject: 'mail' })], options).id).not.toBe(first);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('a test says that it is one', () => {
  const { level, subject, text, payload } = composeTest('team', options);
  expect({ level, subject }).toEqual({ level: 'test', subject: 'renewd: test of team' });
  expect(text).toContain('Nothing is wrong');
  expect(JSON.parse(payload)).toMatchObject({ level: 'test', total: 0, notices: [] });
});

test('there is advice for every cause, and its command can be run', () => {
  const ours = ['waits-for-person', 'unfinished', 'expired'];
  for (const cause of [...Object.keys(errorTable), ...Object.keys(reasons), ...ours]) {
    const { todo, command } = adviceFor(cause, 'shop');
    expect(todo.length).toBeGreaterThan(8);
    expect(command).toMatch(/^renewd (?:plan|status|history) shop$/);
  }
  expect(adviceFor('__proto__', 'shop').command).toBe('renewd history shop');
});

test.each([
  ['a\nb', 10, 'a b'],
  ['  a\u001b[31m  ', 10, 'a [31m'],
  ['abcdef', 6, 'abcdef'],
  ['abcdefg', 6, 'abcde…'],
  ['😀😀😀', 2, '😀…'],
  ['\ud800', 5, '\ufffd'],
])('%j in one line of %d', (text, most, expected) => {
  expect(oneLine(text, most)).toBe(expected);
});
