"""What goes over the sockets: our disks and QEMU's exports (NBD, fixed newstyle), and QEMU's monitor (QMP). Nothing here blocks."""

import json
import struct

BLOCK = 512
ERRNOS = {"EIO": 5, "ENOSPC": 28}
KINDS = {0: "read", 1: "write", 3: "flush", 4: "trim", 6: "zero", 7: "status"}
COMMANDS = {kind: number for number, kind in KINDS.items()}


def pattern(sector_bytes, start, length, suffix):
    """Bytes of the disk from `start` on: each block of 512 says to which sector it belongs, who wrote it, and where it lies in it."""
    blocks = []
    for at in range(start, start + length, BLOCK):
        sector, offset = divmod(at, sector_bytes)
        blocks.append((f"s{sector}{suffix} +{offset}\n".encode() * BLOCK)[:BLOCK])
    return b"".join(blocks)


def name_of(data):
    """Whose a sector is: `s23.g6`, zero, or torn."""
    names = {bytes(data[at : at + BLOCK]).split(b" ")[0] for at in range(0, len(data), BLOCK)}
    return "zero" if not any(data) else names.pop().decode("ascii", "replace") if len(names) == 1 else "torn"


class Disk:
    """The bytes of a disk. Behind its end there is a little more, which is always answered at once (see `Qemu.nudge`)."""

    def __init__(self, name, sector_bytes, size, total, raw=True, held=True, read_only=False, trims=True, data=(), meta=()):
        self.name, self.size, self.raw, self.held, self.read_only, self.trims = name, size, raw, held, read_only, trims
        self.image = bytearray(total)
        for offset, start, length, suffix in data:
            self.image[offset : offset + length] = pattern(sector_bytes, start, length, suffix)
        for offset, text in meta:
            self.image[offset : offset + len(text) // 2] = bytes.fromhex(text)


class Stream:
    """One end of a unix socket."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.input, self.output, self.closed = sock, bytearray(), bytearray(), False

    def send(self, data):
        self.output += data
        try:
            while self.output:
                del self.output[: self.sock.send(self.output)]
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def poll(self):
        """Takes in what has come. Returns whether anything has."""
        self.send(b"")
        try:
            data = b"" if self.closed else self.sock.recv(1 << 20)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            was_open, self.closed = not self.closed, True
            return was_open
        self.input += data
        self.take_in()
        return True


class Nbd(Stream):
    """A connection whose `parse` yields how many bytes it wants next."""

    def __init__(self, sock):
        super().__init__(sock)
        self.parser = self.parse()
        self.wanted = next(self.parser)

    def take_in(self):
        while len(self.input) >= self.wanted:
            data = bytes(self.input[: self.wanted])
            del self.input[: self.wanted]
            self.wanted = self.parser.send(data)


def in_words(kind="", offset=0, length=0, errno=""):
    """`read 0-65535`, of a request of QEMU's."""
    return f"{kind} {offset}-{offset + length - 1} {errno}".rstrip() if length else kind


class Request:
    """What QEMU asks of a disk. First it takes effect, then it is answered; or it fails."""

    def __init__(self, disk, kind, offset, length, data, reply):
        self.disk, self.kind, self.offset, self.length, self.data, self.reply = disk, kind, offset, length, data, reply
        self.landed = False

    def land(self):
        image, place = self.disk.image, slice(self.offset, self.offset + self.length)
        if self.kind == "read" and not self.landed:
            self.data = bytes(image[place])
        elif self.kind == "write" and not self.landed:
            image[place] = self.data
        elif (self.kind == "zero" or self.kind == "trim" and self.disk.trims) and not self.landed:
            image[place] = bytes(self.length)
        self.landed = True

    def answer(self):
        self.land()
        self.reply(0, self.data if self.kind == "read" else self.extent() if self.kind == "status" else b"")

    def fail(self, errno):
        self.reply(ERRNOS[errno], b"")

    def overlaps(self, offset, length):
        return offset < self.offset + self.length and self.offset < offset + length

    def extent(self):
        """One extent of base:allocation: data, or a hole that reads as zeroes."""
        if not self.disk.raw:
            return struct.pack(">II", self.length, 0)
        image, end = self.disk.image, self.offset + self.length
        has_data = [any(image[at : at + BLOCK]) for at in range(self.offset, end, BLOCK)]
        blocks = has_data.index(not has_data[0]) if (not has_data[0]) in has_data else len(has_data)
        return struct.pack(">II", min(blocks * BLOCK, self.length), 0 if has_data[0] else 3)

    def __str__(self):
        return in_words(self.kind, self.offset, self.length)


class Server(Nbd):
    """A connection of QEMU to one of our disks. `asked` gets each request."""

    def __init__(self, sock, disks, asked):
        self.disks, self.asked, self.structured = disks, asked, False
        super().__init__(sock)
        self.send(b"NBDMAGICIHAVEOPT" + struct.pack(">H", 3))

    def parse(self):
        yield 4
        disk = None
        while disk is None:
            _, option, length = struct.unpack(">8sII", (yield 16))
            disk = self.negotiate(option, (yield length))
        while True:
            _, _, kind, handle, offset, length = struct.unpack(">IHH8sQI", (yield 28))
            if kind == 2:  # disconnect
                continue
            data = (yield length) if kind == 1 else None
            self.asked(Request(disk, KINDS[kind], offset, length, data, self.reply_to(KINDS[kind], handle, offset)))

    def negotiate(self, option, data):
        """Returns the disk, once QEMU has chosen it."""

        def reply(kind, payload=b""):
            self.send(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(payload)) + payload)

        name = data[4 : 4 + struct.unpack(">I", data[:4])[0]].decode() if option in (6, 7) else ""
        if option == 8:  # structured replies
            self.structured = True
        elif option == 10 and b"base:allocation" in data:
            reply(4, struct.pack(">I", 0) + b"base:allocation")
        elif option in (6, 7) and name in self.disks:
            disk = self.disks[name]
            reply(3, struct.pack(">HQH", 0, len(disk.image), 7 if disk.read_only else 101))  # flush, trim, write-zeroes
            reply(3, struct.pack(">HIII", 3, 1, 4096, 1 << 25))
        elif option != 10:
            return reply(0x80000001)
        reply(1)
        return self.disks[name] if option == 7 else None

    def reply_to(self, kind, handle, offset):
        def reply(error, data):
            if not self.structured or kind not in ("read", "status"):
                return self.send(struct.pack(">II8s", 0x67446698, error, handle) + data)
            head = struct.pack(">Q", offset) if kind == "read" else struct.pack(">I", 0)
            number, payload = (0x8001, struct.pack(">IH", error, 0)) if error else (1 if kind == "read" else 5, head + data)
            return self.send(struct.pack(">IHH8sI", 0x668E33EF, 1, number, handle, len(payload)) + payload)

        return reply


class Client(Nbd):
    """A guest: requests on one of QEMU's exports, any number of them under way."""

    def __init__(self, sock, name):
        self.name, self.ready, self.waiting, self.handles = name, False, {}, 0
        super().__init__(sock)

    def parse(self):
        yield 18
        go = struct.pack(">I", len(self.name)) + self.name.encode() + struct.pack(">H", 0)
        self.send(struct.pack(">I8sII", 3, b"IHAVEOPT", 7, len(go)) + go)
        while not self.ready:
            _, _, kind, length = struct.unpack(">QIII", (yield 20))
            yield length
            self.ready = kind == 1
        while True:
            _, error, handle = struct.unpack(">IIQ", (yield 16))
            size, answered = self.waiting.pop(handle)
            answered(error, b"" if error else (yield size))

    def request(self, kind, offset, length, answered, data=b""):
        """`answered` gets the error, 0 if there is none, and the data of a read."""
        self.handles += 1
        self.waiting[self.handles] = length if kind == "read" else 0, answered
        self.send(struct.pack(">IHHQQI", 0x25609513, 0, COMMANDS[kind], self.handles, offset, length) + data)


class Qmp(Stream):
    """QEMU's monitor. Somebody sets `happened`, which gets each event, name and data."""

    def __init__(self, sock):
        self.waiting, self.ids, self.greeting = {}, 0, None
        self.happened = lambda event, data: None
        super().__init__(sock)

    def take_in(self):
        *lines, rest = self.input.split(b"\n")
        self.input = bytearray(rest)
        for message in map(json.loads, lines):
            if "QMP" in message:
                self.greeting = message["QMP"]["version"]
            elif "event" in message:
                self.happened(message["event"], message.get("data", {}))
            else:
                self.waiting.pop(message["id"])(message)

    def command(self, execute, arguments, replied):
        """`replied` gets the whole reply, once it comes: while QEMU drains it serves no monitor."""
        self.ids += 1
        self.waiting[self.ids] = replied
        self.send(json.dumps({"execute": execute, "arguments": arguments, "id": self.ids}).encode() + b"\n")
