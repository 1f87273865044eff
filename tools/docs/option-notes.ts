/**
 * What docs/command.md says of an option where its line in the help is too short for a reference, in Markdown. Names, values and defaults
 * are the program's own (command.ts).
 */
export const OPTION_NOTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  check: {
    '--mode':
      'sync modes, comma-separated: `full`, `top`, `none`, or `all`; `bitmap`, increments by a dirty bitmap, is one of ' +
      'block-copy alone, and picks that family',
    '--family':
      'family of built-in jobs: `notifier`, the backup of QEMU 1.6 to 4.1; `block-copy`, that of 4.2 and later; `all`, one ' +
      'after the other, each with its share of `--runs` and `--seconds`, up to the first that does not hold, without ' +
      '`--json`. Without it: that of `--job`, or that which has the mode and the rules of `--without`',
    '--job':
      '`correct`, that of the family; `block-copy`, that of this family; `all`, that of each family, as with `--family all`; ' +
      'an era of QEMU, the job without the rules that this release broke: `qemu-1.6` to `qemu-4.1` of the notifier ' +
      '(`qemu-1.6.md`), `qemu-4.2` to `qemu-11.1` of block-copy; or a module that exports a custom job (`api.md`): `.mjs`, ' +
      '`.js`, `.cjs`, and `.ts` with node 22.18 or newer',
    '--without':
      'switch a rule off, on top of `--job`; may be repeated',
    '--wake':
      'order in which woken coroutines run',
    '--effects':
      'grain at which I/O takes effect',
    '--strategy':
      'random, sticky, pct, pos, urw, portfolio (a mix of all)',
    '--exhaustive':
      'every schedule of every scenario of a scope, up to equivalence; not with `--runs`, `--strategy`, `--seed`, ' +
      '`--workload`, `--window`, `--scenario`',
    '--runs':
      'schedules, all modes and families together. About ten seconds on two cores',
    '--seconds':
      'time for search, shrinking and proofs together; a failure that is found in the last moment gets two seconds more. ' +
      'With `--keep-going` the search itself ends after 60 % of it, once it has found something',
    '--seed':
      'with `--runs`: same seed and options, same JSON apart from times (and proofs that take too long), whatever ' +
      '`--workers`; with `--seconds`: the same runs as far as both went',
    '--variants':
      'scenarios of `--exhaustive`; comma-separated, or `all`',
    '--kinds':
      'what guests ask for in them: write, zero, discard, read, flush; comma-separated',
    '--workload':
      "guest I/O recorded from a real guest: a log of nbdkit's log filter, or a fio iolog of version 2 or 3 (below)",
    '--window':
      'the requests of `--workload` that run, such as `4001+1000`: the first, counted from 1, and how many, at most 50,000. ' +
      'What comes before has made the disk what it is. Without it: all of a log of up to 1,000 requests; of a longer one the ' +
      '1,000 in which most requests meet another in their cluster',
    '--scenario':
      'only the scenario of a trace, in other orders: nothing else of the trace counts, neither its schedule nor which rules ' +
      'it has off. Not with `--mode`, sizes, `--workload`, `--window`, `--exhaustive`',
    '--faults':
      'also inject read and write errors; with `--exhaustive` the variant `fault`',
    '--workers':
      'worker threads',
    '--memory':
      'for the states of a scenario of `--exhaustive`, from `1M` to `48G`. Each worker searches one scenario at a time, and ' +
      'takes up to so much for it',
    '--keep-going':
      'do not stop at the first failure; one trace for each cause. Rules found to break a mode are on again in half of the ' +
      'later runs, so that the next one shows',
    '--prove-seconds':
      'on top of `--seconds`: go on so long to prove that no smaller trace of a failure exists, all failures together; ' +
      '0: no proofs. Without `--runs`, `--seconds` and `--exhaustive` it is 10',
    '--details':
      'of several failures print all of each, and not a table of them. Takes `--keep-going` or `--corpus`',
    '--journal':
      'keeps the result of each unit of the search in DIR: the same command resumes from there, whatever ended it. Takes ' +
      '`--runs` or `--exhaustive`',
    '--on':
      'runs units on the machines that work there (`work`, below): `redis://HOST`, ' +
      '`rediss://USER:PASSWORD@HOST:PORT/DATABASE`. Takes `--runs` or `--exhaustive`; not with `--seconds`, `--shard`, ' +
      '`--family all`. Without `--journal` the journal is in `cowcheck-journal/ID`. `COWCHECK_ON` may hold it',
    '--verify':
      'so many of the units of `--on`, drawn at random, run here as well; where they come to something else, nothing counts ' +
      'as proved',
    '--corpus':
      'a folder with a trace for each cause found so far: they run first, and what is found is added. Not with `--shard`',
    '--watch':
      'check again whenever the custom job is saved: `JOB`, or that of `--job`, and modules beside it. Without a custom job, ' +
      'whenever the built model changes (`dist/command` of the package; in a checkout `npm run build` makes it). Failures ' +
      'that were found before come first: without `--corpus` they are kept in `corpus/` in `--out`. Ctrl-C ends it, with ' +
      'status 130. Not in a configuration',
    '--out':
      'where traces of failures go, with the schema of their format (`trace-format.md`)',
    '--shard':
      'runs only the I-th of N shares of the search. Takes `--report`, and `--runs` and `--seed`, or `--exhaustive`; not ' +
      'with `--seconds`, `--family all`, `--prove-seconds`, nor, at random, with more than one rule off',
    '--report':
      'where the results of a `--shard` go, for `merge`',
    '--clusters':
      'clusters of the disk, at most, in generated scenarios and in the scope of `--exhaustive`',
    '--writes':
      'guest requests, at most, in generated scenarios and in the scope of `--exhaustive`',
  },
  merge: {
    '--job':
      'the custom job that was checked: no report runs a module by itself',
  },
  qemu: {
    '--binary':
      '`qemu-storage-daemon`, or a `qemu-system-...`, which is run with `-machine none`',
    '--release':
      'releases that `cowcheck releases` has fetched: the newest whose version begins with R, the one of a suite of Debian, ' +
      'or `all`, the newest of each branch, one after the other (with `--json` an object a line; status: the worst)',
    '--only':
      'only runs that have one of these: `full`, `top`, `none`, `filter`, `snapshot-access`, `break-snapshot`, ' +
      '`min-cluster-size`, `manual-finalize`, `incremental`, `bitmap`, `on-success`, `never`, `always`, `transaction`, ' +
      '`grouped`, `overlay`, `raw`, `pause`, `cancel`, `zero`, `discard`',
    '--workers':
      'worker threads, each of which drives a QEMU of its own',
    '--validate':
      'also ask of each run whether the model has a run that shows the same (below)',
  },
  explain: {
    '--format':
      'for a terminal; for a bug report; a picture in light and dark; one file that opens from disk; for other tools; a test ' +
      'for vitest that runs the trace again with `replay` (`api.md`); of a run on a real QEMU, one Python file that needs ' +
      'nothing but QEMU (`bug-report.md`)',
    '--json':
      'the same as `--format json`',
    '--full':
      'text, md: all steps',
    '--compare':
      'text: beside it, the same choices on the correct job (HTML always has them)',
    '--job':
      'for traces of a custom job, which are never run without it',
    '--out':
      'to a file, which is replaced; never to a device, nor over the trace',
  },
  learn: {
    '--port':
      'port; status 2 if it is in use. What was learned is kept by the browser, by port',
    '--out':
      'writes the page to DIR/index.html instead, over an earlier one but over no other file. Not with `--port`',
    '--no-open':
      'opens no browser, not even on a terminal with a desktop',
  },
};
