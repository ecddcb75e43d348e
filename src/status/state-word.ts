/** One word for how a certificate stands: the same on the page and on the command line. */
import type { CertificateStatus } from './source.ts';

export interface StateWord {
  readonly word: string;
  readonly style: 'good' | 'warn' | 'bad';
}

/** Worst first. */
export function stateWord(status: CertificateStatus): StateWord {
  const { decision, renewal, notAfter, slackMs } = status;
  if (status.revocation?.status === 'revoked') return { word: 'revoked', style: 'bad' };
  if (status.compromise !== null) return { word: 'compromised', style: 'bad' };
  if (decision.action === 'blocked') return { word: 'blocked', style: 'bad' };
  if (slackMs !== null && slackMs <= 0) return { word: 'expired', style: 'bad' };
  if (
    renewal !== null &&
    (renewal.state === 'failed' || renewal.state === 'superseded' || renewal.state === 'served')
  ) {
    if (decision.action === 'none' && status.servedMatches === false)
      return { word: 'not served', style: 'bad' };
    if (decision.action === 'none')
      return { word: renewal.state === 'served' ? 'served' : 'valid', style: 'good' };
  } else if (renewal !== null)
    return { word: renewal.waitsFor === null ? renewal.state : 'person', style: 'warn' };
  if (decision.reason === 'unseen') return { word: 'unseen', style: 'warn' };
  if (notAfter === null) return { word: 'missing', style: 'bad' };
  if (decision.action === 'none')
    return status.servedMatches === false
      ? { word: 'not served', style: 'bad' }
      : { word: 'valid', style: 'good' };
  return { word: decision.action === 'wait' ? 'waiting' : 'due', style: 'warn' };
}
