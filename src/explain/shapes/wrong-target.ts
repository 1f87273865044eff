/** Wrong target: what the backup shows was never copied, for the target itself could not become the backup. */
import { modesInWords } from '../../../model/sync.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { lastChange, stepOfT0 } from '../story/provenance.ts';
import type { Story, StoryStep } from '../story/story.ts';
import { nameOfWho, plural, sentences } from '../story/words.ts';

/** @param sector null: it is about the target as a whole */
export function wrongTarget(story: Story, sector: number | null): Facts | null {
  const { disk: machine } = story;
  const change = sector === null ? null : lastChange(story, machine.target, sector, story.steps.length);
  const t0 = stepOfT0(story);
  if (t0 === null) return null;
  if (sector !== null && machine.target.sameFileAs === machine.source) return ontoItself(story, sector, t0, change);
  if (sector !== null && change !== null) return filled(story, sector, change);
  return {
    shape: 'wrong target',
    sector,
    sentence: sentences(...(sector === null ? aboutWhole(story) : aboutSector(story, sector))),
    guilty: inOrder([{ step: t0.n, note: 'the job begins with this target' }]),
    order: null,
  };
}

function aboutWhole({ disk: machine }: Story): readonly string[] {
  const { target, source, promisedSync } = machine;
  if (target.sectors !== source.sectors)
    return [
      `the job was given a target of ${plural(target.sectors, 'sector')} for a disk of ${plural(source.sectors, 'sector')}`,
      'a target of a different length should be refused',
    ];
  return [
    'the job was given a target with a backing file',
    `a ${modesInWords([promisedSync.name])} backup should stand alone: this one is lost with that file`,
  ];
}

function aboutSector({ disk: machine, verdict }: Story, sector: number): readonly string[] {
  const { target, promisedSync } = machine;
  if (sector >= target.sectors)
    return [
      `the target is ${plural(target.sectors, 'sector')} long, so the backup shows ${verdict.got} at sector ${sector} instead of ` +
        `${verdict.expected}`,
      'a target of a different length should be refused',
    ];
  const shows = `sector ${sector} was not copied to the target, which shows ${verdict.got} instead of ${verdict.expected}`;
  if (target.isRaw && promisedSync.beneath !== 'nothing')
    return [
      `${shows}, because the target is raw: a raw file does not say which clusters it has, so uncopied clusters read as zeroes`,
      'an existing target should have a format that says it',
    ];
  if (target.isAllocatedAt(sector))
    return [`${shows}, because the target held old data before the backup began`, 'an existing target should be empty'];
  const beneath = promisedSync.beneath === 'source' ? 'the live disk' : "the disk's backing file";
  return [`${shows}, because ${beneath} is not the target's backing file`, `uncopied clusters should be read from ${beneath}`];
}

/** Every change of the disk is one of the backup, whether the old data was copied or not. */
function ontoItself({ verdict }: Story, sector: number, t0: StoryStep, change: StoryStep | null): Facts {
  const changed = change === null ? '' : ` when ${nameOfWho(change.who)} changed it at step ${change.n}`;
  return {
    shape: 'wrong target',
    sector,
    sentence: sentences(
      "the job's target was the disk itself",
      `so sector ${sector} of the backup became ${verdict.got} instead of ${verdict.expected}${changed}`,
      'the target should be another file',
    ),
    guilty: inOrder([
      { step: t0.n, note: 'the job begins with the disk itself as its target' },
      change === null
        ? null
        : { step: change.n, note: `${nameOfWho(change.who)} changes sector ${sector} of the disk, and so of the backup` },
    ]),
    order: null,
  };
}

/** Storing something else has filled the sector, too. */
function filled({ verdict }: Story, sector: number, change: StoryStep): Facts {
  const what = `${nameOfWho(change.who)} stored another sector of the same cluster of the target`;
  return {
    shape: 'wrong target',
    sector,
    sentence: sentences(
      `${what} at step ${change.n}, which also filled sector ${sector}, so it shows ${verdict.got} instead of ${verdict.expected}`,
      'the clusters of a target without a backing file should be no larger than those of the backup',
    ),
    guilty: inOrder([{ step: change.n, note: `${what}, and sector ${sector} is filled with it` }]),
    order: null,
  };
}
