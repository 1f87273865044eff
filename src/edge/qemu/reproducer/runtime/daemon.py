"""A qemu-storage-daemon on disks of ours, and how to tell that it is at rest."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from wire import BLOCK, Client, Disk, Qmp, Server

PATIENCE = 20  # seconds for what takes milliseconds


class Unclear(Exception):
    """This binary can't say whether the bug is there."""


class Hangs(Exception):
    """QEMU lives, nothing is held back, and it does not go on."""


class Crashed(Exception):
    """QEMU has ended by a signal."""


def listener(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen()
    sock.setblocking(False)
    return sock


class Qemu:
    """The process, its monitor, its disks and its exports."""

    def __init__(self, program, disks):
        self.program, self.disks = program, disks
        self.held, self.seen, self.streams, self.nudgers = [], [], [], {}
        self.process = self.qmp = self.reader = self.schema = None
        self.holds = False
        self.folder = tempfile.mkdtemp(prefix="qemu-")

    def start(self):
        self.server, monitor = listener(self.path("disks")), listener(self.path("qmp"))
        self.errors = open(self.path("stderr"), "w+", encoding="utf-8", errors="replace")
        command = [os.path.abspath(self.program), "--chardev", "socket,id=m0,path=qmp", "--monitor", "chardev=m0"]
        self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stderr=self.errors, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while self.qmp is None:
            try:
                self.qmp = Qmp(monitor.accept()[0])
            except BlockingIOError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Unclear(f"{self.program} does not start: {self.last_words()}") from None
                time.sleep(0.001)
        self.streams.append(self.qmp)
        # A wrapper may have started it, so the socket says which process it is.
        self.pid = struct.unpack("3i", self.qmp.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        self.call("qmp_capabilities")
        numbers = self.qmp.greeting["qemu"]
        self.version = f"{numbers['major']}.{numbers['minor']}.{numbers['micro']} {self.qmp.greeting['package']}".strip()

    def path(self, name):
        return os.path.join(self.folder, name)

    def last_words(self):
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return next((line for line in lines if "Assertion" in line), lines[-1] if lines else "it says nothing")

    def stop(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)  # a wrapper may not have made way for QEMU
            except ProcessLookupError:
                pass
            self.process.wait()
        shutil.rmtree(self.folder)

    # One turn of the loop, and the rest that comes in the end.

    def turn(self):
        """Takes in what has come on all sockets. Returns whether anything has."""
        heard = [stream.poll() for stream in self.streams]
        if self.qmp.closed:
            self.raise_end()
        try:
            self.streams.append(Server(self.server.accept()[0], self.disks, self.asked))
        except BlockingIOError:
            return any(heard)
        return True

    def raise_end(self):
        status = self.process.wait(PATIENCE)
        if status < 0 or status > 128:
            raise Crashed(f"QEMU has ended by signal {-status if status < 0 else status - 128}: {self.last_words()}")
        raise Unclear(f"QEMU has ended with status {status}: {self.last_words()}")

    def asked(self, request):
        if not self.holds or not request.disk.held or request.kind == "read" and request.offset >= request.disk.size:
            request.answer()
        else:
            self.held.append(request)
            self.seen.append(f"{request.disk.name} {request}")

    def rest(self):
        """
        Waits until QEMU has done all that it can: nothing is left in a socket, and all its threads sleep and have slept through a
        whole turn. A write to a unix socket wakes its reader before it returns, so a thread with work is never seen asleep.
        """
        before, deadline = None, time.monotonic() + PATIENCE
        while True:
            now = None if self.turn() or self.qmp.output else self.asleep()
            if now is not None and now == before:
                return
            before = now
            if time.monotonic() > deadline:
                raise Hangs(f"QEMU does not come to rest in {PATIENCE} s")

    def asleep(self):
        """How often QEMU's main thread has gone to sleep. None: some thread is awake."""
        try:
            for thread in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{thread}/status", encoding="utf-8") as file:
                    status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
                if not status["State"].startswith("S"):
                    return None
                if int(thread) == self.pid:
                    switches = status["voluntary_ctxt_switches"]
            return switches
        except (FileNotFoundError, ProcessLookupError):
            return None

    def nudge(self, disk):
        """
        QEMU's NBD client, since 7.0, may leave an answer unheeded until the next one comes on its connection (block/nbd.c,
        nbd_recv_coroutines_wake). So QEMU is made to read a little behind the end of the same disk, until nothing new comes of it. The
        answer to such a read may be left unheeded itself, until the next one's. Of two QEMU has read none: it drains.
        """
        client = self.nudgers.get(disk.name)
        before = None
        while client is not None and before != (len(self.seen), len(client.waiting)) and len(client.waiting) < 2:
            before = len(self.seen), len(client.waiting)
            client.request("read", disk.size, BLOCK, lambda error, data: None)
            self.rest()

    def wait(self, condition, what):
        """Waits while nothing is held back."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.turn()
            if time.monotonic() > deadline:
                raise Hangs(f"nothing is held back, and QEMU does not answer: {what}")

    # What is asked of it.

    def call(self, execute, **arguments):
        """A command while nothing is held back."""
        replies = []
        self.qmp.command(execute, arguments, replies.append)
        self.wait(lambda: replies, execute)
        if "error" in replies[0]:
            raise Unclear(f"QEMU refuses {execute}: {replies[0]['error']['desc']}")
        return replies[0]["return"]

    def set_up(self, case):
        """Opens the disks, and the exports over them."""
        has_nudges = not self.lacks([["blockdev-add", "driver=snapshot-access"]])  # as old as what they are needed for
        self.call("nbd-server-start", addr={"type": "unix", "data": {"path": "exports"}}, **{"max-connections": 0})
        for execute, arguments in case.SET_UP + (case.SET_UP_NUDGES if has_nudges else []):
            self.call(execute, **arguments)
        self.guests = {source: self.connect(name) for source, name in case.GUEST.items()}
        self.reader = self.connect(case.READER) if case.READER else None
        self.nudgers = {disk: self.connect(name) for disk, name in case.NUDGES.items()} if has_nudges else {}
        self.rest()

    def reopen(self, name, case):
        """Closes a disk, puts its bytes back to what they were in the beginning, and opens it again."""
        self.call("blockdev-del", **{"node-name": name})
        self.disks[name].image[:] = Disk(name, case.SECTOR, **case.DISKS[name]).image
        for execute, arguments in case.SET_UP:
            if execute == "blockdev-add" and arguments["node-name"] == name:
                self.call(execute, **arguments)

    def connect(self, name):
        """A client of one of QEMU's exports."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path("exports"))
        client = Client(sock, name)
        self.streams.append(client)
        self.wait(lambda: client.ready, f"connecting to {name}")
        return client

    def read(self, client, size):
        """All of an export while nothing is held back. None: an error."""
        answers = []
        client.request("read", 0, size, lambda *answer: answers.append(answer))
        self.wait(lambda: answers, f"reading {client.name}")
        error, data = answers[0]
        return None if error else data

    def lacks(self, needs):
        """Those of `needs` that are not in its schema: commands, then the way through their arguments; `tag=case` goes into a variant."""
        if not self.schema:
            self.schema = {entity["name"]: entity for entity in self.call("query-qmp-schema")}

        def has(command, *way):
            kind = self.schema.get(command, {}).get("arg-type")
            for part in way:
                tag, _, case = part.partition("=")
                entity = self.schema.get(kind, {})
                places = entity.get("variants", []) if case and entity.get("tag") == tag else [] if case else entity.get("members", [])
                kind = next((place["type"] for place in places if (case or part) == place.get("case" if case else "name")), None)
            return kind is not None

        return [" ".join(way) for way in needs if not has(*way)]
