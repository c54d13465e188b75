/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grower: a program whose memory grows at a steady pace in one known way, or that works and does
 * not grow at all, so that a tool that watches it can be asked which it is.
 *
 *   grower --growing                  the table: name, first growth finding on v1, on v2, others
 * that may stand behind it, "-", tolerance of the rate in percent, flags, what it does grower NAME
 * [--bytes N | --seed N] [--dir DIR] [--shm DIR] [--join GROUP]...
 *
 * Prints "ready N" when it begins, N bytes a second, and goes on until its standard input ends or a
 * signal comes (for a signal only, when standard input is /dev/null), or for GROW_SECONDS: then it
 * waits. --join names directories of control groups that it enters first, the memory controller's
 * before the others. Without --bytes the pace is 300 KiB to 1 MiB a second, by the seed and the
 * name.
 */
#include <poll.h>
#include <time.h>

#include "lab.h"
#include "lab-grow.h"
#include "lab-grow-files.h"
#include "lab-grow-kernel.h"

#define TICK_MS 100
/* After a pause no more at once: a jump is another thing than growth. */
#define TICK_BYTES (2 * MIB)

enum { F_QUIET = 1, F_GROUP = 2, F_LRU = 4, F_SLOW = 8, F_LIMIT = 16, F_OUTSIDE = 32 };

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{F_QUIET, "quiet"},	/* nothing may be above "info" */
	{F_GROUP, "group"},	/* sets a limit: needs --join */
	{F_LIMIT, "limit"},	/* the limit is to be foretold */
	{F_SLOW, "slow"},	/* takes much time: grows by half */
	{F_OUTSIDE, "outside"}, /* docker's figure leaves it out */
	{F_LRU, "lru"}, /* differs under the multi-generational LRU: may be inactive cache there */
};

struct scenario {
	const char *name;
	const char *first[2]; /* on v1, on v2; several, by "|", where each is right */
	const char *also;     /* and no others */
	unsigned tolerance;
	unsigned flags;
	const char *what;
	void (*prepare)(struct plan *p);
	void (*tick)(struct grower *g);
};

#define LEVEL "steady|plateau"
/* What moves so much that a minute does not rule growth out: nothing is said of it. */
#define MOVES	      LEVEL "|-"
#define CACHE_OR_SLAB "growth-cache|growth-kernel"

static const struct scenario scenarios[] = {
#define S(name, v1, v2, also, tol, flags, what, prepare, tick)        \
	{                                                             \
		name, {v1, v2}, also, tol, flags, what, prepare, tick \
	}
	S("anon", "growth-anon", "growth-anon", "-", 20, F_QUIET, "anonymous memory", NULL,
	  grow_anon),
	S("bursts", "growth-anon", "growth-anon", "-", 30, F_QUIET,
	  "anonymous memory, nothing for seconds and then much", NULL, grow_bursts),
	S("busy", "growth-anon", "growth-anon", "-", 40, F_QUIET,
	  "anonymous memory, amid work that takes and returns some", NULL, grow_busy),
	S("child", "growth-anon", "growth-anon", "-", 20, F_QUIET,
	  "anonymous memory of a child of a program that waits", NULL, grow_child),
	S("limit", "growth-anon", "growth-anon", "-", 20, F_GROUP | F_LIMIT,
	  "anonymous memory below a limit", NULL, grow_limit),
	S("cache-read", "growth-cache", "growth-cache", "-", 20, F_QUIET | F_OUTSIDE,
	  "page cache of a file that is read once", prepare_long_file, grow_cache_read),
	S("cache-reread", "growth-cache", "growth-cache", "-", 20, F_QUIET | F_LRU,
	  "page cache of a file whose parts are read again", prepare_long_file, grow_cache_reread),
	/* and the buffer heads of its pages: a few percent, which are in docker's figure */
	S("log", CACHE_OR_SLAB, CACHE_OR_SLAB, "growth-cache,growth-kernel", 30,
	  F_QUIET | F_OUTSIDE, "page cache of a log that is written", NULL, grow_disk_log),
	S("tmpfs", "growth-tmpfs", "growth-tmpfs", "-", 20, F_QUIET, "a file in a tmpfs", NULL,
	  grow_tmpfs),
	S("memfd", "growth-tmpfs", "growth-tmpfs", "-", 20, F_QUIET, "a memfd", NULL, grow_memfd),
	S("shared", "growth-tmpfs", "growth-tmpfs", "-", 20, F_QUIET, "a shared mapping", NULL,
	  grow_shared),
	S("dentries", "growth-kernel", "growth-kernel", "-", 20, F_QUIET | F_SLOW,
	  "file names that are looked for and are not there", NULL, grow_dentries),
	S("small-files", "growth-kernel", "growth-kernel", "growth-cache", 30, F_QUIET | F_SLOW,
	  "many small files", NULL, grow_small_files),
	S("pipes", "growth-kernel", "growth-kernel", "-", 20, F_QUIET, "full pipes", NULL,
	  grow_pipes),
	S("unix", "growth-kernel", "growth-kernel", "-", 20, F_QUIET | F_SLOW,
	  "datagrams in queues of unix sockets", NULL, grow_unix),
	S("threads", "growth-kernel", "growth-kernel", "growth-anon", 20, F_QUIET | F_SLOW,
	  "threads", NULL, grow_threads),
	S("tcp", LEVEL, "growth-sockets", "-", 30, F_QUIET, "TCP queues", NULL, grow_tcp),

	S("idle", "steady", "steady", "-", 0, F_QUIET, "a program that does nothing", NULL,
	  grow_nothing),
	S("flat", "steady", "steady", "-", 0, F_QUIET, "24 MiB that are used and stay", NULL,
	  use_flat),
	S("sawtooth", MOVES, MOVES, "-", 0, F_QUIET, "8 MiB are filled and given back", NULL,
	  use_sawtooth),
	S("pulses", MOVES, MOVES, "-", 0, F_QUIET, "8 MiB for a second every few seconds", NULL,
	  use_pulses),
	S("wandering", MOVES, MOVES, "-", 0, F_QUIET, "a level that wanders and comes back", NULL,
	  use_wandering),
	S("plateau", "plateau", "plateau", "-", 0, F_QUIET, "grows for 35 seconds, then no more",
	  NULL, use_plateau),
	S("step", LEVEL, LEVEL, "-", 0, F_QUIET, "16 MiB at once", NULL, use_step),
	S("forks", MOVES, MOVES, "-", 0, F_QUIET, "short-lived processes", NULL, use_forks),
	S("loop", MOVES, MOVES, "-", 0, F_QUIET, "a file that is read again and again",
	  prepare_loop, use_loop),
	S("rotated", MOVES, MOVES, "-", 0, F_QUIET, "a log that is removed and begun anew", NULL,
	  use_rotated),
	S("spool", MOVES, MOVES, "-", 0, F_QUIET, "files in a tmpfs that come and go", NULL,
	  use_spool),
#undef S
};

#define N_SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static void list(void)
{
	for (size_t i = 0; i < N_SCENARIOS; i++) {
		const struct scenario *s = &scenarios[i];
		const char *comma = "";

		printf("%s\t%s\t%s\t%s\t-\t%u\t", s->name, s->first[0], s->first[1], s->also,
		       s->tolerance);
		for (size_t f = 0; f < sizeof(flag_names) / sizeof(flag_names[0]); f++) {
			if (!(s->flags & flag_names[f].flag))
				continue;
			printf("%s%s", comma, flag_names[f].name);
			comma = ",";
		}
		printf("%s\t%s\n", *comma ? "" : "-", s->what);
	}
}

static volatile sig_atomic_t ended;

static void on_signal(int sig)
{
	(void)sig;
	ended = 1;
}

static bool input_is_null(void)
{
	struct stat in, null;

	return fstat(0, &in) == 0 && stat("/dev/null", &null) == 0 && in.st_rdev == null.st_rdev &&
	       S_ISCHR(in.st_mode);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Until it is told to end. */
static void run(const struct scenario *s, struct plan *p)
{
	struct grower g = {.plan = p};
	struct pollfd in = {.fd = input_is_null() ? -1 : 0, .events = POLLIN};
	double begin = now();
	char c;

	while (!ended) {
		uint64_t due;

		g.seconds = now() - begin;
		due = (uint64_t)(g.seconds * (double)p->bytes);
		g.due = due < g.due + TICK_BYTES ? due : g.due + TICK_BYTES;
		if (g.seconds < GROW_SECONDS)
			s->tick(&g);
		if (poll(&in, 1, TICK_MS) > 0 && read(0, &c, 1) <= 0)
			break;
	}
}

static void random_pace(struct plan *p, const struct scenario *s)
{
	lab_mix(p, s->name);
	p->bytes = (300 + lab_random(p) % 724) * KIB;
	if (s->flags & F_SLOW)
		p->bytes /= 2;
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
		random_pace(p, s);
	return s;
}

int main(int argc, char **argv)
{
	struct plan p = {.dir = ".", .shm = "/dev/shm"};
	const struct scenario *s;

	if (argc == 2 && strcmp(argv[1], "--growing") == 0) {
		list();
		return 0;
	}
	s = parse(argc, argv, &p);
	if (!s) {
		fputs("usage: grower --growing | NAME [--bytes N | --seed N] [--dir DIR]"
		      " [--shm DIR] [--join GROUP]...\n",
		      stderr);
		return 2;
	}
	lab_owner = getpid();
	lab_catch_signals(on_signal);
	if (s->prepare)
		s->prepare(&p);
	lab_join(&p);
	dprintf(1, "ready %llu\n", (unsigned long long)p.bytes);
	run(s, &p);
	lab_clean();
	return 0;
}
