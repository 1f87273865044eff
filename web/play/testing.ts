/** For specs only: the traces of the gallery. */
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';

const FILES = import.meta.glob<string>('../../traces/gallery/*.trace.yaml', { query: '?raw', import: 'default', eager: true });

export const GALLERY: ReadonlyMap<string, Trace> = new Map(
  Object.entries(FILES).map(([path, text]) => [path.replace(/^.*\/(.*)\.trace\.yaml$/, '$1'), readTrace(text)]),
);
