/**
 * What src/contracts/provider.ts promises, as tests that run unchanged on every provider, against its vendor's real
 * simulator over loopback HTTP. What a provider does not declare in its capabilities is skipped, with that reason.
 */
import { afterEach, describe } from 'vitest';
import { challengeTests } from './provider/challenges.ts';
import { cancellationTests } from './provider/cancellation.ts';
import { dialectTests } from './provider/dialects.ts';
import { errorTests } from './provider/errors.ts';
import { eventTests } from './provider/events.ts';
import { hostileTests } from './provider/hostile.ts';
import { lostAnswerTests } from './provider/lost-answers.ts';
import { secretTests } from './provider/secrets.ts';
import { termTests } from './provider/terms.ts';
import { withdrawalTests } from './provider/withdrawal.ts';
import type { Open, ProviderUnderTest, VendorFacts } from './provider/vendor.ts';
import { openWorld, type World, type WorldOptions } from './provider/world.ts';

/** What a group of tests works with. */
export interface Subject extends ProviderUnderTest {
  /** Everything anew; ended after the test, which fails when a secret leaked. */
  world(options?: WorldOptions): Promise<World>;
}

const groups: readonly (readonly [name: string, tests: (subject: Subject) => void])[] = [
  ['proof of control', challengeTests],
  ['terms and money', termTests],
  ['lost answers', lostAnswerTests],
  ['errors', errorTests],
  ['hostile answers', hostileTests],
  ['cancelling calls', cancellationTests],
  ['events', eventTests],
  ['taking back', withdrawalTests],
  ['secrets', secretTests],
  ['dialects', dialectTests],
];

export function providerContract(name: string, open: Open, vendor: VendorFacts): void {
  describe(`provider contract: ${name}`, () => {
    const worlds: World[] = [];

    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.end();
    });

    const subject: Subject = {
      vendor,
      open,
      async world(options) {
        const world = await openWorld({ vendor, open }, options);
        worlds.push(world);
        return world;
      },
    };

    describe.each(groups)('%s', (_group, tests) => {
      tests(subject);
    });
  });
}
