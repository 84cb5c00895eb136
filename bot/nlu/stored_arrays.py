"""Arrays in a model's file: lines of text packed into one, and large ones read where they lie."""

import io
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from numpy.lib import format as array_format
from numpy.typing import NDArray

_ZIP_LENGTHS_AT = 26  # in the header before each member of a zip file: the lengths of its name and of its extra field


def mapped(path: Path, name: str) -> NDArray[Any]:
    """An array of the file where it lies: of megabytes of weights only what messages ask for comes into memory."""
    with ZipFile(path) as members, path.open("rb") as file:
        member = members.getinfo(f"{name}.npy")
        if member.compress_type != ZIP_STORED:
            raise ValueError(f"its {name} are compressed")
        file.seek(member.header_offset + _ZIP_LENGTHS_AT)
        file.seek(sum(struct.unpack("<HH", file.read(4))), io.SEEK_CUR)  # past the member's name and what follows it
        array_format.read_magic(file)
        shape, by_column, kind = array_format.read_array_header_1_0(file)
        return np.asarray(np.memmap(path, kind, "r", file.tell(), shape, "F" if by_column else "C"))


def packed(lines: Iterable[str]) -> NDArray[np.uint8]:
    """Lines of text as one array of bytes."""
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def unpacked(packed_lines: NDArray[np.uint8]) -> tuple[str, ...]:
    """The lines that were packed."""
    return tuple(packed_lines.tobytes().decode().split("\n")) if packed_lines.size else ()
