/** What a search has found is on disk before anybody hears of it, and one file a failure. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findFailure, settingWithout } from '../../../testing.ts';
import { failureOf } from '../../../shrink/failure.ts';
import { readTrace } from '../../../trace/read.ts';
import { replay } from '../../../replay/replay.ts';
import { tracesIn } from '../testing.ts';
import { FailureStore } from './failure-store.ts';

const setting = settingWithout(['copyBeforeWrite']);
const SEARCH = { setting, strategy: 'portfolio', seed: 'spec' };
const { found } = findFailure(setting, 'full', 100)!;
const again = { ...found, unit: found.unit + 1 };

let folder: string;
let said: string[];
let store: FailureStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-store-'));
  said = [];
  store = new FailureStore(SEARCH, folder, true, (line) => {
    said.push(line);
    expect(tracesIn(folder).length, line).toBeGreaterThan(0); // first on disk, then told
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const outcomes = (): string[] => tracesIn(folder).map((name) => replay(readTrace(readFileSync(join(folder, name), 'utf8'))).outcome);

describe('FailureStore', () => {
  it('keeps a failure as it was found, and tells where', () => {
    store.found(found, true);
    const [name] = tracesIn(folder);
    expect(said).toEqual([
      `failure 1: ${found.violation.property} is broken in FULL without copyBeforeWrite, ` +
        `after ${found.schedule.length} steps: ${join(folder, name!)}`,
    ]);
    expect(outcomes()).toEqual(['reproduced']);
  });

  it('keeps a failure whose cause nobody knows yet, and tells it once', () => {
    store.sighted(found);
    expect([outcomes(), said]).toEqual([['reproduced'], []]);
    store.found(found, true);
    expect([outcomes(), said.length]).toEqual([['reproduced'], 1]);
  });

  it('puts a smaller trace in the place of the one that is there, under the name that was told', () => {
    store.found(found, true);
    const before = tracesIn(folder);
    const { path } = store.smaller(
      found,
      failureOf(found, SEARCH, () => false),
    );
    expect([tracesIn(folder), outcomes()]).toEqual([before, ['reproduced']]);
    expect(said[0]).toContain(`: ${path}`);
    expect(readTrace(readFileSync(path, 'utf8')).schedule.length).toBeLessThan(found.schedule.length);
    expect(store.of(found).path).toBe(path);
  });

  it('names it by its cause once that is known, and says so if it was told before', () => {
    vi.useFakeTimers();
    store.sighted(found);
    vi.runAllTimers();
    vi.useRealTimers();
    store.found(found, true);
    const path = join(folder, tracesIn(folder)[0]!);
    expect(path).toContain('full-copyBeforeWrite-');
    expect(said.slice(1)).toEqual([`failure 1 is caused by copyBeforeWrite: its trace is now ${path}`]);
  });

  it('keeps nothing that is sighted once the first failure has ended the search', () => {
    const first = new FailureStore(SEARCH, folder, false, (line) => said.push(line));
    first.found(found, true);
    first.sighted({ ...again, violation: { property: 'guest-unharmed', detail: '' } });
    expect([tracesIn(folder).length, said.length]).toEqual([1, 1]);
  });

  it('says of a failure that was told why it is not reported', () => {
    const first = new FailureStore(SEARCH, folder, false, (line) => said.push(line));
    first.found(found, true);
    first.found(again, true);
    first.settle([again], []);
    expect(said.slice(2)).toEqual(['failure 1 is not reported: without --keep-going the first failure ends the search']);
    expect(tracesIn(folder)).toHaveLength(1); // both are the same run
  });

  it('leaves the trace that is there where the smaller one can not be written', () => {
    store.found(found, true);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file, where the folder was');
    expect(
      store.smaller(
        found,
        failureOf(found, SEARCH, () => false),
      ).loss,
    ).toContain('cannot be written');
  });

  it('removes what turns out to be the same as another one, and says so if it was told', () => {
    store.found(found, true);
    store.sighted({ ...again, violation: { property: 'guest-unharmed', detail: '' } });
    store.found(again, false);
    expect([tracesIn(folder).length, said.length]).toEqual([1, 1]);
    store.settle([], [found]);
    expect([readdirSync(folder), said[1]]).toEqual([[], 'failure 1 duplicates another one: its trace is removed']);
  });

  it('keeps what was told, whether or not it is reported', () => {
    store.found(found, true);
    store.settle([], []);
    expect(outcomes()).toEqual(['reproduced']);
  });

  it('throws what goes wrong in the middle of a search when it is asked', () => {
    store.sighted({ ...found, schedule: found.schedule.slice(0, 1), scenario: { ...found.scenario, guest: [] } });
    expect(() => store.check()).toThrow();
  });
});
