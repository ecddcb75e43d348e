/** What a way to tell people promises. */
import type { NoticeMessage } from '../message.ts';

export interface Channel {
  /**
   * Resolves once the message was taken over, with a word of warning where not everybody gets it. Throws RenewdError
   * `notice-failed`; its message holds no secret and no address with a token in it.
   */
  send(message: NoticeMessage, signal: AbortSignal): Promise<string | undefined>;
}
