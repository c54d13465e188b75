/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The full-screen view: what it shows (rounds and pages of text, made by whoever calls it) and how
 * it asks for more. It knows neither engines nor kernels nor files. A source is asked by the one
 * thread that runs the view; how it gets its data is its own affair. Strings in a round are as they
 * came; the view escapes them.
 */
#ifndef CGMEM_TUI_TOP_H
#define CGMEM_TUI_TOP_H

#include "base/buf.h"
#include "base/err.h"
#include "sample/history.h"

#define CGM_TOP_BINS  60 /* values in the line of a container's last minutes */
#define CGM_TOP_MARKS 4096

/* One container in a round. Texts are offsets into the round's text: see cgm_top_text(). */
struct cgm_top_item {
	size_t id; /* what it is asked for by; the same from round to round */
	size_t name;
	size_t project;	 /* CGM_TOP_NO_TEXT: none */
	const char *why; /* constant */
	uint32_t known;	 /* bit by series */
	uint64_t v[CGM_SERIES_COUNT];
	uint64_t docker_limit; /* what docker divides by; 0 unknown */
	bool gone;
};
#define CGM_TOP_NO_TEXT SIZE_MAX

static inline bool cgm_top_has(const struct cgm_top_item *i, enum cgm_series_id id)
{
	return i->known >> id & 1;
}

/* The number, or 0 where there is none. */
static inline uint64_t cgm_top_get(const struct cgm_top_item *i, enum cgm_series_id id)
{
	return cgm_top_has(i, id) ? i->v[id] : 0;
}

/* A moment at which something happened, on the time line of a replay. */
struct cgm_top_mark {
	int64_t time_ms;
	bool bad; /* an OOM kill */
};

struct cgm_top_round {
	int64_t time_ms; /* since the epoch */
	struct cgm_top_item *items;
	double *trends; /* CGM_TOP_BINS an item, oldest first: docker's figure; NAN unknown */
	size_t n, cap;
	/* Which bin the last one is, counted from the epoch, and how long one is. */
	int64_t last_bin;
	uint64_t bin_ms;
	struct cgm_buf text;
	struct cgm_opt mem_total, mem_used; /* of the machine */
	struct cgm_opt swap_used;
	struct cgm_opt psi; /* of the machine's memory, some avg10, hundredths of a percent */
	char note[256];	    /* what the user has to know; "" nothing */
	bool note_bad;
	/* Of a replay: the recorded span, and how far one step is. */
	int64_t from_ms, to_ms;
	uint64_t step_ms;
	const struct cgm_top_mark *marks; /* borrowed from the source; by time */
	size_t n_marks;
};

/* An empty round with room for @n items. NULL: no memory. */
struct cgm_top_round *cgm_top_round_new(size_t n);
void cgm_top_round_free(struct cgm_top_round *r);
CGM_DEFINE_CLEANUP(struct cgm_top_round *, cgm_top_round_free)
/* Adds an item with these texts (@project may be NULL), its trend unknown; NULL: no memory. */
struct cgm_top_item *cgm_top_round_add(struct cgm_top_round *r, const char *id, const char *name,
				       const char *project);
/* "" for none. */
const char *cgm_top_text(const struct cgm_top_round *r, size_t offset);

enum cgm_top_page_kind { CGM_TOP_EXPLAIN, CGM_TOP_PROCS, CGM_TOP_GO, CGM_TOP_PAGES };

/* A page about one container. */
struct cgm_top_want {
	enum cgm_top_page_kind kind;
	const char *id;
	unsigned width;
};

struct cgm_top_page {
	enum cgm_top_page_kind kind;
	char *id;
	char *text; /* lines; of control characters only newlines and SGR sequences count */
};
void cgm_top_page_free(struct cgm_top_page *p);
CGM_DEFINE_CLEANUP(struct cgm_top_page *, cgm_top_page_free)

enum cgm_top_seek { CGM_TOP_STEP, CGM_TOP_EVENT, CGM_TOP_FIRST, CGM_TOP_LAST };

struct cgm_top_source {
	void *arg;
	int fd; /* readable when there is something new; -1: new is only what was asked for */
	bool replay;
	const char *titles[CGM_TOP_PAGES]; /* of the pages; NULL: there is no such page */
	/* The newest round that was not given yet, now the caller's; NULL: none. */
	struct cgm_top_round *(*round)(void *arg);
	/* The same for the page that is wanted. */
	struct cgm_top_page *(*page)(void *arg);
	/* From now on this page, anew with each round; NULL: none. */
	void (*want)(void *arg, const struct cgm_top_want *w);
	void (*pace)(void *arg, uint64_t interval_ms, bool paused);
	/* Of a replay: @n steps or events forward, or back where negative. */
	void (*seek)(void *arg, enum cgm_top_seek how, int n);
};

struct cgm_top_options {
	uint64_t interval_ms;
	bool color, utf8, raw_bytes;
};

/*
 * Until the user ends it, or SIGINT, SIGTERM, SIGHUP. 0; -ENOSYS: no libncursesw; -ENOTTY: no
 * terminal; -ENOTSUP: a terminal that this cannot be drawn on; with words. The terminal is as it
 * was before.
 */
int cgm_top_run(const struct cgm_top_source *s, const struct cgm_top_options *o,
		struct cgm_err *err);

#endif
