/** The readers of files from strangers, each with the one kind of error that it may throw. */
import { isFioIolog, parseFioIolog } from '../../dist/src/scenarios/fio-iolog.js';
import { LogError } from '../../dist/src/scenarios/guest-log.js';
import { parseNbdkitLog } from '../../dist/src/scenarios/nbdkit-log.js';
import { TraceError } from '../../dist/src/trace/format.js';
import { readTrace } from '../../dist/src/trace/read.js';

export const READERS = {
  trace: { read: readTrace, Refusal: TraceError },
  log: { read: (text) => (isFioIolog(text) ? parseFioIolog(text, 'log') : parseNbdkitLog(text, 'log')), Refusal: LogError },
};
