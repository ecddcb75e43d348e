/** Counters and histograms that live in this process: small maps from label values to numbers. */
import { sample, type LabelSet } from './exposition.ts';
import { metricsTable, type MetricName } from './metrics-table.ts';

/** Joins label values into a key; no label value contains it, and if one did, two series would only be added up. */
const separator = '\u0000';

export class CounterTally {
  readonly #name: MetricName;
  readonly #counts = new Map<string, number>();

  constructor(name: MetricName) {
    this.#name = name;
  }

  /** `values` in the order of the metric's labels. An amount of 0 makes the series visible. */
  add(values: readonly string[], amount: number): void {
    const key = values.join(separator);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount);
  }

  samples(): readonly string[] {
    return [...this.#counts].map(([key, count]) => sample(this.#name, labelSet(this.#name, key), count));
  }
}

interface Distribution {
  /** One for each bound, not accumulated. */
  readonly counts: number[];
  sum: number;
  total: number;
}

export class HistogramTally {
  readonly #name: MetricName;
  readonly #bounds: readonly number[];
  readonly #distributions = new Map<string, Distribution>();

  /** `bounds`: upper limits of the buckets, ascending; the one without a limit is added. */
  constructor(name: MetricName, bounds: readonly number[]) {
    this.#name = name;
    this.#bounds = bounds;
  }

  observe(values: readonly string[], observed: number): void {
    const key = values.join(separator);
    let distribution = this.#distributions.get(key);
    if (distribution === undefined) {
      distribution = { counts: this.#bounds.map(() => 0), sum: 0, total: 0 };
      this.#distributions.set(key, distribution);
    }
    const bucket = this.#bounds.findIndex((bound) => observed <= bound);
    if (bucket !== -1) distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
    distribution.sum += observed;
    distribution.total += 1;
  }

  samples(): readonly string[] {
    return [...this.#distributions].flatMap(([key, distribution]) => {
      const labels = labelSet(this.#name, key);
      let below = 0;
      const buckets = this.#bounds.map((bound, index) => {
        below += distribution.counts[index] ?? 0;
        return sample(`${this.#name}_bucket`, [['le', String(bound)], ...labels], below);
      });
      return [
        ...buckets,
        sample(`${this.#name}_bucket`, [['le', '+Inf'], ...labels], distribution.total),
        sample(`${this.#name}_sum`, labels, distribution.sum),
        sample(`${this.#name}_count`, labels, distribution.total),
      ];
    });
  }
}

function labelSet(name: MetricName, key: string): LabelSet {
  const values = key.split(separator);
  return metricsTable[name].labels.map((label, index) => [label, values[index] ?? '']);
}
