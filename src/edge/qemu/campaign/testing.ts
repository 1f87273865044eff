/** Two failures of QEMU 7.2 that have one cause (B-104), as a search found them: the job ends by an error of its own. */
export const ONE_CAUSE = [
  `trace: 2
subject: {qemu: "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)"}
wake: qemu
scenario:
  images:
    disk: {sectors: 8, discard-reads: old}
  jobs:
    - {sync: full, cluster-sectors: 8}
  requests:
    - {id: g1, write: [0, 1], early: true}
    - {id: g2, write: [1, 7], early: true}
  commands:
    - {resume: job, after: [job.stopped]}
  faults:
    - {node: target, op: write, cluster: 0, errno: EIO, times: 2}
schedule:
  - g1: write -> source write 0-8191
  - user: start workers 1 granularity 65536 bitmap-mode always
  - g2: write
  - source: write.land 0-8191 -> at 0 s0.g1
  - source: write.done 0-8191 -> created, running, paused, running, started, g1 ok, source status 0-65535
  - source: status.done 0-65535 -> source read 0-65535
  - source: read.took 0-65535 -> at 0 s0.g1 s1-7@0
  - source: read.done 0-65535 -> target write 0-65535
  - target: write.land 0-65535 -> BLOCK_JOB_ERROR write report, aborting, source read 0-65535, EIO
  - source: read.took 0-65535 -> at 0 s0.g1 s1-7@0
  - source: read.done 0-65535 -> target write 0-65535
  - target: "write.land 0-65535 -> BLOCK_JOB_COMPLETED Input/output error, concluded, null, g2 error 5, EIO"
verdict:
  property: next-increment
  step: 12
  sector: 0
  expected: s0.g1
  got: s0@0
  detail: "sector 0 is s0@0 instead of s0.g1: this is what the target shows after the next increment"
minimal: best effort (52 tries)
found: {strategy: portfolio, seed: a, run: 1265}
`,
  `trace: 2
subject: {qemu: "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)"}
wake: qemu
scenario:
  images:
    disk: {sectors: 512}
  jobs:
    - {sync: full, cluster-sectors: 128}
  requests:
    - {id: g1, write: [0, 512], early: true}
    - {id: g2, zero: [436, 74]}
  commands:
    - {resume: job, after: [job.stopped]}
  faults:
    - {node: target, op: write, cluster: 0, errno: EIO}
    - {node: target, op: write, cluster: 3, errno: EIO}
schedule:
  - g1: write -> source write 0-262143
  - source: write.land 0-262143 -> at 0 s0-511.g1
  - source: write.done 0-262143 -> g1 ok
  - user: start workers 1 granularity 65536 bitmap-mode always -> created, running, paused, running, started, source status 0-262143
  - g2: zero
  - source: status.done 0-262143 -> source read 0-262143
  - source: read.took 0-262143 -> at 0 s0-511.g1
  - source: read.done 0-262143 -> target write 0-262143
  - target: write.land 0-262143 -> BLOCK_JOB_ERROR write report, aborting, source read 196608-262143, EIO
  - source: read.took 196608-262143 -> at 384 s384-511.g1
  - source: read.done 196608-262143 -> target write 196608-262143
  - target: "write.land 196608-262143 -> BLOCK_JOB_COMPLETED Input/output error, concluded, null, g2 error 5, EIO"
verdict:
  property: next-increment
  step: 12
  sector: 384
  expected: s384.g1
  got: s384@0
  detail: "sector 384 is s384@0 instead of s384.g1: this is what the target shows after the next increment"
minimal: best effort (52 tries)
found: {strategy: portfolio, seed: a, run: 6}
`,
] as const;
