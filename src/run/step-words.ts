/** Each step in one sentence: what it does, and what it shows. The words are those of docs/glossary.md. */
import { nameOfWho, capital } from '../explain/story/words.ts';

/** `{c}` is the cluster or sector that the step is about. `copy` steps are told of whoever copies. */
const DOES: Record<string, string> = {
  start: 'begins the backup: this instant is T0',
  'start.drain': 'goes on with its start, now that the requests it waited for are over',
  'start.later': 'goes on with its start',
  sleep: 'wakes up, and goes to {c}',
  'sleep.limit': 'has waited for its speed limit, and goes to {c}',
  paused: 'was paused, and goes on at {c}',
  park: 'was waiting for its cancel or a resume, and looks what there is to do',
  'drain.copies': 'goes on, now that the copies in flight are over',
  'close.drain': 'goes on, now that the requests in flight are over',
  close: 'closes the target and sends its event',
  ask: 'asks whether the disk has {c} allocated',
  wait: 'was woken, and looks again whether anybody copies {c}',
  'copy.ask': 'asks, for its copy, what is allocated in {c}',
  'copy.queue': 'has waited in line with its copy of {c}',
  'copy.throttle': 'has waited for the I/O limit with its copy of {c}',
  'copy.overlap': 'has waited with its copy of {c} for a request on the same sectors',
  'copy.read': 'asks the disk for the data of {c}, to copy it',
  'copy.took': 'takes the data of {c} from the disk',
  'copy.data': 'has the data of {c}',
  'copy.store': 'sends the copy of {c} to the target',
  'copy.land': 'has its copy of {c} land in the target',
  'copy.done': 'ends its copy of {c}',
  'copy.zero': 'sends zeroes for {c} to the target',
  'copy.zero.land': 'has its zeroes land in {c} of the target',
  'copy.zero.done': 'ends its copy of {c}, which was zeroes',
  queue: 'has waited in line',
  throttle: 'has waited for the I/O limit',
  overlap: 'has waited for a request on the same sectors',
  'write.start': 'begins to write',
  'write.send': 'sends its write of {c} to the disk',
  'write.land': 'has its write land on {c} of the disk',
  'write.done': 'is told that its write is over',
  'zero.start': 'begins to write zeroes',
  'zero.send': 'sends its zeroes for {c} to the disk',
  'zero.land': 'has its zeroes land on {c} of the disk',
  'zero.done': 'is told that its zeroes are written',
  'discard.start': 'begins to discard',
  'discard.send': 'sends its discard of {c} to the disk',
  'discard.land': 'has its discard land on {c} of the disk',
  'discard.done': 'is told that its discard is over',
  'read.start': 'begins to read',
  'read.look': 'looks where {c} of the disk lies',
  'read.took': 'takes {c} from the disk',
  'read.done': 'has what it read',
  'flush.start': 'begins to flush',
  'flush.done': 'is told that its flush is over',
  'savevm.start': "begins to save the machine's state, past the end of the disk",
  'savevm.done': "is told that the machine's state is saved",
  'readT0.start': 'begins to read the backup',
  'readT0.look': 'looks where the backup has {c}',
  'readT0.took': 'takes {c} from there',
  'readT0.done': 'has what it read from the backup',
  'cor.look': 'looks where {c} lies, to copy it up',
  'cor.took': 'takes {c} from the backing file',
  'cor.put': 'stores {c} in the disk, as copy-on-read does',
  cancel: 'cancels the job',
  pause: 'pauses the job',
  resume: 'resumes the job',
  'resume.stopped': 'resumes the job, which an error had stopped',
};

/** `g1 has its write land on cluster 0 of the disk → s0.g1`; without what it shows: what it would do next. */
export function sentenceOfStep(who: string, what: string, saw: string): string {
  const [label = '', place] = what.split(' ');
  const does = DOES[label] ?? (/\.(?:EIO|ENOSPC)$/.test(label) ? `is told of the error ${label.slice(label.lastIndexOf('.') + 1)}` : label);
  return `${capital(`${nameOfWho(who)} ${does.replace('{c}', placeWords(place))}`)}${saw === '' ? '' : ` → ${saw}`}`;
}

/** Whether the words of a step are known here. */
export const isKnownStep = (label: string): boolean => label in DOES || /\.(?:EIO|ENOSPC)$/.test(label);

const placeWords = (place = ''): string => place.replace(/^c(?=\d)/, 'cluster ').replace(/^s(?=\d)/, 'sector ');
