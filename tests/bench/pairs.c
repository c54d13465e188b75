/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs two commands alternately (A B A B ...) and compares them:
 *
 *   pairs self N A... -- B...   by the number that each prints
 *   pairs wall N A... -- B...   by wall time from its start to its end, in nanoseconds
 *
 * Prints: median of A/B, median of A-B, median of A, median of B, largest resident set of A (KiB).
 * What is first is changed with every pair. The commands' stdout is not shown, their stderr is.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 1000

struct result {
	double value;
	long rss_kib;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void drain(int fd, char *text, size_t size)
{
	char rest[65536];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, rest, sizeof rest)) > 0) {
		size_t take = (size_t)n < size - 1 - len ? (size_t)n : size - 1 - len;

		memcpy(text + len, rest, take);
		len += take;
	}
	text[len] = '\0';
}

static struct result run(char **argv, int self)
{
	struct result r;
	struct rusage usage;
	char text[256];
	int fds[2], status;
	double start = now();
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC),
		     STDERR_FILENO); /* its notes, each time */
		execvp(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	drain(fds[0], text, sizeof text);
	close(fds[0]);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0) {
		fprintf(stderr, "pairs: %s failed\n", argv[0]);
		exit(1);
	}
	r.value = self ? strtod(text, NULL) : now() - start;
	r.rss_kib = usage.ru_maxrss;
	return r;
}

int main(int argc, char **argv)
{
	static double ratio[PAIRS_MAX], difference[PAIRS_MAX], as[PAIRS_MAX], bs[PAIRS_MAX];
	char **b = argv + 3;
	int self, n;
	long rss = 0;

	while (b < argv + argc && strcmp(*b, "--") != 0)
		b++;
	n = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;
	if (b + 1 >= argv + argc || n < 1 || n > PAIRS_MAX)
		return 2;
	self = strcmp(argv[1], "self") == 0;
	*b++ = NULL;
	for (int i = 0; i < n; i++) {
		struct result x, y;

		if (i % 2)
			y = run(b, self);
		x = run(argv + 3, self);
		if (i % 2 == 0)
			y = run(b, self);
		if (y.value <= 0)
			return 1;
		ratio[i] = x.value / y.value;
		difference[i] = x.value - y.value;
		as[i] = x.value;
		bs[i] = y.value;
		rss = x.rss_kib > rss ? x.rss_kib : rss;
	}
	printf("%.4f %.0f %.0f %.0f %ld\n", median(ratio, n), median(difference, n), median(as, n),
	       median(bs, n), rss);
	return 0;
}
