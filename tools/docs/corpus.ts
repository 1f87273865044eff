/** The kept traces that documents tell of. */
import type { Trace } from '../../src/trace/format.ts';

/** By path from the top of the repository. */
export type Corpus = ReadonlyMap<string, Trace>;
