import { describe, expect, it } from 'vitest';
import { renderDiagnostics, summarize } from '../../../src/settings/render.ts';
import { accounts, Workspace } from './workspace.ts';

describe('rendering', () => {
  it('shows place, line, caret and hint, and a summary', async () => {
    const workspace = new Workspace();
    workspace.write(
      'renewd.yaml',
      `lsiten: 1\nlog: { level: wran }\n${accounts.replace('{ env: TOKEN }', 'hunter2')}`,
    );
    const { diagnostics } = await workspace.load();
    expect(renderDiagnostics(diagnostics, { directory: workspace.directory }))
      .toBe(`renewd.yaml:1:1: error: lsiten: unknown key
    lsiten: 1
    ^^^^^^
    did you mean "listen"?
renewd.yaml:2:15: error: log.level: must be one of debug, info, warn, error
    log: { level: wran }
                  ^^^^
    did you mean "warn"?
renewd.yaml:5:28: error: providers.op.token: a secret does not stand in the configuration itself; name where it comes from: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }
3 errors`);
  });

  it('cuts long lines around the place', async () => {
    const workspace = new Workspace();
    const names = Array.from({ length: 60 }, (_, index) => `n${index}.example.com`);
    workspace.write(
      'renewd.yaml',
      `certificates:\n  - { names: [${names.join(', ')}, a_b.example.com, ${names.join(', ')}] }\n`,
    );
    const { diagnostics } = await workspace.load();
    const excerpt = diagnostics.find(({ text }) => text === 'a_b.example.com')?.excerpt;
    expect(excerpt?.text.length).toBeLessThanOrEqual(120);
    expect(excerpt?.text.slice(excerpt.caret, excerpt.caret + excerpt.width)).toBe('a_b.example.com');
  });

  it('shows no control characters', async () => {
    const workspace = new Workspace();
    workspace.write('renewd.yaml', 'log: { level: "\u001b[31mred\u202e" }\n');
    const { diagnostics } = await workspace.load();
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(renderDiagnostics(diagnostics)).not.toMatch(/[\u001b\u202e]/);
  });

  it('counts', () => {
    const one = { file: '/a', line: 1, column: 1, path: '', message: 'x' };
    expect(summarize([])).toBe('no mistakes');
    expect(summarize([{ ...one, severity: 'warning' }])).toBe('1 warning');
    expect(
      summarize([
        { ...one, severity: 'error' },
        { ...one, severity: 'warning' },
      ]),
    ).toBe('1 error and 1 warning');
  });
});
