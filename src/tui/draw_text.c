/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of text: about a container, and the help. */
#include <string.h>

#include "output/cells.h"
#include "tui/view.h"

#include "base/banned.h"

/* Both the help and the tabs: what is done by which key. NULL: a heading. */
struct help {
	const char *keys, *what;
	int when; /* 0 always, 1 live alone, 2 in a replay alone */
};

static const struct help helps[] = {
	{NULL, "Keys", 0},
	{"F1 h ?", "this help", 0},
	{"F3 /", "search a name; F3 again: the next one", 0},
	{"F4 \\", "show only what fits: name, project or WHY; Esc shows all", 0},
	{"F5 t", "group by Compose project", 0},
	{"F6 >", "choose what to sort by", 0},
	{"I", "invert the order", 0},
	{"M P N T", "sort by docker's figure, MEM %, name, change", 0},
	{"Up Down k j", "select; PgUp PgDn: by pages; g G: first, last", 0},
	{"Home End", "first, last", 1},
	{"Enter", "explain the container; fold a group, unfold it", 0},
	{"1 2 3 Tab", "explain, processes, Go", 1},
	{"Space", "pause, go on; on a group as Enter", 1},
	{"+ -", "look less often, more often", 1},
	{"Left Right", "one step back, forward", 2},
	{"[ ]", "ten steps; Shift-Left, Shift-Right too", 2},
	{"e E", "to the next event, to the one before", 2},
	{"Home End", "to where the history begins, ends", 2},
	{"Ctrl-L", "draw the screen anew", 0},
	{"Esc", "back", 0},
	{"q", "end; on a page: back", 0},
	{"F10", "end", 0},
	{"mouse", "click on a line selects, on a heading sorts; the wheel scrolls", 0},
	{NULL, "The bar", 0},
	{"anon", "what programs allocated: only they or swap can free it", 0},
	{"tmpfs", "tmpfs, /dev/shm, memfd, shared anonymous memory", 0},
	{"kernel", "kernel objects, sockets, and what nobody tells", 0},
	{"active cache", "page cache that docker's figure counts", 0},
	{"inactive", "page cache that docker's figure leaves out", 0},
	{"free", "dots, up to the limit; without one there are none, and no full bar", 0},
	{NULL, "Colours", 0},
	{"MEM %", "yellow, red: 80, 90 % of the limit cannot be reclaimed", 0},
	{NULL, "More in cgmem-top(1); WHY is explained in cgmem-findings(7).", 0},
};

int cgm_view_help(struct cgm_view *v)
{
	cgm_tui_lines_reset(&v->text);
	for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
		const struct help *h = &helps[i];
		struct cgm_tui_line *l;

		if (h->when && (h->when == 2) != v->replay)
			continue;
		if (!h->keys && v->text.n && !cgm_tui_lines_next(&v->text))
			return -ENOMEM;
		l = cgm_tui_lines_next(&v->text);
		if (!l)
			return -ENOMEM;
		if (!h->keys) {
			cgm_tui_line_add(l, CGM_INK_BOLD, h->what);
			continue;
		}
		cgm_tui_line_field(l, CGM_INK_NOTE, h->keys, 13, false, v->o.utf8);
		cgm_tui_line_add(l, CGM_INK_TEXT, " ");
		cgm_tui_line_add(l, CGM_INK_TEXT, h->what);
	}
	return 0;
}

/* "web   1 Explain  2 Processes  3 Go" */
static void draw_tabs(struct cgm_view *v, struct cgm_tui_line *l)
{
	unsigned n = 0, room = 2;
	char text[64];

	for (int i = 0; i < CGM_TOP_PAGES; i++)
		if (v->titles[i])
			room += (unsigned)strlen(v->titles[i]) + 5;
	cgm_tui_line_add(l, CGM_INK_HEADING, " ");
	cgm_tui_line_field(l, CGM_INK_HEADING, v->page_name ? v->page_name : "",
			   v->width > room + 8 ? v->width - room : 8, false, v->o.utf8);
	for (int i = 0; i < CGM_TOP_PAGES; i++) {
		if (!v->titles[i])
			continue;
		(void)snprintf(text, sizeof text, " %u %s ", ++n, v->titles[i]);
		if (l->columns + strlen(text) > v->width)
			break;
		if (v->n_spots < CGM_VIEW_KEYS_MAX)
			v->spots[v->n_spots++] = (struct cgm_view_spot){
				.x = l->columns,
				.end = l->columns + (unsigned)strlen(text),
				.event = {.key = CGM_KEY_TEXT, .text = {(char)('0' + n)}},
				.top = true,
			};
		cgm_tui_line_add(l, (int)v->page == i ? CGM_INK_SORTED : CGM_INK_HEADING, text);
	}
	cgm_tui_line_pad(l, CGM_INK_HEADING, v->width);
}

/* As much of @from as fits into @width columns. */
static void copy_line(struct cgm_tui_line *to, const struct cgm_tui_line *from, unsigned width)
{
	size_t at = 0;

	for (size_t i = 0; i < from->n_runs && to->columns < width; i++) {
		CGM_AUTO_BUF struct cgm_buf piece = {0}, cut = {0};

		cgm_buf_add(&piece, from->text.data + at, from->runs[i].end - at);
		at = from->runs[i].end;
		cgm_add_fitted(&cut, cgm_buf_str(&piece), width - to->columns, false);
		cgm_tui_line_add(to, (enum cgm_ink)from->runs[i].ink, cgm_buf_str(&cut));
	}
}

void cgm_view_draw_text(struct cgm_view *v)
{
	unsigned rows = cgm_view_rows(v);
	struct cgm_tui_line *title = &v->screen.v[0];

	if (v->mode == CGM_VIEW_PAGE) {
		draw_tabs(v, title);
	} else {
		cgm_tui_line_add(title, CGM_INK_HEADING, " cgmem top");
		cgm_tui_line_pad(title, CGM_INK_HEADING, v->width);
	}
	if (v->mode == CGM_VIEW_PAGE && !v->page_there) {
		cgm_tui_line_add(&v->screen.v[1], CGM_INK_DIM, "reading");
		return;
	}
	for (unsigned y = 0; y < rows && v->text_top + y < v->text.n; y++)
		copy_line(&v->screen.v[1 + y], &v->text.v[v->text_top + y], v->width);
}
