import { describe, expect, test } from 'vitest';
import { notify } from '../../../src/cli/notify.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { noticeLevels, type ChannelSettings } from '../../../src/core/notices.ts';
import { aConfiguration, aStage } from './context.ts';

function aChannel(name: string): ChannelSettings {
  return {
    name,
    levels: noticeLevels,
    repeatMs: 1,
    config: { type: 'command', command: ['tell'], timeoutMs: 1 },
  };
}

/** `pager` is broken, `half` reaches only some. */
async function stage(
  names: readonly string[],
  options: Readonly<Record<string, boolean>>,
  channels: readonly string[],
) {
  const configuration = { ...aConfiguration(), notices: channels.map(aChannel) };
  const { context, output, log } = await aStage({
    names,
    options,
    loaded: { configuration, diagnostics: [] },
  });
  const tried: string[] = [];
  const composer = Object.assign(Object.create(context.composer), {
    sendTestNotice: ({ name }: ChannelSettings) => {
      tried.push(name);
      if (name === 'pager') return Promise.reject(new RenewdError('notice-failed', 'no paper'));
      return Promise.resolve(name === 'half' ? 'mail refused x@example.com' : undefined);
    },
  });
  return { run: () => notify({ ...context, composer }), output, tried, log };
}

describe('notify --test', () => {
  test('tries every channel, opens no store, and fails when one does', async () => {
    const { run, output, tried, log } = await stage([], { test: true }, ['team', 'pager', 'half']);
    expect(await run()).toBe(1);
    expect(tried).toEqual(['team', 'pager', 'half']);
    expect(output.lines).toEqual([
      'team (command): <good>sent</>',
      'pager (command): <bad>failed</>: no paper',
      'half (command): <good>sent</>: mail refused x@example.com',
    ]);
    expect(log).toEqual([]);
  });

  test('one by its name, as JSON', async () => {
    const { run, output, tried } = await stage(['half'], { test: true, json: true }, ['team', 'half']);
    expect(await run()).toBe(0);
    expect(tried).toEqual(['half']);
    expect(output.documents).toEqual([
      { channels: [{ channel: 'half', type: 'command', sent: true, problem: 'mail refused x@example.com' }] },
    ]);
  });

  test.each([
    [['tema'], { test: true }, ['team'], /no channel "tema".*did you mean "team"/],
    [['team'], {}, ['team'], /say --test/],
    [[], { test: true }, [], /has no channel/],
  ])('%j %j is wrong usage', async (names, options, channels, said) => {
    const { run, tried } = await stage(names, options, channels);
    await expect(run()).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(said) });
    expect(tried).toEqual([]);
  });
});
