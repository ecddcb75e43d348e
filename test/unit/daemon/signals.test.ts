/** The first signal asks to finish, the second ends at once, SIGHUP reloads. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { onSignals } from '../../../src/daemon/signals.ts';

function listen() {
  const log: string[] = [];
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    log.push(`exit ${code ?? ''}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this exit comes back
    return undefined as never;
  });
  onTestFinished(() => exit.mockRestore());
  const before = process.listenerCount('SIGTERM');
  const off = onSignals({ finish: () => log.push('finish'), reload: () => log.push('reload') });
  onTestFinished(off);
  return { log, off, before };
}
const send = (signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP') => process.emit(signal, signal);

test.each([
  ['SIGTERM', 'SIGTERM', 'exit 143'],
  ['SIGINT', 'SIGINT', 'exit 130'],
  ['SIGINT', 'SIGTERM', 'exit 143'],
] as const)('%s, then %s', (first, second, code) => {
  const { log } = listen();
  send(first);
  expect(log).toEqual(['finish']);
  send(second);
  expect(log[1]).toBe(code);
});

test('SIGHUP reloads, as often as it comes, and ends nothing', () => {
  const { log } = listen();
  send('SIGHUP');
  send('SIGHUP');
  expect(log).toEqual(['reload', 'reload']);
});

test('the handlers are taken away again', () => {
  const { off, before } = listen();
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  off();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
