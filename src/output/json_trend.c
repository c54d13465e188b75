/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of trends: of `cgmem trend`, and growth in explain. */
#include <math.h>

#include "base/when.h"
#include "output/json_util.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define VERDICT_MAX 1024

static json_t *finish(json_t *o, int r)
{
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *when(int64_t ms)
{
	char buf[CGM_TEXT_MAX];

	return json_string(cgm_when_rfc3339(buf, ms));
}

/* null for what is not finite, as a limit that is never met. */
static json_t *real(bool known, double v)
{
	return known && isfinite(v) ? json_real(v) : json_null();
}

static json_t *component(const struct cgm_trend *t, enum cgm_trend_id id)
{
	const struct cgm_trend_info *info = &cgm_trends[id];
	const struct cgm_trend_part *p = &t->part[id];
	const struct cgm_growth *g = &p->growth;
	bool judged = cgm_trend_judged(p);
	json_t *o = json_object();
	int r = cgm_json_put(o, "id", json_string(info->name));

	r |= cgm_json_put(o, "bytes", cgm_json_known(info->bytes, p->now));
	r |= cgm_json_put(o, "count", cgm_json_known(!info->bytes, p->now));
	r |= cgm_json_put(o, "rate_per_hour", real(judged, g->rate * CGM_HOUR_S));
	r |= cgm_json_put(o, "low", real(judged, g->low * CGM_HOUR_S));
	r |= cgm_json_put(o, "high", real(judged, g->high * CGM_HOUR_S));
	r |= cgm_json_put(o, "significant", json_boolean(judged && g->significant));
	r |= cgm_json_put(o, "verdict", json_string(cgm_trend_verdict_name(t, p)));
	r |= cgm_json_put(o, "sawtooth", json_boolean(judged && g->sawtooth));
	r |= cgm_json_put(o, "since", judged ? when((int64_t)(g->since_s * 1000)) : json_null());
	r |= cgm_json_put(o, "share", real(judged && info->in_docker, p->share));
	return finish(o, r);
}

json_t *cgm_json_trend_components(const struct cgm_trend *t)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (int id = 0; r == 0 && id < CGM_TREND_COUNT; id++)
		if (t->part[id].known)
			r = cgm_json_push(a, component(t, (enum cgm_trend_id)id));
	return finish(a, r);
}

json_t *cgm_json_trend_carrier(const struct cgm_trend *t)
{
	return t->carrier < CGM_TREND_COUNT ? json_string(cgm_trends[t->carrier].name)
					    : json_null();
}

/* By the trend; where that says nothing yet, what changed from the first value to the last. */
static json_t *rate(const struct cgm_track *track, const struct cgm_trend_part *p,
		    enum cgm_trend_id id)
{
	CGM_AUTO_FREE struct cgm_xy *v = NULL;
	json_t *value;
	size_t n;

	if (cgm_trend_judged(p))
		return json_real(p->growth.rate);
	n = cgm_trend_series(track, id, &v);
	if (!v)
		return NULL;
	value = n > 1 && v[n - 1].s > v[0].s
			? json_real((v[n - 1].v - v[0].v) / (v[n - 1].s - v[0].s))
			: json_null();
	return value;
}

static json_t *rates(const struct cgm_track *track, const struct cgm_trend *t)
{
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < CGM_TREND_COUNT; i++)
		if (t->part[i].known)
			r = cgm_json_put(o, cgm_trends[i].name,
					 rate(track, &t->part[i], (enum cgm_trend_id)i));
	return finish(o, r);
}

json_t *cgm_json_growth(const struct cgm_snapshot *s)
{
	struct cgm_trend t;
	json_t *o;
	int r;

	if (s->track.n == 0)
		return json_null();
	if (cgm_trend_make(&s->track, &t) < 0)
		return NULL;
	o = json_object();
	r = cgm_json_put(o, "window_s", json_real((double)(t.to_ms - t.from_ms) / 1000));
	r |= cgm_json_put(o, "recorded", json_boolean(s->window_ms == 0));
	r |= cgm_json_put(o, "rates", rates(&s->track, &t));
	r |= cgm_json_put(o, "components", cgm_json_trend_components(&t));
	r |= cgm_json_put(o, "carrier", cgm_json_trend_carrier(&t));
	r |= cgm_json_put(o, "limit_in_s", cgm_json_opt(t.limit_in_s));
	r |= cgm_json_put(o, "more_s", t.more_s > 0 ? json_real(t.more_s) : json_null());
	return finish(o, r);
}

static json_t *target(const struct cgm_trend_row *row)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "kind", cgm_json_text(row->kind));

	r |= cgm_json_put(o, "id", cgm_json_text(row->id));
	r |= cgm_json_put(o, "name", cgm_json_text(row->name));
	r |= cgm_json_put(o, "image", cgm_json_text(row->image));
	r |= cgm_json_put(o, "project", cgm_json_text(row->project));
	r |= cgm_json_put(o, "service", cgm_json_text(row->service));
	return finish(o, r);
}

static json_t *events(const struct cgm_track *t)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < t->n_events; i++) {
		const struct cgm_event *e = &t->events[i];
		json_t *o = json_object();

		r = cgm_json_put(o, "time", when(e->time_ms));
		r |= cgm_json_put(o, "kind", json_string(cgm_event_names[e->kind]));
		r |= cgm_json_put(o, "value", cgm_json_opt(e->value));
		r |= cgm_json_put(o, "detail", cgm_json_text(e->detail[0] ? e->detail : NULL));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *verdict(const struct cgm_trend *t)
{
	char text[VERDICT_MAX];

	return cgm_trend_verdict(t, text, sizeof text) > 0 ? cgm_json_text(text) : json_null();
}

static json_t *window(const struct cgm_trend *t)
{
	return t->to_ms >= t->from_ms ? json_integer((t->to_ms - t->from_ms) / 1000) : json_null();
}

int cgm_json_add_trend(struct cgm_json *j, const struct cgm_trend_row *row)
{
	const struct cgm_trend *t = row->trend;
	bool carried = t->carrier < CGM_TREND_COUNT, met = t->limit_in_s.known;
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{"target", target(row)},
		{"from", when(t->from_ms)},
		{"to", when(t->to_ms)},
		{"window_s", window(t)},
		{"ended", json_boolean(t->ended)},
		{"judged_from", when(t->cut_ms)},
		{"points", json_integer((json_int_t)t->n_points)},
		{"restarts", json_integer((json_int_t)t->n_restarts)},
		{"oom_kills", json_integer((json_int_t)t->n_kills)},
		{"verdict", verdict(t)},
		{"components", cgm_json_trend_components(t)},
		{"carrier", cgm_json_trend_carrier(t)},
		{"carrier_share", real(carried, t->carrier_share)},
		{"limit", cgm_json_opt(t->limit)},
		{"limit_in_s", cgm_json_opt(t->limit_in_s)},
		{"limit_in_low_s", real(met, t->limit_in_low_s)},
		{"limit_in_high_s", real(met, t->limit_in_high_s)},
		{"kernel_in_doubt", cgm_json_opt(t->kernel_in_doubt)},
		{"more_s", real(t->more_s > 0, t->more_s)},
		{"events", events(row->track)},
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
