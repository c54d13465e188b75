/* SPDX-License-Identifier: Apache-2.0 */
/* From what a watch saw to what the view shows; pages about one container. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "cmd/top.h"
#include "collect/inspect.h"
#include "collect/snapshot.h"
#include "collect/target.h"
#include "output/go.h"
#include "sys/host.h"

#include "base/banned.h"

#define INSPECT                                                                                  \
	(CGM_INSPECT_KINDS | CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES | \
	 CGM_INSPECT_GROUPS | CGM_INSPECT_SITES)

int cgm_top_add_item(struct cgm_top_round *r, const struct cgm_watch_item *i)
{
	const struct cgm_row *row = &i->row;
	const struct cgm_target *t = row->target;
	const char *id = t->id ? t->id : row->path ? row->path : t->name;
	const char *name = t->name ? t->name : id;
	struct cgm_top_item *item =
		cgm_top_round_add(r, id ? id : "", name ? name : "", t->project);

	if (!item)
		return -ENOMEM;
	item->why = row->gone ? "gone" : row->why;
	item->known = i->point.known;
	memcpy(item->v, i->point.v, sizeof item->v);
	item->docker_limit = row->docker_limit;
	item->gone = row->gone;
	/* the machine's memory is a limit that nobody set: a bar against it would be empty */
	if (row->effective.from_host)
		item->known &= ~(UINT32_C(1) << CGM_SERIES_LIMIT);
	return 0;
}

void cgm_top_add_host(struct cgm_session *s, struct cgm_top_round *r)
{
	struct cgm_sample root = {0};
	struct cgm_host h = {0};

	if (cgm_host_read(s->root, &h) < 0)
		return;
	r->mem_total = h.mem_total;
	if (h.mem_total.known && h.mem_available.known)
		r->mem_used = (struct cgm_opt){.v = cgm_sub_sat(h.mem_total.v, h.mem_available.v),
					       .known = true};
	if (h.swap_total.known && h.swap_total.v && h.swap_free.known)
		r->swap_used = (struct cgm_opt){.v = cgm_sub_sat(h.swap_total.v, h.swap_free.v),
						.known = true};
	if (s->hierarchy && s->hierarchy->version == 2 &&
	    cgm_read_group(s->reader, "/", CGM_FILE_BIT(CGM_FILE_PRESSURE), &root) == 0 &&
	    cgm_has(&root, CGM_PSI_SOME_AVG10))
		r->psi = (struct cgm_opt){.v = root.v[CGM_PSI_SOME_AVG10], .known = true};
}

static void what_happened(char *buf, size_t size, const struct cgm_event *e)
{
	static const char after[] = " after ";
	char text[CGM_TEXT_MAX], sent[CGM_SIGNALS_TEXT];

	switch (e->kind) {
	case CGM_EVENT_STOP:
		if (e->value.known)
			(void)snprintf(buf, size, "ended with %ju", (uintmax_t)e->value.v);
		else
			(void)snprintf(buf, size, "ended");
		if (cgm_event_signals(e).last && strlen(buf) + strlen(after) < size)
			(void)snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", after,
				       cgm_signals_text(sent, cgm_event_signals(e)));
		break;
	case CGM_EVENT_OOM_KILL:
		(void)snprintf(buf, size, "OOM kill%s%s%s", *e->detail ? " (" : "", e->detail,
			       *e->detail ? ")" : "");
		break;
	case CGM_EVENT_LIMIT:
		(void)snprintf(buf, size, "its limit is now %s",
			       e->value.known ? cgm_human_bytes(text, e->value.v) : "none");
		break;
	case CGM_EVENT_GAP:
		(void)snprintf(buf, size, "nothing was recorded for %s",
			       cgm_human_seconds(text, e->value.v / 1000));
		break;
	case CGM_EVENT_START:
		(void)snprintf(buf, size, "started");
		break;
	case CGM_EVENT_RESTART:
		(void)snprintf(buf, size, "restarted");
		break;
	default:
		(void)snprintf(buf, size, "%s", cgm_event_names[e->kind]);
		break;
	}
}

void cgm_top_event_text(char *buf, size_t size, const char *name, const struct cgm_event *e)
{
	time_t t = (time_t)(e->time_ms / 1000);
	char clock[16] = "", what[CGM_EVENT_DETAIL_MAX + 64];
	struct tm tm;

	if (localtime_r(&t, &tm))
		(void)strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	what_happened(what, sizeof what, e);
	(void)snprintf(buf, size, "%s %.80s: %s", clock, name, what);
}

static int write_page(struct cgm_session *s, struct cgm_container *c,
		      const struct cgm_text_options *how, enum cgm_top_page_kind kind, FILE *out,
		      struct cgm_err *err)
{
	const struct cgm_explain_show show = {.text = *how};
	const struct cgm_snapshot_request q = {
		.procs_only = kind != CGM_TOP_EXPLAIN,
		.look_inside = true,
		.inspect = kind == CGM_TOP_PROCS ? CGM_INSPECT_KINDS : INSPECT,
	};
	struct cgm_snapshot snap = {0};
	int r = cgm_snapshot_take(s, c, &q, &snap, err);

	if (r < 0)
		return r;
	if (kind == CGM_TOP_EXPLAIN)
		r = cgm_explain_snapshot(&snap, &show, out, NULL);
	else if (kind == CGM_TOP_PROCS)
		r = cgm_procs_write(out, &snap, how);
	else if (snap.n_go)
		r = cgm_go_write(out, &snap, how, CGM_GO_LINES);
	else
		(void)fprintf(out, "%s\n",
			      cgm_session_is_live(s)
				      ? "no Go program runs in it, as far as could be seen"
				      : "the memory of processes is not in a saved tree");
	cgm_snapshot_clear(&snap);
	return r < 0 ? cgm_err_set(err, -r, "%s", strerror(-r)) : 0;
}

char *cgm_top_page_text(struct cgm_session *s, const struct cgm_text_options *how,
			enum cgm_top_page_kind kind, const char *id)
{
	struct cgm_containers found = {0};
	struct cgm_err err = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return NULL;
	r = cgm_target_resolve(s, id, &found, &err);
	if (r == 0 && found.n)
		r = write_page(s, &found.v[0], how, kind, out, &err);
	if (r < 0)
		(void)fprintf(out, "%s\n", err.msg);
	cgm_containers_clear(&found);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
