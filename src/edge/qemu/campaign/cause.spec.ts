import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../case/case.ts';
import { PLAIN, type Start } from '../../../validate/start.ts';
import type { Role } from '../disks/role.ts';
import type { Struck } from '../observe/oracle.ts';
import { causeOf } from './cause.ts';

const failing = (more: Partial<CaseResult> = {}, start: Partial<Start> = {}): CaseResult => ({
  scenario: {
    mode: 'full',
    disk: { sectors: 2, clusterSectors: 2, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [],
    cancel: false,
  },
  start: { ...PLAIN, ...start },
  steps: [],
  violation: { property: 'next-increment', detail: 'broken' },
  cutOff: false,
  preemptions: 0,
  ending: null,
  struck: [],
  overtaken: new Set(),
  situations: new Set(),
  shown: null,
  shownNext: null,
  ...more,
});
const struck = (role: Role, side: Struck['side'] = 'source', errno: Struck['errno'] = 'EIO'): Struck => ({ role, side, errno });
const ALWAYS: Partial<Start> = { sync: 'bitmap', bitmapMode: 'always', granularity: 65_536 };

describe('what a failure is the case of', () => {
  it('is the promise, the sync mode, the bitmap-mode, and whose requests fail or are held', () => {
    const fails = failing({ struck: [struck('guest copy')], overtaken: new Set(['reader']) }, ALWAYS);
    expect(causeOf(fails)).toEqual(['next-increment', 'bitmap', 'always', "a guest's copy fails", 'a read of the point in time is held']);
    expect(causeOf(failing({ overtaken: new Set(['job copy']) }))).toEqual(['next-increment', 'full', "the job's copy is held"]);
    expect(causeOf(failing())).toEqual(['next-increment', 'full']);
  });

  it('is the same whichever copies wait while one fails', () => {
    const fails = { struck: [struck('guest copy')] };
    expect(causeOf(failing({ ...fails, overtaken: new Set(['job copy', 'guest copy']) }, ALWAYS))).toEqual(causeOf(failing(fails, ALWAYS)));
  });

  it('is the same wherever a copy fails, with what and how often, and however the job is started', () => {
    const here = failing({ struck: [struck('guest copy')] }, ALWAYS);
    const there = failing(
      { struck: [struck('guest copy', 'target', 'ENOSPC'), struck('guest copy', 'target', 'ENOSPC')] },
      { ...ALWAYS, workers: 1, chunk: 65_536, granularity: 4096, finalize: 'manual' },
    );
    expect(causeOf(there)).toEqual(causeOf(here));
  });

  it.each<[string, CaseResult]>([
    ['another copy fails', failing({ struck: [struck('job copy')] }, ALWAYS)],
    ['none fails', failing({}, ALWAYS)],
    ['another one waits', failing({ struck: [struck('guest copy')], overtaken: new Set(['reader']) }, ALWAYS)],
    ['the bitmap-mode is another', failing({ struck: [struck('guest copy')] }, { ...ALWAYS, bitmapMode: 'never' })],
    ['the sync mode is another', failing({ struck: [struck('guest copy')] }, { ...ALWAYS, sync: 'mode' })],
    ['the promise is another', failing({ struck: [struck('guest copy')], violation: { property: 'snapshot-kept', detail: '' } }, ALWAYS)],
  ])('is another where %s', (_, other) => {
    expect(causeOf(other)).not.toEqual(causeOf(failing({ struck: [struck('guest copy')] }, ALWAYS)));
  });

  it("of a job whose snapshot is broken is the same in each sync mode, but not where it is the job's own copy that fails", () => {
    const of = (mode: 'full' | 'top', role: Role, property = 'snapshot-kept'): string[] => {
      const { scenario } = failing();
      const more = { scenario: { ...scenario, mode }, struck: [struck(role)], violation: { property, detail: '' } };
      return causeOf(failing(more, { onCbwError: 'break-snapshot' }));
    };
    expect(of('full', 'guest copy')).toEqual(['snapshot-kept', 'break-snapshot', "a guest's copy fails"]);
    expect(of('top', 'guest copy')).toEqual(of('full', 'guest copy'));
    expect(of('top', 'job copy')).not.toEqual(of('full', 'job copy'));
    expect(of('top', 'guest copy', 'guest-unharmed')).not.toEqual(of('full', 'guest copy', 'guest-unharmed'));
  });

  it('of a crash is the assertion that failed', () => {
    const crash = (detail: string): string[] => causeOf(failing({ violation: { property: 'nothing-freed', detail } }));
    expect(crash("QEMU ended by SIGABRT: ../block/block-copy.c:210: f: Assertion `!x' failed.")).toEqual(['nothing-freed', 'full', '!x']);
    expect(crash('QEMU ended by SIGSEGV')).toEqual(['nothing-freed', 'full', 'crash']);
  });
});
