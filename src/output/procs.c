/* SPDX-License-Identifier: Apache-2.0 */
#include "output/explain.h"

#include <string.h>

#include "output/cells.h"
#include "output/grid.h"
#include "output/page.h"
#include "base/banned.h"

#define CELL_MAX 96

enum { COL_PID, COL_COMMAND, COL_FIRST_NUMBER, COL_THREADS = 11, COL_GO, N_COLS };

/* The numbers: PSS and its parts where the kernel tells them, else what is resident. */
static const struct {
	const char *heading;
	size_t offset;
	bool sums;   /* adding it up over the processes counts nothing twice */
	bool may_go; /* left out on a narrow terminal when nobody has any */
} columns[N_COLS] = {
	[COL_PID] = {"PID", 0, false, false},
	[COL_COMMAND] = {"COMMAND", 0, false, false},
	{"RSS", offsetof(struct cgm_process, rss), false, false},
	{"VSZ", offsetof(struct cgm_process, vsz), false, false},
	{"PSS", offsetof(struct cgm_process, pss), true, false},
	{"ANON", offsetof(struct cgm_process, pss_anon), true, false},
	{"FILE", offsetof(struct cgm_process, pss_file), true, false},
	{"SHMEM", offsetof(struct cgm_process, pss_shmem), true, true},
	{"SWAP", offsetof(struct cgm_process, swap), true, true},
	{"LAZYFREE", offsetof(struct cgm_process, lazyfree), true, true},
	{"THP", offsetof(struct cgm_process, thp), true, true},
	[COL_THREADS] = {"THREADS", offsetof(struct cgm_process, threads), true, false},
	[COL_GO] = {"GO", 0, false, true},
};

static struct cgm_opt field(const struct cgm_process *p, size_t col)
{
	struct cgm_opt v;

	memcpy(&v, (const char *)p + columns[col].offset, sizeof v);
	return v;
}

static struct cgm_opt sum(const struct cgm_snapshot *s, size_t col)
{
	struct cgm_opt total = {0};

	for (size_t i = 0; i < s->n_procs && columns[col].sums; i++) {
		struct cgm_opt v = field(&s->procs[i], col);

		total.v = cgm_add_sat(total.v, v.known ? v.v : 0);
		total.known |= v.known;
	}
	return total;
}

/* The PSS of some is known, but not of others that have memory. */
static bool lacks_some(const struct cgm_snapshot *s)
{
	bool lacks = false, any = false;

	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];

		any |= p->pss.known;
		lacks |= p->rss.known && p->rss.v && !p->pss.known;
	}
	return any && lacks;
}

/* Largest first, by PSS or, where that is not to be had, RSS. */
static int by_size(const void *pa, const void *pb)
{
	const struct cgm_process *a = *(const struct cgm_process *const *)pa;
	const struct cgm_process *b = *(const struct cgm_process *const *)pb;
	uint64_t na = a->pss.known ? a->pss.v : a->rss.v, nb = b->pss.known ? b->pss.v : b->rss.v;

	if (na != nb)
		return na < nb ? 1 : -1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

static void number_text(char buf[CELL_MAX], struct cgm_opt v, size_t col,
			const struct cgm_text_options *o)
{
	char text[CGM_TEXT_MAX];

	if (!v.known)
		(void)snprintf(buf, CELL_MAX, "-");
	else if (col == COL_THREADS || o->raw_bytes)
		(void)snprintf(buf, CELL_MAX, "%ju", (uintmax_t)v.v);
	else
		(void)snprintf(buf, CELL_MAX, "%s", cgm_docker_bytes(text, v.v));
}

/* @p NULL: the line of sums. */
static void cell_text(char buf[CELL_MAX], const struct cgm_snapshot *s, const struct cgm_process *p,
		      size_t col, const struct cgm_text_options *o)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (col == COL_PID && p) {
		(void)snprintf(buf, CELL_MAX, "%jd", (intmax_t)p->pid);
	} else if (col == COL_COMMAND) {
		cgm_safe_text(&b, p ? p->comm : "sum", o->utf8);
		(void)snprintf(buf, CELL_MAX, "%.80s%s", cgm_buf_str(&b),
			       p && p->foreign ? " *" : "");
	} else if (col == COL_GO && p) {
		(void)snprintf(buf, CELL_MAX, "%s", !p->go_known ? "-" : p->go ? "yes" : "no");
	} else if (col == COL_PID || col == COL_GO) {
		buf[0] = '\0';
	} else {
		number_text(buf, p ? field(p, col) : sum(s, col), col, o);
	}
}

/* A column that says nothing makes way on a terminal that is too narrow for all. */
static bool is_empty(const struct cgm_snapshot *s, size_t col)
{
	if (col != COL_GO)
		return columns[col].may_go && sum(s, col).v == 0;
	for (size_t i = 0; i < s->n_procs; i++)
		if (s->procs[i].go)
			return false;
	return true;
}

/* Nobody looked, as in a saved tree: no terminal is so wide as to need a column of that. */
static bool is_unknown(const struct cgm_snapshot *s, size_t col)
{
	for (size_t i = 0; i < s->n_procs; i++)
		if (s->procs[i].go_known)
			return false;
	return col == COL_GO;
}

/* What the columns take with @gap blanks between them. */
static size_t total_width(const struct cgm_snapshot *s, const bool *left_out, size_t gap,
			  const struct cgm_text_options *o)
{
	size_t total = 0;
	char buf[CELL_MAX];

	for (size_t col = 0; col < N_COLS; col++) {
		if (left_out[col])
			continue;
		size_t widest = strlen(columns[col].heading);

		for (size_t i = 0; i <= s->n_procs; i++) {
			size_t w;

			cell_text(buf, s, i < s->n_procs ? &s->procs[i] : NULL, col, o);
			w = cgm_text_width(buf);
			widest = w > widest ? w : widest;
		}
		total += widest + gap;
	}
	return total - gap;
}

static int put_line(struct cgm_grid *g, const struct cgm_snapshot *s, const struct cgm_process *p,
		    const bool *left_out, const struct cgm_text_options *o)
{
	char buf[CELL_MAX];
	int r = cgm_grid_line(g);

	for (size_t col = 0; r == 0 && col < N_COLS; col++) {
		if (left_out[col])
			continue;
		cell_text(buf, s, p, col, o);
		r = cgm_grid_cell(g, buf, p ? NULL : "bold");
	}
	return r;
}

static int fill(struct cgm_grid *g, const struct cgm_snapshot *s, const bool *left_out,
		const struct cgm_text_options *o)
{
	CGM_AUTO_FREE const struct cgm_process **order = calloc(s->n_procs + 1, sizeof *order);
	int r = order ? 0 : -ENOMEM;

	for (size_t col = 0; r == 0 && col < N_COLS; col++)
		if (!left_out[col])
			r = cgm_grid_column(g, columns[col].heading,
					    col != COL_COMMAND && col != COL_GO);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->n_procs; i++)
		order[i] = &s->procs[i];
	qsort(order, s->n_procs, sizeof *order, by_size);
	for (size_t i = 0; r == 0 && i < s->n_procs; i++)
		r = put_line(g, s, order[i], left_out, o);
	return r == 0 ? put_line(g, s, NULL, left_out, o) : r;
}

/* Chooses the columns, and the blanks between them: two where there is room. */
static const char *choose(const struct cgm_snapshot *s, const struct cgm_text_options *o,
			  bool left_out[N_COLS])
{
	bool narrow;

	for (size_t col = 0; col < N_COLS; col++)
		left_out[col] = is_unknown(s, col);
	narrow = o->width && total_width(s, left_out, 1, o) > o->width;
	for (size_t col = 0; col < N_COLS; col++)
		left_out[col] |= narrow && is_empty(s, col);
	return o->width && total_width(s, left_out, 2, o) > o->width ? " " : "  ";
}

int cgm_procs_write(FILE *out, const struct cgm_snapshot *s, const struct cgm_text_options *o)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = NULL;
	bool foreign = false, left_out[N_COLS] = {false};
	const char *gap = choose(s, o, left_out);
	int r = cgm_grid_new(&g);

	if (r == 0)
		r = fill(g, s, left_out, o);
	if (r == 0)
		r = cgm_grid_write(g, out, true, o->color, gap);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->n_procs; i++)
		foreign |= s->procs[i].foreign;
	if (foreign)
		(void)fputs("* entered from outside, as by docker exec\n", out);
	if (!s->procs_complete || lacks_some(s))
		(void)fputs(s->path ? "Some processes could not be read: the sums are too low.\n"
				    : "It is not running: it has no processes.\n",
			    out);
	return ferror(out) ? -EIO : 0;
}
