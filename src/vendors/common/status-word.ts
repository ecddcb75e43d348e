/** What an HTTP status alone says of a request, for the metric. */

/** For the metric: a word of a closed set. A refused login and too many requests are not what an order would be refused for. */
export function outcomeByStatus(status: number): string {
  if (status === 401 || status === 403) return 'provider-unauthorized';
  if (status === 429) return 'provider-rate-limited';
  return status < 400 ? 'ok' : `http-${Math.floor(status / 100)}xx`;
}
