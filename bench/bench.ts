/** What every section gets. */
import type { Row } from './report.ts';

export interface Bench {
  /** Removed at the end. */
  readonly directory: string;
  /** The installed package. */
  readonly root: string;
  readonly sets: string;
  readonly sizes: readonly number[];
  /** Repetitions; fewer for the largest size. */
  rounds(count: number): number;
  readonly orders: number;
  readonly env: NodeJS.ProcessEnv;
  add(row: Row): void;
  say(text: string): void;
}

export const counted = (count: number): string => count.toLocaleString('en').replaceAll(',', '\u00a0');
