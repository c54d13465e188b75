/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of explain: what it is of, its parts, and what was found. */
#include "output/json.h"

#include <string.h>

#include "base/units.h"
#include "output/json_util.h"
#include "output/what_if.h"
#include "base/banned.h"

static json_t *finish(json_t *o, int r)
{
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *labels(const struct cgm_target *t)
{
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < t->n_labels; i++) {
		json_t *key = cgm_json_text(t->labels[i].key);

		r = key && json_is_string(key) ? cgm_json_put(o, json_string_value(key),
							      cgm_json_text(t->labels[i].value))
					       : -ENOMEM;
		json_decref(key);
	}
	return finish(o, r);
}

static json_t *target(const struct cgm_snapshot *s)
{
	static const char *const kinds[] = {
		[CGM_TARGET_CONTAINER] = "container",
		[CGM_TARGET_CGROUP] = "cgroup",
		[CGM_TARGET_PID] = "pid",
		[CGM_TARGET_SELF] = "self",
		[CGM_TARGET_HOST] = "host",
	};
	const struct cgm_target *t = &s->target;
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{"kind", json_string(kinds[t->kind])},
		{"id", cgm_json_text(t->id)},
		{"name", cgm_json_text(t->name)},
		{"image", cgm_json_text(t->image)},
		{"engine", cgm_json_text(t->engine)},
		{"state", cgm_json_text(t->state)},
		{"restarts", cgm_json_opt(t->restarts)},
		{"oom_killed", t->oom_killed_known ? json_boolean(t->oom_killed) : json_null()},
		{"labels", labels(t)},
	};
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		r |= cgm_json_put(o, members[i].key, members[i].value);
	return finish(o, r);
}

static json_t *effective(const struct cgm_explanation *e)
{
	const struct cgm_effective_limit *l = &e->effective;
	const char *from = NULL;
	json_t *o = json_object();
	int r = cgm_json_put(o, "bytes", cgm_json_opt(l->bytes));

	if (l->bytes.known && l->from_host)
		from = "host";
	else if (l->bytes.known && l->level < e->snapshot->n_levels)
		from = e->snapshot->levels[l->level].path;
	return finish(o, r | cgm_json_put(o, "from", cgm_json_text(from)));
}

static json_t *cgroup(const struct cgm_explanation *e)
{
	const struct cgm_snapshot *s = e->snapshot;
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	r |= cgm_json_put(o, "version", s->version ? json_integer(s->version) : json_null());
	r |= cgm_json_put(o, "path", cgm_json_text(s->path));
	r |= cgm_json_put(o, "limit", cgm_json_value(&s->now, CGM_LIMIT));
	r |= cgm_json_put(o, "effective_limit", effective(e));
	r |= cgm_json_put(o, "peak", cgm_json_value(&s->now, CGM_PEAK));
	return finish(o, r);
}

static json_t *docker(const struct cgm_explanation *e)
{
	const struct cgm_breakdown *b = e->breakdown;
	uint64_t limit = cgm_docker_limit(&e->snapshot->now, e->snapshot->host.mem_total);
	char used_text[CGM_TEXT_MAX], limit_text[CGM_TEXT_MAX], text[2 * CGM_TEXT_MAX + 4];
	/* docker has no figure for the machine */
	bool known =
		b->known && e->snapshot->target.kind != CGM_TARGET_HOST && !e->snapshot->is_root;
	bool has_percent = known && limit > 0;
	json_t *o = json_object();
	int r = cgm_json_put(o, "bytes", cgm_json_known(known, b->docker_bytes));

	(void)snprintf(text, sizeof text, "%s / %s", cgm_docker_bytes(used_text, b->docker_bytes),
		       cgm_docker_bytes(limit_text, limit));
	r |= cgm_json_put(o, "text", known ? json_string(text) : json_null());
	r |= cgm_json_put(o, "percent",
			  has_percent ? json_real((double)b->docker_bytes / (double)limit * 100)
				      : json_null());
	return finish(o, r);
}

static json_t *children(const struct cgm_breakdown *b, enum cgm_part_id part)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < CGM_CHILD_COUNT; i++) {
		const struct cgm_child *c = &b->child[i];
		json_t *o;

		if (!c->present || cgm_child_infos[i].parent != part)
			continue;
		o = json_object();
		r = cgm_json_put(o, "id", json_string(cgm_child_infos[i].id));
		r |= cgm_json_put(o, "bytes", cgm_json_u64(c->bytes));
		r |= cgm_json_put(o, "estimated", json_boolean(c->estimated));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *breakdown(const struct cgm_breakdown *b)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && b->known && i < CGM_PART_COUNT; i++) {
		const struct cgm_part *p = &b->part[i];
		json_t *o;

		if (!p->present)
			continue;
		o = json_object();
		r = cgm_json_put(o, "id", json_string(cgm_part_infos[i].id));
		r |= cgm_json_put(o, "bytes", cgm_json_u64(p->bytes));
		r |= cgm_json_put(o, "in_docker", cgm_json_u64(p->in_docker));
		r |= cgm_json_put(o, "reclaimable", cgm_json_u64(p->reclaimable));
		r |= cgm_json_put(o, "children", children(b, (enum cgm_part_id)i));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *numbers(const struct cgm_explanation *e)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < e->n_figures; i++) {
		const struct cgm_figure *f = &e->figures[i];
		json_t *o = json_object();

		r = cgm_json_put(o, "tool", cgm_json_text(f->tool));
		r |= cgm_json_put(o, "versions", cgm_json_text(f->versions));
		r |= cgm_json_put(o, "formula", cgm_json_text(f->formula));
		r |= cgm_json_put(o, "bytes", cgm_json_opt(f->bytes));
		r |= cgm_json_put(o, "text", cgm_json_text(f->text));
		r |= cgm_json_put(o, "difference",
				  f->has_difference ? json_integer(f->difference) : json_null());
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *evidence(const struct cgm_finding *f)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < f->n_evidence; i++) {
		json_t *o = json_object();

		r = cgm_json_put(o, "name", cgm_json_text(f->evidence[i].name));
		r |= cgm_json_put(o, "value", cgm_json_u64(f->evidence[i].value));
		r |= cgm_json_put(o, "unit", cgm_json_text(f->evidence[i].unit));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *finding(const struct cgm_finding *f, const struct cgm_breakdown *b)
{
	bool has_share = f->bytes.known && b->known && b->charged > 0;
	char man[96];
	json_t *o = json_object();
	int r = cgm_json_put(o, "id", cgm_json_text(f->id));

	(void)snprintf(man, sizeof man, "cgmem-findings(7) %s", f->id);
	r |= cgm_json_put(o, "kind", cgm_json_text(cgm_kind_name(f->kind)));
	r |= cgm_json_put(o, "severity", cgm_json_text(cgm_severity_name(f->severity)));
	r |= cgm_json_put(o, "bytes", cgm_json_opt(f->bytes));
	r |= cgm_json_put(o, "share",
			  has_share ? json_real((double)f->bytes.v / (double)b->charged)
				    : json_null());
	r |= cgm_json_put(o, "summary", cgm_json_text(f->summary));
	r |= cgm_json_put(o, "evidence", evidence(f));
	r |= cgm_json_put(o, "advice", cgm_json_text(f->advice[0] ? f->advice : NULL));
	r |= cgm_json_put(o, "man", json_string(man));
	return finish(o, r);
}

static json_t *findings(const struct cgm_explanation *e)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && e->findings && i < e->findings->n; i++)
		r = cgm_json_push(a, finding(&e->findings->v[i], e->breakdown));
	return finish(a, r);
}

static json_t *unreadable(const struct cgm_snapshot *s)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < s->n_unreadable; i++) {
		json_t *o = json_object();

		r = cgm_json_put(o, "what", cgm_json_text(s->unreadable[i].what));
		r |= cgm_json_put(o, "why", cgm_json_text(s->unreadable[i].why));
		r |= cgm_json_put(o, "remedy", cgm_json_text(s->unreadable[i].remedy));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *what_if(const struct cgm_explanation *e)
{
	struct cgm_what_if w;
	json_t *o;
	int r;

	if (!cgm_what_if(e, &w))
		return json_null();
	o = json_object();
	r = cgm_json_put(o, "limit", cgm_json_u64(w.limit));
	r |= cgm_json_put(o, "must_stay", cgm_json_u64(w.must_stay));
	r |= cgm_json_put(o, "would_go", cgm_json_u64(w.would_go));
	r |= cgm_json_put(o, "fits", json_boolean(w.fits));
	r |= cgm_json_put(o, "smallest_safe", cgm_json_u64(w.smallest_safe));
	return finish(o, r);
}

static json_t *remainder_of(const struct cgm_breakdown *b)
{
	return b->known ? json_integer(b->unattributed) : json_null();
}

int cgm_json_add_explanation(struct cgm_json *j, const struct cgm_explanation *e)
{
	const struct cgm_breakdown *b = e->breakdown;
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{"target", target(e->snapshot)},
		{"cgroup", cgroup(e)},
		{"charged", cgm_json_known(b->known, b->charged)},
		{"docker", docker(e)},
		{"breakdown", breakdown(b)},
		{"unattributed", remainder_of(b)},
		{"slack", cgm_json_known(b->known, b->slack)},
		{"headroom", cgm_json_opt(e->headroom)},
		{"verdict", cgm_json_text(e->verdict)},
		{"numbers", numbers(e)},
		{"processes", cgm_json_processes(e->snapshot)},
		{"go", cgm_json_go(e->snapshot, false)},
		{"growth", cgm_json_growth(e->snapshot)},
		{"what_if", what_if(e)},
		{"findings", findings(e)},
		{"unreadable", unreadable(e->snapshot)},
	};
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		r |= cgm_json_put(o, members[i].key, members[i].value);
	if (r == 0)
		return cgm_json_push(j->results, o);
	json_decref(o);
	return -ENOMEM;
}
