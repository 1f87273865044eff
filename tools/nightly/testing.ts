/**
 * For specs only. Some checks are as good as they are long: `npm test` runs them at a size that costs seconds, and the vitest
 * project `nightly` runs the same specs at full size (vitest.config.ts looks who asks).
 */
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether the specs run at full size. */
    fullSize: boolean;
  }
}

/** How much of something is worth its time in each `npm test`, and at night. */
export const sized = <T>(daily: T, nightly: T): T => (inject('fullSize') ? nightly : daily);

/** Some of many cases, one in `of`, in each `npm test`; all of them at night. Which ones is fixed. */
export const oneIn = <T>(of: number, cases: readonly T[]): T[] => cases.filter((_, i) => sized(i % of === 0, true));
