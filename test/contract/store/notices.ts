import { expect, test } from 'vitest';
import { aToldNotice, after } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function noticeTests(subject: StoreUnderTest): void {
  test('are kept by channel, subject and cause, over a new connection too', async () => {
    const store = await subject.store();
    const rows = [
      aToldNotice({ channel: 'pager', level: 'expired', since: after(-5), toldAt: after(5) }),
      aToldNotice({ cause: 'not-served' }),
      aToldNotice({ subject: '(configuration)', cause: 'config-invalid', level: 'person' }),
    ];
    await store.saveToldNotices(rows, []);
    const byKey = [rows[0], rows[2], rows[1]];
    expect(await store.toldNotices()).toEqual(byKey);
    expect(await (await subject.another()).toldNotices()).toEqual(byKey);
  });

  test('a later one takes the place of its own key alone', async () => {
    const store = await subject.store();
    const other = aToldNotice({ channel: 'pager' });
    await store.saveToldNotices([aToldNotice(), other], []);
    const later = aToldNotice({ level: 'urgent', toldAt: after(1) });
    await store.saveToldNotices([later], []);
    expect(await store.toldNotices()).toEqual([other, later]);
  });

  test('what is over goes, and only that; unknown ones are passed over', async () => {
    const store = await subject.store();
    const stays = aToldNotice({ cause: 'not-served' });
    await store.saveToldNotices([aToldNotice(), stays], []);
    await store.saveToldNotices([], [aToldNotice(), aToldNotice({ subject: 'nobody' })]);
    expect(await store.toldNotices()).toEqual([stays]);
  });

  test('all of it or nothing', async () => {
    const store = await subject.store();
    await store.saveToldNotices([aToldNotice()], []);
    const broken = aToldNotice({ subject: 'mail', toldAt: new Date(Number.NaN) });
    await expect(
      store.saveToldNotices([aToldNotice({ level: 'urgent' }), broken], [aToldNotice()]),
    ).rejects.toMatchObject({ name: 'RenewdError' });
    expect(await store.toldNotices()).toEqual([aToldNotice()]);
  });
}
