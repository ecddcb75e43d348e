/** Service tags of a certificate after it was ordered: the whole set, some more, some less. */
import { Refusal, success, values } from './answers.ts';
import { certificateBy } from './closing.ts';
import type { Command } from './command.ts';

const TAGS_MAX = 101;

/**
 * ModifyCertificate of API 2. The manual gives tags to AddCertificate alone; the three parameters work here as the
 * vendor documents them for its other services.
 */
export const modifyServiceTags: Command = ({ world, account }, parameters) => {
  const certificate = certificateBy({ world, account }, parameters.required('certificate'));
  const whole = parameters.list('servicetag');
  const added = parameters.list('addservicetag');
  const removed = parameters.list('delservicetag');
  if (whole.length + added.length + removed.length === 0) throw new Refusal(504, 'SERVICETAG0');
  if (whole.length > 0 && added.length + removed.length > 0) throw new Refusal(541, 'SERVICETAG0');
  const before = whole.length > 0 ? whole : certificate.serviceTags;
  const tags = [...new Set([...before, ...added])].filter((tag) => !removed.includes(tag));
  if (tags.length > TAGS_MAX) throw new Refusal(541, `at most ${TAGS_MAX} service tags`);
  certificate.serviceTags = tags;
  certificate.updatedAt = world.clock.now();
  return success(values('servicetag', tags));
};
