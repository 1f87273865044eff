/*
 * The peer of our exhaustive search for the backup of today: FULL by block-copy, written for Spin. scenario.h is made of one of our
 * scenarios by block-copy-scenario.ts: the sizes, the disk at T0, the writes, the limits of a call, and the rules.
 *
 * A label is a step of our model (model/families/block-copy), under its name; the numbers are those of docs/qemu-today.md. What runs
 * between two yields of ours stands between two labels here, and is one transition, so that both count the same states
 * (block-copy.spec.ts). A variable that is dead is 0, as our cells are. A process that has ended stays where it is, for Spin would let
 * only the youngest die; so does a task that is free.
 */

/* What a sector shows (model/block/content.ts): zeroes, what it showed at T0, or whose write it holds. */
#define ZERO 0
#define OLD 1
#define WRITTEN_BY(guest) (2 + guest)

#include "scenario.h"

#define JOB 0 /* process ids: the job, its call, the guests, then the tasks of each call, the job's first */
#define CALL 1
#define GUEST(pid) (pid - 2)
#define CALLS (WRITES + 1) /* a call is the job's, 0, or a guest's */
#define CALL_OF(pid) (pid - 1)
#define CALLER(call) (call + 1)
#define TASK(call, n) (2 + WRITES + call * WORKERS + n)
#define CALL_OF_TASK(pid) ((pid - 2 - WRITES) / WORKERS)
#define PROCESSES (2 + WRITES + CALLS * WORKERS)
#define NOBODY 255

#define CLUSTER(sector) (sector / CLUSTER_SECTORS)
#define BUFFER (CHUNK * CLUSTER_SECTORS)

/* `copied`: QEMU's bit is set while a cluster is DIRTY. */
#define DIRTY 0
#define COPIED 1
#define CLAIMED 2

bool began; /* the disk is not drained any more after T0 */
bool launched; /* the job has entered its call */
bool entered; /* which has run to its first yield */
bool hooked;
bool drained; /* at the end */
byte source[SECTORS] = DISK_AT_T0;
byte target[SECTORS];
bool stored[CLUSTERS];
byte copied[CLUSTERS];
bool woken[2 + WRITES]; /* job, call and guests */
bool ended[WRITES];

byte requests; /* of guests, in flight */
bool waitsForRequests; /* the job does, in close_drain */
chan held = [WRITES] of { byte }; /* in held, first come first served */

/* model/families/block-copy/call-state.ts */
byte offset[CALLS];
byte areaEnd[CALLS];
bool hasFound[CALLS];
bool hasPool[CALLS];
byte busy[CALLS];
bool waitsForTask[CALLS];

/* model/families/block-copy/request-list.ts: who holds which clusters, oldest first, and who waits for whom. */
byte inFlight[PROCESSES];
byte inFlights;
byte rangeFirst[PROCESSES];
byte rangeEnd[PROCESSES];
chan waiters[PROCESSES] = [WRITES + 1] of { byte };
bool isTask[PROCESSES]; /* of a task: it is not free */

/* No part of the state: constants, and what is used within a step. */
hidden byte atT0[SECTORS] = DISK_AT_T0;
hidden byte firstSector[WRITES] = FIRST_SECTORS;
hidden byte endSector[WRITES] = END_SECTORS;
hidden byte callFirst[CALLS] = FIRST_CLUSTERS; /* of each call, which is the whole disk of the job's */
hidden byte callEnd[CALLS] = END_CLUSTERS;
hidden byte i, j, other, outcome;

/* properties/snapshot-kept.ts, of one sector. */
#define SNAPSHOT_KEPT(sector) (stored[CLUSTER(sector)] -> target[sector] == atT0[sector] : source[sector] == atT0[sector])

/* ---- call.ts ---- */

/* What a pass comes to. */
#define STATUS 1
#define TASKS 2
#define WAITS 3
#define DONE 4

inline beginPass(call) {
  offset[call] = callFirst[call];
  hasFound[call] = false;
  hasPool[call] = false
}

/* nextDirtyArea, claim and reqlistInitReq (K2): `outcome` is STATUS if there is something to copy. */
inline nextArea(call) {
  i = offset[call];
  do
  :: i < callEnd[call] && copied[i] != DIRTY -> i++
  :: else -> break
  od;
  if
  :: i < callEnd[call] ->
    offset[call] = i;
    j = i;
    do
    :: j < callEnd[call] && j < offset[call] + CHUNK && copied[j] == DIRTY -> copied[j] = CLAIMED; j++
    :: else -> break
    od;
    areaEnd[call] = j;
    hasFound[call] = true;
    rangeFirst[_pid] = i;
    rangeEnd[_pid] = j;
    inFlight[inFlights] = _pid;
    inFlights++;
    outcome = STATUS
  :: else
  fi
}

/* reqlistWaitOne (K12): a process in `other`, or NOBODY. */
inline newestOverlapping(call) {
  other = NOBODY;
  i = inFlights;
  do
  :: i > 0 ->
    i--;
    if
    :: rangeFirst[inFlight[i]] < callEnd[call] && callFirst[call] < rangeEnd[inFlight[i]] -> other = inFlight[i]; break
    :: else
    fi
  :: else -> break
  od
}

/* blockCopyDirtyClusters and blockCopyCommon, from where a pass looks for more. */
inline pass(call) {
  outcome = 0;
  do
  :: outcome == 0 ->
    if
    :: offset[call] < callEnd[call] -> nextArea(call)
    :: else
    fi;
    if
    :: outcome == 0 && busy[call] > 0 -> waitsForTask[call] = true; outcome = TASKS
    :: outcome == 0 && busy[call] == 0 && hasFound[call] -> beginPass(call)
    :: outcome == 0 && busy[call] == 0 && !hasFound[call] ->
      newestOverlapping(call);
      if
      :: WAIT_FOR_TASKS_IN_RANGE && other != NOBODY -> waiters[other]!_pid; outcome = WAITS
      :: else ->
        offset[call] = 0;
        areaEnd[call] = 0;
        outcome = DONE;
        if
        :: call == 0 -> woken[JOB] = true /* K13: the job looks what came of it */
        :: else
        fi
      fi
    :: outcome != 0
    fi
  :: else -> break
  od
}

/* A task of the pool takes over what this call has claimed. */
inline spawn(call) {
  i = 0;
  do
  :: isTask[TASK(call, i)] -> i++
  :: else -> break
  od;
  other = TASK(call, i);
  rangeFirst[other] = rangeFirst[_pid];
  rangeEnd[other] = rangeEnd[_pid];
  rangeFirst[_pid] = 0;
  rangeEnd[_pid] = 0;
  i = 0;
  do
  :: inFlight[i] != _pid -> i++
  :: else -> inFlight[i] = other; break
  od;
  do
  :: nempty(waiters[_pid]) -> waiters[_pid]?i; waiters[other]!i
  :: empty(waiters[_pid]) -> break
  od;
  isTask[other] = true;
  busy[call]++
}

/* ---- task.ts. `at` is the cluster of an I/O that takes effect. ---- */

/* copy.took */
inline take() {
  for (i : at * CLUSTER_SECTORS .. at * CLUSTER_SECTORS + CLUSTER_SECTORS - 1) {
    if
    :: i < SECTORS -> buffer[i % BUFFER] = source[i]
    :: else
    fi
  }
  at++
}

/* copy.land */
inline store() {
  assert(!stored[at]); /* properties/copies-no-more.ts */
  stored[at] = true;
  for (i : at * CLUSTER_SECTORS .. at * CLUSTER_SECTORS + CLUSTER_SECTORS - 1) {
    if
    :: i < SECTORS -> target[i] = buffer[i % BUFFER]; assert(SNAPSHOT_KEPT(i))
    :: else
    fi
  }
  at++
}

/* blockCopyTaskEnd (T6): bits, then the request, then those who wait for it. */
inline endTask() {
  for (i : 0 .. BUFFER - 1) { buffer[i] = 0 }
  for (i : rangeFirst[_pid] .. rangeEnd[_pid] - 1) { copied[i] = COPIED }
  rangeFirst[_pid] = 0;
  rangeEnd[_pid] = 0;
  i = 0;
  do
  :: inFlight[i] != _pid -> i++
  :: else -> break
  od;
  inFlights--;
  do
  :: i < inFlights -> inFlight[i] = inFlight[i + 1]; i++
  :: else -> inFlight[i] = 0; break
  od;
  do
  :: nempty(waiters[_pid]) -> waiters[_pid]?other; woken[other] = true
  :: empty(waiters[_pid]) -> break
  od
}

/* Where a call goes on after a pass. */
inline goOn() {
  if
  :: outcome == STATUS -> goto copy_status
  :: outcome == TASKS -> goto copy_tasks
  :: outcome == WAITS -> goto wait
  :: outcome == DONE -> goto done
  fi
}

/* The steps of a call, and of the task that it copies itself. */
#define CALL_STEPS(call) \
copy_status: /* K3 */ \
  atomic { \
    began; \
    outcome = 0; \
    offset[call] = areaEnd[call]; \
    if \
    :: offset[call] < callEnd[call] -> hasPool[call] = true \
    :: else \
    fi; \
    if \
    :: hasPool[call] && busy[call] == WORKERS -> waitsForTask[call] = true; outcome = NOBODY \
    :: hasPool[call] && busy[call] < WORKERS -> spawn(call); pass(call) \
    :: else \
    fi; \
    if \
    :: outcome == 0 -> goto copy_read \
    :: outcome == NOBODY -> goto copy_slot \
    :: else -> goOn() \
    fi \
  } \
copy_slot: /* K8 */ \
  atomic { woken[_pid] -> woken[_pid] = false; spawn(call); pass(call); goOn() } \
copy_tasks: /* K11 */ \
  atomic { woken[_pid] -> woken[_pid] = false; pass(call); goOn() } \
wait: /* K12 */ \
  atomic { woken[_pid] -> woken[_pid] = false; beginPass(call); pass(call); goOn() } \
copy_read: \
  at = rangeFirst[_pid]; \
copy_took: \
  atomic { true; take(); if :: at < rangeEnd[_pid] -> goto copy_took :: else -> at = 0 fi } \
copy_data: \
  skip; \
copy_store: \
  at = rangeFirst[_pid]; \
copy_land: \
  atomic { true; store(); if :: at < rangeEnd[_pid] -> goto copy_land :: else -> at = 0 fi } \
copy_done: \
  atomic { true; endTask(); pass(call); goOn() }

/* ---- start.ts, loop.ts and end.ts ---- */

inline unhook() {
  hooked = false;
  drained = false;
  do
  :: nempty(held) -> held?other; woken[other] = true
  :: empty(held) -> break
  od;
  goto close
}

active proctype Job() {
start:
  d_step { hooked = true; launched = true };
copying_begun:
  atomic { entered -> began = true };
copying: /* J5 */
  atomic { woken[JOB] -> woken[JOB] = false };
end_later: /* E1 */
  atomic {
    true;
    drained = true;
    if
    :: requests > 0 -> waitsForRequests = true; goto close_drain
    :: else -> unhook()
    fi
  }
close_drain: /* E4 */
  atomic { woken[JOB] -> woken[JOB] = false; unhook() }
close:
  atomic {
    true;
    for (i : 0 .. SECTORS - 1) { assert(SNAPSHOT_KEPT(i) && stored[CLUSTER(i)]) }
  }
end:
  false
}

/* background-call.ts */
active proctype Call() {
  byte at;
  byte buffer[BUFFER];

call: /* K1 */
  atomic { launched -> entered = true; beginPass(0); pass(0); goOn() }
CALL_STEPS(0)
done:
end:
  false
}

/* filter.ts, in the request path of model/block/guest.ts */
inline enter() {
  requests++;
  sector = firstSector[GUEST(_pid)];
  if
  :: hooked && COPY_BEFORE_WRITE -> beginPass(CALL_OF(_pid)); pass(CALL_OF(_pid)); goOn()
  :: else -> goto done
  fi
}

active [WRITES] proctype Guest() {
  byte at;
  byte buffer[BUFFER];
  byte sector; /* the one that is written next */

write_start:
  atomic {
    began && MAY_START(GUEST(_pid)) ->
    if
    :: drained -> held!_pid; goto held_back
    :: else -> enter()
    fi
  }
held_back: /* W1 */
  atomic { woken[_pid] -> woken[_pid] = false; enter() }
CALL_STEPS(CALL_OF(_pid))
done: /* write_send */
  skip;
write_land: /* what lies in one cluster takes effect */
  atomic {
    true;
    do
    :: source[sector] = WRITTEN_BY(GUEST(_pid));
      assert(SNAPSHOT_KEPT(sector));
      sector++;
      if
      :: sector == endSector[GUEST(_pid)] || sector % CLUSTER_SECTORS == 0 -> break
      :: else
      fi
    od;
    if
    :: sector < endSector[GUEST(_pid)] -> goto write_land
    :: else -> sector = 0
    fi
  }
write_done:
  d_step {
    ended[GUEST(_pid)] = true;
    requests--;
    if
    :: requests == 0 && waitsForRequests -> waitsForRequests = false; woken[JOB] = true
    :: else
    fi
  }
end:
  false
}

/* A coroutine of a call's pool. */
active [CALLS * WORKERS] proctype Task() {
  byte at;
  byte buffer[BUFFER];

end_free:
copy_begin: /* T1 */
  isTask[_pid];
copy_read:
  at = rangeFirst[_pid];
copy_took:
  atomic { true; take(); if :: at < rangeEnd[_pid] -> goto copy_took :: else -> at = 0 fi }
copy_data:
  skip;
copy_store:
  at = rangeFirst[_pid];
copy_land:
  atomic { true; store(); if :: at < rangeEnd[_pid] -> goto copy_land :: else -> at = 0 fi }
copy_done:
  atomic {
    true;
    endTask();
    isTask[_pid] = false;
    busy[CALL_OF_TASK(_pid)]--;
    if
    :: waitsForTask[CALL_OF_TASK(_pid)] -> waitsForTask[CALL_OF_TASK(_pid)] = false; woken[CALLER(CALL_OF_TASK(_pid))] = true
    :: else
    fi;
    goto copy_begin
  }
}
