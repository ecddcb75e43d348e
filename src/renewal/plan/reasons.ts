/** Stable reason codes of decisions: matched on by scripts, never renamed. docs/states.md, generated from here, lists them. */
export const reasons = {
  unseen: 'Not looked at, and nothing decided yet: the next pass does.',
  healthy: 'Valid and not yet due.',
  held: 'Held by `hold: true`.',
  requested: 'An operator asked for it.',
  compromised: 'Somebody else may have the key: an operator said so.',
  revoked: 'The CA has revoked the certificate.',
  'crt-missing': 'There is no CRT file.',
  'crt-broken': 'The CRT file is no usable certificate.',
  'crt-unreadable': 'The CRT file cannot be read, so nothing can be decided about it.',
  'crt-foreign': "The CRT file holds a certificate for other names: somebody else's file.",
  'key-mismatch': 'The private key beside the certificate is missing or does not belong to it.',
  'names-added': 'The inventory has names that the certificate lacks.',
  'names-dropped':
    'The certificate has names that the inventory dropped, and `allowDroppingNames` is not set.',
  'key-type-changed': 'The inventory wants another key type.',
  'due-reissue': 'Due, and the paid order still covers a longer certificate.',
  'due-renew': 'Due, and the paid order ends too early to reissue.',
  'due-create': 'Due, and there is no order to reissue in or to renew.',
  'order-unknown': 'The provider has not yet been asked about the order behind this certificate.',
  'renew-not-open': 'Due, but the provider does not yet accept a renewal.',
  failover: 'An emergency, and the first provider gets nowhere: the second one of the entry is asked.',
  'loop-breaker':
    'Issued twice within one lead without a change of the inventory: whatever asks for more is stopped.',
  'verb-closed': 'What would have to be ordered is not sold at this provider; the sentence says what to do.',
  'no-gain': 'Due, but nothing ordered now would last noticeably longer; time changes that.',
  'outside-window': 'Outside the maintenance window.',
  'backing-off': 'Pausing after a failure.',
  'disk-drift': 'A deploy directory does not hold the newest issued certificate.',
  'not-served': 'An endpoint does not serve what is on disk.',
  'in-progress': 'A renewal is under way.',
  waiting: 'A renewal waits for its next step.',
  blocked: 'A renewal needs a person.',
} as const;

export type ReasonCode = keyof typeof reasons;
