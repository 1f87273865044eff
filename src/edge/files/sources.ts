/** Sources that are read as text, and the pages made of them, which lie beside what they are compiled to. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.ts';

const LEFT_OUT = /(\.spec|testing)\.ts$|^families.(example|block-copy.(?!rules)|custom.(?!known|job\.|job-error|file-name))/;

/**
 * All files of model/ but what is for specs, by path from the top of the repository: a job with its rules folded in is made of them,
 * which only jobs of the notifier are. Of block-copy there are the names of its rules, which every setting may name; of custom jobs
 * what a machine knows before any is made known.
 */
export function modelSources(): ReadonlyMap<string, string> {
  const names = readdirSync(join(PACKAGE_ROOT, 'model'), { recursive: true, encoding: 'utf8' }).toSorted();
  const sources = names.filter((name) => name.endsWith('.ts') && !LEFT_OUT.test(name));
  return new Map(sources.map((name) => [`model/${name.replaceAll('\\', '/')}`, readFileSync(join(PACKAGE_ROOT, 'model', name), 'utf8')]));
}

/** Where the page of a job with its rules folded in is kept, from the top of the repository. @param name of an era, or `correct` */
export const pathOfReadyJob = (name: string): string => `docs/jobs/${name}.ts`;

/** That page, as `npm run docs` has made it. */
export const readyJob = (name: string): string => readFileSync(join(PACKAGE_ROOT, pathOfReadyJob(name)), 'utf8');

/** A file of what a reproducer runs, which is Python (src/edge/qemu/reproducer/runtime). */
export const runtimeSource = (name: string): string => readFileSync(join(PACKAGE_ROOT, 'src/edge/qemu/reproducer/runtime', name), 'utf8');
