/** The bugs that were found in real releases: what a user sees of each, and the run of the model that shows the same. */

export interface Released {
  readonly title: string;
  /** Its traces in traces/today/; none: the model of today does not have it. */
  readonly models: readonly string[];
}

/** By its trace in traces/releases/, the newest first. */
export const RELEASED: Readonly<Record<string, Released>> = {
  'break-snapshot-11.1': {
    title: 'A backup that completes without an error, and has data from after T0',
    models: ['broken-snapshot-full', 'broken-snapshot-top'],
  },
  'overtaken-read-11.1': { title: 'A read of a broken snapshot that returns new data, and no error', models: ['overtaken-read'] },
  'bitmap-always-7.2': {
    title: 'A bitmap that loses a cluster, which the next increment then lacks',
    models: ['lost-bit', 'lost-bit-increment'],
  },
  'snapshot-access-7.2': { title: 'A read across a copied cluster that returns new data', models: [] },
  'lost-cluster-5.2': { title: 'A full backup that completes without an error, and lacks a cluster', models: [] },
  'serialised-twice-5.2': { title: 'A backup that aborts QEMU: an assertion about serialised writes', models: [] },
};
