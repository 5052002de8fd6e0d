"""Linux's filter of system calls (seccomp(2)): a process that only computes may ask the kernel for nothing else.

What it may still do: read and write what is open, take and give back memory, look at the clock, and end. Every other
call is refused as not permitted, so that whoever took the process over can open, delete, rename, signal, connect to or
start nothing. Asked for by `posix` alone, which knows where there is no such filter.
"""

import ctypes
import errno
import os
import sys
from typing import Final, NamedTuple

_PR_SET_NO_NEW_PRIVS: Final = 38  # <linux/prctl.h>
_SET_MODE_FILTER, _TSYNC = 1, 1  # <linux/seccomp.h>
_REFUSE, _ALLOW = 0x00050000 | errno.EPERM, 0x7FFF0000
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K and BPF_RET|BPF_K of <linux/bpf_common.h>."""
_NUMBER, _ARCHITECTURE = 0, 4
"""Where these stand in what the filter looks at (struct seccomp_data)."""


class Machine(NamedTuple):
    """``audit`` is its AUDIT_ARCH (<linux/audit.h>), ``seccomp`` the number of that call."""

    audit: int
    seccomp: int
    allowed: frozenset[int]


MACHINES: Final = {
    # read, write, mmap, mprotect, munmap, brk, rt_sigreturn, mremap, madvise, exit, futex, restart_syscall,
    # clock_gettime, exit_group, getrandom: asm/unistd_64.h, and asm-generic/unistd.h in the same order.
    "x86_64": Machine(
        0xC000003E, 317, frozenset({0, 1, 9, 10, 11, 12, 15, 25, 28, 60, 202, 219, 228, 231, 318})
    ),
    "aarch64": Machine(
        0xC00000B7, 277, frozenset({63, 64, 222, 226, 215, 214, 139, 216, 233, 93, 98, 128, 113, 94, 278})
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    """struct sock_fprog of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_here(machine: str) -> bool:
    """Whether this Linux has such filters, for a program of 64 bits on a machine of this name (uname(2))."""
    return machine in MACHINES and _seccomp(MACHINES[machine], None) == errno.EFAULT


def only_compute(machine: str) -> None:
    """Let all threads of this process make no other calls from here on. Raises: OSError."""
    known = MACHINES[machine]
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, *[ctypes.c_ulong(value) for value in (1, 0, 0, 0)])
    program = _filter(known)
    failed = _seccomp(known, ctypes.byref(_Program(len(program) // 8, program)))
    if failed:
        raise OSError(failed, os.strerror(failed))


def _seccomp(machine: Machine, program: object) -> int:
    """Put a filter in place; returns the error's number, or 0."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(
        ctypes.c_long(machine.seccomp), ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(_TSYNC), program
    )
    # Above 0 it is the number of a thread that cannot take the filter on.
    return errno.EBUSY if done > 0 else ctypes.get_errno() if done < 0 else 0


def _filter(machine: Machine) -> bytes:
    """The filter's instructions (struct sock_filter): of another architecture nothing is allowed, either."""
    calls = sorted(machine.allowed)
    return b"".join((
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_IF_EQUAL, machine.audit, 0, len(calls) + 1),
        _instruction(_LOAD, _NUMBER),
        *(_instruction(_IF_EQUAL, call, len(calls) - at, 0) for at, call in enumerate(calls)),
        _instruction(_RETURN, _REFUSE),
        _instruction(_RETURN, _ALLOW),
    ))  # fmt: skip


def _instruction(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return code.to_bytes(2, sys.byteorder) + bytes((if_so, if_not)) + value.to_bytes(4, sys.byteorder)
