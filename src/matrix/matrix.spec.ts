/** The matrix that is kept (docs/rules.json) is what its traces and the code say. Searching it anew takes many minutes. */
import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { costOf } from '../shrink/cost.ts';
import { minimalityOf } from '../shrink/failure.ts';
import type { FailingTrace, Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { replay } from '../replay/replay.ts';
import { writeTrace } from '../trace/write.ts';
import { readFailing } from '../testing.ts';
import { rulesAsked } from './asked.ts';
import { type Cell, searchCell, searchedInWords } from './cell.ts';
import { matrixFiles, pairFile, smallestTrace } from './corpus.ts';
import { type Broken, type MatrixRow, type Searched, fileNameOf, matrixOf, tracesOf, wordsOf } from './matrix.ts';
import { PairSearch } from './pairs.ts';
import { Searcher } from './searcher.ts';

const NEVER = (): boolean => false;
const MATRIX = JSON.parse(readFileSync(new URL('../../docs/rules.json', import.meta.url), 'utf8')) as MatrixRow[];
const FOLDER = new URL('../../traces/matrix/', import.meta.url);
const load = (file: string): FailingTrace => readFailing(readFileSync(new URL(file, FOLDER), 'utf8'));
const CELLS = MATRIX.flatMap(({ name, modes }) => SYNC_MODES.map((mode) => ({ name, mode, cell: modes[mode] })));

describe('docs/rules.json', () => {
  it('has a row for each rule, in the words of their table', () => {
    expect(MATRIX.map(({ modes: _, ...row }) => row)).toEqual(RULE_NAMES.map((name) => ({ name, ...wordsOf(name) })));
  });

  it('has all of its traces under traces/matrix/, and no others are there', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(matrixFiles(MATRIX));
  });

  it.each(sized<readonly SyncMode[]>([], SYNC_MODES))('has as not asked what %s does not ask', (mode) => {
    const asked = rulesAsked(mode, 'rule', NEVER);
    expect(CELLS.filter((one) => one.mode === mode && one.cell.asked === true).map(({ name }) => name)).toEqual(
      RULE_NAMES.filter((rule) => asked.has(rule)),
    );
  });

  it.each(CELLS.filter(({ cell }) => cell.necessary === true))('$name is necessary in $mode as its traces show', ({ name, mode, cell }) => {
    const { trace, underQemu, wake } = cell;
    const first = load(trace!);
    expect([first.without, first.scenario.mode, first.wake, brokenOf(first, trace!)]).toEqual([
      [name],
      mode,
      'any',
      expect.objectContaining(brokenIn(cell as Broken)),
    ]);
    expect(replay({ ...first, wake: 'qemu' }).outcome === 'reproduced').toBe(wake.includes('qemu') && underQemu === undefined);
    if (underQemu === undefined) return;
    const second = load(underQemu.trace);
    expect([second.without, second.scenario.mode, second.wake, brokenOf(second, underQemu.trace)]).toEqual([
      [name],
      mode,
      'qemu',
      underQemu,
    ]);
  });

  it('says where nothing was found what was searched', () => {
    const cells = CELLS.filter(({ cell }) => cell.asked === true && cell.necessary !== true);
    expect(cells.length).toBeGreaterThan(5);
    for (const { name, mode, cell } of cells)
      expect([cell.necessary, cell.searched]).toEqual([
        false,
        { any: searchedInWords(mode, name, 'any'), qemu: searchedInWords(mode, name, 'qemu') },
      ]);
  });

  it('has pairs both ways, and what masks a rule among them', () => {
    for (const { name, mode, cell } of CELLS) {
      for (const other of cell.together) expect(MATRIX.find((row) => row.name === other)!.modes[mode].together).toContain(name);
      expect(cell.maskedBy).toEqual(cell.asked === true && cell.necessary === false ? cell.together : []);
    }
  });

  const masked = CELLS.flatMap(({ name, mode, cell }) => cell.maskedBy.map((other) => ({ name, mode, other })));
  it.each(masked)(
    '$name is masked by $other in $mode: every schedule holds without either, and not without both',
    ({ name, mode, other }) => {
      const { scenario, effects, wake, without } = load(pairFile(name, other, mode));
      const breaksWithout = (...rules: Trace['without']): boolean =>
        new Searcher({ effects, wake, without: rules, requestsMin: 0 }).search(scenario, NEVER).broken !== null;
      expect([breaksWithout(name), breaksWithout(other), breaksWithout(...without)]).toEqual([false, false, true]);
    },
  );
});

describe('the gallery', () => {
  it.each(MATRIX)('shows the smallest trace of $name', (row) => {
    const { about: _, found: __, ...kept } = readTrace(readFileSync(new URL(`../gallery/${row.name}.trace.yaml`, FOLDER), 'utf8'));
    const { found: ___, ...smallest } = smallestTrace(row, load);
    expect(writeTrace(kept)).toBe(writeTrace(smallest));
  });
});

describe('searchCell', () => {
  const RULE = 'waitForOverlappingCopies';
  let cell: Cell;
  beforeAll(() => {
    cell = searchCell(RULE, 'full', 'rule', NEVER);
  });

  it('finds the smallest failure, the same one again', () => {
    const { found: _, ...kept } = load(`${RULE}-full.trace.yaml`);
    const { findings, complete } = cell;
    expect([
      complete,
      findings.map(
        ({
          wakes,
          failure: {
            trace: { found: __, ...trace },
          },
        }) => [wakes, writeTrace(trace)],
      ),
    ]).toEqual([true, [[['any', 'qemu'], writeTrace(kept)]]]);
  });

  it('makes a row of the matrix, which tells what is not asked from what is not known', () => {
    const kept = MATRIX.find(({ name }) => name === RULE)!;
    const [other] = kept.modes.full.together;
    const found = load(`${RULE}-full.trace.yaml`);
    const searched: Searched = {
      asked: new Map([
        ['full', new Set([RULE])],
        ['top', new Set()],
      ]),
      cells: [cell],
      pairs: [{ mode: 'full', rules: [other!, RULE], trace: found }],
    };
    const unsearched = { wake: [], together: [], maskedBy: [] };
    expect(matrixOf([RULE], searched)).toEqual([
      {
        ...kept,
        modes: {
          full: { ...kept.modes.full, together: [other] },
          top: { asked: false, necessary: false, ...unsearched },
          none: { asked: null, necessary: null, ...unsearched },
        },
      },
    ]);
    expect(tracesOf(searched).map(fileNameOf)).toEqual([`${RULE}-full.trace.yaml`, fileNameOf(found)]);
  });

  it('says so if it is told to stop', () => {
    expect(searchCell('wakeWaiters', 'full', 'rule', () => true)).toMatchObject({ complete: false, findings: [] });
  });
});

describe('PairSearch', () => {
  it('finds what only both rules together keep, and no pair of which one is not asked', () => {
    const search = new PairSearch('none');
    expect(search.search('zeroesAreWrittenOverBacking', 'drainBeforeUnhook', NEVER)).toMatchObject({
      rules: ['drainBeforeUnhook', 'zeroesAreWrittenOverBacking'],
      trace: { without: ['drainBeforeUnhook', 'zeroesAreWrittenOverBacking'] },
    });
    expect(search.search('drainBeforeUnhook', 'topDecidesOnce', NEVER)).toBeNull();
    expect(search.search('copyBeforeWrite', 'wakeWaiters', NEVER)).toBeNull();
  });
});

function brokenOf(trace: FailingTrace, file: string): Broken {
  const { requests, clusters, preemptions, steps } = costOf(trace);
  return { property: trace.verdict.property, requests, clusters, preemptions, steps, ...minimalityOf(trace), trace: file };
}

const brokenIn = ({ property, requests, clusters, preemptions, steps, minimal, trace }: Broken): Partial<Broken> => ({
  property,
  requests,
  clusters,
  preemptions,
  steps,
  minimal,
  trace,
});
