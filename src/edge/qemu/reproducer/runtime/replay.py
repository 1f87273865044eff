"""Plays the steps on a QEMU, lets the rest go, and holds what the backup shows against the disk at the start of the job."""

from daemon import Hangs, Unclear
from wire import ERRNOS, Disk, in_words, name_of, pattern


class Guest:
    """A guest's request, or a read of the point in time (`readT0`)."""

    def __init__(self, kind, first=0, count=0, after=(), early=False, disk="source"):
        self.kind, self.first, self.count, self.after, self.early, self.disk = kind, first, count, after, early, disk
        self.sent, self.error = False, None

    @property
    def ended(self):
        return self.error is not None


class Replay:
    """One run. `without` has what is left out: fault, order, or a guest's name."""

    def __init__(self, case, qemu, without):
        self.case, self.qemu, self.without = case, qemu, without
        self.guests = {name: Guest(**request) for name, request in case.GUESTS.items() if name not in without}
        self.failing = [] if "fault" in without else [(step[0], *step[2:]) for step in case.STEPS if step[1] == "fail"]
        self.failed, self.missing, self.wrong, self.sent = [], [], [], []
        self.t0, self.end, self.status, self.cancelling = {}, {}, {}, False  # by source; by job
        qemu.qmp.happened = self.happened
        qemu.holds = True

    # What QEMU tells.

    def happened(self, event, data):
        if event == "JOB_STATUS_CHANGE":
            self.status[data["id"]] = data["status"]
            self.qemu.seen.append(data["status"])
        elif event.startswith("BLOCK_JOB_"):
            self.qemu.seen.append(" ".join([event, *(str(data[key]) for key in ("operation", "action", "error") if key in data)]))
            if event in ("BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED"):
                self.end[data["device"]] = "failed" if "error" in data else event[len("BLOCK_JOB_") :].lower()

    def answered(self, name, error, data):
        guest = self.guests[name]
        guest.error = error
        self.qemu.seen.append(f"{name} {'ok' if error == 0 else f'error {error}'}")
        if guest.kind == "readT0":
            is_promised = not self.end and not self.cancelling and not self.is_void
            if error == 0 and is_promised:
                self.compare("reader", data, self.t0["source"], f"{name} reads", guest.first)
        elif error and error not in [ERRNOS[errno] for errno in self.failed]:
            self.note("guest", f"{name} is told error {error}, and no such error was injected")

    @property
    def is_void(self):
        """A copy has failed under break-snapshot, and readers of the target are not told."""
        return self.case.MAY_BE_VOID and bool(self.failed)

    # Steps.

    def play(self):
        for number, (who, what, *where) in enumerate(self.case.STEPS, 1):
            before = len(self.qemu.seen)
            came = self.step(who, what, *where)
            if came is not None:
                seen = ", ".join(self.qemu.seen[before:]) if came else "did not come"
                words = f"{number:4}  {who} {what} {in_words(*where)}".rstrip()
                print(f"{words} -> {seen}" if seen else words, flush=True)
        self.finish()

    def step(self, who, what, *where):
        """Returns whether it could be done; None: it is left out."""
        if who in ("user", "operator"):
            return self.command(what)
        if what in ("take", "put", "answer", "fail"):
            return self.request(who, what, *where)
        return self.issue(who) if who in self.guests else None

    def issue(self, name):
        guest, sector = self.guests[name], self.case.SECTOR
        earlier = [self.guests[other] for other in guest.after if other in self.guests]
        self.until(lambda: (guest.disk in self.t0 or guest.early) and all(other.ended for other in earlier), name)
        client = self.qemu.reader if guest.kind == "readT0" else self.qemu.guests[guest.disk]
        start, length = guest.first * sector, guest.count * sector
        data = pattern(sector, start, length, f".{name}") if guest.kind == "write" else b""
        guest.sent = True
        self.sent.append(name)
        kind = {"readT0": "read", "discard": "trim"}.get(guest.kind, guest.kind)
        client.request(kind, start, length, lambda *answer: self.answered(name, *answer), data)
        return self.settle()

    def command(self, what):
        if self.case.START is None:  # a filter without a job, which is there already
            self.t0.setdefault("source", self.point_in_time("source"))
            return True
        if what != "start":
            self.until(lambda: "source" in self.t0, what)
        self.cancelling = self.cancelling or what == "cancel"
        known = {key: value for key, value in self.case.START_IF_KNOWN.items() if not self.qemu.lacks([["blockdev-backup", key]])}
        backups = [{"type": "blockdev-backup", "data": {**backup, **known}} for backup in (self.case.START, self.case.SECOND) if backup]
        pair = {"actions": backups, "properties": {"completion-mode": self.case.COMPLETION}}
        start = pair if self.case.SECOND else backups[0]["data"]
        arguments = {"start": start, "cancel": {"device": "job", "force": True}, "finalize": {"id": "job"}}
        names = {"start": "transaction" if self.case.SECOND else "blockdev-backup", "finalize": "job-finalize"}
        name = names.get(what, f"block-job-{what}")
        self.qemu.qmp.command(name, arguments.get(what, {"device": "job"}), lambda reply: self.replied(what, reply))
        return self.settle()

    def replied(self, what, reply):
        if "error" in reply and what == "start":
            raise Unclear(f"QEMU refuses to start: {reply['error']['desc']}")
        self.qemu.seen.append(f"{what} {'refused' if 'error' in reply else 'done'}")

    def request(self, disk, what, kind, offset=0, length=0, errno=None):
        """A request of QEMU's takes effect, is answered, or fails: this very one, or else one that overlaps it."""
        fault = (disk, kind, offset, length, errno)
        if "order" in self.without or what == "fail" and fault not in self.failing:
            return None
        alike = [one for one in self.qemu.held if (one.disk.name, one.kind) == (disk, kind)]
        exact = [one for one in alike if (one.offset, one.length) == (offset, length)]
        near = [one for one in alike if one.overlaps(offset, length)]
        found = next(iter(exact + near), None)
        if not exact:
            self.missing.append(f"{disk} {kind} {offset}")
        if found is None:
            return False
        due = [fault] if what == "fail" else [] if exact else self.due(found)
        if due:
            self.fail(found, due[0])
        elif what == "answer":
            self.answer(found)
        else:
            found.land()
        return self.settle()

    def answer(self, request):
        self.qemu.held.remove(request)
        request.answer()
        self.settle(request.disk)

    def fail(self, request, fault):
        self.failing.remove(fault)
        self.failed.append(fault[-1])
        self.qemu.held.remove(request)
        request.fail(fault[-1])
        self.settle(request.disk)

    def settle(self, disk=None):
        """Waits until QEMU is at rest again. `disk`: one of which a request has been answered."""
        self.qemu.rest()
        if disk is not None:
            self.qemu.nudge(disk)
        for job, source in self.jobs.items():  # a job is created in the drained section in which its filter comes in
            if source not in self.t0 and job in self.status:
                self.t0[source] = self.point_in_time(source)
        while "order" in self.without and self.qemu.held:
            self.let_go()
        return True

    @property
    def jobs(self):
        """The source of each job."""
        return {"job": "source", **({"job2": "source2"} if self.case.SECOND else {})} if self.case.START else {}

    def point_in_time(self, name):
        """What a disk shows now. Of a source that is no raw file only the guests' answers tell, and QEMU has drained."""
        source, sector = self.qemu.disks[name], self.case.SECTOR
        if source.raw:
            return bytes(source.image[: source.size])
        shown = bytearray(Disk("shown", sector, self.case.SIZE, self.case.SIZE, data=self.case.SHOWN).image)
        for name in self.sent:
            guest = self.guests[name]
            if guest.disk != source.name:
                continue
            start, length = guest.first * sector, guest.count * sector
            if guest.kind in ("write", "zero") and guest.error == 0:
                shown[start : start + length] = pattern(sector, start, length, f".{name}") if guest.kind == "write" else bytes(length)
        return bytes(shown)

    # What no step asks for.

    def let_go(self):
        """The oldest request goes its way. It fails if it is one that a step was to fail."""
        due = self.due(self.qemu.held[0])
        if due:
            self.fail(self.qemu.held[0], due[0])
        else:
            self.answer(self.qemu.held[0])

    def due(self, one):
        """Faults that no step has come to, and that a request would meet."""
        return [fault for fault in self.failing if fault[:2] == (one.disk.name, one.kind) and one.overlaps(*fault[2:4])]

    def until(self, condition, what):
        while not condition():
            if not self.qemu.held:
                raise Hangs(f"nothing is held back, and QEMU does not come to {what}")
            self.let_go()

    def finish(self):
        """Lets all go, and ends the job as its user would."""
        goes_on = {"paused": "resume", "pending": "finalize"}
        while self.qemu.held or self.running():
            if self.qemu.held:
                self.let_go()
            elif self.status.get("job") in goes_on:
                self.command(goes_on[self.status["job"]])
            elif self.case.MODE == "none" and not self.cancelling:
                self.judge_reader()
                self.command("cancel")
            else:
                break
        if self.case.START is None:
            self.judge_reader()
        waiting = [name for name, guest in self.guests.items() if guest.sent and not guest.ended]
        waiting += self.running()
        if waiting:
            raise Hangs(f"nothing is held back, and {', '.join(waiting)} waits for ever")
        if self.failing:
            raise Unclear(f"what should fail did not come: {', '.join(f'{disk} {in_words(*fault)}' for disk, *fault in self.failing)}")

    def running(self):
        """Jobs that have not ended."""
        return [job for job in self.jobs if self.status.get(job) != "null"]

    # What the backup shows.

    def judge_reader(self):
        """The point in time of a backup that only copies before writes, while it is there."""
        if not self.is_void:
            self.qemu.holds = False
            shown = self.qemu.read(self.qemu.reader, self.case.SIZE)
            if shown is not None:
                self.compare("target", shown, self.t0["source"], "the backup shows")
            elif not self.failed:  # a snapshot that has been given up may say so
                self.note("target", "the backup can not be read")
            self.qemu.holds = True

    def judge(self):
        """What a job leaves behind. Returns all that is wrong, in words."""
        self.qemu.holds = False
        for job, source in self.jobs.items():
            target = source.replace("source", "target")
            if self.case.CHECK == "target" and self.case.MODE != "none" and self.end[job] == "completed":
                shown = self.shown_by(target)
                self.compare("target", shown, self.t0[source], f"the {job} has completed without an error, and its target shows")
            if self.case.CHECK == "increment":
                if self.end[job] in self.case.KEEPS_POINT:
                    self.qemu.reopen(target, self.case)
                following = {**self.case.NEXT, "job-id": f"next-{job}", "device": source, "target": target}
                self.qemu.call("blockdev-backup", **following)
                self.qemu.wait(lambda: self.status.get(following["job-id"]) == "null", "the next increment")
                disk = self.qemu.read(self.qemu.guests[source], self.case.SIZE)
                self.compare("increment", self.shown_by(target), disk, "after the next increment the target shows")
        if self.case.CHECK == "group" and 0 < list(self.end.values()).count("completed") < len(self.end):
            ends = " and ".join(f"{job} has {end}" for job, end in self.end.items())
            self.note("group", f"{ends}, and of a group either all complete or none")
        return self.wrong

    def shown_by(self, target):
        name = f"shown-{target}"
        self.qemu.call("block-export-add", type="nbd", id=name, **{"node-name": target}, name=name, writable=False)
        return self.qemu.read(self.qemu.connect(name), self.case.SIZE)

    def compare(self, check, got, disk, words, first=0):
        """Holds what was got of the sectors from `first` on against the disk."""
        size = self.case.SECTOR
        sectors = [(first + at // size, got[at : at + size], disk[first * size + at :][:size]) for at in range(0, len(got), size)]
        differ = [(sector, name_of(one), name_of(other)) for sector, one, other in sectors if one != other]
        if differ:
            (sector, one, other), more = differ[0], f"; so in {len(differ)} sectors" if len(differ) > 1 else ""
            self.note(check, f"{words} {one} in sector {sector}, and {other} is right{more}")

    def note(self, check, words):
        if check == self.case.CHECK:
            self.wrong.append(words)
