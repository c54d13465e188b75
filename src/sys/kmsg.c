/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the kernel's log for the last kill that concerns a group. */
#include "sys/kmsg_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "base/units.h"
#include "sys/process.h"
#include "base/banned.h"

#define LOG_READ_MAX ((size_t)64 << 20) /* a log that grows as fast as it is read must end too */

/* What was found so far, while the records are passed one by one. */
struct scan {
	const char *group;
	struct cgm_oom_report report;
	uint64_t usec;
	bool awaits_sizes;		 /* the report's "Killed process" is still to come */
	struct cgm_figures_scan figures; /* of the report that is being read */
	struct cgm_oom_figures *found;	 /* those of @report; NULL: nobody wants them */
};

/* The component's end is the id: "ID", "docker-ID.scope", "libpod-ID". */
static bool component_is(struct cgm_span part, const char *id)
{
	const size_t n = strlen(id), tail = strlen(".scope");

	if (part.len > tail && !memcmp(part.s + part.len - tail, ".scope", tail))
		part.len -= tail;
	if (!n || part.len < n || memcmp(part.s + part.len - n, id, n) != 0)
		return false;
	return part.len == n || part.s[part.len - n - 1] == '-';
}

static bool concerns(const char *group, struct cgm_span path)
{
	const size_t n = strlen(group);

	if (*group == '/') /* "/" itself is above all */
		return path.len && (n == 1 || (cgm_span_starts(path, group) &&
					       (path.len == n || path.s[n] == '/')));
	while (path.len) {
		if (component_is(cgm_span_part(&path, '/'), group))
			return true;
	}
	return false;
}

/* The figures that stand above this kill are its group's; with the machine's want there are none.
 */
static void take_figures(struct scan *s)
{
	struct cgm_oom_figures f = s->figures.f;

	if (!s->found)
		return;
	cgm_oom_figures_clear(s->found);
	if (!s->report.of_machine)
		*s->found = f;
	else
		cgm_oom_figures_clear(&f);
	s->figures = (struct cgm_figures_scan){0};
}

static void see_kill(struct scan *s, struct cgm_span line, uint64_t usec)
{
	struct cgm_kmsg_kill k;

	s->awaits_sizes = false;
	if (!cgm_kmsg_kill_text(line, &k) ||
	    (!concerns(s->group, k.task_group) && !concerns(s->group, k.oom_group)))
		return;
	s->report = (struct cgm_oom_report){
		.known = true,
		.pid = (pid_t)k.pid,
		.of_machine = !k.oom_group.len,
		.of_ancestor = k.oom_group.len && !concerns(s->group, k.oom_group),
	};
	take_figures(s);
	cgm_comm_set(s->report.victim, k.comm.s, k.comm.len);
	s->usec = usec;
	s->awaits_sizes = true;
}

/* "...: Killed process N (COMM) total-vm:NkB, anon-rss:NkB, file-rss:NkB, shmem-rss:NkB, ..." */
static void see_sizes(struct scan *s, struct cgm_span line)
{
	static const char killed[] = "Killed process ", sizes[] = ") total-vm:";
	const char *at = cgm_span_find(line, killed), *end = cgm_span_last(line, sizes);
	struct cgm_span rest, number;
	uint64_t pid;

	if (!at || !end)
		return;
	rest = cgm_span_after(line, at, strlen(killed));
	number = cgm_span_part(&rest, ' ');
	if (cgm_parse_max(number.s, number.len, INT_MAX, &pid) < 0 || (pid_t)pid != s->report.pid)
		return;
	rest = cgm_span_after(line, end, strlen(sizes));
	s->report.anon_rss = cgm_kmsg_kb(rest, "anon-rss:");
	s->report.file_rss = cgm_kmsg_kb(rest, "file-rss:");
	s->report.shmem_rss = cgm_kmsg_kb(rest, "shmem-rss:");
	s->awaits_sizes = false;
}

static void see_line(struct scan *s, struct cgm_span line)
{
	char text[CGM_KMSG_RECORD_MAX];
	struct cgm_span decoded = {text, 0};
	uint64_t usec;

	if (!cgm_kmsg_head(&line, &usec))
		return;
	if (cgm_span_starts(line, CGM_KMSG_KILL)) {
		decoded.len = cgm_kmsg_unescape(text, line);
		see_kill(s, decoded, usec);
	} else if (s->awaits_sizes && cgm_span_find(line, "Killed process ")) {
		decoded.len = cgm_kmsg_unescape(text, line);
		see_sizes(s, decoded);
	} else if (s->found && cgm_figures_may_be(&s->figures, line)) {
		decoded.len = cgm_kmsg_unescape(text, line);
		cgm_figures_see(&s->figures, decoded);
	}
}

static void see_text(struct scan *s, const char *text, size_t len)
{
	struct cgm_span all = {text, len}, line;

	while (cgm_span_line(&all, &line))
		see_line(s, line);
}

static void finish(struct scan *s, uint64_t now_us, struct cgm_oom_report *ret)
{
	s->report.seconds_ago = s->report.known ? cgm_sub_sat(now_us, s->usec) / 1000000 : 0;
	*ret = s->report;
	cgm_oom_figures_clear(&s->figures.f);
}

void cgm_kmsg_parse(const char *text, size_t len, const char *group, uint64_t now_us,
		    struct cgm_oom_report *ret, struct cgm_oom_figures *ret_figures)
{
	struct scan s = {.group = group, .found = ret_figures};

	see_text(&s, text, len);
	finish(&s, now_us, ret);
}

static int read_saved(const struct cgm_root *root, const char *group, struct cgm_oom_report *ret,
		      struct cgm_oom_figures *ret_figures)
{
	CGM_AUTO_BUF struct cgm_buf log = {0}, uptime = {0};
	double up = 0;
	int r = cgm_root_read(root, "dev/kmsg.txt", &log, CGM_READ_CAP);

	if (r < 0)
		return r;
	if (cgm_root_read(root, "proc/uptime", &uptime, CGM_READ_CAP) == 0)
		(void)cgm_parse_decimal(cgm_buf_str(&uptime), strcspn(cgm_buf_str(&uptime), " \n"),
					&up);
	cgm_kmsg_parse(cgm_buf_str(&log), log.len, group, (uint64_t)(up * 1e6), ret, ret_figures);
	return 0;
}

/* Each read(2) gives one record; EPIPE says that the ring has overtaken us, and goes on. */
static int read_live(int fd, struct scan *s)
{
	char record[CGM_KMSG_RECORD_MAX];
	size_t total = 0;

	while (total < LOG_READ_MAX) {
		ssize_t n = read(fd, record, sizeof record);

		if (n > 0) {
			see_text(s, record, (size_t)n);
			total += (size_t)n;
		} else if (n == 0 || errno == EAGAIN) {
			return 0;
		} else if (errno == EPIPE || errno == EINTR) {
			total += sizeof record; /* so that this too comes to an end */
		} else {
			return -errno;
		}
	}
	return 0;
}

int cgm_kmsg_oom(const struct cgm_root *root, const char *group, struct cgm_oom_report *ret,
		 struct cgm_oom_figures *ret_figures)
{
	CGM_AUTO_CLOSE int fd = -1;
	struct scan s = {.group = group, .found = ret_figures};
	struct timespec now;
	int r;

	if (!cgm_root_is_live(root))
		return read_saved(root, group, ret, ret_figures);
	fd = cgm_root_openat(root, "dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	r = read_live(fd, &s);
	if (r < 0) {
		cgm_oom_figures_clear(&s.figures.f);
		return r;
	}
	/* The log's clock stands still while the machine sleeps, as this one does. */
	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		return -errno;
	finish(&s, (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000, ret);
	return 0;
}
