/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/dl.h"
#include "base/readfile.h"

#include "base/banned.h"

#define READ   1U /* CGM_WORKER_READ, */
#define HTTP   2U /* CGM_WORKER_HTTP */
#define BOTH   (READ | HTTP)
#define ALWAYS 0 /* no condition */

/*
 * Everything that is not here ends a reading worker at once. One that speaks HTTP gets EPERM
 * instead, because libcurl tries things that it can do without (a pair of sockets to wake itself, a
 * thread to resolve a name). Nothing in either list opens a file, makes or connects a socket,
 * starts or touches a process, or makes memory executable.
 */
static const struct rule {
	int call;
	unsigned who;
	unsigned n_conditions;
	struct scmp_arg_cmp condition;
	uint32_t error; /* it is not made, and says so; 0: it is made */
} rules[] = {
	{SCMP_SYS(read), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(pread64), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(lseek), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(_llseek), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(close), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(fstat), BOTH, ALWAYS, {0}, 0},
	/* glibc 2.33 to 2.38 say fstat(fd) so (sysdeps/unix/sysv/linux/fstat64.c) */
	{SCMP_SYS(newfstatat), BOTH, 1, {3, SCMP_CMP_EQ, AT_EMPTY_PATH, 0}, 0},
	{SCMP_SYS(write), READ, 1, {0, SCMP_CMP_EQ, CGM_WORKER_OUT, 0}, 0},
	{SCMP_SYS(write), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(mmap), BOTH, 1, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}, 0},
	{SCMP_SYS(mprotect), BOTH, 1, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}, 0},
	{SCMP_SYS(mremap), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(munmap), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(madvise), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(brk), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(futex), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(clock_gettime), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(gettimeofday), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(restart_syscall), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(getrandom), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(sigaltstack), BOTH, ALWAYS, {0}, 0}, /* ASan, where a function does not return */
	{SCMP_SYS(exit), BOTH, ALWAYS, {0}, 0},
	{SCMP_SYS(exit_group), BOTH, ALWAYS, {0}, 0},
	/* libelf looks whether a descriptor is one (elf_begin.c) */
	{SCMP_SYS(fcntl), BOTH, 1, {1, SCMP_CMP_EQ, F_GETFD, 0}, 0},
	{SCMP_SYS(fcntl), BOTH, 1, {1, SCMP_CMP_EQ, F_GETFL, 0}, 0},
	{SCMP_SYS(fcntl), HTTP, 1, {1, SCMP_CMP_EQ, F_SETFL, 0}, 0},
	{SCMP_SYS(fcntl), HTTP, 1, {1, SCMP_CMP_EQ, F_SETFD, 0}, 0},
	{SCMP_SYS(ioctl), HTTP, 1, {1, SCMP_CMP_EQ, FIONBIO, 0}, 0},
	{SCMP_SYS(poll), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(ppoll), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(select), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(pselect6), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(recvfrom), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(recvmsg), HTTP, ALWAYS, {0}, 0},
	/* Sockets are connected before: libcurl is told that it is under way, and then looks. */
	{SCMP_SYS(connect), HTTP, ALWAYS, {0}, EINPROGRESS},
	/* without an address: only along a connection that is there */
	{SCMP_SYS(sendto), HTTP, 1, {4, SCMP_CMP_EQ, 0, 0}, 0},
	{SCMP_SYS(getsockopt), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(setsockopt), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(getsockname), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(getpeername), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(shutdown), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(nanosleep), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(clock_nanosleep), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(getpid), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(gettid), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(getuid), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(geteuid), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(rt_sigaction), HTTP, ALWAYS, {0}, 0},
	{SCMP_SYS(rt_sigprocmask), HTTP, ALWAYS, {0}, 0},
};

static struct {
	__typeof__(seccomp_init) *init;
	__typeof__(seccomp_release) *release;
	__typeof__(seccomp_attr_set) *attr_set;
	__typeof__(seccomp_rule_add_array) *rule_add_array;
	__typeof__(seccomp_export_bpf) *export_bpf;
} lib;

static const struct cgm_dl_symbol symbols[] = {
	{"seccomp_init", &lib.init},
	{"seccomp_release", &lib.release},
	{"seccomp_attr_set", &lib.attr_set},
	{"seccomp_rule_add_array", &lib.rule_add_array},
	{"seccomp_export_bpf", &lib.export_bpf},
};

static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	static const char *const sonames[] = {"libseccomp.so.2", NULL};

	loaded = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, NULL) == 0;
}

static int add_rules(scmp_filter_ctx ctx, unsigned who)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct rule *u = &rules[i];
		int r;

		if (!(u->who & who))
			continue;
		r = lib.rule_add_array(ctx, u->error ? SCMP_ACT_ERRNO(u->error) : SCMP_ACT_ALLOW,
				       u->call, u->n_conditions, &u->condition);
		if (r < 0 && r != -EDOM) /* EDOM: this machine's kernel has no call of that name */
			return r;
	}
	return 0;
}

/* libseccomp before 2.6 writes a program into a descriptor only. */
static int export_program(scmp_filter_ctx ctx, struct sock_fprog *ret)
{
	CGM_AUTO_CLOSE int fd = memfd_create("cgmem filter", MFD_CLOEXEC);
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = fd < 0 ? -errno : lib.export_bpf(ctx, fd);

	if (r == 0)
		r = cgm_pread_all(fd, &b, BPF_MAXINSNS * sizeof(struct sock_filter));
	if (r < 0)
		return r;
	*ret = (struct sock_fprog){
		.len = (unsigned short)(b.len / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(void *)CGM_TAKE(b.data),
	};
	return 0;
}

static int make_program(enum cgm_worker_calls calls, struct sock_fprog *ret)
{
	const bool http = calls == CGM_WORKER_HTTP;
	scmp_filter_ctx ctx = lib.init(http ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	int r;

	if (!ctx && !http)
		ctx = lib.init(SCMP_ACT_KILL); /* before Linux 4.14; there is one thread */
	if (!ctx)
		return -EOPNOTSUPP;
	r = lib.attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL);
	if (r == 0)
		r = add_rules(ctx, http ? HTTP : READ);
	if (r == 0)
		r = export_program(ctx, ret);
	lib.release(ctx);
	return r;
}

int cgm_seccomp_program(enum cgm_worker_calls calls, const struct sock_fprog **ret,
			struct cgm_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct sock_fprog programs[2];
	struct sock_fprog *p = &programs[calls == CGM_WORKER_HTTP];
	int r = 0;

	if (pthread_once(&once, load) || !loaded)
		return cgm_err_set(err, EOPNOTSUPP,
				   "libseccomp.so.2 is not there, and without it nothing that a "
				   "container controls is parsed");
	(void)pthread_mutex_lock(&lock);
	if (!p->filter)
		r = make_program(calls, p);
	(void)pthread_mutex_unlock(&lock);
	if (r < 0)
		return cgm_err_set(err, r == -ENOMEM ? ENOMEM : EOPNOTSUPP,
				   "libseccomp makes no filter: %s", strerror(-r));
	*ret = p;
	return 0;
}

int cgm_seccomp_install(const struct sock_fprog *program)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) < 0 ? -errno : 0;
}
