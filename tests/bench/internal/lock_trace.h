/* SPDX-License-Identifier: Apache-2.0 */
/* How long a program waits for locks, as the kernel tells (Documentation/trace/events.rst). */
#ifndef CGMEM_TESTS_LOCK_TRACE_H
#define CGMEM_TESTS_LOCK_TRACE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE "/sys/kernel/tracing/instances/cgmem-go-slowed"

static bool trace_set(const char *file, const char *value, int flags)
{
	char path[128];
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof path, TRACE "/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd >= 0) {
		n = write(fd, value, strlen(value));
		close(fd);
	}
	return n > 0;
}

/* False: it cannot be. */
static bool trace_start(pid_t pid)
{
	struct dirent *e;
	char path[32];
	bool all = true;
	DIR *tasks;

	(void)rmdir(TRACE);
	if (mkdir(TRACE, 0700) < 0)
		return false;
	(void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	all = trace_set("tracing_on", "0", 0) && trace_set("options/event-fork", "1", 0) && tasks;
	while (all && (e = readdir(tasks)))
		all = *e->d_name == '.' || trace_set("set_event_pid", e->d_name, O_APPEND);
	all = all && trace_set("events/lock/contention_begin/enable", "1", 0) &&
	      trace_set("events/lock/contention_end/enable", "1", 0);
	if (tasks)
		closedir(tasks);
	return all;
}

/*
 * "COMM-TID [CPU] FLAGS SECONDS: contention_begin: LOCK (flags=WHAT)"; nanoseconds, without
 * spinning, which is processor time. The trace is removed.
 */
static double trace_end(void)
{
	static double began[1 << 16];
	FILE *f = fopen(TRACE "/trace", "re");
	char line[512];
	double sum = 0;

	while (f && fgets(line, sizeof line, f)) {
		char *cpu = strstr(line, " ["), *event = strstr(line, ": contention_"), *at;
		size_t task;

		if (!cpu || !event || event < cpu)
			continue;
		for (at = cpu; at > line && at[-1] != '-'; at--)
			;
		task = strtoul(at, NULL, 10) % (sizeof began / sizeof *began);
		for (at = event; at[-1] != ' '; at--)
			;
		if (strstr(event, "_begin") && !strstr(event, "SPIN"))
			began[task] = strtod(at, NULL);
		else if (began[task] > 0)
			sum += strtod(at, NULL) - began[task];
		if (!strstr(event, "_begin"))
			began[task] = 0;
	}
	if (f)
		fclose(f);
	(void)rmdir(TRACE);
	return sum * 1e9;
}

#endif
