/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"
#include "model/point.h"
#include "output/diff_parts.h"
#include "output/json_util.h"

#include "base/banned.h"

static json_t *json_side(const struct cgm_diff_side *s, bool without_kernel)
{
	const struct cgm_opt doubt = {cgm_kernel_in_doubt(&s->point), without_kernel};
	json_t *o = json_object();
	char text[CGM_TEXT_MAX];
	int r = cgm_json_put(o, "target", cgm_json_text(s->name));

	r |= cgm_json_put(o, "time", json_string(cgm_when_rfc3339(text, s->point.time_ms)));
	r |= cgm_json_put(o, "kernel_in_doubt", cgm_json_opt(doubt));
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *json_line(const struct cgm_difference *d, const struct cgm_diff_line *l)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "id", json_string(l->id));

	r |= cgm_json_put(o, "a", cgm_json_opt(d->a));
	r |= cgm_json_put(o, "b", cgm_json_opt(d->b));
	r |= cgm_json_put(o, "difference", d->known ? json_integer(d->by) : json_null());
	r |= cgm_json_put(o, "share", d->has_share ? json_real(d->share) : json_null());
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

int cgm_json_add_diff(struct cgm_json *j, const struct cgm_diff_side *a,
		      const struct cgm_diff_side *b)
{
	json_t *o = json_object(), *components = json_array();
	int r = o && components ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < CGM_DIFF_LINES; i++) {
		struct cgm_difference d = cgm_differ(a, b, &cgm_diff_lines[i]);

		r = cgm_json_push(components, json_line(&d, &cgm_diff_lines[i]));
	}
	r |= cgm_json_put(o, "a", json_side(a, cgm_diff_leaves_out_kernel(a, b)));
	r |= cgm_json_put(o, "b", json_side(b, cgm_diff_leaves_out_kernel(a, b)));
	r |= cgm_json_put(o, "components", components);
	if (r == 0)
		return cgm_json_push(j->results, o);
	json_decref(o);
	return -ENOMEM;
}
