/** Traces that a search has found whose reproducers are among the longest: a qcow2 target whose answers lag, and three qcow2 images. */
export const LONG = [
  `trace: 2
subject: {qemu: "11.1.3 (Debian 1:11.1.3+ds-1)"}
wake: qemu
scenario:
  images:
    disk: {sectors: 8}
    target: {cluster-sectors: 2}
  jobs:
    - {sync: full, cluster-sectors: 2}
  requests:
    - {id: g1, write: [0, 8], early: true}
    - {id: g2, zero: [6, 2]}
  commands:
    - {resume: job, after: [job.stopped]}
    - {cancel: job}
  faults:
    - {node: target, op: write, cluster: 3, errno: EIO}
schedule:
  - g1: write -> source write 0-262143
  - source: write.land 0-262143 -> at 0 s0-7.g1
  - source: write.done 0-262143 -> g1 ok
  - user: start workers 1 chunk 65536 granularity 65536 bitmap-mode always
      -> created, running, paused, running, started, source status 0-65535
  - g2: zero -> source status 196608-262143
  - source: status.done 0-65535 -> source read 0-65535, source status 65536-131071
  - source: status.done 196608-262143 -> source read 196608-262143
  - source: status.done 65536-131071
  - user: cancel -> cancel
  - source: read.took 0-65535 -> at 0 s0-1.g1
  - source: read.done 0-65535 -> target read 327680-393215
  - target: read.done 327680-393215 -> target write 393216-458751
  - target: write.land 393216-458751 -> at 0 s0-1.g1
  - target: write.done 393216-458751 -> source read 65536-131071
  - source: read.took 65536-131071 -> at 2 s2-3.g1
  - source: read.done 65536-131071 -> target write 458752-524287
  - target: write.land 458752-524287 -> at 2 s2-3.g1
  - target: write.done 458752-524287 -> aborting
  - source: read.took 196608-262143 -> at 6 s6-7.g1
  - source: read.done 196608-262143 -> target write 589824-655359
  - target: write.land 589824-655359 -> g2 error 5, source flush, EIO
  - source: flush.done -> BLOCK_JOB_CANCELLED, concluded, null
verdict:
  property: next-increment
  step: 22
  sector: 6
  expected: s6.g1
  got: s6@0
  detail: "sector 6 is s6@0 instead of s6.g1: this is what the target shows after the next increment"
minimal: best effort (18 tries)
found: {strategy: portfolio, seed: a, run: 11}
`,
  `trace: 2
subject: {qemu: "10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)"}
wake: qemu
scenario:
  images:
    disk: {sectors: 256, discard-reads: ignored, cluster-sectors: 128, allocated: [0, 1], backing: base}
    base: {sectors: 256}
    target: {cluster-sectors: 64}
  jobs:
    - {sync: none, cluster-sectors: 128}
  requests:
    - {id: g1, read: [128, 128], node: target}
    - {id: g2, write: [12, 55]}
    - {id: g3, zero: [219, 34]}
  commands:
    - {resume: job, after: [job.stopped]}
    - {cancel: job, after: [g1.done, g2.done, g3.done]}
  faults:
    - {node: target, op: write, cluster: 0, errno: EIO}
schedule:
  - user: start filter on-cbw-error break-snapshot reads snapshot-access
  - g1: readT0 -> source read 327680-393215
  - source: read.done 327680-393215 -> source read 458752-524287
  - g2: write -> source read 393216-458751
  - source: read.took 393216-458751 -> at 0 s0-127@0
  - source: read.done 393216-458751 -> target read 163840-196607
  - target: read.took 163840-196607
  - target: read.done 163840-196607 -> target read 65536-98303
  - target: read.done 65536-98303 -> target write 196608-262143
  - target: write.land 196608-262143 -> source write 399360-427519, EIO
  - source: write.land 399360-427519 -> at 12 s12-66.g2
  - source: write.done 399360-427519 -> g2 ok
  - g3: zero -> source write 505344-522751
  - source: write.land 505344-522751
  - source: write.done 505344-522751 -> g3 ok
  - source: "read.took 458752-524287 -> at 128 s128-218@0 zero*34 s253-255@0"
  - source: read.done 458752-524287 -> g1 ok
verdict:
  property: stable-reader
  step: 17
  sector: 219
  expected: s219@0
  got: zero
  detail: "sector 219 is zero instead of s219@0: g1 read it through snapshot-access"
minimal: best effort (22 tries)
found: {strategy: portfolio, seed: a, run: 30}
`,
] as const;
