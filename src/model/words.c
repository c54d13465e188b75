/* SPDX-License-Identifier: Apache-2.0 */
/* How rules word what they found. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/rules.h"

#include "base/banned.h"

/* A text that does not fit ends in "..." instead of in the middle of a word. */
static void mark_cut(char *buf, size_t size, int len)
{
	if (len >= 0 && (size_t)len >= size)
		memcpy(buf + size - 4, "...", 4);
}

void cgm_say(struct cgm_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	mark_cut(f->summary, sizeof f->summary, vsnprintf(f->summary, sizeof f->summary, fmt, ap));
	va_end(ap);
}

void cgm_advise(struct cgm_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	mark_cut(f->advice, sizeof f->advice, vsnprintf(f->advice, sizeof f->advice, fmt, ap));
	va_end(ap);
}

void cgm_evidence(struct cgm_finding *f, const char *name, uint64_t value, const char *unit)
{
	if (f->n_evidence < CGM_EVIDENCE_MAX)
		f->evidence[f->n_evidence++] = (struct cgm_evidence){name, value, unit};
}

void cgm_evidence_value(struct cgm_finding *f, const struct cgm_sample *s, enum cgm_value_id id)
{
	const struct cgm_place *place;
	const char *name = cgm_values[id].name;

	if (!cgm_has(s, id) || !s->version)
		return;
	place = cgm_value_place(id, s->version);
	if (place && place->key)
		name = place->key;
	cgm_evidence(f, name, s->v[id], cgm_values[id].unit == CGM_COUNT ? "count" : "bytes");
}

/*
 * Of the machine as a whole the root group's files tell little, or count otherwise (Linux
 * mm/memcontrol.c: most kernel memory of the root group is not charged): it is split by
 * /proc/meminfo. NULL: that has no line for it.
 */
static const char *meminfo_line(const struct cgm_host *h, enum cgm_value_id id,
				const struct cgm_opt **ret)
{
	const struct {
		enum cgm_value_id id;
		const struct cgm_opt *is;
		const char *name;
	} lines[] = {
		{CGM_ANON, &h->anon, "AnonPages"},
		{CGM_FILE_MAPPED, &h->mapped, "Mapped"},
		{CGM_FILE_DIRTY, &h->dirty, "Dirty"},
		{CGM_SHMEM, &h->shmem, "Shmem"},
		{CGM_UNEVICTABLE, &h->unevictable, "Unevictable"},
		{CGM_SLAB_RECLAIMABLE, &h->slab_reclaimable, "SReclaimable"},
		{CGM_SLAB_UNRECLAIMABLE, &h->slab_unreclaimable, "SUnreclaim"},
		{CGM_KERNEL_STACK, &h->kernel_stack, "KernelStack"},
		{CGM_PAGETABLES, &h->page_tables, "PageTables"},
		{CGM_SEC_PAGETABLES, &h->sec_page_tables, "SecPageTables"},
		{CGM_PERCPU, &h->percpu, "Percpu"},
		{CGM_VMALLOC, &h->vmalloc_used, "VmallocUsed"},
		{CGM_ZSWAP, &h->zswap, "Zswap"},
		{CGM_HUGETLB_CURRENT, &h->hugetlb, "Hugetlb"},
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].id == id) {
			*ret = lines[i].is;
			return lines[i].name;
		}
	return NULL;
}

void cgm_evidence_now(struct cgm_finding *f, const struct cgm_rules *r, enum cgm_value_id id)
{
	const bool lists = id == CGM_INACTIVE_FILE || id == CGM_ACTIVE_FILE;
	const struct cgm_opt *is;
	const char *name;

	if (!r->b->of_machine || lists) {
		cgm_evidence_value(f, &r->s->now, id);
		return;
	}
	name = meminfo_line(&r->s->host, id, &is);
	if (name && is->known)
		cgm_evidence(f, name, is->v, "bytes");
}

const char *cgm_finding_whole(const struct cgm_finding *f, const struct cgm_breakdown *b)
{
	if (b->of_machine)
		return "what is in use";
	return f->in_docker ? "charged, in docker's figure" : "charged, not in docker's figure";
}

const char *cgm_name_text(char buf[CGM_NAME_TEXT], const char *name)
{
	size_t n = 0;

	for (; name && *name && n + 5 < CGM_NAME_TEXT; name++) {
		unsigned char c = (unsigned char)*name;

		if (c >= 0x20 && c < 0x7f)
			buf[n++] = (char)c;
		else
			n += (size_t)snprintf(buf + n, CGM_NAME_TEXT - n, "\\x%02x", c);
	}
	buf[n] = '\0';
	return buf;
}

/* A name goes into a command line only when a shell would take it as it stands. */
static bool is_plain(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/:@";

	return name && *name && *name != '-' && !name[strspn(name, plain)] &&
	       strlen(name) < CGM_NAME_TEXT - 5;
}

const char *cgm_plain_text(char buf[CGM_NAME_TEXT], const char *name, const char *otherwise)
{
	return cgm_name_text(buf, is_plain(name) ? name : otherwise);
}

const char *cgm_target_text(char buf[CGM_NAME_TEXT], const struct cgm_snapshot *s)
{
	if (s->target.kind == CGM_TARGET_HOST)
		return cgm_name_text(buf, "host");
	if (s->target.kind == CGM_TARGET_SELF)
		return cgm_name_text(buf, "self");
	return cgm_plain_text(
		buf, s->target.kind == CGM_TARGET_CGROUP && s->path ? s->path : s->target.name,
		"TARGET");
}

const char *cgm_exec_text(char buf[CGM_NAME_TEXT + 16], const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;
	const char *engine = t->engine && !strcmp(t->engine, "podman") ? "podman" : "docker";

	buf[0] = '\0';
	if (t->kind == CGM_TARGET_CONTAINER && t->engine && is_plain(t->name))
		(void)snprintf(buf, CGM_NAME_TEXT + 16, "%s exec %s ", engine, t->name);
	return buf;
}

const char *cgm_longer_text(char buf[CGM_LONGER_TEXT], const struct cgm_rules *r)
{
	char name[CGM_NAME_TEXT];

	buf[0] = '\0';
	if (!r->trend || !r->trend->n_points)
		(void)snprintf(buf, CGM_LONGER_TEXT,
			       " One sample cannot tell a leak, a longer look can: cgmem explain "
			       "--for 60s %s.",
			       cgm_target_text(name, r->s));
	return buf;
}

unsigned cgm_percent(uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole * 100.0 : 0.0;

	return share >= 100.0 ? 100 : (unsigned)(share + 0.5);
}
