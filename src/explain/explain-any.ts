/**
 * `explain`, for whatever may come: with the shapes of mistakes that no rule stands for, as custom jobs make them, and of targets that
 * the page does not have. The page explains built-in jobs alone, and does not carry them.
 */
import { copiedTwice } from './custom/copied-twice.ts';
import { ownProperty } from './custom/own-property.ts';
import { ownWaits } from './custom/own-waits.ts';
import { customSnapshot } from './custom/snapshot.ts';
import { usedAfter } from './custom/used-after.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { Facts } from './story/facts.ts';
import type { Story } from './story/story.ts';
import { offerShapes } from './facts-of.ts';
import { givenUp } from './shapes/given-up.ts';
import { missingBit } from './shapes/missing-bit.ts';
import { missingInIncrement } from './shapes/missing-in-increment.ts';
import { ownReader } from './shapes/own-reader.ts';
import { endOfShortTarget } from './shapes/short-target.ts';
import { notAllOfAGroup, notAllStarted, notOneCut } from './shapes/transaction.ts';
import { wrongEnd } from './shapes/wrong-end.ts';

const ofCustomJob =
  (shape: (story: Story) => Facts | null) =>
  (story: Story): Facts | null =>
    isCustomJob(story.trace.job) ? shape(story) : null;

offerShapes([
  ownProperty,
  wrongEnd,
  givenUp,
  missingBit,
  missingInIncrement,
  ownReader,
  endOfShortTarget,
  notOneCut,
  notAllOfAGroup,
  notAllStarted,
  ...[customSnapshot, copiedTwice, usedAfter, ownWaits].map(ofCustomJob),
]);

export { explain } from './explanation.ts';
