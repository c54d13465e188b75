/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By how much a Go program that allocates flat out is slower while it is read:
 *
 *   go_slowed READS PROGRAM ADDRESS
 *
 * PROGRAM is a build of tests/go/memstats, ADDRESS that of its main.units (nm), hexadecimal. One of
 * it works on the first processor, another one rests. This process, on the second, reads now the
 * one and now the other, a twentieth of a second each, until both were read READS times: all that
 * `cgmem go` does with a process, without what starting it takes. It is held against a reading of
 * another process, since any work beside it costs a program its share of caches and memory.
 *
 * What is compared is the program's processor time for a unit of work. What it sleeps for while a
 * reading holds a lock is not in that: the kernel tells of it (tracefs, lock:contention_begin).
 *
 * Prints by how many percent the program is slower when it is read 100 times a second, 1,000 times
 * in 10 s: the median of the pairs, and the interval in which that is 95 times of 100 (bootstrap);
 * and what waiting for locks adds to it, -1 where that cannot be known.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "lock_trace.h"

#define PAIRS_MAX  10000
#define WINDOW_NS  50000000
#define PER_SECOND 100
#define RESAMPLES  2000
#define TAIL	   (RESAMPLES / 40)
#define UNITS	   64
#define LINE	   8 /* words; each is on a cache line of its own */

#define WANTED                                                                                    \
	(CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS | \
	 CGM_INSPECT_SITES)

struct program {
	pid_t pid;
	int to, from, mem;
	clockid_t clock;
};

/* Readings of one of the two, all together. */
struct side {
	double wall, ran;
	long reads;
};

static void fail(const char *what)
{
	fputs("go_slowed: ", stderr);
	perror(what);
	exit(1);
}

static double now(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		fail("the program's clock");
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) < 0)
		fail("sched_setaffinity");
}

static int open_of(pid_t pid, const char *file)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

/* ---- the programs ---- */

/* A step, and its answer, which is one line. */
static void tell(const struct program *p, const char *step)
{
	char text[8192];
	ssize_t n;

	if (dprintf(p->to, "%s\n", step) < 0)
		fail("the program's input");
	do {
		n = read(p->from, text, sizeof text);
		if (n <= 0)
			fail("the program's answer");
	} while (text[n - 1] != '\n');
}

static struct program start(const char *path, int cpu)
{
	struct program p;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		fail("pipe");
	p.pid = fork();
	if (p.pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin(cpu);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		setenv("GOMAXPROCS", "1", 1);
		setenv("GOGC", "100", 1);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	p.to = in[1];
	p.from = out[0];
	tell(&p, "live 10");
	p.mem = open_of(p.pid, "mem");
	if (p.pid < 0 || clock_getcpuclockid(p.pid, &p.clock) != 0)
		fail(path);
	return p;
}

static double units(const struct program *p, off_t at)
{
	uint64_t v[UNITS * LINE];
	double sum = 0;

	if (pread(p->mem, v, sizeof v, at) != (ssize_t)sizeof v)
		fail("main.units");
	for (int i = 0; i < UNITS; i++)
		sum += (double)v[i * LINE];
	return sum;
}

/* All its threads, or this process's own with 0; those that it starts inherit it. */
static void set_policy(pid_t pid, int policy)
{
	const struct sched_param param = {.sched_priority = policy == SCHED_OTHER ? 0 : 1};
	char path[32];
	const struct dirent *e;
	DIR *tasks;

	(void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && (e = readdir(tasks)))
		if (*e->d_name != '.')
			(void)sched_setscheduler(atoi(e->d_name), policy, &param);
	if (!tasks || closedir(tasks) < 0)
		fail(path);
}

/* ---- reading ---- */

/* The parent's part; then the worker's, whose answer goes to standard output: to nobody here. */
static void read_once(const struct program *p)
{
	static char text[8192];
	const struct cgm_inspect_target target = {
		.pid = p->pid, .ns_pid = p->pid, .memory = true, .mappings = true};
	struct cgm_inspect_job job = {.targets = &target, .n = 1, .want = WANTED};
	const char *const own[] = {"status", "stat", "smaps_rollup"};
	struct cgm_inspect_files f;
	bool broken = false; /* what is behind the answer's pointer */
	int exe;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		int fd = open_of(p->pid, own[i]);

		while (read(fd, text, sizeof text) > 0)
			;
		close(fd);
	}
	if (cgm_inspect_open(&job) < 0 || !job.n_exes)
		fail("opening");
	f = *job.files;
	exe = job.exes->fd;
	if (cgm_inspect_look(&job, (struct cgm_worker_answer *)&broken) < 0)
		fail("reading");
	close(exe);
	close(f.mem);
	close(f.pagemap);
	close(f.auxv);
	close(f.smaps);
}

/*
 * Reads @p for a while; returns what @busy took for a unit of work, 0: it did none. Nobody else
 * gets these two processors meanwhile: a reading that is put aside while it holds a lock would be
 * the machine's doing. Then all others have as long.
 */
static double window(const struct program *busy, const struct program *p, off_t at, struct side *s)
{
	double wall, ran, done, took, did;

	set_policy(busy->pid, SCHED_RR);
	set_policy(getpid(), SCHED_RR);
	wall = now(CLOCK_MONOTONIC);
	ran = now(busy->clock);
	done = units(busy, at);
	do {
		read_once(p);
		s->reads++;
	} while (now(CLOCK_MONOTONIC) - wall < WINDOW_NS);
	took = now(busy->clock) - ran;
	did = units(busy, at) - done;
	s->ran += took;
	s->wall += now(CLOCK_MONOTONIC) - wall;
	set_policy(busy->pid, SCHED_OTHER);
	set_policy(getpid(), SCHED_OTHER);
	(void)usleep(WINDOW_NS / 1000);
	return did > 0 ? took / did : 0;
}

/* ---- how much that is ---- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *v, int n)
{
	static double copy[PAIRS_MAX];

	memcpy(copy, v, (size_t)n * sizeof *v);
	qsort(copy, (size_t)n, sizeof *copy, compare);
	return n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
}

/* @more: by what share it took longer, by pair; @times: so much less often it is read than here */
static void print_percent(FILE *to, const double *more, int n, double times)
{
	static double sample[PAIRS_MAX], medians[RESAMPLES];

	for (int k = 0; k < RESAMPLES; k++) {
		for (int i = 0; i < n; i++)
			sample[i] = more[random() % n];
		medians[k] = median(sample, n);
	}
	qsort(medians, RESAMPLES, sizeof *medians, compare);
	fprintf(to, "%.3f %.3f %.3f", 100 * times * median(more, n), 100 * times * medians[TAIL],
		100 * times * medians[RESAMPLES - 1 - TAIL]);
}

/* Of the two programs p[1] works. */
static void measure(const struct program *p, off_t at, long reads, FILE *to)
{
	static double more[PAIRS_MAX];
	struct side side[2] = {0};
	const bool traced = trace_start(p[1].pid);
	double times, waited;
	int n = 0;

	tell(&p[1], "load 8");
	for (int i = 0; n < PAIRS_MAX && (side[0].reads < reads || side[1].reads < reads); i++) {
		double per[2];

		for (int k = 0; k < 2; k++) {
			int which = (i + k) % 2;

			if (traced)
				(void)trace_set("tracing_on", which ? "1" : "0", 0);
			per[which] = window(&p[1], &p[which], at, &side[which]);
		}
		if (per[0] > 0 && per[1] > 0)
			more[n++] = per[1] / per[0] - 1;
	}
	if (traced)
		(void)trace_set("tracing_on", "0", 0);
	waited = trace_end();
	if (!n || side[1].ran <= 0)
		fail("no work was done");
	times = side[1].wall / (double)side[1].reads / (1e9 / PER_SECOND);
	print_percent(to, more, n, times);
	fprintf(to, " %.3f\n", traced ? 100 * times * waited / side[1].ran : -1);
	fflush(to);
}

int main(int argc, char **argv)
{
	long reads = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	struct program p[2];
	FILE *to;

	if (reads < 1)
		return 2;
	to = fdopen(dup(STDOUT_FILENO), "w");
	if (!to || dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) < 0)
		fail("/dev/null");
	pin(1);
	if (cgm_go_image_prepare(NULL) < 0)
		fail("libelf");
	p[0] = start(argv[2], 1);
	p[1] = start(argv[2], 0);
	measure(p, (off_t)strtoull(argv[3], NULL, 16), reads, to);
	return 0;
}
