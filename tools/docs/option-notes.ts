/**
 * What docs/command.md says of an option where its line in the help is too short for a reference, in Markdown. Names, values and defaults
 * are the program's own (command.ts).
 */
export const OPTION_NOTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  check: {
    '--mode':
      'sync modes, comma-separated: `full`, `top`, `none`, or `all`; `bitmap` (increments by a dirty bitmap) exists in block-copy ' +
      'only, and selects that family',
    '--family':
      'family of built-in jobs: `notifier`, the backup of QEMU 1.6 to 4.1; `block-copy`, that of 4.2 and later; `all`, one ' +
      'after the other, each with its share of `--runs` and `--seconds`, until one does not hold; `all` cannot be used with ' +
      '`--json`. Default: the family of `--job`, or the one that has the mode and the rules of `--without`',
    '--job':
      '`correct`, the correct job of the family; `block-copy`, that of block-copy; `all`, that of each family, as with `--family all`; ' +
      'an era of QEMU, which is the job without the rules that this release broke: `qemu-1.6` to `qemu-4.1` (notifier, ' +
      '`qemu-1.6.md`), `qemu-4.2` to `qemu-11.1` (block-copy); or a module that exports a custom job (`api.md`): `.mjs`, ' +
      '`.js`, `.cjs`, and `.ts` with node 22.18 or newer',
    '--without':
      'rule to switch off, in addition to those of `--job`; repeatable',
    '--wake':
      'order in which woken coroutines run',
    '--effects':
      'granularity at which I/O takes effect',
    '--strategy':
      'random, sticky, pct, pos, urw, portfolio (a mix of all)',
    '--exhaustive':
      'search every schedule of every scenario of a scope, up to equivalence; cannot be used with `--runs`, `--strategy`, `--seed`, ' +
      '`--workload`, `--window`, `--scenario`',
    '--runs':
      'number of schedules, over all modes and families. The default takes about ten seconds on two cores',
    '--seconds':
      'time for search, shrinking and proofs together; a failure found at the last moment gets two more seconds. ' +
      'With `--keep-going` the search itself ends after 60 % of the time, once it has found something',
    '--seed':
      'random seed. With `--runs`, the same seed and options give the same JSON, except for times (and proofs that take too long), ' +
      'with any number of `--workers`; with `--seconds`, the same runs, up to the shorter budget',
    '--variants':
      'scenario variants for `--exhaustive`, comma-separated, or `all`',
    '--kinds':
      'guest requests for `--exhaustive`: write, zero, discard, read, flush; comma-separated',
    '--workload':
      "I/O log of a real guest, from nbdkit's log filter, or a fio iolog of version 2 or 3 (below)",
    '--window':
      'requests of `--workload` to run, such as `4001+1000`: the number of the first, from 1, and a count of at most 50,000. ' +
      'Earlier requests are applied to the disk. Default: all of a log of up to 1,000 requests; of a longer log, the ' +
      '1,000 requests with the most overlaps within a cluster',
    '--scenario':
      'trace whose scenario is searched, in other schedules; its own schedule and rules are ignored. Cannot be used with ' +
      '`--mode`, sizes, `--workload`, `--window`, `--exhaustive`',
    '--faults':
      'also inject read and write errors; with `--exhaustive`, the variant `fault`',
    '--workers':
      'worker threads',
    '--memory':
      'memory per worker for the states of `--exhaustive`, from `1M` to `48G`. Each worker searches one scenario at a time',
    '--keep-going':
      'do not stop at the first failure; write one trace per cause. Rules found to break a mode are on again in half of the ' +
      'later runs, so that the next cause shows',
    '--prove-seconds':
      'seconds, on top of `--seconds`, for proofs that no smaller trace of a failure exists, all failures together; ' +
      '0: no proofs. Without `--runs`, `--seconds` and `--exhaustive` it is 10',
    '--details':
      'print every failure in full instead of a table. Requires `--keep-going` or `--corpus`',
    '--journal':
      'directory for the result of each unit; the same command resumes from it, however the last one ended. Requires ' +
      '`--runs` or `--exhaustive`',
    '--on':
      'run units on the workers of a broker (`work`, below): `redis://HOST`, ' +
      '`rediss://USER:PASSWORD@HOST:PORT/DATABASE`. Requires `--runs` or `--exhaustive`; cannot be used with `--seconds`, ' +
      '`--shard`, `--family all`. Without `--journal` the journal is in `cowcheck-journal/ID`. Default: `COWCHECK_ON`',
    '--verify':
      'percentage of the `--on` units, drawn at random, to run here too. If a result differs, nothing counts as proved',
    '--corpus':
      'directory with one trace per known cause; they run first, and new ones are added. Cannot be used with `--shard`',
    '--watch':
      'check again whenever the custom job (`JOB`, or that of `--job`) or a module beside it is saved. Without a custom job, ' +
      'whenever the built model changes (`dist/command` of the package; in a checkout `npm run build` builds it). Known failures ' +
      'run first: without `--corpus` they are kept in `corpus/` in `--out`. Ctrl-C stops it, with ' +
      'status 130. Not available in a configuration',
    '--out':
      'directory for the traces of failures, with the schema of their format (`trace-format.md`)',
    '--shard':
      'run only the I-th of N shards of the search. Requires `--report`, and `--runs` and `--seed`, or `--exhaustive`; cannot be ' +
      'used with `--seconds`, `--family all`, `--prove-seconds`, or, in a random search, with more than one rule off',
    '--report':
      'file for the results of a `--shard`, for `merge`',
    '--clusters':
      'maximum clusters on the disk, in random scenarios and in the scope of `--exhaustive`',
    '--writes':
      'maximum guest requests, in random scenarios and in the scope of `--exhaustive`',
  },
  merge: {
    '--job':
      'custom job of the reports; a report never loads a module by itself',
  },
  qemu: {
    '--binary':
      '`qemu-storage-daemon`, or a `qemu-system-...`, which is run with `-machine none`',
    '--release':
      'release fetched by `cowcheck releases`: the newest whose version begins with it, that of a Debian suite, ' +
      'or `all`: the newest of each branch, one after the other (with `--json`, one object per line; the worst status counts)',
    '--only':
      'only runs with one of these features, comma-separated: `full`, `top`, `none`, `filter`, `snapshot-access`, `break-snapshot`, ' +
      '`min-cluster-size`, `manual-finalize`, `incremental`, `bitmap`, `on-success`, `never`, `always`, `transaction`, ' +
      '`grouped`, `overlay`, `raw`, `pause`, `cancel`, `zero`, `discard`',
    '--workers':
      'worker threads, each with its own QEMU',
    '--validate':
      'also check each run, or each given trace, against the model (below)',
  },
  explain: {
    '--format':
      'for a terminal; for a bug report; a picture in light and dark; one self-contained file; for other tools; a test ' +
      'for vitest that runs the trace again with `replay` (`api.md`); for a run on a real QEMU, one Python file that needs ' +
      'only QEMU (`bug-report.md`)',
    '--json':
      'the same as `--format json`',
    '--full':
      'all steps',
    '--compare':
      'text: the same schedule on the correct job, side by side (HTML always shows it)',
    '--job':
      'custom job of the trace; a trace never loads a module by itself',
    '--out':
      'file to write, replaced if it exists; never a device or the trace itself',
  },
  learn: {
    '--port':
      'port; status 2 if it is in use. The browser keeps your progress per port',
    '--out':
      'directory to write the page to, as `index.html`; replaces an earlier page but no other file. Cannot be used with `--port`',
    '--no-open':
      'do not open a browser',
  },
};
