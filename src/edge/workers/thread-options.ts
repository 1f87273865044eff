/** What every pool of worker threads is started with. */
import { type AskedFile, askedHere } from '../files/asked-here.ts';
import { type JobFile, hasCommonJsJob, loadedJobs } from '../files/custom-job.ts';

/**
 * Node aborts the whole process if a thread ends while it is within a `require` of an ES module, and piscina tries that before
 * `import`. Without it a search that ends, or is interrupted, while its threads are loading ends alone.
 */
const NO_REQUIRE_OF_MODULES = '--no-experimental-require-module';
/** Options of node that say how modules are loaded. The others are for a process, and a thread is refused with them. */
const LOADING = /^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(?<value>=|$)/;

interface ThreadOptions<Data> {
  readonly execArgv: string[];
  readonly workerData: Data & { readonly jobs: JobFile[]; readonly asked: AskedFile | null };
}

/** @param data what each thread gets besides, as a copy */
export const threadOptions = <Data extends object = object>(data = {} as Data): ThreadOptions<Data> => ({
  execArgv: [...loadingOptions(process.execArgv), ...(hasCommonJsJob() ? [] : [NO_REQUIRE_OF_MODULES])],
  workerData: { ...data, jobs: loadedJobs(), asked: askedHere() },
});

/** Those of a process that its threads need, too, each with its value. */
export function loadingOptions(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    const found = LOADING.exec(arg);
    if (found === null) return [];
    return found.groups!['value'] === '=' ? [arg] : args.slice(i, i + 2);
  });
}
