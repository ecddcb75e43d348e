/** What must hold for any input. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/settings/diagnostics.ts';
import { readPlainEntry } from '../../../src/settings/plain-entry.ts';
import { parseTree } from '../../../src/settings/yaml-tree.ts';
import { accounts, Workspace } from './workspace.ts';

const entry = `certificates:
  - name: shop
    names: [shop.example.com]
    provider: cl
    product: BasicDV
    key: { type: ecdsa-p256, reuse: false }
    dcv: { method: dns, record: txt, propagationTimeout: 1h }
    deploy:
      - directory: /etc/tls/shop
        owner: root
        keyMode: "0600"
        reload: [systemctl, reload, nginx]
        probe: [{ host: shop.example.com, port: 443 }]
    windows: { order: [{ cron: "0 3 * * *", duration: 1h }] }
    allowDroppingNames: false
    hold: false
    trustAnchors: []
`;
const whole = `store: { sqlite: /a/db }\nkeys: /a/keys\nlog: { level: info }\nschedule: { cron: "0 * * * *", timezone: UTC }\n${accounts}${entry}`;

describe('a typo in any key', () => {
  const keys = [...whole.matchAll(/(?<=^|[ {])([a-z][A-Za-z]+)(?=: )/gm)].filter(
    // Names of one's own choice: nothing leans on these three.
    ([word]) => !['op', 'ns', 'web'].includes(word),
  );

  it('always gets a diagnostic at its place and never throws', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', whole);
    const before = await workspace.load();
    expect(before.diagnostics).toEqual([]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(keys.length - 1),
        fc.nat(30),
        fc.constantFrom('insert', 'remove', 'swap', 'upper'),
        fc.constantFrom('a', 'q', 'z', 'X', '_', '9'),
        async (which, where, kind, letter) => {
          const match = keys[which];
          const word = match?.[0] ?? '';
          const at = where % word.length;
          const broken = {
            insert: word.slice(0, at) + letter + word.slice(at),
            remove: word.slice(0, at) + word.slice(at + 1),
            swap: word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2),
            upper: word.slice(0, at) + (word[at] ?? '').toUpperCase() + word.slice(at + 1),
          }[kind];
          fc.pre(broken !== word && /^[A-Za-z]\w*$/.test(broken) && match !== undefined);
          const text = whole.slice(0, match.index) + broken + whole.slice(match.index + word.length);
          workspace.write('renewd.yaml', text);
          const { diagnostics, configuration } = await workspace.load();
          const line = whole.slice(0, match.index).split('\n').length;
          expect(diagnostics.some((one) => one.severity === 'error')).toBe(true);
          expect(configuration).toBeUndefined();
          // The provider's own name may be anything: what names it is wrong then.
          const isSaid = (one: Diagnostic): boolean =>
            word === 'cl' ||
            (one.line === line &&
              /^unknown key|^this key stands here twice|^a secret is exactly/.test(one.message));
          expect(diagnostics.some(isSaid)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('any text', () => {
  it('is loaded or refused, but never throws', async () => {
    const workspace = new Workspace();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(20),
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom(
            '\t',
            '\n',
            ': ',
            '- ',
            '[',
            '}',
            '"',
            '*x',
            '&x ',
            '!y ',
            '|',
            '\u0000',
            '#',
            '---\n',
            '🙂',
            '<<: ',
          ),
        ),
        async (at, length, put) => {
          workspace.write('renewd.yaml', whole.slice(0, at) + put + whole.slice(at + length));
          const { diagnostics, configuration } = await workspace.load();
          expect(configuration === undefined).toBe(diagnostics.some((one) => one.severity === 'error'));
          for (const one of diagnostics) expect(one.line >= 1 && one.column >= 1).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('the fast reader', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'a',
      'shop.example.com',
      '1',
      '0',
      '007',
      '1.10',
      '1e3',
      '0x1f',
      '30d',
      '10.0.0.1',
      'true',
      'false',
      'null',
      '~',
      'yes',
      'No',
      '.5',
      '-',
      '--',
      '/etc/x',
      'a:b',
      'a:1',
      'a: b',
      '"q"',
      "'q'",
      '"a\\n"',
      '"x, y"',
      "'it''s'",
      '*a',
      '"*.example.com"',
      '&a',
      '!t',
      '#c',
      'a #c',
      'a#c',
      '[a]',
      '{a: b}',
      '2026-01-01',
      '12:30',
      '"1"',
      '',
      'é',
      '1.example.com',
      '123abc',
      '1_000',
      '+1',
      '0o7',
      '.inf',
      '5.',
      '5.e3',
      '123e',
      '0b1',
      '1e5x',
      'NaN',
    ),
    fc.string({ maxLength: 6 }),
  );
  const flow = fc.array(word, { maxLength: 3 }).map((words) => `[${words.join(', ')}]`);
  const flowMap = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'cd'), word), { maxLength: 3 })
    .map((pairs) => `{ ${pairs.map((pair) => pair.join(': ')).join(', ')} }`);
  const line = fc.tuple(
    fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
    fc.constantFrom('', '', '', '', '', '- ', '- - '),
    fc.oneof(
      { weight: 5, arbitrary: fc.stringMatching(/^[a-zA-Z]{1,3}$/) },
      fc.constantFrom('on', 'n', '"q"', '', 'f g'),
    ),
    fc.constantFrom(': ', ': ', ': ', ': ', ':', ' '),
    fc.oneof(word, flow, flowMap, fc.constant('')),
  );

  it('agrees with the library or gives up', () => {
    let understood = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const body = lines.map(
          ([indent, dash, key, colon, value], index) =>
            `${index === 0 ? '' : '  '.repeat(indent + 1)}${dash}${key}${colon}${value}`,
        );
        const text = `- ${body.join('\n')}\n`;
        const fast = readPlainEntry(text);
        if (fast === undefined) return;
        understood += 1;
        const tree = parseTree(text);
        expect(tree.problems).toEqual([]);
        expect([fast.data]).toEqual(tree.data);
        expect(tree.locate([0], 'value')?.start).toBe(fast.offset);
      }),
      { numRuns: 20_000 },
    );
    expect(understood).toBeGreaterThan(500);
  });

  it('understands the usual entry', () => {
    expect(
      readPlainEntry(
        entry
          .slice(entry.indexOf('  - '))
          .replace(/probe:.*\n/, 'probe: [a:1]\n')
          .replace(/ {4}windows.*\n/, ''),
      ),
    ).toBeDefined();
  });
});

describe('reading in parts', () => {
  it('gives what reading as a whole gives', async () => {
    const line = fc.constantFrom(
      '',
      '# c',
      '  # c',
      '\n',
      '    hold: true',
      '    lead: 20d',
      '    crt: >-\n      a\n      b',
      '    crt: "a\n      - b"',
      '    product: x',
    );
    const one = fc.array(line, { maxLength: 3 });
    const workspace = new Workspace();
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.constantFrom('', 'keys: /k\n', '# end\n'),
        async (entries, isFirst, tail) => {
          const list = entries
            .map(
              (lines, index) =>
                `  - name: c${index}\n    names: [c${index}.example.com]\n    provider: op\n${lines.join('\n')}\n`,
            )
            .join('');
          const parts = `certificates:\n${list}${tail}`;
          const text = isFirst ? `${parts}${accounts}` : `${accounts}${parts}`;
          workspace.write('renewd.yaml', text);
          const inParts = await workspace.load();
          // An anchor on the list makes the loader read the file as a whole.
          workspace.write('renewd.yaml', text.replace('certificates:\n', 'certificates: &list\n'));
          const inOne = await workspace.load();
          const plain = ({ stamps: _stamps, ...result }: typeof inOne) => ({
            ...result,
            diagnostics: result.diagnostics.map(({ excerpt: _excerpt, ...rest }) => rest),
          });
          expect(plain(inParts)).toEqual(plain(inOne));
        },
      ),
      { numRuns: 150 },
    );
  });
});
