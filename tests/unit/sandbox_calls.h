/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that a worker may not make, and what libc makes of its own accord. */
#ifndef CGMEM_TESTS_SANDBOX_CALLS_H
#define CGMEM_TESTS_SANDBOX_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "worker_case.h"

struct call {
	const char *name;
	long (*make)(void);
	bool http_too; /* a worker that speaks HTTP may make it */
	int http_gets; /* 0: anything else than EPERM */
};

static struct sockaddr nowhere = {.sa_family = AF_INET};
static char scratch[64];
static struct iovec piece = {scratch, sizeof scratch};

#define CALL(name, ...)                            \
	static long name(void)                     \
	{                                          \
		return syscall(SYS_##__VA_ARGS__); \
	}
CALL(try_openat, openat, AT_FDCWD, "/etc/passwd", O_RDONLY)
CALL(try_openat2, openat2, AT_FDCWD, "/etc/passwd", scratch, 24)
CALL(try_creat, openat, AT_FDCWD, "/tmp/cgmem-worker-made", O_WRONLY | O_CREAT, 0600)
CALL(try_stat, newfstatat, AT_FDCWD, "/etc/passwd", scratch, 0)
CALL(try_socket, socket, AF_INET, SOCK_STREAM, 0)
CALL(try_socketpair, socketpair, AF_UNIX, SOCK_STREAM, 0, scratch)
CALL(try_connect, connect, 0, &nowhere, sizeof nowhere)
CALL(try_bind, bind, 0, &nowhere, sizeof nowhere)
CALL(try_accept, accept, 0, NULL, NULL)
CALL(try_send_to_address, sendto, 0, "x", 1, 0, &nowhere, sizeof nowhere)
CALL(try_sendmsg, sendmsg, 0, scratch, 0)
CALL(try_execve, execve, "/bin/true", NULL, NULL)
CALL(try_execveat, execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0)
CALL(try_ptrace, ptrace, 16 /* PTRACE_ATTACH */, 1, 0, 0)
CALL(try_kill, kill, 1, 0)
CALL(try_tgkill, tgkill, 1, 1, 0)
CALL(try_pidfd_open, pidfd_open, 1, 0)
CALL(try_process_vm_readv, process_vm_readv, 1, &piece, 1, &piece, 1, 0)
CALL(try_process_vm_writev, process_vm_writev, 1, &piece, 1, &piece, 1, 0)
CALL(try_clone, clone, SIGCHLD, 0, 0, 0, 0)
CALL(try_clone3, clone3, scratch, 0)
CALL(try_unshare, unshare, CLONE_NEWUSER)
CALL(try_setns, setns, 0, 0)
CALL(try_io_uring, io_uring_setup, 1, scratch)
CALL(try_userfaultfd, userfaultfd, 0)
CALL(try_bpf, bpf, 0, scratch, sizeof scratch)
CALL(try_perf, perf_event_open, scratch, 0, -1, -1, 0)
CALL(try_prctl, prctl, PR_GET_DUMPABLE, 0, 0, 0, 0)
CALL(try_setrlimit, prlimit64, 0, 0, NULL, NULL)
CALL(try_setuid, setuid, 0)
CALL(try_mount, mount, "none", "/tmp", "tmpfs", 0, NULL)
CALL(try_unlink, unlinkat, AT_FDCWD, "/tmp/cgmem-worker-none", 0)
CALL(try_memfd, memfd_create, "x", 0)
CALL(try_dup, dup, 0)
CALL(try_set_flags, fcntl, 0, F_SETFL, O_NONBLOCK)
CALL(try_dupfd, fcntl, 0, F_DUPFD, 10)
CALL(try_ioctl, ioctl, 0, 0x5412 /* TIOCSTI */, scratch)
CALL(try_write_elsewhere, write, 2, "x", 1)
CALL(try_pwrite, pwrite64, 1, "x", 1, 0)
CALL(try_writev, writev, 1, &piece, 1)
CALL(try_shmget, shmget, 0, 4096, 01600)
CALL(try_poll, poll, NULL, 0, 0)
CALL(try_uname, uname, scratch)
CALL(try_mmap_exec, mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
CALL(try_mprotect_exec, mprotect, NULL, 0, PROT_READ | PROT_EXEC)
CALL(try_pkey_mprotect, pkey_mprotect, NULL, 0, PROT_READ | PROT_EXEC, -1)
CALL(try_nothing, read, 0, scratch, 1)

static int compare_bytes(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* What libc may want to ask the machine for at the first time. */
static long use_libc(void)
{
	static char large[100000];
	char *p = malloc(sizeof large), *q = p ? realloc(p, 10 * MIB) : NULL;
	struct timespec t;

	if (!q)
		return -1;
	memset(q, 7, 10 * MIB);
	free(q);
	qsort(large, sizeof large, 1, compare_bytes);
	return clock_gettime(CLOCK_REALTIME, &t);
}

static const struct call of_libc = {"libc", use_libc, true, 0};

static const struct call calls[] = {
	{"openat", try_openat, false, 0},
	{"openat2", try_openat2, false, 0},
	{"openat to write", try_creat, false, 0},
	{"stat of a path", try_stat, false, 0},
	{"socket", try_socket, false, 0},
	{"socketpair", try_socketpair, false, 0},
	{"connect", try_connect, true, EINPROGRESS},
	{"bind", try_bind, false, 0},
	{"accept", try_accept, false, 0},
	{"sendto an address", try_send_to_address, false, 0},
	{"sendmsg", try_sendmsg, false, 0},
	{"execve", try_execve, false, 0},
	{"execveat", try_execveat, false, 0},
	{"ptrace", try_ptrace, false, 0},
	{"kill", try_kill, false, 0},
	{"tgkill", try_tgkill, false, 0},
	{"pidfd_open", try_pidfd_open, false, 0},
	{"process_vm_readv", try_process_vm_readv, false, 0},
	{"process_vm_writev", try_process_vm_writev, false, 0},
	{"clone", try_clone, false, 0},
	{"clone3", try_clone3, false, 0},
	{"unshare", try_unshare, false, 0},
	{"setns", try_setns, false, 0},
	{"io_uring_setup", try_io_uring, false, 0},
	{"userfaultfd", try_userfaultfd, false, 0},
	{"bpf", try_bpf, false, 0},
	{"perf_event_open", try_perf, false, 0},
	{"prctl", try_prctl, false, 0},
	{"prlimit64", try_setrlimit, false, 0},
	{"setuid", try_setuid, false, 0},
	{"mount", try_mount, false, 0},
	{"unlink", try_unlink, false, 0},
	{"memfd_create", try_memfd, false, 0},
	{"dup", try_dup, false, 0},
	{"fcntl F_SETFL", try_set_flags, true, 0},
	{"fcntl F_DUPFD", try_dupfd, false, 0},
	{"ioctl", try_ioctl, false, 0},
	{"write elsewhere", try_write_elsewhere, true, 0},
	{"pwrite64", try_pwrite, false, 0},
	{"writev", try_writev, false, 0},
	{"shmget", try_shmget, false, 0},
	{"poll", try_poll, true, 0},
	{"uname", try_uname, false, 0},
	{"mmap PROT_EXEC", try_mmap_exec, false, 0},
	{"mprotect PROT_EXEC", try_mprotect_exec, false, 0},
	{"pkey_mprotect", try_pkey_mprotect, false, 0},
};
#define N_CALLS (sizeof calls / sizeof *calls)

#endif
