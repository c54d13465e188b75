/* SPDX-License-Identifier: Apache-2.0 */
/* Risks: what may hurt, or has hurt. Only what is certain rises above info. */
#include <string.h>

#include "model/rules.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

/* A rate below one huge page's worth a second is noise. */
#define RATE_BYTES MIB
/* Stalls below one hundredth of the time are no harm (PSI counts hundredths of a percent). */
#define STALL_CENTIPERCENT 100
/* v1 has no PSI: so many failed charges a second. */
#define FAILS_PER_SECOND 10

/* A limit that binds: v1's and v2's "none", and more than the machine has, do not. */
static bool limit_of(const struct cgm_rules *r, const struct cgm_sample *s, uint64_t *ret)
{
	const struct cgm_opt *ram = &r->s->host.mem_total;

	if (!cgm_has(s, CGM_LIMIT) || (ram->known && s->v[CGM_LIMIT] >= ram->v))
		return false;
	*ret = s->v[CGM_LIMIT];
	return true;
}

uint64_t cgm_needed(const struct cgm_sample *s, const struct cgm_breakdown *b)
{
	uint64_t n = cgm_get(s, CGM_CHARGED) - cgm_reclaimable(s);

	if (s->version == 1)
		n = cgm_sub_sat(n, b->child[CGM_CHILD_SLAB_RECLAIMABLE].bytes);
	return n;
}

bool cgm_above(uint64_t used, uint64_t limit, unsigned percent)
{
	return (double)used * 100.0 > (double)limit * percent;
}

static const char *level_text(char buf[CGM_NAME_TEXT], const struct cgm_rules *r, size_t i)
{
	if (i == 0)
		return cgm_name_text(buf, "its own limit");
	return cgm_name_text(buf, r->s->levels[i].path);
}

bool cgm_risk_no_limit(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_snapshot *s = r->s;
	struct cgm_effective_limit e =
		cgm_effective_limit(s->levels, s->n_levels, s->host.mem_total, s->version);

	if (s->target.kind == CGM_TARGET_HOST || s->is_root || !s->n_levels)
		return false;
	if (!cgm_has(&s->levels[0].sample, CGM_LIMIT) &&
	    s->levels[0].sample.state[CGM_LIMIT] != CGM_UNLIMITED)
		return false;
	if (!e.from_host && e.bytes.known)
		return false;
	if (s->host.mem_total.known)
		cgm_evidence(f, "MemTotal", s->host.mem_total.v, "bytes");
	cgm_say(f, "No memory limit is set on it or above it: it may use all of the machine.");
	if (s->target.kind == CGM_TARGET_CONTAINER && s->target.engine)
		cgm_advise(f, "Set one when it shares the machine: docker update --memory SIZE "
			      "--memory-swap SIZE NAME");
	return true;
}

bool cgm_risk_near_limit(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], l[CGM_TEXT_MAX], where[CGM_NAME_TEXT];
	uint64_t limit, worst_limit = 0, worst = 0;
	size_t at = 0;

	for (size_t i = 0; i < r->s->n_levels; i++) {
		const struct cgm_sample *s = &r->s->levels[i].sample;
		uint64_t used = cgm_needed(s, r->b);

		if (!limit_of(r, s, &limit) || !cgm_above(used, limit, 90))
			continue;
		if (worst_limit &&
		    (double)used * (double)worst_limit <= (double)worst * (double)limit)
			continue;
		worst = used;
		worst_limit = limit;
		at = i;
	}
	if (!worst)
		return false;
	f->severity = cgm_above(worst, worst_limit, 98) ? CGM_CRITICAL : CGM_WARN;
	f->bytes = (struct cgm_opt){worst, true};
	cgm_evidence(f, "needed", worst, "bytes");
	cgm_evidence(f, "limit", worst_limit, "bytes");
	cgm_evidence_value(f, &r->s->levels[at].sample, CGM_CHARGED);
	cgm_say(f,
		"%s of %s (%u %%, %s) cannot be freed without swap: a little more, and the kernel "
		"kills a process.",
		cgm_human_bytes(n, worst), cgm_human_bytes(l, worst_limit),
		cgm_percent(worst, worst_limit), level_text(where, r, at));
	cgm_advise(f, "Raise the limit (docker update --memory SIZE NAME), or make the largest "
		      "cause smaller.");
	return true;
}

/* A counter that lies must not overflow the conversion. */
static uint64_t whole(double v)
{
	return v < 1e18 ? (uint64_t)v : (uint64_t)1e18;
}

/* How fast a counter of pages rose in the window, in bytes a second. */
static bool page_rate(const struct cgm_rules *r, enum cgm_value_id id, uint64_t *ret)
{
	const struct cgm_sample *a = &r->s->before, *b = &r->s->now;

	if (!a->version || !r->s->window_ms || !cgm_has(a, id) || !cgm_has(b, id))
		return false;
	*ret = whole((double)cgm_sub_sat(b->v[id], a->v[id]) * (double)r->page * 1000.0 /
		     (double)r->s->window_ms);
	return true;
}

static bool count_rate(const struct cgm_rules *r, enum cgm_value_id id, double *ret)
{
	const struct cgm_sample *a = &r->s->before, *b = &r->s->now;

	if (!a->version || !r->s->window_ms || !cgm_has(a, id) || !cgm_has(b, id))
		return false;
	*ret = (double)cgm_sub_sat(b->v[id], a->v[id]) * 1000.0 / (double)r->s->window_ms;
	return true;
}

/* Share of the window that processes were stalled, in hundredths of a percent. */
static bool stalled(const struct cgm_rules *r, uint64_t *ret)
{
	double us_per_s;

	if (!count_rate(r, CGM_PSI_SOME_TOTAL, &us_per_s))
		return false;
	*ret = whole(us_per_s / 100.0);
	return true;
}

/*
 * v1 counts no failures against memory plus swap since 6.15 (mm/page_counter.c track_failcnt):
 * where that has the same limit, usage that stays at the limit says as much.
 */
static bool at_limit(const struct cgm_rules *r)
{
	uint64_t limit;

	for (size_t i = 0; i < r->s->n_levels; i++)
		if (limit_of(r, &r->s->levels[i].sample, &limit) &&
		    cgm_above(cgm_get(&r->s->levels[i].sample, CGM_CHARGED), limit, 80))
			return true;
	return false;
}

bool cgm_risk_thrashing(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t refaults, stall;
	double fails = 0, swap_fails = 0;
	char n[CGM_TEXT_MAX];

	if (!page_rate(r, CGM_REFAULT_FILE, &refaults) ||
	    refaults < cgm_max_u64(RATE_BYTES, r->b->charged / 100))
		return false;
	cgm_evidence(f, "workingset_refault_file", refaults, "per_second");
	if (stalled(r, &stall)) {
		if (stall < STALL_CENTIPERCENT)
			return false;
		cgm_evidence(f, "memory.pressure some", stall / 100, "percent");
	} else {
		(void)count_rate(r, CGM_FAILCNT, &fails);
		if (count_rate(r, CGM_MEMSW_FAILCNT, &swap_fails))
			fails += swap_fails;
		if (fails < FAILS_PER_SECOND && (refaults < r->b->charged / 10 || !at_limit(r)))
			return false;
		cgm_evidence(f, "failcnt", whole(fails), "per_second");
	}
	f->severity = CGM_WARN;
	cgm_say(f,
		"Page cache is dropped and read again at %s a second, and processes wait for it: "
		"what they work with does not fit under the limit.",
		cgm_human_bytes(n, refaults));
	cgm_advise(f, "Raise the limit, or let the program read less or in order; watch "
		      "workingset_refault_file in memory.stat.");
	return true;
}

bool cgm_risk_throttled(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], h[CGM_TEXT_MAX], where[CGM_NAME_TEXT];

	for (size_t i = 0; i < r->s->n_levels; i++) {
		const struct cgm_sample *s = &r->s->levels[i].sample;
		uint64_t high = cgm_get(s, CGM_HIGH), used = cgm_needed(s, r->b);

		/* page cache at memory.high is reclaimed, not throttled */
		if (!high || !cgm_get(s, CGM_EVENT_HIGH) || !cgm_above(used, high, 90))
			continue;
		f->severity = CGM_WARN;
		f->bytes = (struct cgm_opt){used, true};
		cgm_evidence(f, "memory.high", high, "bytes");
		cgm_evidence(f, "needed", used, "bytes");
		cgm_evidence(f, "memory.events high", s->v[CGM_EVENT_HIGH], "count");
		cgm_say(f,
			"%s that cannot be freed stand against memory.high of %s (%s): the kernel "
			"slows its processes down.",
			cgm_human_bytes(n, used), cgm_human_bytes(h, high),
			i ? level_text(where, r, i) : "its own");
		cgm_advise(f, "Raise memory.high (systemd: MemoryHigh=, Kubernetes: the memory "
			      "request), or make the largest cause smaller.");
		return true;
	}
	return false;
}

/* The ancestor whose limit matters most: one that is nearly full, else the lowest below the own. */
static size_t tightest_ancestor(const struct cgm_rules *r, uint64_t own, bool *ret_full)
{
	uint64_t limit, least = UINT64_MAX;
	bool tight = false;
	size_t at = 0;

	for (size_t i = 1; i < r->s->n_levels; i++) {
		const struct cgm_sample *s = &r->s->levels[i].sample;
		bool full;

		if (!limit_of(r, s, &limit))
			continue;
		full = cgm_above(cgm_needed(s, r->b), limit, 90);
		if ((limit >= own && !full) || (tight && !full) ||
		    (tight == full && limit >= least))
			continue;
		tight = full;
		least = limit;
		at = i;
	}
	*ret_full = tight;
	return at;
}

/* v1 tells the limit of an ancestor that is not to be seen, as inside a container. */
static bool unseen_parent_limit(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_snapshot *s = r->s;
	struct cgm_effective_limit e =
		cgm_effective_limit(s->levels, s->n_levels, s->host.mem_total, s->version);
	char l[CGM_TEXT_MAX];

	if (!e.bytes.known || e.from_host || e.level < s->n_levels)
		return false;
	cgm_evidence(f, "hierarchical_memory_limit", e.bytes.v, "bytes");
	cgm_say(f,
		"A limit of %s is set above it, on a group that cannot be seen from here, and "
		"docker does not show it.",
		cgm_human_bytes(l, e.bytes.v));
	cgm_advise(f, "That limit counts, not its own. Look from the host.");
	return true;
}

bool cgm_risk_parent_limit(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_sample *parent;
	uint64_t own = UINT64_MAX, limit = 0, used;
	char l[CGM_TEXT_MAX], u[CGM_TEXT_MAX], where[CGM_NAME_TEXT];
	bool full;
	size_t at;

	if (r->s->n_levels)
		(void)limit_of(r, &r->s->levels[0].sample, &own);
	at = tightest_ancestor(r, own, &full);
	if (!at)
		return unseen_parent_limit(r, f);
	parent = &r->s->levels[at].sample;
	(void)limit_of(r, parent, &limit);
	used = cgm_needed(parent, r->b);
	f->severity = full ? CGM_WARN : CGM_INFO;
	cgm_evidence(f, "limit", limit, "bytes");
	cgm_evidence(f, "needed", used, "bytes");
	cgm_say(f,
		"The limit of %s above it is %s%s, shared with all below, and docker does not show "
		"it%s%s.",
		cgm_name_text(where, r->s->levels[at].path), cgm_human_bytes(l, limit),
		limit < own ? ", lower than its own" : "",
		full ? ": what cannot be freed there is " : "",
		full ? cgm_human_bytes(u, used) : "");
	cgm_advise(f,
		   "That limit counts, not the one of the container: see it with cgmem explain %s",
		   cgm_plain_text(where, r->s->levels[at].path, "PATH"));
	return true;
}

bool cgm_risk_swapped(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t swap = cgm_get(&r->s->now, CGM_SWAP), in = 0, refault = 0;
	char n[CGM_TEXT_MAX], v[CGM_TEXT_MAX];

	(void)page_rate(r, CGM_PSWPIN, &in);
	(void)page_rate(r, CGM_REFAULT_ANON, &refault);
	in = cgm_max_u64(in, refault);
	if (in < RATE_BYTES && swap < cgm_max_u64(16 * MIB, cgm_add_sat(r->b->charged, swap) / 10))
		return false;
	if (cgm_has(&r->s->now, CGM_SWAP)) {
		f->bytes = (struct cgm_opt){swap, true};
		cgm_evidence(f, "swap", swap, "bytes");
	}
	cgm_human_bytes(n, swap);
	if (in >= RATE_BYTES) {
		f->severity = CGM_WARN;
		cgm_evidence(f, "swap-in", in, "per_second");
		cgm_say(f,
			"It reads %s a second back from swap (%s are there): it needs more "
			"memory than it has.",
			cgm_human_bytes(v, in), n);
		cgm_advise(f, "Raise the limit, or make the largest cause smaller; watch pswpin "
			      "and workingset_refault_anon in memory.stat.");
		return true;
	}
	cgm_say(f, "%s of its memory are in swap, in no figure of docker stats.", n);
	cgm_advise(f, "No harm while it is not read back: grep -E 'pswpin|refault_anon' "
		      "memory.stat, twice. By process: grep VmSwap in its status.");
	return true;
}
