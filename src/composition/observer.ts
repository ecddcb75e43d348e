/** Turns what the driver does into log lines and metrics. */
import type { Logger } from '../contracts/platform.ts';
import { isCharged, type ProviderCapabilities } from '../contracts/capabilities.ts';
import { isTerminal, type Renewal } from '../core/renewal.ts';
import type { DriverObserver } from '../renewal/driver.ts';
import type { Metrics } from '../status/metrics.ts';

function fieldsOf(renewal: Renewal) {
  const { id: renewalId, certificate, provider, action, state } = renewal;
  return { certificate, renewalId, provider, action, state };
}

export function createObserver(
  logger: Logger,
  metrics: Metrics,
  capabilities: (provider: string) => ProviderCapabilities,
): DriverObserver {
  return {
    begun(renewal) {
      logger.info({ ...fieldsOf(renewal), reason: renewal.reason, why: renewal.sentence }, 'renewal begun');
    },
    transition(before, after, outcome) {
      const fields = { ...fieldsOf(after), from: before.state, event: outcome.event, what: outcome.text };
      const { failure } = outcome;
      if (outcome.event === 'order-accepted' || outcome.event === 'order-accepted-proved') {
        const paid = after.action !== 'deploy' && isCharged(capabilities(after.provider), after.action);
        if (paid) metrics.orderPaid(after.provider);
      }
      if (after.waitsFor !== null && before.waitsFor?.text !== after.waitsFor.text)
        logger.warn({ ...fields, ...after.waitsFor }, 'the order waits for a person');
      if (after.state === 'served' || after.state === 'failed' || after.state === 'superseded')
        metrics.renewalFinished(after.state);
      if (outcome.event === 'set-deployed') metrics.deploymentEnded('deployed');
      if (outcome.event === 'deployment-undone') metrics.deploymentEnded('undone');
      if (failure !== undefined) {
        const told = { ...fields, code: failure.code, kind: failure.kind, nextAt: after.nextAt };
        if (after.state === 'blocked' || after.state === 'failed')
          logger.error(told, 'renewal needs attention');
        // The first failure of a row is a log line; repeats of the same are only for debugging.
        else if (before.failure?.message !== failure.message) logger.warn(told, 'renewal held up');
        else logger.debug(told, 'renewal still held up');
        return;
      }
      if (after.state !== before.state || isTerminal(after.state)) logger.info(fields, 'renewal advanced');
      else logger.debug(fields, 'renewal waits');
    },
  };
}
