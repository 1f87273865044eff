/** How a job must end: FULL and TOP by themselves, NONE by a cancel alone. Exhaustive search catches those that end otherwise. */
import { beforeAll, describe, expect, it } from 'vitest';
import '../../families/custom.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { Run } from '../../../model/kernel/coroutine.ts';
import type { Backup, Copier, Job } from '../../../model/families/custom/job.ts';
import { registerJob } from '../../../model/families/custom/registry.ts';
import { neverStop } from '../../testing.ts';
import { Sweeper } from './sweep.ts';

interface Chunked {
  readonly default: Job;
  readonly copyChunk: (backup: Backup, me: Copier, c: number) => Run<number>;
}

let chunked: Chunked;
beforeAll(async () => {
  chunked = (await import(new URL('../../../examples/own-job/chunked.mjs', import.meta.url).href)) as Chunked;
});

/** Where it parks until it is cancelled. NONE should do so while its hook is linked, the others nowhere. */
type Parks = 'nowhere' | 'while hooked' | 'once all is copied' | 'once unhooked';

/** A job that is right if it parks in the right place. */
const parking = (where: Parks): Job => ({
  ...chunked.default,
  modes: ['full', 'top', 'none'],
  *run(backup: Backup): Run {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    if (where === 'while hooked') yield* parkUntilCancelled(backup);
    if (backup.mode !== 'none') yield* copyEveryCluster(backup);
    if (where === 'once all is copied') yield* parkUntilCancelled(backup);
    yield* backup.copies.drain();
    backup.unlinkHook();
    if (where === 'once unhooked') yield* parkUntilCancelled(backup);
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },
});

function* parkUntilCancelled(backup: Backup): Run {
  while (!backup.isCancelled) yield* backup.park();
}

/** No error is injected, so none is handled. */
function* copyEveryCluster(backup: Backup): Run {
  for (let c = 0; c < backup.clusters; c++) {
    if (backup.isCancelled) break;
    yield* backup.sleep(c);
    if (backup.isCancelled) break;
    if (backup.mode === 'top' && (yield* backup.source.allocation(c)) === 'unallocated') backup.skip(c);
    else yield* chunked.copyChunk(backup, backup.job, c);
  }
}

const FILE = 'parking.mjs';

/** The property that breaks first in a small scope; null: it is proven to hold. */
function firstBroken(mode: SyncMode, where: Parks): string | null {
  registerJob(FILE, parking(where));
  const sweeper = new Sweeper({
    scopes: [{ mode, clusters: 1, clusterSectors: 2, requests: 1 }],
    setting: { effects: 'cluster', wake: 'any', without: [], requestsMin: 1, customJob: FILE },
    keepGoing: false,
  });
  for (let unit = 0; unit < sweeper.units; unit++) {
    const { found, cut } = sweeper.run(unit, 2 ** 26, neverStop);
    if (found.length > 0) return found[0]!.violation.property;
    expect(cut).toBeNull();
  }
  return null;
}

describe('an exhaustive search', () => {
  it.each<[SyncMode, Parks, string | null]>([
    ['full', 'nowhere', null],
    ['full', 'while hooked', 'always-finishes'],
    ['full', 'once all is copied', 'always-finishes'],
    ['full', 'once unhooked', 'always-finishes'],
    ['top', 'nowhere', null],
    ['top', 'once all is copied', 'always-finishes'],
    ['none', 'while hooked', null],
    ['none', 'nowhere', 'cancel-is-clean'],
    ['none', 'once unhooked', 'snapshot-kept'],
  ])('of a %s job that parks %s until it is cancelled', (mode, where, property) => {
    expect(firstBroken(mode, where)).toBe(property);
  });
});
