/** What every answer says of itself, whichever of the two encodings it came in. */

/** One reason of a refusal, flattened. */
export interface Reason {
  readonly code: string | undefined;
  readonly text: string | undefined;
  /** What the reason is about, where it says so: "request.auth.context". */
  readonly about?: string | undefined;
}

export interface Envelope {
  /** Upper case: SUCCESS, ERROR, NOTIFY, NOTICE, NICCOM_NOTIFY, or what a later version adds. */
  readonly type: string;
  /** S, E or N and the task's number. */
  readonly code: string | undefined;
  readonly text: string | undefined;
  /** The vendor's id of the exchange, for questions to its support. */
  readonly stid: string | undefined;
  readonly reasons: readonly Reason[];
  readonly object: {
    readonly type: string | undefined;
    readonly value: string | undefined;
    /** Number of objects in lists and in the queue; a hint only. */
    readonly summary: number | undefined;
  };
}

/** More reasons or deeper nesting than this add nothing for a reader. */
export const reasonsMax = 50;
export const reasonNestingMax = 8;

/** S…, N… and E… begin the code of every answer (help page JSON API Basics). */
export function typeOfCode(code: string | undefined): string | undefined {
  switch (code?.charAt(0)) {
    case 'S':
      return 'SUCCESS';
    case 'N':
      return 'NOTIFY';
    case 'E':
      return 'ERROR';
    default:
      return undefined;
  }
}
