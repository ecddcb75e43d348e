/**
 * Tells people, after each pass: what is wrong now is compared with what each channel was told, and the difference goes
 * out as one message for each channel. What was told is written down after it was delivered, so that a crash in between
 * tells it twice rather than never. A channel that fails delays nobody and is tried again after a pause.
 */
import type { Logger } from '../contracts/platform.ts';
import type { Store, ToldNotice } from '../contracts/store.ts';
import { minuteMs } from '../core/durations.ts';
import { toRenewdError } from '../core/errors.ts';
import type { ChannelSettings, NoticeLevel } from '../core/notices.ts';
import type { StatusSource } from '../status/source.ts';
import { openChannel, type ChannelDependencies } from './channels/open-channel.ts';
import { conditionOf, configurationCondition, type Condition } from './conditions.ts';
import { decideNotices, type ChannelNews } from './decide-notices.ts';
import { composeMessage, composeTest, contentOf, type MessageOptions } from './message.ts';

export interface NotifierDependencies extends ChannelDependencies {
  readonly store: Pick<Store, 'toldNotices' | 'saveToldNotices'>;
  readonly status: Pick<StatusSource, 'certificates' | 'health'>;
  readonly logger: Logger;
  /** For the message: which renewd this is. */
  readonly instance: string;
  readonly scrub: (text: string) => string;
  /** So many notices of a level went out by a channel, or did not. */
  readonly count: (channel: string, level: NoticeLevel, outcome: 'sent' | 'failed', notices: number) => void;
}

export interface Notifier {
  configure(channels: readonly ChannelSettings[]): void;
  /** Resolves when all that is to be told was told, or failed. Never rejects. */
  tell(signal: AbortSignal): Promise<void>;
}

interface Pause {
  readonly failures: number;
  readonly untilMs: number;
  readonly reason: string;
  /** What could not be delivered, and since when. */
  readonly content: string;
  readonly since: Date;
}

const shortestPauseMs = minuteMs;
const longestPauseMs = 60 * minuteMs;
/** In the log line of a message. */
const loggedNamesMax = 20;

export function createNotifier(dependencies: NotifierDependencies): Notifier {
  const { store, status, clock, logger, count } = dependencies;
  let channels: readonly ChannelSettings[] = [];
  const pauses = new Map<string, Pause>();
  /** A channel is told one thing after the other: what it is told depends on what it was told. */
  const busy = new Set<string>();

  function isReady({ name }: ChannelSettings, nowMs: number): boolean {
    const pause = pauses.get(name);
    // A pause from before the clock was set back means nothing.
    const pausing = pause !== undefined && pause.untilMs > nowMs && pause.untilMs - nowMs <= longestPauseMs;
    return !busy.has(name) && !pausing;
  }

  function countAll(channel: string, news: ChannelNews, outcome: 'sent' | 'failed'): void {
    for (const [level, same] of Map.groupBy(news.notices, (notice) => notice.level))
      count(channel, level, outcome, same.length);
  }

  function failed(
    channel: string,
    thrown: unknown,
    notices: number,
    tried: Pick<Pause, 'content' | 'since'>,
  ): void {
    const { code, message: reason } = toRenewdError(thrown);
    const before = pauses.get(channel);
    const failures = (before?.failures ?? 0) + 1;
    const pauseMs = Math.min(shortestPauseMs * 2 ** Math.min(failures - 1, 10), longestPauseMs);
    pauses.set(channel, { failures, untilMs: clock.now().getTime() + pauseMs, reason, ...tried });
    const fields = { channel, code, reason, notices, pauseMs };
    if (before?.reason === reason) logger.debug(fields, 'the channel still takes no notices');
    else logger.warn(fields, 'notices could not be delivered; they are tried again');
  }

  async function deliver(settings: ChannelSettings, news: ChannelNews, signal: AbortSignal): Promise<void> {
    const { name, config } = settings;
    const { notices } = news;
    const options = optionsOf(dependencies);
    const content = contentOf(notices);
    const pause = pauses.get(name);
    const since = pause?.content === content ? pause.since : options.at;
    const message = composeMessage(notices, { ...options, firstTriedAt: since });
    try {
      const warning = await (await openChannel(config, dependencies)).send(message, signal);
      if (warning !== undefined)
        logger.warn({ channel: name, what: warning }, 'not everybody gets the notices');
    } catch (thrown) {
      // Cut short by our own stop: the next start tells it.
      if (signal.aborted) return;
      countAll(name, news, 'failed');
      failed(name, thrown, notices.length, { content, since });
      return;
    }
    pauses.delete(name);
    countAll(name, news, 'sent');
    const certificates = notices.slice(0, loggedNamesMax).map(({ subject }) => subject);
    const { level, total, id } = message;
    logger.info({ channel: name, level, total, certificates, id }, 'notices sent');
    await store.saveToldNotices(news.told, news.over);
  }

  async function tellOne(
    settings: ChannelSettings,
    conditions: readonly Condition[],
    told: readonly ToldNotice[],
    signal: AbortSignal,
  ): Promise<void> {
    const news = decideNotices(settings, conditions, told, clock.now());
    try {
      if (news.notices.length > 0) await deliver(settings, news, signal);
      else if (news.over.length > 0) await store.saveToldNotices([], news.over);
    } catch (thrown) {
      memoryFailed(thrown);
    } finally {
      busy.delete(settings.name);
    }
  }

  function memoryFailed(thrown: unknown): void {
    const { code, message: reason } = toRenewdError(thrown);
    logger.error({ code, reason, err: thrown }, 'what was told to whom could not be read or written');
  }

  /** What is wrong, and what was told before. */
  async function look(): Promise<{
    readonly conditions: readonly Condition[];
    readonly told: readonly ToldNotice[];
  }> {
    const now = clock.now();
    const told = await store.toldNotices();
    const names = new Set(channels.map(({ name }) => name));
    const orphans = told.filter(({ channel }) => !names.has(channel));
    if (orphans.length > 0) await store.saveToldNotices([], orphans);
    const certificates = await status.certificates();
    const configuration = configurationCondition(status.health().configValid);
    return { told, conditions: [...certificates.map((one) => conditionOf(one, now)), configuration] };
  }

  return {
    configure(next) {
      channels = next;
      // What was wrong with a channel may have been mended.
      pauses.clear();
    },
    async tell(signal) {
      const nowMs = clock.now().getTime();
      const ready = channels.filter((settings) => isReady(settings, nowMs));
      if (ready.length === 0 || signal.aborted) return;
      for (const { name } of ready) busy.add(name);
      try {
        const { conditions, told } = await look();
        await Promise.all(ready.map((settings) => tellOne(settings, conditions, told, signal)));
      } catch (thrown) {
        for (const { name } of ready) busy.delete(name);
        memoryFailed(thrown);
      }
    },
  };
}

function optionsOf(from: Pick<NotifierDependencies, 'instance' | 'scrub' | 'clock'>): MessageOptions {
  return { instance: from.instance, scrub: from.scrub, at: from.clock.now() };
}

/** `renewd notify --test`. Returns a warning where not everybody got it; throws what is wrong. */
export async function sendTest(
  { name, config }: ChannelSettings,
  dependencies: ChannelDependencies & Pick<NotifierDependencies, 'instance' | 'scrub'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const channel = await openChannel(config, dependencies);
  return channel.send(composeTest(name, optionsOf(dependencies)), signal);
}
