/*
 * The peer of our exhaustive search: the same backup, written for Spin. scenario.h is made of one of our
 * scenarios by scenario.ts: the sizes, the disk at T0, the writes, and the rules.
 *
 * A label is a step of our model, under its name. What runs between two yields of ours stands between two
 * labels here, and is one transition, so that both count the same states (peer.spec.ts). Guests and job
 * are processes, and what is their own is local, so that Spin's reduction sees which steps matter to
 * nobody else. A variable that is dead is 0, as our cells are. A process that has ended stays where it
 * is, for Spin would let only the youngest die.
 */
#define FULL 0
#define TOP 1
#define NONE 2

#define JOB 0 /* process ids: the job, then the guests, then the user */
#define GUEST(pid) (pid - 1)
#define NOBODY 255

/* What a sector shows (model/block/content.ts): zeroes, what it showed at T0, or whose write it holds. */
#define ZERO 0
#define OLD 1
#define WRITTEN_BY(guest) (2 + guest)

#include "scenario.h"

#define CLUSTER(sector) (sector / CLUSTER_SECTORS)

/* The clusters of a process's copy, from FIRST up to END. */
#define FIRST(pid) (pid == JOB -> cursor : CLUSTER(firstSector[GUEST(pid)]))
#define END(pid) (pid == JOB -> cursor + 1 : CLUSTER((endSector[GUEST(pid)] - 1)) + 1)

bool began; /* the point in time has been taken */
bool hooked;
byte cursor; /* the cluster that the job is at */
byte source[SECTORS] = DISK_AT_T0; /* what it shows, wherever that lies */
byte target[SECTORS];
bool stored[CLUSTERS]; /* whether the target has been written there */
#if MODE == TOP
bool allocated[CLUSTERS] = ALLOCATED_AT_T0; /* in the source */
#endif
bool copied[CLUSTERS]; /* model/job/bitmap.ts; a skipped cluster is one behind the cursor that is not copied */
bool woken[WRITES + 1];
bool ended[WRITES];

byte requests; /* of guests, in flight */
bool waitsForRequests; /* the job does, in close_drain */
byte copies; /* those under way, and those that wait for one */
bool waitsForCopies; /* the job does, in drain_copies */

/* model/block/in-flight.ts: whose copies are in flight, oldest first, and who waits for whose. */
byte inFlight[WRITES + 1];
byte inFlights;
chan waiters[WRITES + 1] = [WRITES] of { byte };

/* No part of the state: constants, and what is used within a step. */
hidden byte atT0[SECTORS] = DISK_AT_T0;
#if MODE == TOP
hidden byte allocatedAtT0[CLUSTERS] = ALLOCATED_AT_T0;
#endif
hidden byte firstSector[WRITES] = FIRST_SECTORS;
hidden byte endSector[WRITES] = END_SECTORS;
hidden byte i, other;

/* properties/snapshot-kept.ts, of one sector. A TOP target lies over a base that never changes; NONE's promise closes with the hook. */
#if MODE == TOP
#define SHOWS_SOURCE(sector) allocatedAtT0[CLUSTER(sector)]
#elif MODE == NONE
#define SHOWS_SOURCE(sector) hooked
#else
#define SHOWS_SOURCE(sector) true
#endif
#define SNAPSHOT_KEPT(sector) (stored[CLUSTER(sector)] -> target[sector] == atT0[sector] : (!SHOWS_SOURCE(sector) || source[sector] == atT0[sector]))

/* ---- model/families/notifier/copy-before-write.ts. `at` is the cluster that a process copies. ---- */

/* InFlight.newestOverlapping: a process in `other`, or NOBODY. */
inline newestOverlapping() {
  other = NOBODY;
  i = inFlights;
  do
  :: i > 0 ->
    i--;
    if
    :: FIRST(inFlight[i]) < END(_pid) && FIRST(_pid) < END(inFlight[i]) -> other = inFlight[i]; break
    :: else
    fi
  :: else -> break
  od
}

/* Cluster by cluster, those that have been copied are passed over. */
inline toNextCluster() {
  do
  :: at < END(_pid) && copied[at] -> at++
  :: else -> break
  od
}

/* waitForOverlapping, and if there is nobody to wait for, inFlight.begin. A process that waits is at NOBODY's cluster. */
inline waitOrBegin() {
  d_step {
    newestOverlapping();
    if
    :: WAIT_FOR_OVERLAPPING_COPIES && other != NOBODY -> waiters[other]!_pid; at = NOBODY
    :: else -> inFlight[inFlights] = _pid; inFlights++; at = FIRST(_pid); toNextCluster()
    fi
  }
}

/* copy.took: a cluster of the source comes to the bounce buffer. */
inline take() {
  d_step {
    for (i : at * CLUSTER_SECTORS .. at * CLUSTER_SECTORS + CLUSTER_SECTORS - 1) {
      if
      :: i < SECTORS -> buffer[i % CLUSTER_SECTORS] = source[i]
      :: else
      fi
    }
  }
}

/* copy.land: the buffer goes to the target. That zeroes are written by another call follows from the buffer, and makes no other state. */
inline store() {
  d_step {
    assert(!stored[at]); /* properties/copies-no-more.ts */
    stored[at] = true;
    for (i : at * CLUSTER_SECTORS .. at * CLUSTER_SECTORS + CLUSTER_SECTORS - 1) {
      if
      :: i < SECTORS -> target[i] = buffer[i % CLUSTER_SECTORS]; assert(SNAPSHOT_KEPT(i))
      :: else
      fi
    }
  }
}

/* copy.done: forgetBuffer, markCopied. */
inline mark() {
  d_step {
    for (i : 0 .. CLUSTER_SECTORS - 1) { buffer[i] = 0 }
    copied[at] = true;
    toNextCluster()
  }
}

/* endTurn, and the lock is given back. */
inline endTurn() {
  d_step {
    at = 0;
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
    od;
    copies--;
    if
    :: copies == 0 && waitsForCopies -> waitsForCopies = false; woken[JOB] = true
    :: else
    fi
  }
}

/* ---- model/families/notifier/job.ts, and the loops of full.ts, top.ts and none.ts ---- */

/* closeTarget (E5). */
inline drainRequests() {
  if
  :: requests > 0 -> waitsForRequests = true; goto close_drain
  :: else -> goto close
  fi
}

/* drainCopies; then the hook is unlinked (E1) and the bitmap freed (E3). */
inline drainCopies() {
  if
  :: copies > 0 -> waitsForCopies = true; goto drain_copies
  :: else ->
    d_step {
      hooked = false;
      for (i : 0 .. CLUSTERS - 1) { copied[i] = false }
    }
    drainRequests()
  fi
}

inline nextCluster() {
  cursor++;
  if
  :: cursor < CLUSTERS -> goto sleep
  :: else -> cursor = 0; drainCopies()
  fi
}

inline jobCopies() {
  waitOrBegin();
  if
  :: at == NOBODY -> goto wait
  :: at == cursor -> goto copy_read
  :: else -> endTurn(); nextCluster()
  fi
}

active proctype Job() {
  byte at;
  byte buffer[CLUSTER_SECTORS];

start:
  atomic {
    d_step { began = true; hooked = true };
#if MODE == NONE
    goto park
#else
    goto sleep
#endif
  }

#if MODE == NONE
park:
  atomic { woken[JOB] -> woken[JOB] = false; drainCopies() }
#else
#if MODE == TOP
sleep:
  skip;
ask:
  atomic {
    if
    :: allocated[cursor] -> copies++; jobCopies()
    :: else -> nextCluster()
    fi
  }
#else
sleep:
  atomic { copies++; jobCopies() }
#endif
wait:
  atomic { woken[JOB] -> woken[JOB] = false; jobCopies() }
copy_read:
  skip;
copy_took:
  take();
copy_data:
  skip;
copy_store:
  skip;
copy_land:
  store();
copy_done:
  atomic { mark(); endTurn(); nextCluster() }
#endif

drain_copies:
  atomic { woken[JOB] -> woken[JOB] = false; drainCopies() }
close_drain:
  atomic { woken[JOB] -> woken[JOB] = false; drainRequests() }
close:
  atomic {
    true;
    d_step {
      for (i : 0 .. SECTORS - 1) { assert(SNAPSHOT_KEPT(i) && (stored[CLUSTER(i)] || MODE != FULL)) }
    }
  }
end:
  false
}

/* ---- model/block/guest.ts: #write, on the request path of node.ts ---- */

inline guestCopies() {
  waitOrBegin();
  if
  :: at == NOBODY -> goto wait
  :: at < END(_pid) -> goto copy_read
  :: else -> endTurn(); goto write_send
  fi
}

active [WRITES] proctype Guest() {
  byte at;
  byte buffer[CLUSTER_SECTORS];
  byte sector; /* the one that is written next */

write_start:
  atomic {
    began && MAY_START(GUEST(_pid)) -> requests++; sector = firstSector[GUEST(_pid)];
    if
    :: hooked && COPY_BEFORE_WRITE -> copies++; guestCopies()
    :: else -> goto write_send
    fi
  }
wait:
  atomic { woken[_pid] -> woken[_pid] = false; guestCopies() }
copy_read:
  skip;
copy_took:
  take();
copy_data:
  skip;
copy_store:
  skip;
copy_land:
  store();
copy_done:
  atomic {
    mark();
    if
    :: at < END(_pid) -> goto copy_read
    :: else -> endTurn(); goto write_send
    fi
  }
write_send:
  skip;
write_land: /* what lies in one cluster takes effect */
  atomic {
    true; /* no goto may lead into a d_step */
    d_step {
#if MODE == TOP
      allocated[CLUSTER(sector)] = true;
#endif
      do
      :: source[sector] = WRITTEN_BY(GUEST(_pid));
        assert(SNAPSHOT_KEPT(sector));
        sector++;
        if
        :: sector == endSector[GUEST(_pid)] || sector % CLUSTER_SECTORS == 0 -> break
        :: else
        fi
      od
    }
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

/* ---- model/job/monitor.ts: the cancel. The job of mode NONE is parked from T0 on. ---- */
#if CANCEL
active proctype User() {
cancel:
  d_step { began -> woken[JOB] = true }
end:
  false
}
#endif
