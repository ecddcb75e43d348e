import { describe, expect, test } from 'vitest';
import { never, ok, password, withProvider, type Heard, type Said } from './support.ts';

function queue(events: Readonly<Record<string, string>>): (heard: Heard) => Said {
  return (heard) => {
    if (heard['COMMAND'] === 'QueryEventList') {
      const ids = Object.keys(events);
      return `${ok}${ids.map((id, index) => `property[EVENT][${index}] = ${id}`).join('\n')}\nEOF`;
    }
    const text = events[heard['EVENT'] ?? ''];
    return text === undefined || text === ''
      ? 'code = 545\ndescription = Entity reference not found'
      : ok + text;
  };
}

describe('events', () => {
  test.each([
    [
      'API 2 (manual 9.5), names with underscores as in the knowledge base',
      'property[OBJECT_ID][0] = DK12345678\nproperty[CLASS][0] = CERTIFICATE_REQUEST\nproperty[SUBCLASS][0] = REQUEST_SUCCESSFUL\nproperty[DATE][0] = 2022-07-04 12:35:40.0',
      {
        type: 'CERTIFICATE_REQUEST/REQUEST_SUCCESSFUL',
        handle: { certificateId: 'DK12345678' },
        ours: true,
        at: new Date('2022-07-04T12:35:40Z'),
      },
    ],
    [
      'id in the data only, names with blanks',
      'property[class][0] = CERTIFICATE_CLOSE\nproperty[subclass][0] = CLOSE_SUCCESSFUL\nproperty[data][0] = certificate:DK2\nproperty[object id][0] =',
      { type: 'CERTIFICATE_CLOSE/CLOSE_SUCCESSFUL', handle: { certificateId: 'DK2' }, ours: true },
    ],
    [
      'a failed request has no id that could be asked for',
      'property[class][0] = CERTIFICATE_REQUEST\nproperty[subclass][0] = REQUEST_FAILED\nproperty[object_id][0] = FAIL123',
      { type: 'CERTIFICATE_REQUEST/REQUEST_FAILED', handle: {}, ours: true },
    ],
    [
      'not about a certificate',
      'property[class][0] = DOMAIN_TRANSFER\nproperty[object_id][0] = example.com',
      { type: 'DOMAIN_TRANSFER', handle: {}, ours: false },
    ],
  ])('%s', async (_, text, expected) => {
    await withProvider(queue({ 4711: text }), async (provider) => {
      const [event] = (await provider.events?.fetch(5, never)) ?? [];
      expect(event).toMatchObject({ id: '4711', ...expected });
      expect(event?.raw).toContain(text);
    });
  });

  test('asks for certificate events only, and leaves the others alone', async () => {
    await withProvider(queue({}), async (provider, { heard }) => {
      expect(await provider.events?.fetch(3, never)).toEqual([]);
      expect(heard[0]).toMatchObject({ COMMAND: 'QueryEventList', CLASS: 'CERTIFICATE*', LIMIT: '3' });
      expect(provider.events?.foreign).toBe('leave');
    });
  });

  test('gives no more than the limit, and skips what somebody else deleted meanwhile', async () => {
    await withProvider(
      queue({ 1: '', 2: 'property[class][0] = CERTIFICATE_REQUEST', 3: 'x=y' }),
      async (provider) => {
        const events = await provider.events?.fetch(2, never);
        expect(events?.map(({ id }) => id)).toEqual(['2']);
      },
    );
  });

  test('acknowledging deletes, and is quiet when it is gone', async () => {
    await withProvider(queue({ 1: 'x=y' }), async (provider, { heard }) => {
      await provider.events?.acknowledge('1', never);
      await provider.events?.acknowledge('2', never);
      expect(heard).toEqual([
        { COMMAND: 'DeleteEvent', EVENT: '1' },
        { COMMAND: 'DeleteEvent', EVENT: '2' },
      ]);
    });
  });

  test('the raw text is bounded and free of the password', async () => {
    const text = `property[class][0] = CERTIFICATE_REQUEST\nproperty[info][0] = ${password}${'x'.repeat(40_000)}`;
    await withProvider(queue({ 1: text }), async (provider) => {
      const [event] = (await provider.events?.fetch(1, never)) ?? [];
      expect(event?.raw).toHaveLength(16 * 1024);
      expect(event?.raw).not.toContain(password);
      expect(event?.raw).toContain('[secret]');
    });
  });
});
