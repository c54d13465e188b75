/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/units.h"
#include "sys/keyed.h"

#include "base/banned.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN true
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN false
#endif

#define NOBODY	 65534 /* the kernel's overflowuid (kernel/sys.c, DEFAULT_OVERFLOWUID) */
#define HTTP_FDS 1024  /* poll(2) refuses more descriptors than the limit allows to open */

/* Bytes that this process maps: the first number of statm, in pages. */
static int mapped_bytes(uint64_t *ret)
{
	CGM_AUTO_CLOSE int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char text[128];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	struct cgm_span all = {text, n < 0 ? 0 : (size_t)n}, pages;
	uint64_t v;

	if (n < 0)
		return -errno;
	pages = cgm_span_part(&all, ' ');
	if (cgm_parse_u64(pages.s, pages.len, &v) < 0)
		return -EBADMSG;
	*ret = v * (uint64_t)sysconf(_SC_PAGESIZE);
	return 0;
}

static int limit(__rlimit_resource_t what, uint64_t value)
{
	struct rlimit old, new = {.rlim_cur = value, .rlim_max = value};

	if (getrlimit(what, &old) < 0)
		return -errno;
	if (value > old.rlim_max)
		new.rlim_cur = new.rlim_max = old.rlim_max;
	return setrlimit(what, &new) < 0 ? -errno : 0;
}

static int set_limits(const struct cgm_sandbox *s)
{
	uint64_t mapped = 0;
	int r = mapped_bytes(&mapped);

	if (r == 0)
		r = limit(RLIMIT_CPU, s->cpu_seconds);
	if (r == 0)
		r = limit(RLIMIT_CORE, 0);
	if (r < 0 || RUNNING_ON_VALGRIND) /* it has a heap and descriptors of its own */
		return r;
	if (!WITH_ASAN) /* which maps terabytes of shadow in advance */
		r = limit(RLIMIT_AS, cgm_add_sat(mapped, s->memory_cap));
	/* What is open stays open; nothing gets a number from the limit on. */
	if (r == 0)
		r = limit(RLIMIT_NOFILE, s->calls == CGM_WORKER_HTTP ? HTTP_FDS : 0);
	return r;
}

void cgm_sandbox_drop_sets(void)
{
	int in_set;

	for (unsigned long cap = 0; (in_set = prctl(PR_CAPBSET_READ, cap)) >= 0; cap++)
		if (in_set)
			(void)prctl(PR_CAPBSET_DROP, cap);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

/*
 * Root without the right to change its uid, or in a user namespace that has no number 65534, stays
 * the uid it is: it has no capabilities afterwards, and no system call that a uid could help with.
 */
static int drop_uid(void)
{
	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return -errno;
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 && errno != EPERM && errno != EINVAL)
		return -errno;
	if (setresuid(NOBODY, NOBODY, NOBODY) < 0 && errno != EPERM && errno != EINVAL)
		return -errno;
	return 0;
}

int cgm_sandbox_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

int cgm_sandbox_enter(const struct cgm_sandbox *s)
{
	int r = set_limits(s);

	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0) {
		cgm_sandbox_drop_sets();
		r = drop_uid();
	}
	if (r == 0)
		r = drop_capabilities();
	if (r == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		r = -errno;
	/* A change of the uid forgets it (kernel/cred.c, commit_creds). */
	if (r == 0)
		r = cgm_sandbox_die_with(s->parent);
	/* valgrind makes system calls of its own in this process, which no filter can tell apart */
	if (r == 0 && !RUNNING_ON_VALGRIND && cgm_seccomp_install(s->program) < 0)
		r = -EOPNOTSUPP;
	return r;
}
