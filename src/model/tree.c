/* SPDX-License-Identifier: Apache-2.0 */
/* What the processes of a group say together, and which of them are children of the workload. */
#include <string.h>

#include "model/go_split.h"
#include "model/rules.h"

#include "base/banned.h"

uint64_t cgm_process_anon(const struct cgm_process *p)
{
	if (p->pss_anon.known)
		return p->pss_anon.v;
	return p->rss_anon.known ? p->rss_anon.v : 0;
}

uint64_t cgm_anon_left(const struct cgm_snapshot *s, const struct cgm_process *p)
{
	return s->n_go ? cgm_sub_sat(cgm_process_anon(p), cgm_go_explained(s, p))
		       : cgm_process_anon(p);
}

/*
 * Programs that have children by design: they start others, or are one server made of many
 * processes. Memory of their children is the workload's own.
 */
static const char *const by_design[] = {
	/* start others, and some of them have a large heap of their own */
	"tini",
	"docker-init",
	"dumb-init",
	"catatonit",
	"s6-svscan",
	"s6-supervise",
	"runsvdir",
	"runsv",
	"systemd",
	"supervisord",
	"containerd",
	"dockerd",
	"conmon",
	"pm2",
	"PM2",
	/* fork without meaning it */
	"sh",
	"bash",
	"dash",
	"ash",
	"zsh",
	"ksh",
	"busybox",
	"cron",
	"crond",
	"sshd",
	/* one server of many processes */
	"postgres",
	"postmaster",
	"nginx",
	"openresty",
	"apache2",
	"httpd",
	"lighttpd",
	"php-fpm",
	"uwsgi",
	"gunicorn",
	"unicorn",
	"puma",
	"haproxy",
	"squid",
	"varnishd",
	"dovecot",
	"oracle",
	"beam.smp",
	"redis-server",
	"mariadbd",
	"mysqld",
};

static bool has_children_by_design(const char *comm)
{
	for (size_t i = 0; i < sizeof by_design / sizeof *by_design; i++) {
		size_t n = strlen(by_design[i]);

		/* comm of php-fpm8.2, "PM2 v5": the name and what follows it */
		if (!strncmp(comm, by_design[i], n) &&
		    (!comm[n] || (n > 3 && strchr("0123456789.-: ", comm[n]))))
			return true;
	}
	return false;
}

static const struct cgm_process *parent_of(const struct cgm_snapshot *s,
					   const struct cgm_process *p)
{
	for (size_t i = 0; i < s->n_procs; i++)
		if (s->procs[i].pid == p->ppid && &s->procs[i] != p)
			return &s->procs[i];
	return NULL;
}

/* A parent of another name is a launcher unless it has much memory itself. */
#define WORKLOAD_ANON (UINT64_C(16) << 20)

static bool is_child_of(const struct cgm_process *parent, const struct cgm_process *p)
{
	if (has_children_by_design(parent->comm))
		return false;
	if (!strcmp(parent->comm, p->comm))
		return true;
	return cgm_process_anon(parent) >= WORKLOAD_ANON;
}

/* Generations that are looked up: a list that names a cycle must not hang. */
#define TREE_DEPTH 32

/*
 * Whether @p is a child of the workload: it came into a container from outside (exec), or one of
 * its ancestors forked it (or started it while being a workload itself).
 */
static bool is_child(const struct cgm_snapshot *s, const struct cgm_process *p)
{
	for (int depth = 0; depth < TREE_DEPTH; depth++) {
		const struct cgm_process *parent = parent_of(s, p);

		if (!parent)
			return p->foreign && s->target.kind == CGM_TARGET_CONTAINER;
		if (is_child_of(parent, p))
			return true;
		p = parent;
	}
	return false;
}

static void sum(struct cgm_opt *into, struct cgm_opt v)
{
	if (!v.known)
		into->known = false;
	else
		into->v = cgm_add_sat(into->v, v.v);
}

static struct cgm_opt least(struct cgm_opt a, struct cgm_opt b)
{
	return (struct cgm_opt){cgm_min_u64(a.v, b.v), a.known && b.known};
}

static void sum_process(struct cgm_proc_sums *t, const struct cgm_process *p, bool told_apart)
{
	t->n++;
	sum(&t->rss, p->rss);
	sum(&t->vsz, p->vsz);
	sum(&t->pss, p->pss);
	sum(&t->pss_file, p->pss_file);
	sum(&t->pss_shmem, p->pss_shmem);
	sum(&t->rss_shmem, p->rss_shmem);
	sum(&t->lazyfree, p->lazyfree);
	sum(&t->locked, p->locked);
	sum(&t->locked_anon, least(p->locked, p->rss_anon));
	sum(&t->hugetlb, p->hugetlb);
	sum(&t->threads, p->threads);
	/*
	 * A sample: those that have no huge pages have none to tell of. A Go heap's are told by its
	 * own figures: what it has not written yet may be live all the same.
	 */
	if (p->thp_zero.known && !told_apart)
		t->thp_zero = (struct cgm_opt){cgm_add_sat(t->thp_zero.v, p->thp_zero.v), true};
}

static void start_sums(struct cgm_proc_sums *t)
{
	struct cgm_opt *all[] = {&t->rss,	&t->vsz,	 &t->pss,      &t->pss_file,
				 &t->pss_shmem, &t->rss_shmem,	 &t->lazyfree, &t->locked,
				 &t->hugetlb,	&t->locked_anon, &t->threads};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		all[i]->known = t->n > 0;
}

static bool has_memory(const struct cgm_process *p)
{
	return !p->kernel_thread && p->rss.known;
}

/* A process's whole anonymous memory, what it shares with its children included. */
static uint64_t whole_anon(const struct cgm_process *p)
{
	return cgm_max_u64(cgm_process_anon(p), p->rss_anon.known ? p->rss_anon.v : 0);
}

/*
 * Go programs whose figures are known are no children here: what their memory is says more than
 * who started them.
 *
 * The children's memory is what the others do not have: memory that was filled before a fork is in
 * the parent's RssAnon whole, and in each PSS by its share, so that all PSS less the RssAnon of
 * those that are no children is what the children wrote themselves.
 */
static void find_children(const struct cgm_snapshot *s, struct cgm_proc_sums *t)
{
	uint64_t all = 0, others = 0, children = 0;

	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];

		if (!has_memory(p))
			continue;
		all = cgm_add_sat(all, cgm_process_anon(p));
		if (!is_child(s, p) || (s->n_go && cgm_go_explained(s, p))) {
			others = cgm_add_sat(others, whole_anon(p));
			continue;
		}
		t->n_children++;
		children = cgm_add_sat(children, cgm_process_anon(p));
		if (!t->largest_child || cgm_process_anon(p) > cgm_process_anon(t->largest_child))
			t->largest_child = p;
	}
	t->children_anon = cgm_min_u64(children, cgm_sub_sat(all, others));
}

/* Above this the tree is not walked: the search for parents is quadratic. */
#define TREE_PROCS_MAX 4096

void cgm_proc_sums_make(const struct cgm_snapshot *s, struct cgm_proc_sums *ret)
{
	uint64_t most = 0, left;
	bool told_apart;

	*ret = (struct cgm_proc_sums){.complete = s->procs_complete};
	for (size_t i = 0; i < s->n_procs; i++)
		ret->n += has_memory(&s->procs[i]);
	start_sums(ret);
	ret->n = 0;
	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];

		if (!has_memory(p))
			continue;
		left = cgm_anon_left(s, p);
		told_apart = left < cgm_process_anon(p);
		sum_process(ret, p, told_apart);
		ret->n_go += told_apart;
		if (left <= most)
			continue;
		most = left;
		ret->largest = p;
	}
	if (s->n_procs <= TREE_PROCS_MAX)
		find_children(s, ret);
}
