/** A property of the user's own, in a test suite: checked, made small, explained, replayed. And properties that are switched off. */
import { describe, expect, it } from 'vitest';
import '../families/custom.ts';
import { BUILT_IN_PROPERTIES } from '../../model/families/custom/property.ts';
import { registerJob } from '../../model/families/custom/registry.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { type ExhaustiveResult, searchExhaustively } from '../search/exhaustive/exhaustive.ts';
import { NO_REDUCTION, type Reductions } from '../search/exhaustive/reductions.ts';
import { CheckFailure, type CheckOptions, type Job, JobError, type Property, check, defineProperty, explain, replay } from '../index.ts';

const load = async (name: string): Promise<Job> =>
  ((await import(new URL(`../../examples/own-job/${name}`, import.meta.url).href)) as { default: Job }).default;
const [chunked, forgetful, prompt] = await Promise.all(['chunked.mjs', 'forgetful.mjs', 'prompt.mjs'].map(load));

const MARK = 'the job stored a cluster after its cancel';
/** One more than it may store, so that the job of the example breaks it. */
const strict = defineProperty({
  name: 'cancel-is-immediate',
  sentence: 'Once it is cancelled, the job stores nothing.',
  memory: { copies: 'one', of: 'clusters' },
  marks: [MARK, 'the sky fell'],
  after({ who, by, kind, phase, cluster }, { isCancelled, memory, meet }) {
    if (!isCancelled || who !== 'job' || by !== 'copy' || kind === 'read' || phase !== 'complete') return null;
    meet(MARK);
    memory.of.set(cluster!, 1);
    memory.copies.add(1);
    return memory.copies.get() > 0 ? `cluster ${cluster} was stored` : null;
  },
});

const QUICK: CheckOptions = { runs: 120, seconds: 60, modes: ['full'], seed: 'a' };

function failureOf(job: Job, options: CheckOptions): CheckFailure {
  try {
    check(job, { ...QUICK, ...options });
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

describe('a property of the user’s own', () => {
  it('holds, as that of the example does, of a job that keeps it', () => {
    expect(check(prompt!, QUICK)).toMatchObject({ schedules: 120 });
  });

  it('is broken, made small, and told with the steps on which it rests', () => {
    const { property, message, trace } = failureOf(chunked!, { properties: [strict] });
    expect(property).toBe('cancel-is-immediate');
    expect(message.replaceAll('\n', ' ')).toContain('Once it is cancelled, the job stores nothing.');
    expect(message).toContain("check(job, { runs: 120, seconds: 60, modes: ['full'], seed: 'a', properties })");
    const { detail, why, steps, mode } = explain(trace, chunked!, { properties: [strict] })!;
    expect({ detail, mode }).toEqual({ detail: 'cluster 0 was stored', mode: 'full' });
    expect(why).toBe(`At step ${steps.length} cluster 0 was stored. Once it is cancelled, the job stores nothing.`);
    expect(steps.length).toBeLessThan(14);
    expect(steps.filter(({ note }) => note !== null)).toEqual([
      {
        step: steps.length,
        who: 'job',
        what: 'copy.done c0',
        saw: 'hook unlinked',
        note: `${MARK}; copies becomes 1; cluster 0 was stored`,
      },
    ]);
  });

  it('is named by the trace, which runs again with it alone', () => {
    const { trace } = failureOf(chunked!, { properties: [strict] });
    expect(replay(trace, chunked!, { properties: [strict] }).outcome).toBe('reproduced');
    expect(replay(trace, { ...chunked!, properties: [{ ...strict, after: () => null }] }).outcome).toBe('holds now');
    const says =
      'the property "cancel-is-immediate", which this trace breaks, does not belong to own-job.mjs: add it to "properties" of the job';
    expect(() => replay(trace, chunked!)).toThrow(new JobError(says));
    expect(() => explain(trace, prompt!)).toThrow(new JobError(says));
  });

  it('sees disk, target and backup from T0 on, by their names', () => {
    const seen = new Set<string>();
    const looks: Property = {
      name: 'looks',
      sentence: 'It only looks.',
      after({ step }, { state, sectors, source, target, backup, atT0 }) {
        if (step.startsWith('copy.land s0') && state === 'active' && sectors > 0)
          seen.add(`${target(0)} ${backup(0) === atT0(0)} ${source(0) === ''}`);
      },
      end: ({ state, atT0, sectors }) => void (sectors > 0 && seen.add(`${state} ${atT0(0) === null}`)),
    };
    check(chunked!, { ...QUICK, runs: 100, properties: [looks] });
    expect([...seen]).toEqual(expect.arrayContaining(['s0@0 true false', 'completed false', 'cancelled false']));
    expect([...seen].filter((one) => /true true|false false/.test(one))).toEqual([]);
  });
});

describe('a property whose steps may come in any order', () => {
  const scenario = smallScenario('full', [request('g1', 'read', [0, 1]), request('g2', 'read', [2, 1])], { sectors: 4, zero: [] });
  const inThisOrder = (first: number, second: number): Property =>
    defineProperty({
      name: 'never-in-this-order',
      sentence: 'The other one comes first.',
      memory: { landed: 'clusters', over: 'clusters' },
      after({ by, phase, cluster }, { memory }) {
        if (by !== 'guest' || cluster === null) return null;
        if (phase === 'complete') memory.over.set(cluster, 1); // from here on an order may follow from what the requests share
        if (phase === 'effect') memory.landed.set(cluster, 1);
        const isSecond = phase === 'effect' && cluster === second && memory.landed.get(first) === 1;
        return isSecond && memory.over.get(first) === 0 ? 'it came second' : null;
      },
    });

  const searched = (job: Job, ...reductions: Reductions[]): ExhaustiveResult => {
    registerJob('own.mjs', job);
    const setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'own.mjs' } as const;
    const machine = new Machine(shapeOf(scenario, setting));
    const properties = new Properties(machine);
    machine.load(scenario);
    return searchExhaustively(machine, properties, { bytesMax: 2 ** 26, shouldStop: () => false }, ...reductions);
  };

  it.each([
    [0, 1],
    [1, 0],
  ])('is judged in each: cluster %i before %i', (first, second) => {
    const { broken } = searched({ ...chunked!, properties: [inThisOrder(first, second)] });
    expect(broken?.violation.property).toBe('never-in-this-order');
  });

  it('makes an exhaustive search leave out none of them', () => {
    const all = searched({ ...chunked!, properties: [{ name: 'holds', sentence: 'All is well.', end: () => null }] });
    expect(all).toEqual(searched(chunked!, NO_REDUCTION));
    expect(all).toMatchObject({ broken: null, complete: true });
    expect(all.transitions).toBeGreaterThan(2 * searched(chunked!).transitions);
  });
});

describe('properties of every job', () => {
  it('are all that a custom job is asked for', () => {
    registerJob('own.mjs', chunked);
    const scenario = smallScenario('full', [], { sectors: 2 });
    const setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'own.mjs' } as const;
    const machine = new Machine(shapeOf(scenario, setting));
    expect(new Properties(machine).all.map(({ name }) => name)).toEqual(BUILT_IN_PROPERTIES);
  });

  it('can be switched off: then others show, and a trace of one is refused', () => {
    const { property, trace } = failureOf(forgetful!, {});
    expect(property).toBe('snapshot-kept');
    const skip = ['snapshot-kept'] as const;
    expect(check({ ...forgetful!, skip: [...skip] }, QUICK)).toMatchObject({ schedules: 120 });
    expect(check(forgetful!, { ...QUICK, skip })).toMatchObject({ schedules: 120 });
    expect(() => replay(trace, forgetful!, { skip })).toThrow('own-job.mjs switches off the property "snapshot-kept"');
  });
});

describe('what makes no sense', () => {
  const REFUSED: [what: unknown, says: string | RegExp][] = [
    [{ properties: {} }, '"properties" must be a list'],
    [{ properties: [null] }, 'own-job.mjs: "properties": a property is an object with name, sentence, and after or end'],
    [{ properties: [{ ...strict, nmae: 1 }] }, '"cancel-is-immediate": a property has no "nmae"; it has name, sentence, memory'],
    [{ properties: [{ ...strict, name: 'Big' }] }, '"name" must be one in kebab case, such as each-once'],
    [{ properties: [{ ...strict, name: 'snapshot-kept' }] }, '"snapshot-kept": a property of every job has this name'],
    [{ properties: [strict, strict] }, '"cancel-is-immediate": it is there twice'],
    [{ properties: [{ ...strict, sentence: 'a\nb' }] }, '"sentence" must be one line'],
    [{ properties: [{ ...strict, after: undefined }] }, 'it should have a function "after(step, view)", "end(view)", or both'],
    [{ properties: [{ ...strict, marks: ['a', 'a'] }] }, '"marks" must be a list of situations, each once'],
    [{ properties: [{ ...strict, memory: { a: 'two' } }] }, '"memory": "a" must be \'one\' or \'clusters\''],
    [{ properties: [{ ...strict, marks: [] }] }, `property "cancel-is-immediate": it has declared no mark "${MARK}"`],
    [{ properties: [{ ...strict, memory: { of: 'one', copies: 'one' } }] }, 'there is one "of", so no cluster should be named'],
    [{ properties: [{ ...strict, after: () => 5 }] }, 'it should return nothing, one line of text, or { detail, sector }'],
    [{ properties: [{ ...strict, after: () => ({ detail: 'x', sector: -1 }) }] }, 'the disk has no sector -1'],
    [
      {
        properties: [
          {
            ...strict,
            after: () => {
              throw new Error('oh\nno');
            },
          },
        ],
      },
      'own-job.mjs: property "cancel-is-immediate": oh',
    ],
    [{ skip: ['always-finishes'] }, /"skip" must be a list of properties; all but always-finishes can be switched off$/],
    [{ skip: ['snapshot'] }, '"skip" must be a list of properties'],
  ];
  it.each(REFUSED)('is refused in one line: %j', (options, says) => {
    const refuse = (): unknown => check(chunked!, { ...QUICK, ...(options as CheckOptions) });
    expect(refuse).toThrow(JobError);
    expect(refuse).toThrow(says);
    expect(refuse).not.toThrow('\n');
  });

  it('is refused in a module, too, and where it is asked of a built-in job', () => {
    expect(() => check({ ...chunked!, skip: ['always-finishes'] }, QUICK)).toThrow('a run that never ends has no end to be judged');
    expect(() => check({ ...chunked!, skip: ['snapshot' as never] }, QUICK)).toThrow('"skip": there is no property "snapshot"; there are');
    expect(() => check('correct', { properties: [{ ...strict, name: 'Big' }] })).toThrow('options: "properties": "Big": ');
  });
});
