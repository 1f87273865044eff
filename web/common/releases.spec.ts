/** docs/releases.md as the page reads it. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RELEASED } from './released.ts';
import { releasesOf } from './releases.ts';

const ROOT = new URL('../../', import.meta.url);
const BUGS = releasesOf(readFileSync(new URL('docs/releases.md', ROOT), 'utf8'));

it('has each bug with what became of it on each release', () => {
  expect(BUGS.length).toBeGreaterThan(8);
  for (const { trace, isOfModel, on } of BUGS) {
    expect(existsSync(new URL(`traces/${isOfModel ? 'today' : 'releases'}/${trace}.trace.yaml`, ROOT)), trace).toBe(true);
    expect(on.length).toBeGreaterThan(3);
    expect(on.map(({ outcome }) => outcome)).toContain('reproduced');
    for (const { outcome } of on) expect(['reproduced', 'holds', 'not expressible', 'cannot be forced']).toContain(outcome);
  }
  expect(BUGS.find(({ trace }) => trace === 'lost-cluster-5.2')!.on[0]).toEqual({ release: '5.2.0, bullseye', outcome: 'reproduced' });
});

it('is told when the tables are gone', () => {
  expect(() => releasesOf('# Nothing\n')).toThrow('0 tables of releases, expected 2');
});

it('each bug of a real release has a title, and shows itself in runs of the model that are there', () => {
  expect(Object.keys(RELEASED).toSorted()).toEqual(
    BUGS.filter(({ isOfModel }) => !isOfModel)
      .map(({ trace }) => trace)
      .toSorted(),
  );
  const models = Object.values(RELEASED).flatMap((bug) => bug.models);
  expect(models.toSorted()).toEqual(
    BUGS.filter(({ isOfModel }) => isOfModel)
      .map(({ trace }) => trace)
      .toSorted(),
  );
});
