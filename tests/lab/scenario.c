/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario: makes one known kind of memory and waits, so that a tool can be asked what it sees.
 *
 *   scenario --list                   the table: name, first cause on v1, on v2, a further finding
 *                                     on v1, on v2, tolerance in percent, flags, what it does
 *   scenario NAME [--bytes N | --seed N] [--dir DIR] [--shm DIR] [--join GROUP]...
 *
 * Prints "ready BYTES" when BYTES are planted, then waits until its standard input ends or a signal
 * comes (for a signal only, when standard input is /dev/null), and removes what it made. --join
 * names directories of control groups that it enters first, the memory controller's before the
 * others; what a scenario must prepare without being charged for it is made before. Without --bytes
 * the size is between 20 and 64 MiB, by the seed and the scenario's name.
 */
#include "lab.h"
#include "lab-anon.h"
#include "lab-cache.h"
#include "lab-kernel.h"
#include "lab-limits.h"

enum {
	F_SWAP = 1,
	F_WINDOW = 2,
	F_FOREIGN = 4,
	F_QUIET = 8,
	F_V2 = 16,
	F_GROUP = 32,
	F_LRU = 64,
	F_SLOW = 128,
	F_MEMSW = 256,
	F_SINCE_5_11 = 512
};

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{F_SWAP, "swap"},	      /* needs swap space */
	{F_WINDOW, "window"},	      /* is seen over a time only */
	{F_FOREIGN, "foreign"},	      /* a second process, from outside, is the one that plants */
	{F_QUIET, "quiet"},	      /* nothing may be above "info" */
	{F_V2, "v2"},		      /* v1 has no such thing */
	{F_MEMSW, "memsw"},	      /* v1 before 6.15: later memory.memsw.failcnt stays 0 */
	{F_SINCE_5_11, "since-5.11"}, /* older kernels charge nothing for it */
	{F_GROUP, "group"},	      /* sets limits: needs --join */
	{F_SLOW, "slow"},	      /* takes long to plant */
	{F_LRU, "lru"}, /* differs under the multi-generational LRU: there the cache is inactive */
};

struct scenario {
	const char *name;
	const char *cause[2]; /* on v1, on v2; "-": any */
	const char *also[2];
	unsigned tolerance;
	unsigned flags;
	const char *what;
	void (*prepare)(struct plan *p);
	uint64_t (*plant)(struct plan *p);
};

static const struct scenario scenarios[] = {
#define S(name, v1, v2, also1, also2, tol, flags, what, prepare, plant)          \
	{                                                                        \
		name, {v1, v2}, {also1, also2}, tol, flags, what, prepare, plant \
	}
	S("idle", "-", "-", "-", "-", 5, F_QUIET, "a program that holds nothing", NULL,
	  plant_nothing),
	S("anon", "anon", "anon", "-", "-", 5, F_QUIET, "anonymous memory", NULL, plant_anon),
	S("children", "anon-children", "anon-children", "-", "-", 5, F_QUIET,
	  "anonymous memory of one of four forked children", NULL, plant_children),
	S("prefork", "anon-children", "anon-children", "-", "-", 5, F_QUIET,
	  "anonymous memory of eight children of a program that holds some itself", NULL,
	  plant_prefork),
	S("helper", "anon-children", "anon-children", "-", "-", 5, F_QUIET,
	  "anonymous memory of a helper of a program that works itself", NULL, plant_helper),
	S("launcher", "anon", "anon", "-", "-", 5, F_QUIET,
	  "anonymous memory of a program that an idle one started", NULL, plant_launcher),
	S("foreign", "anon", "anon", "-", "-", 5, F_FOREIGN | F_QUIET,
	  "anonymous memory of a process beside the group's first", NULL, plant_anon),
	S("thp-sparse", "huge-pages", "huge-pages", "-", "-", 5, F_QUIET,
	  "one byte touched in each huge page", NULL, plant_thp_sparse),
	S("huge-partial", "huge-pages", "huge-pages", "-", "-", 5, F_QUIET,
	  "huge pages of which all but one small page each is given back", NULL,
	  plant_huge_partial),
	S("lazyfree", "lazyfree", "lazyfree", "-", "-", 5, F_QUIET, "memory after MADV_FREE", NULL,
	  plant_lazyfree),
	S("locked", "locked", "locked", "-", "-", 5, F_QUIET, "memory locked by mlock()", NULL,
	  plant_locked),
	S("swapped", "anon", "anon", "swapped", "swapped", 5, F_SWAP | F_GROUP,
	  "half of the memory went to swap", NULL, plant_swapped),

	S("cache-written", "cache-inactive", "cache-inactive", "-", "-", 5, F_QUIET,
	  "a file written and synced", NULL, plant_cache_written),
	S("cache-read", "cache-inactive", "cache-inactive", "-", "-", 5, F_QUIET,
	  "a file read once", prepare_file, plant_cache_read),
	S("cache-reread", "cache-active", "cache-active", "-", "-", 5, F_QUIET | F_LRU,
	  "a file read again", prepare_file, plant_cache_reread),
	S("cache-mapped", "cache-mapped", "cache-mapped", "-", "-", 5, F_QUIET,
	  "a file mapped and touched", prepare_file, plant_cache_mapped),
	S("cache-dirty", "cache-dirty", "cache-dirty", "-", "-", 5, F_QUIET,
	  "a file written and not synced", NULL, plant_cache_dirty),
	S("cache-deleted", "cache-inactive", "cache-inactive", "-", "-", 5, F_QUIET,
	  "a file deleted while it is open", NULL, plant_cache_deleted),
	S("tmpfs", "tmpfs", "tmpfs", "-", "-", 5, F_QUIET, "a file in a tmpfs", NULL, plant_tmpfs),
	S("memfd", "tmpfs", "tmpfs", "-", "-", 5, F_QUIET, "a memfd", NULL, plant_memfd),
	S("memfd-flight", "tmpfs", "tmpfs", "-", "-", 5, F_QUIET,
	  "a memfd whose descriptor is in a unix socket's queue", NULL, plant_memfd_flight),
	S("sysv", "tmpfs", "tmpfs", "-", "-", 5, F_QUIET, "SysV shared memory", NULL, plant_sysv),
	S("shared-anon", "tmpfs", "tmpfs", "-", "-", 5, F_QUIET, "a shared anonymous mapping", NULL,
	  plant_shared_anon),

	S("dentries", "slab-reclaimable", "slab-reclaimable", "-", "-", 5, F_QUIET | F_SLOW,
	  "file names that were looked for and are not there", NULL, plant_dentries),
	S("small-files", "slab-reclaimable", "slab-reclaimable", "-", "-", 10, F_QUIET | F_SLOW,
	  "many small files written", NULL, plant_small_files),
	S("pipes", "kernel-other", "kernel-other", "-", "-", 5, F_QUIET, "full pipes", NULL,
	  plant_pipes),
	S("tcp", "-", "sockets", "sockets-uncounted", "-", 5, F_QUIET, "full TCP queues", NULL,
	  plant_tcp),
	S("udp", "-", "sockets", "sockets-uncounted", "-", 5, F_QUIET, "full UDP queues", NULL,
	  plant_udp),
	S("unix-small", "kernel-other", "kernel-other", "-", "-", 5, F_QUIET,
	  "small datagrams in queues of unix sockets", NULL, plant_unix_small),
	S("unix-large", "kernel-other", "kernel-other", "-", "-", 5, F_QUIET,
	  "large datagrams in queues of unix sockets", NULL, plant_unix_large),
	S("epoll", "slab-unreclaimable", "slab-unreclaimable", "-", "-", 20, F_QUIET,
	  "watches of epoll instances", NULL, plant_epoll),
	S("bpf", "kernel-other", "kernel-other", "-", "-", 5, F_QUIET | F_SINCE_5_11, "a BPF map",
	  NULL, plant_bpf),
	S("page-tables", "page-tables", "page-tables", "-", "-", 5, F_QUIET,
	  "page tables of a sparse mapping", NULL, plant_page_tables),
	S("threads", "thread-stacks", "thread-stacks", "-", "-", 5, F_QUIET, "thousands of threads",
	  NULL, plant_threads),

	S("limit-cache", "cache-inactive", "cache-inactive", "-", "-", 5, F_GROUP | F_QUIET,
	  "the limit is reached by page cache", NULL, plant_limit_cache),
	S("limit-anon", "-", "-", "oom-killed", "oom-killed", 5, F_GROUP,
	  "the limit is reached by a program, which is killed", NULL, plant_oom),
	S("near-limit", "anon", "anon", "near-limit", "near-limit", 5, F_GROUP,
	  "a program holds almost all that it may", NULL, plant_near_limit),
	S("parent-limit", "anon", "anon", "parent-limit", "parent-limit", 5, F_GROUP,
	  "the parent's limit is lower than the own", NULL, plant_parent_limit),
	S("thrashing", "-", "-", "thrashing", "thrashing", 5, F_GROUP | F_WINDOW,
	  "a file larger than the limit is read in a loop", prepare_thrashing, plant_thrashing),
	S("thrashing-memsw", "-", "-", "thrashing", "-", 5, F_GROUP | F_MEMSW | F_WINDOW,
	  "the same where memory and swap together have that limit", prepare_thrashing,
	  plant_thrashing_memsw),
	S("throttled", "-", "-", "-", "throttled", 5, F_GROUP | F_V2 | F_WINDOW,
	  "a program wants more than memory.high", prepare_throttled, plant_throttled),
#undef S
};

#define N_SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static void list(void)
{
	for (size_t i = 0; i < N_SCENARIOS; i++) {
		const struct scenario *s = &scenarios[i];
		const char *comma = "";

		printf("%s\t%s\t%s\t%s\t%s\t%u\t", s->name, s->cause[0], s->cause[1], s->also[0],
		       s->also[1], s->tolerance);
		for (size_t f = 0; f < sizeof(flag_names) / sizeof(flag_names[0]); f++) {
			if (!(s->flags & flag_names[f].flag))
				continue;
			printf("%s%s", comma, flag_names[f].name);
			comma = ",";
		}
		printf("%s\t%s\n", *comma ? "" : "-", s->what);
	}
}

static void on_signal(int sig)
{
	(void)sig;
}

static void wait_for_end(void)
{
	struct stat in, null;
	char c;

	if (fstat(0, &in) == 0 && stat("/dev/null", &null) == 0 && in.st_rdev == null.st_rdev &&
	    S_ISCHR(in.st_mode)) {
		pause();
		return;
	}
	while (read(0, &c, 1) > 0)
		;
}

/* What takes a system call for a few hundred bytes is planted smaller. */
static void random_size(struct plan *p, const struct scenario *s)
{
	uint64_t least = s->flags & F_SLOW ? 20 * MIB : 32 * MIB;

	lab_mix(p, s->name);
	p->bytes = least + lab_random(p) % (s->flags & F_SLOW ? 4 * MIB : least);
}

static const struct scenario *parse(int argc, char **argv, struct plan *p)
{
	const struct scenario *s = NULL;

	for (size_t i = 0; argc > 1 && i < N_SCENARIOS; i++)
		if (strcmp(argv[1], scenarios[i].name) == 0)
			s = &scenarios[i];
	if (!s || !lab_arguments(p, argc, argv))
		return NULL;
	if (!p->bytes)
		random_size(p, s);
	return s;
}

/*
 * The first process of the group idles; the one that plants is its sibling, whose parent is not in
 * the group: what a container's engine does for `exec`.
 */
static void start_foreign(const struct scenario *s, struct plan *p, int say)
{
	int joined[2];

	if (pipe(joined))
		die("pipe");
	if (lab_fork() == 0) {
		lab_join(p);
		lab_say_byte(joined[1]);
		for (;;)
			pause();
	}
	lab_wait_byte(joined[0]);
	if (lab_fork() == 0) {
		lab_join(p);
		dprintf(say, "ready %llu\n", (unsigned long long)s->plant(p));
		for (;;)
			pause();
	}
}

int main(int argc, char **argv)
{
	struct plan p = {.dir = ".", .shm = "/dev/shm"};
	const struct scenario *s;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list();
		return 0;
	}
	s = parse(argc, argv, &p);
	if (!s) {
		fputs("usage: scenario --list | NAME [--bytes N | --seed N] [--dir DIR]"
		      " [--shm DIR] [--join GROUP]...\n",
		      stderr);
		return 2;
	}
	lab_owner = getpid();
	lab_catch_signals(on_signal);
	if (s->prepare)
		s->prepare(&p);
	if (s->flags & F_FOREIGN && p.n_groups) {
		start_foreign(s, &p, 1);
	} else {
		lab_join(&p);
		dprintf(1, "ready %llu\n", (unsigned long long)s->plant(&p));
	}
	wait_for_end();
	lab_clean();
	return 0;
}
