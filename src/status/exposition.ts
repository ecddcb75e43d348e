/**
 * The Prometheus text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
import { metricsTable, type MetricName } from './metrics-table.ts';

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

export type LabelSet = readonly (readonly [name: string, value: string])[];

/** `name{label="value"} 1`, without a line end. */
export function sample(name: string, labels: LabelSet, value: number): string {
  if (labels.length === 0) return `${name} ${number(value)}`;
  return `${name}{${labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',')}} ${number(value)}`;
}

/** A metric with its samples; nothing at all when there are none, because a header alone says nothing. */
export function family(name: MetricName, samples: readonly string[]): string {
  if (samples.length === 0) return '';
  const { type, help } = metricsTable[name];
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('\n')}\n`;
}

function number(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

function escapeLabel(text: string): string {
  // Nearly every value is a plain name; looking first is much cheaper than three replacements.
  if (!/[\\"\n]/.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
