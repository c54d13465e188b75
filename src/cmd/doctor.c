/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem doctor: what this machine offers and what is missing, each with the way to mend it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/readfile.h"
#include "cgroup/manage.h"
#include "cmd/global.h"
#include "golang/image.h"
#include "golang/profile.h"
#include "sys/host.h"
#include "sys/worker.h"

#include "base/banned.h"

enum status { GOOD, LESS, MISSING };

static const struct {
	const char *word, *color;
} statuses[] = {{"ok", "\033[32m"}, {"less", "\033[33m"}, {"missing", "\033[31m"}};

/* One line of the report. A check fills status, detail and, where something is wrong, the remedy.
 */
struct check {
	enum status status;
	char detail[320], remedy[240];
};

struct doctor {
	struct cgm_session *session;
	struct cgm_host host;
	struct cgm_sample sample; /* of the group of this process */
};

#define SAY(c, st, ...) \
	((c)->status = (st), (void)snprintf((c)->detail, sizeof(c)->detail, __VA_ARGS__))
#define MEND(c, ...) ((void)snprintf((c)->remedy, sizeof(c)->remedy, __VA_ARGS__))

static void check_hierarchy(struct doctor *d, struct check *c)
{
	const struct cgm_hierarchy *h = d->session->hierarchy;

	if (!h) {
		SAY(c, MISSING, "%s", d->session->no_memory.msg);
		MEND(c, "see cgmem-findings(7), controller-off");
		return;
	}
	SAY(c, GOOD, "cgroup v%d at %s%s, this process is in %s", h->version, h->mount,
	    h->hybrid ? " (an empty v2 tree stands beside it)" : "",
	    h->self_path ? h->self_path : "an unseen group");
}

static void check_kernel(struct doctor *d, struct check *c)
{
	const struct cgm_host *h = &d->host;

	SAY(c, GOOD, "%s, %u CPUs, transparent huge pages %s%s",
	    h->kernel[0] ? h->kernel : "unknown", h->ncpu, h->thp[0] ? h->thp : "unknown",
	    h->mglru ? ", multi-generational LRU" : "");
	if (h->nokmem) {
		SAY(c, LESS, "%s boots with cgroup.memory=nokmem: kernel memory is not charged",
		    h->kernel);
		MEND(c, "take cgroup.memory=nokmem off the kernel command line");
	}
}

static void check_values(struct doctor *d, struct check *c)
{
	static const struct {
		enum cgm_value_id id;
		const char *name;
	} wanted[] = {{CGM_CHARGED, "charged"},
		      {CGM_ANON, "memory.stat"},
		      {CGM_KERNEL, "kernel memory"},
		      {CGM_PEAK, "peak"},
		      {CGM_SWAP, "swap"},
		      {CGM_OOM_KILLS, "OOM kills"},
		      {CGM_PSI_SOME_AVG10, "memory pressure"}};
	CGM_AUTO_BUF struct cgm_buf have = {0}, lack = {0};

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct cgm_buf *b = d->sample.state[wanted[i].id] == CGM_ABSENT ? &lack : &have;

		cgm_buf_addf(b, "%s%s", b->len ? ", " : "", wanted[i].name);
	}
	SAY(c, lack.len ? LESS : GOOD, "this kernel gives %s%s%s", cgm_buf_str(&have),
	    lack.len ? "; it lacks " : "", cgm_buf_str(&lack));
	if (lack.len && d->session->hierarchy && d->session->hierarchy->version == 1)
		MEND(c, "cgroup v1 has no memory pressure; boot with cgroup v2 for it");
	else if (lack.len)
		MEND(c, "cgmem-numbers(7) says from which kernel on they are there");
}

static const char *engine_remedy(const struct cgm_session *s)
{
	switch (s->engine_err.code) {
	case ETIMEDOUT:
		return "it hangs: see its log, journalctl -u docker, and restart it";
	case EACCES:
	case EPERM:
		return "join its group: sudo usermod -aG docker $USER, or use sudo";
	default:
		return "start one, or name it with -H";
	}
}

static void check_engine(struct doctor *d, struct check *c)
{
	struct cgm_engine *e = cgm_session_engine(d->session);
	const char *driver;

	if (!e) {
		bool failed = d->session->engine_state == CGM_ENGINE_FAILED;

		SAY(c, failed ? MISSING : LESS, "%s",
		    d->session->engine_err.msg[0] ? d->session->engine_err.msg
						  : "no engine's socket was found");
		MEND(c, "%s; until then containers are found by path", engine_remedy(d->session));
		return;
	}
	driver = cgm_engine_cgroup_driver(e);
	SAY(c, GOOD, "%s answers, cgroup driver %s", cgm_engine_name(e),
	    driver ? driver : "unknown");
	if (driver && strcmp(driver, "none") == 0) {
		SAY(c, LESS, "%s runs without cgroups (driver none): docker stats shows 0B",
		    cgm_engine_name(e));
		MEND(c, "rootless engines need cgroup v2 and systemd");
	}
}

static void check_privilege(struct doctor *d, struct check *c)
{
	(void)d;
	if (geteuid() == 0) {
		SAY(c, GOOD, "root: all processes can be read");
		return;
	}
	SAY(c, LESS, "not root: PSS and mappings of other users' processes cannot be read");
	MEND(c, "sudo cgmem ...");
}

static void check_libcgroup(struct doctor *d, struct check *c)
{
	CGM_AUTO_FREE char *mount = NULL;
	const struct cgm_hierarchy *h = d->session->hierarchy;
	struct cgm_err err = {0};

	if (!cgm_session_is_live(d->session)) {
		SAY(c, GOOD, "not asked: this is a saved tree");
		return;
	}
	if (cgm_manage_init(&err) < 0 || cgm_manage_memory_mount(&mount, &err) < 0) {
		SAY(c, LESS, "%s; cgmem run needs it", err.msg);
		MEND(c, "apt-get install libcgroup2");
		return;
	}
	if (h && strcmp(mount, h->mount) != 0) {
		SAY(c, LESS, "libcgroup sees the memory controller at %s, cgmem at %s", mount,
		    h->mount);
		MEND(c, "please report this with the output of: cat /proc/self/mountinfo");
		return;
	}
	SAY(c, GOOD, "libcgroup sees the memory controller at the same place");
}

/* What containers control is parsed in a sandbox, or not at all. */
static void check_sandbox(struct doctor *d, struct check *c)
{
	struct cgm_err err = {0};

	(void)d;
	if (cgm_worker_prepare(&err) < 0) {
		SAY(c, LESS, "%s; what is inside of processes is not looked at", err.msg);
		MEND(c, "apt-get install libseccomp2, on a kernel with CONFIG_SECCOMP_FILTER");
		return;
	}
	SAY(c, GOOD, "seccomp: what is inside of processes is parsed without privileges");
}

static void check_go(struct doctor *d, struct check *c)
{
	struct cgm_err err = {0};

	(void)d;
	if (cgm_go_image_prepare(&err) < 0) {
		SAY(c, LESS, "%s; Go programs are not recognized", err.msg);
		MEND(c, "apt-get install libelf1");
	} else if (cgm_go_profile_prepare() < 0) {
		SAY(c, LESS, "libelf is there, zlib is not; cgmem go --profile needs it");
		MEND(c, "apt-get install zlib1g");
	} else {
		SAY(c, GOOD, "libelf and zlib are there");
	}
}

/* Number in a file of one line; @otherwise where it is not there. */
static uint64_t read_number(const struct doctor *d, const char *path, uint64_t otherwise)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	uint64_t n;

	if (cgm_root_read(d->session->root, path, &b, CGM_READ_CAP) < 0)
		return otherwise;
	return cgm_parse_u64(cgm_buf_str(&b), strcspn(cgm_buf_str(&b), "\n"), &n) < 0 ? otherwise
										      : n;
}

/* CAP_SYS_PTRACE is bit 19 of the effective set (linux/capability.h). */
static bool may_trace(const struct doctor *d)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *line;
	size_t digits;

	if (cgm_root_read(d->session->root, "proc/self/status", &b, CGM_READ_CAP) < 0)
		return false;
	line = strstr(cgm_buf_str(&b), "\nCapEff:\t");
	if (!line)
		return false;
	line += strlen("\nCapEff:\t");
	digits = strspn(line, "0123456789abcdef"); /* four bits a digit, the least last */
	return digits > 4 && strchr("89abcdef", line[digits - 5]);
}

/* Reading another's memory takes PTRACE_MODE_ATTACH (fs/proc/base.c), which Yama restricts. */
static void check_memory(struct doctor *d, struct check *c)
{
	enum { YAMA_RELATIONAL = 1, YAMA_NO_ATTACH = 3 };
	uint64_t yama;

	if (!cgm_session_is_live(d->session)) {
		SAY(c, LESS, "none is in a saved tree: no figures of the Go runtime");
		MEND(c, "run cgmem go on the machine itself");
		return;
	}
	yama = read_number(d, "proc/sys/kernel/yama/ptrace_scope", 0);
	if (yama >= YAMA_NO_ATTACH) {
		SAY(c, LESS, "kernel.yama.ptrace_scope is 3: nobody can read any until a reboot");
		MEND(c, "ask the program's endpoint: cgmem go --go endpoint");
	} else if (may_trace(d)) {
		SAY(c, GOOD, "the memory of all processes can be read");
	} else if (yama >= YAMA_RELATIONAL) {
		SAY(c, LESS, "kernel.yama.ptrace_scope is %llu: not even one's own can be read",
		    (unsigned long long)yama);
		MEND(c, "sudo cgmem ..., or sysctl kernel.yama.ptrace_scope=0");
	} else {
		SAY(c, LESS, "that of one's own processes can be read, not of others");
		MEND(c, "%s",
		     geteuid() == 0 ? "in a container: docker run --cap-add SYS_PTRACE"
				    : "sudo cgmem ...");
	}
}

static void check_swap(struct doctor *d, struct check *c)
{
	if (!cgm_get(&d->sample, CGM_SWAP) && d->sample.state[CGM_SWAP] == CGM_ABSENT) {
		SAY(c, LESS, "swap is not accounted by group");
		MEND(c, "boot with swapaccount=1");
		return;
	}
	SAY(c, GOOD, "%s",
	    d->host.swap_total.known && d->host.swap_total.v
		    ? "swap is on and accounted by group"
		    : "accounted by group; this machine has none");
}

static void check_kmsg(struct doctor *d, struct check *c)
{
	int fd = cgm_session_is_live(d->session)
			 ? cgm_root_openat(d->session->root, "dev/kmsg", O_RDONLY | O_NONBLOCK)
			 : -ENOENT;

	if (fd >= 0) {
		(void)close(fd);
		SAY(c, GOOD, "the kernel's reports of OOM kills can be read");
		return;
	}
	SAY(c, LESS, "the kernel's log cannot be read: an OOM kill is known, its victim is not");
	MEND(c, "run as root, or sysctl kernel.dmesg_restrict=0");
}

static const struct {
	const char *name;
	void (*check)(struct doctor *d, struct check *c);
} checks[] = {
	{"hierarchy", check_hierarchy},	  {"kernel", check_kernel},
	{"values", check_values},	  {"swap", check_swap},
	{"engine", check_engine},	  {"privilege", check_privilege},
	{"oom reports", check_kmsg},	  {"libcgroup", check_libcgroup},
	{"sandbox", check_sandbox},	  {"go programs", check_go},
	{"process memory", check_memory},
};

static void show(const char *name, const struct check *c, bool color, struct cgm_json *json)
{
	const char *word = statuses[c->status].word;

	if (json) {
		(void)cgm_json_add_check(json, name, word, c->detail, c->remedy);
		return;
	}
	(void)printf("%s%-8s%s %-15s %s\n", color ? statuses[c->status].color : "", word,
		     color ? "\033[0m" : "", name, c->detail);
	if (c->remedy[0])
		(void)printf("%24s  -> %s\n", "", c->remedy);
}

static int run_doctor(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	struct doctor d = {0};
	int r;

	(void)opts;
	(void)argc;
	(void)argv;
	r = cgm_open_session(g, &s);
	if (r)
		return r;
	d.session = s;
	if (cgm_host_read(s->root, &d.host) < 0 ||
	    (g->json && cgm_json_new(cgm_clock(s), &json) < 0))
		return CGM_EXIT_FAILED;
	if (s->reader && s->hierarchy->self_path)
		(void)cgm_read_group(s->reader, s->hierarchy->self_path, CGM_FILES_ALL, &d.sample);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		struct check c = {0};

		checks[i].check(&d, &c);
		show(checks[i].name, &c, cgm_use_color(g, STDOUT_FILENO), json);
	}
	r = s->hierarchy ? CGM_EXIT_OK : CGM_EXIT_FAILED;
	return json ? cgm_finish_json(json, r) : r;
}

extern const struct cgm_command cgm_cmd_doctor;
const struct cgm_command cgm_cmd_doctor = {
	.name = "doctor",
	.summary = "Say what this machine offers, what is missing, and how to mend it.",
	.usage = "[OPTION]...",
	.operands = CGM_ARG_NONE,
	.run = run_doctor,
};
