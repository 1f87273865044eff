/** For specs only: each statement of an explanation's sentence, checked against the run. What is left over, nothing has proven. */
import { errnoOf } from '../../../model/block/errors.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { ioOf, meaningOf, roleOf } from '../../../model/meaning.ts';
import { SHARED_CLAIMS } from '../shapes/testing.ts';
import { type Story, clusterOf, clusterOfStep } from '../story/story.ts';
import {
  type Claim,
  ENDS,
  at,
  changes,
  changesSource,
  claim,
  heldBefore,
  isAbout,
  isBy,
  isStore,
  isStored,
  isSubmit,
  sectorAt,
  stores,
  storesOf,
  takes,
  writesState,
} from '../story/testing.ts';

/** The cell that an author calls so. */
function ownCell({ experiment: { machine } }: Story, name: string, cluster = '0'): number {
  return machine.world.cells.findIndex((_, cell) => machine.world.describe(cell) === `own.${name}[${cluster}]`);
}
const cellName = ({ experiment }: Story, cell: number): string => experiment.machine.world.describe(cell);
const memory = (story: Story): number => {
  const { world } = story.experiment.machine;
  return world.cells.findIndex((_, cell) => world.describe(cell) === 'own.freed[0]');
};
const openCell = (story: Story): number => story.experiment.machine.target.settledCells[0]!;
const readsCell = (story: Story, n: string, cell: number): boolean => story.footprints.readsOf(Number(n), cell, 1).length > 0;

/** Longer ones first: what a claim has matched is no other's. */
export const CLAIMS: readonly Claim[] = [
  [
    claim('WHO had found "([\\w-]+)"(?: of cluster N)? to be (-?\\d+) at step N, as WHO had set it at step N'),
    (story, who, name, cluster, value, n, setter, set) =>
      isBy(at(story, n), who) &&
      story.footprints.readsOf(Number(n), ownCell(story, name, cluster), 1).some((read) => read.value === Number(value)) &&
      isBy(at(story, set), setter) &&
      [...story.footprints.writes(ownCell(story, name, cluster), 1)].some((w) => w.step === Number(set) && w.value === Number(value)) &&
      (set === n || heldBefore(story, ownCell(story, name, cluster), Number(n)) === Number(value)),
  ],
  [
    claim('WHO had found "([\\w-]+)"(?: of cluster N)? to be (-?\\d+) at step N, as it was from the beginning'),
    (story, who, name, cluster, value, n) =>
      isBy(at(story, n), who) &&
      story.footprints.readsOf(Number(n), ownCell(story, name, cluster), 1).some((read) => read.value === Number(value)) &&
      Number(value) === 0 &&
      ![...story.footprints.writes(ownCell(story, name, cluster), 1)].some(({ step }) => step < Number(n)),
  ],
  [
    claim("WHO had read none of the job's cells for cluster N"),
    (story, who, c) =>
      story.steps
        .filter((step) => isBy(step, who))
        .every(({ n }) =>
          story.footprints
            .readsOf(n, 0, story.experiment.machine.world.cells.length)
            .every(({ cell }) => !new RegExp(String.raw`^own\.(?!freed|queue)[\w-]+\[${c}\]$`).test(cellName(story, cell))),
        ),
  ],
  [
    claim('(\\w+) (?:wrote|wrote zeroes to|discarded) sector N at step N before any copy had stored it'),
    (story, who, s, n) =>
      isAbout(story, s) && isBy(at(story, n), who) && changesSource(story, n, s) && !isStored(story, Number(s), Number(n)),
  ],
  [
    claim("WHO's copy did not read sector N until step N, after (\\w+) had (?:written|written zeroes to|discarded) it at step N"),
    (story, who, s, took, writer, landed) =>
      isBy(at(story, took), who) &&
      takes(story, took, Number(s)) &&
      isBy(at(story, landed), writer) &&
      changesSource(story, landed, s) &&
      Number(landed) < Number(took),
  ],
  [claim(', so it stored \\S+ in the backup at step N instead of \\S+?(?=[.] )'), (story, n) => stores(story, n, sectorAt(story))],
  [
    claim('the backup now shows (\\S+) instead of (\\S+?)(?=[.] )'),
    ({ verdict }, got, expected) => verdict.got === got && verdict.expected === expected,
  ],
  [claim('the hook let it pass at step N'), (story, n) => isSubmit(at(story, n))],
  [claim(', after a wait for a copy that ended at step N'), (story, n) => roleOf(at(story, n).step) === 'waitsForCopy'],
  [
    claim(', without a copy of cluster N by (\\w+)'),
    (story, c, who) => {
      const passed = story.steps.findLast(
        (step) => isBy(step, who) && ioOf(step.next)?.phase === 'submit' && ioOf(step.next)?.by === 'guest',
      );
      const isOfIt = Number(c) === clusterOf(story, sectorAt(story));
      return isOfIt && passed !== undefined && !storesOf(story, who, Number(c), passed.n);
    },
  ],
  [
    claim(", while WHO's copy of it had been in flight since step N"),
    (story, who, n) => isBy(at(story, n), who) && ioOf(at(story, n).step)?.by === 'copy',
  ],
  [
    claim('it had copied cluster N itself, and stored of it at step N'),
    (story, c, n) => isStore(at(story, n)) && clusterOfStep(story, at(story, n)) === Number(c),
  ],
  [
    claim('it was past the hook at step N, before T0 at step N'),
    (story, pass, t0) => isSubmit(at(story, pass)) && Number(pass) <= Number(t0) && writesState(story, t0, [JobState.active]),
  ],
  [claim('its copy failed with (E\\w+) at step N, but it continued anyway'), (story, errno, n) => errnoOf(at(story, n).fault) === errno],
  [
    claim('the hook had been unlinked at step N(?:, while ([^:;.]*) (?:was|were) still in flight)?'),
    (story, n, copies = '') => {
      const hookCell = story.experiment.machine.sourceNode.hook.cell;
      const isUnlinked = [...story.footprints.writes(hookCell, 1)].some(({ step, value }) => step === Number(n) && value === 0);
      const isCopying = (who: string): boolean => {
        const latest = story.steps.slice(0, Number(n)).findLast((step) => isBy(step, who));
        return latest !== undefined && meaningOf(latest.next).inCopy;
      };
      return isUnlinked && [...copies.matchAll(/(the job|\w+)'s copy/g)].every(([, who]) => isCopying(who!));
    },
  ],
  [claim('the hook was not linked yet, although T0 was at step N'), (story, n) => writesState(story, n, [JobState.active])],
  [
    claim('WHO stored (\\S+) for sector N at step N instead of (\\S+?)(?=, |[.] )'),
    (story, who, what, s, n, expected) =>
      isBy(at(story, n), who) &&
      stores(story, n, Number(s)) &&
      (what === 'zeroes') === (ioOf(at(story, n).step)?.kind === 'zero') &&
      story.verdict.expected === expected,
  ],
  [
    claim(', after its copy of cluster N got (E\\w+) at step N'),
    (story, c, errno, n) => clusterOfStep(story, at(story, n)) === Number(c) && errnoOf(at(story, n).fault) === errno,
  ],
  [
    claim('it had not read the sector before'),
    (story) => {
      const { who, n } = story.steps.findLast((step) => stores(story, String(step.n), sectorAt(story)))!;
      return !story.steps
        .slice(0, n)
        .some(
          (step) =>
            step.who === who &&
            ioOf(step.step)?.kind === 'read' &&
            ioOf(step.step)?.phase === 'effect' &&
            clusterOfStep(story, step) === clusterOf(story, sectorAt(story)),
        );
    },
  ],
  [claim('what it had read of the sector at step N was not what it stored'), (story, n) => takes(story, n, sectorAt(story))],
  [
    claim('the job completed at step N, but no copy had stored sector N'),
    (story, n, s) => isAbout(story, s) && writesState(story, n, [JobState.completed]) && !isStored(story, Number(s), Number(n)),
  ],
  [
    claim(', although cluster N was counted at step N'),
    (story, c, n) => changes(story, n, story.experiment.machine.job.copied.cellOf(Number(c))),
  ],
  [claim('WHO got (E\\w+) there at step N'), (story, who, errno, n) => isBy(at(story, n), who) && errnoOf(at(story, n).fault) === errno],
  [
    claim('WHO stored sector N at step N, although WHO had stored it at step N'),
    (story, who, s, n, first, before) =>
      isAbout(story, s) &&
      isBy(at(story, n), who) &&
      stores(story, n, Number(s)) &&
      isBy(at(story, before), first) &&
      stores(story, before, Number(s)) &&
      Number(before) < Number(n),
  ],
  [
    claim('the job gave up its memory at step N, but WHO used it at step N'),
    (story, gone, who, n) => changes(story, gone, memory(story)) && isBy(at(story, n), who) && readsCell(story, n, memory(story)),
  ],
  [
    claim('the job gave up its target at step N, but WHO used it at step N'),
    (story, gone, who, n) => changes(story, gone, openCell(story)) && isBy(at(story, n), who) && readsCell(story, n, openCell(story)),
  ],
  [
    claim(', because the hook was still linked when (\\w+) called it at step N'),
    (story, who, n) =>
      isBy(at(story, n), who) &&
      story.footprints.readsOf(Number(n), story.experiment.machine.sourceNode.hook.cell, 1).some(({ value }) => value === 1),
  ],
  [
    claim(', in a (?:copy|request) that had begun at step N'),
    (story, n) => {
      const own = story.steps.filter(({ who }) => who === story.steps.at(-1)!.who);
      const hookCell = story.experiment.machine.sourceNode.hook.cell;
      return own[0]!.n === Number(n) || (own.some((step) => step.n === Number(n)) && readsCell(story, n, hookCell));
    },
  ],
  [
    claim('the job reported its end at step N, before it had (taken its point in time|closed its target)'),
    (story, n, what) =>
      writesState(story, n, ENDS) &&
      (what === 'closed its target' ? !changes(story, n, openCell(story)) : !writesState(story, n, [JobState.active])),
  ],
  [
    claim('the job (took its point in time|reported its end) at step N, and again at step N'),
    (story, what, first, second) =>
      [first, second].every((n) => writesState(story, n, what === 'reported its end' ? ENDS : [JobState.active])),
  ],
  [
    claim('the job (took its point in time|reported its end) twice at step N'),
    (story, what, n) =>
      [...story.footprints.writes(story.experiment.machine.job.status.stateCell, 1)].filter(
        ({ step, value }) => step === Number(n) && (what === 'reported its end' ? ENDS : [JobState.active]).includes(value as JobState),
      ).length === 2,
  ],
  [
    claim('the job reported COMPLETED at step N(?:, after a resume at step N had woken it at step N)?, although it had not been cancelled'),
    (story, n, resume, woken) =>
      writesState(story, n, [JobState.completed]) &&
      story.steps.every(({ step }) => roleOf(step) !== 'cancels') &&
      (resume === undefined ||
        (meaningOf(at(story, resume).step).role?.startsWith('resumes') === true && roleOf(at(story, woken).step) === 'isParked')),
  ],
  [
    claim('(\\w+) read sector N from the live disk at step N, after (\\w+) had (?:written|written zeroes to|discarded) it at step N'),
    (story, who, s, n, writer, landed) =>
      isBy(at(story, n), who) &&
      ioOf(at(story, n).step)?.by === 'copy' &&
      takes(story, n, Number(s)) &&
      isBy(at(story, landed), writer) &&
      changesSource(story, landed, s),
  ],
  [
    claim(', and returned (\\S+) instead of (\\S+?)(?=[.] )'),
    ({ verdict }, got, expected) => verdict.got === got && verdict.expected === expected,
  ],
  [
    claim('(\\w+) returned without an error at step N, but never read sector N'),
    (story, who, n, s) =>
      isAbout(story, s) &&
      isBy(at(story, n), who) &&
      Number(n) === story.steps.length &&
      !story.steps.some((step) => step.who === who && takes(story, String(step.n), Number(s))),
  ],
  [claim('the job gave up its point in time at step N'), (story, n) => changes(story, n, story.experiment.machine.job.status.givenUpCell)],
  [claim('(\\w+), which began to read it at step N'), (story, who, n) => isBy(at(story, n), who) && roleOf(at(story, n).step) === 'begins'],
  [
    claim('WHO should have been woken when WHO set "([\\w-]+)"(?: of cluster N)? to (-?\\d+) at step N'),
    (story, who, setter, name, cluster, value, n) => {
      const cell = ownCell(story, name, cluster);
      const since = story.steps.findLast((step) => isBy(step, who))!.n;
      const isSet = [...story.footprints.writes(cell, 1)].some((write) => write.step === Number(n) && write.value === Number(value));
      const wasOther = story.footprints.readsOf(since, cell, 1).some((read) => read.value !== Number(value));
      return isBy(at(story, n), setter) && isSet && wasOther && since < Number(n);
    },
  ],
  ...SHARED_CLAIMS,
  [claim('completed without an error at step N'), (story, n) => writesState(story, n, [JobState.completed])],
  [claim('returned without an error at step N'), (story, n) => Number(n) === story.steps.length],
];

/** What is wrong with a sentence: statements that the run contradicts, and what of it no claim covers. Empty: all is proven. */
export function unproven(story: Story, sentence: string): string[] {
  const wrong: string[] = [];
  let rest = sentence
    .replaceAll(/(?<=^|[.] )[A-Z](?![A-Z\d])/g, (letter) => letter.toLowerCase())
    .replace(/nothing held \w+ back, because /, '')
    .replace(/(the \w+|\w+) had found "(?:(?![.] )[^.])*/g, (text: string, who: string) =>
      text.replaceAll(', and "', `, and ${who} had found "`),
    );
  for (const [pattern, holds] of CLAIMS)
    rest = rest.replaceAll(pattern, (text: string, ...more: unknown[]) => {
      const groups = more.slice(
        0,
        more.findIndex((one) => typeof one === 'number'),
      ) as string[];
      if (!holds(story, ...groups)) wrong.push(`not so: ${text}`);
      return '';
    });
  const facts = rest
    .split(/(?<=[.]) /)
    .filter((one) => !/should/.test(one))
    .join(' ');
  if (/step|\d|never|nobody|none|before|after/.test(facts)) wrong.push(`not checked: ${facts}`);
  return wrong;
}
