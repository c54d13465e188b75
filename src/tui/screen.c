/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "output/cells.h"
#include "tui/curses.h"

#include "base/banned.h"

#define ESC_DELAY_MS 25
/* Codes of our own for keys that terminfo has no name of in curses.h. */
#define KEY_FAR_LEFT_CODE  2000
#define KEY_FAR_RIGHT_CODE 2001
#define CONTROL(c)	   ((c)-0x40)

struct cgm_screen {
	const struct cgm_curses *c;
	SCREEN *screen;
	WINDOW *window;
	bool color;
};

/* Colours are the terminal's sixteen; -1 is its own. Without colours attributes do. */
static const struct {
	short foreground, background;
	attr_t color, mono;
} inks[CGM_INK_COUNT] = {
	[CGM_INK_TEXT] = {-1, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_BOLD] = {-1, -1, A_BOLD, A_BOLD},
	[CGM_INK_DIM] = {-1, -1, A_DIM, A_NORMAL},
	[CGM_INK_WARN] = {COLOR_YELLOW, -1, A_NORMAL, A_BOLD},
	[CGM_INK_BAD] = {COLOR_RED, -1, A_BOLD, A_BOLD | A_UNDERLINE},
	[CGM_INK_NOTE] = {COLOR_CYAN, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_HEADING] = {COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_REVERSE},
	[CGM_INK_SORTED] = {COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE | A_BOLD},
	[CGM_INK_KEY] = {-1, -1, A_BOLD, A_BOLD},
	[CGM_INK_LABEL] = {COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE},
	[CGM_INK_ANON] = {COLOR_GREEN, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_TMPFS] = {COLOR_MAGENTA, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_KERNEL] = {COLOR_BLUE, -1, A_BOLD, A_NORMAL},
	[CGM_INK_ACTIVE] = {COLOR_YELLOW, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_INACTIVE] = {COLOR_YELLOW, -1, A_NORMAL, A_NORMAL},
	[CGM_INK_FREE] = {-1, -1, A_DIM, A_NORMAL},
};
#define SELECTED_PAIR CGM_INK_COUNT

static int check_terminal(const struct cgm_curses *c, struct cgm_err *err)
{
	/* -1 and 0 are terminfo's "no such name" and "this terminal has it not" */
	const char *move = c->tigetstr("cup");

	if (move && move != (const char *)-1)
		return 0;
	return cgm_err_set(err, ENOTSUP,
			   "TERM=%.40s: such a terminal cannot move its cursor; cgmem ps --watch "
			   "needs no more than lines",
			   getenv("TERM") ? getenv("TERM") : "");
}

static void start_colors(struct cgm_screen *s, bool wanted)
{
	const struct cgm_curses *c = s->c;
	short own;

	s->color = wanted && c->has_colors() && c->start_color() == OK;
	if (!s->color)
		return;
	own = c->use_default_colors() == OK ? -1 : COLOR_BLACK;
	for (short i = 0; i < CGM_INK_COUNT; i++)
		(void)c->init_pair((short)(i + 1),
				   inks[i].foreground < 0 && own >= 0 ? COLOR_WHITE
								      : inks[i].foreground,
				   inks[i].background < 0 ? own : inks[i].background);
	(void)c->init_pair(SELECTED_PAIR + 1, COLOR_BLACK, COLOR_CYAN);
}

static int open_window(struct cgm_screen *s)
{
	const struct cgm_curses *c = s->c;

	s->window = c->newwin(0, 0, 0, 0);
	if (!s->window)
		return -ENOMEM;
	(void)c->keypad(s->window, true);
	(void)c->nodelay(s->window, true);
	(void)c->leaveok(s->window, true);
	return 0;
}

/* xterm's sequences; terminfo knows the shifted arrows, but only in its newer entries. */
static void define_keys(const struct cgm_curses *c)
{
	static const struct {
		const char *sequence;
		int code;
	} keys[] = {
		{"\033[1;2D", KEY_FAR_LEFT_CODE},
		{"\033[1;2C", KEY_FAR_RIGHT_CODE},
		{"\033[1;5D", KEY_FAR_LEFT_CODE},
		{"\033[1;5C", KEY_FAR_RIGHT_CODE},
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		(void)c->define_key(keys[i].sequence, keys[i].code);
}

int cgm_screen_new(bool color, struct cgm_screen **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_screen_free_p) struct cgm_screen *s = NULL;
	const struct cgm_curses *c;
	int r;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cgm_err_set(err, ENOTTY,
				   "top needs a terminal; cgmem ps is for files and pipes");
	c = cgm_curses_load(err);
	if (!c)
		return -ENOSYS;
	s = calloc(1, sizeof *s);
	if (!s)
		return cgm_err_set(err, ENOMEM, "out of memory");
	s->c = c;
	s->screen = c->newterm(NULL, stdout, stdin);
	if (!s->screen)
		return cgm_err_set(err, ENOTSUP, "TERM=%.40s: no such terminal is known",
				   getenv("TERM") ? getenv("TERM") : "");
	r = check_terminal(c, err);
	if (r < 0)
		return r;
	if (open_window(s) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	start_colors(s, color);
	(void)c->set_escdelay(ESC_DELAY_MS);
	(void)c->cbreak();
	(void)c->noecho();
	(void)c->nonl();
	(void)c->curs_set(0);
	define_keys(c);
	(void)c->mouseinterval(0);
	(void)c->mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	*ret = CGM_TAKE(s);
	return 0;
}

void cgm_screen_free(struct cgm_screen *s)
{
	if (!s)
		return;
	if (s->window)
		(void)s->c->mousemask(0, NULL);
	if (s->screen)
		(void)s->c->endwin();
	if (s->window)
		(void)s->c->delwin(s->window);
	if (s->screen)
		s->c->delscreen(s->screen);
	free(s);
}

bool cgm_screen_has_color(const struct cgm_screen *s)
{
	return s->color;
}

void cgm_screen_size(const struct cgm_screen *s, unsigned *ret_width, unsigned *ret_height)
{
	int width = s->c->getmaxx(s->window), height = s->c->getmaxy(s->window);

	*ret_width = width > 0 ? (unsigned)width : 1;
	*ret_height = height > 0 ? (unsigned)height : 1;
}

static bool is_bar(enum cgm_ink ink)
{
	return ink >= CGM_INK_ANON && ink <= CGM_INK_FREE;
}

static void set_ink(struct cgm_screen *s, enum cgm_ink ink, bool selected)
{
	attr_t attrs = s->color ? inks[ink].color : inks[ink].mono;
	short pair = s->color ? (short)(ink + 1) : 0;

	if (selected && !s->color) {
		attrs |= A_REVERSE;
	} else if (selected && !is_bar(ink)) {
		attrs = ink == CGM_INK_BAD ? A_BOLD : A_NORMAL;
		pair = SELECTED_PAIR + 1;
	}
	(void)s->c->wattr_set(s->window, attrs, pair, NULL);
}

static void draw_line(struct cgm_screen *s, const struct cgm_tui_line *l, int y)
{
	const char *text = cgm_tui_line_text(l);
	size_t at = 0;

	(void)s->c->wmove(s->window, y, 0);
	for (size_t i = 0; i < l->n_runs; i++) {
		set_ink(s, (enum cgm_ink)l->runs[i].ink, l->selected);
		(void)s->c->waddnstr(s->window, text + at, (int)(l->runs[i].end - at));
		at = l->runs[i].end;
	}
	set_ink(s, CGM_INK_TEXT, false);
	if (l->columns < (unsigned)s->c->getmaxx(s->window))
		(void)s->c->wclrtoeol(s->window);
}

void cgm_screen_draw(struct cgm_screen *s, const struct cgm_tui_lines *lines, bool again)
{
	int height = s->c->getmaxy(s->window);

	if (again)
		(void)s->c->clearok(s->window, true);
	for (size_t y = 0; y < lines->n && y < (size_t)height; y++)
		draw_line(s, &lines->v[y], (int)y);
	(void)s->c->wnoutrefresh(s->window);
	(void)s->c->doupdate();
}

/* ncurses resized its own; ours is made anew rather than trusted to be where it should. */
static void follow_size(struct cgm_screen *s)
{
	WINDOW *old = s->window;

	if (open_window(s) < 0) {
		s->window = old;
		return;
	}
	(void)s->c->delwin(old);
	(void)s->c->clearok(s->window, true);
}

static void mouse_event(struct cgm_screen *s, struct cgm_key_event *ret)
{
	MEVENT m;

	if (s->c->getmouse(&m) != OK || m.x < 0 || m.y < 0)
		return;
	ret->x = (unsigned)m.x;
	ret->y = (unsigned)m.y;
	if (m.bstate & BUTTON1_PRESSED)
		ret->key = CGM_KEY_CLICK;
	else if (m.bstate & BUTTON4_PRESSED)
		ret->key = CGM_KEY_WHEEL_UP;
	else if (m.bstate & BUTTON5_PRESSED)
		ret->key = CGM_KEY_WHEEL_DOWN;
}

static enum cgm_key function_key(wint_t code)
{
	static const struct {
		int code;
		enum cgm_key key;
	} keys[] = {
		{KEY_UP, CGM_KEY_UP},
		{KEY_DOWN, CGM_KEY_DOWN},
		{KEY_LEFT, CGM_KEY_LEFT},
		{KEY_RIGHT, CGM_KEY_RIGHT},
		{KEY_SLEFT, CGM_KEY_FAR_LEFT},
		{KEY_SRIGHT, CGM_KEY_FAR_RIGHT},
		{KEY_FAR_LEFT_CODE, CGM_KEY_FAR_LEFT},
		{KEY_FAR_RIGHT_CODE, CGM_KEY_FAR_RIGHT},
		{KEY_PPAGE, CGM_KEY_PAGE_UP},
		{KEY_NPAGE, CGM_KEY_PAGE_DOWN},
		{KEY_HOME, CGM_KEY_HOME},
		{KEY_END, CGM_KEY_END},
		{KEY_ENTER, CGM_KEY_ENTER},
		{KEY_BTAB, CGM_KEY_BACK_TAB},
		{KEY_BACKSPACE, CGM_KEY_BACKSPACE},
		{KEY_DC, CGM_KEY_BACKSPACE},
		{KEY_RESIZE, CGM_KEY_RESIZE},
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if ((wint_t)keys[i].code == code)
			return keys[i].key;
	if (code >= KEY_F(1) && code <= KEY_F(10))
		return (enum cgm_key)(CGM_KEY_F1 + (int)(code - KEY_F(1)));
	return CGM_KEY_NONE;
}

static void character(wint_t c, struct cgm_key_event *ret)
{
	mbstate_t state = {0};
	size_t n;

	switch (c) {
	case '\r':
	case '\n':
		ret->key = CGM_KEY_ENTER;
		return;
	case '\t':
		ret->key = CGM_KEY_TAB;
		return;
	case CONTROL('['):
		ret->key = CGM_KEY_ESC;
		return;
	case CONTROL('L'):
		ret->key = CGM_KEY_REDRAW;
		return;
	case CONTROL('H'):
	case 0x7f:
		ret->key = CGM_KEY_BACKSPACE;
		return;
	default:
		break;
	}
	if (c < ' ' || (c >= 0x80 && c < 0xa0) || MB_CUR_MAX >= sizeof ret->text)
		return;
	n = wcrtomb(ret->text, (wchar_t)c, &state);
	if (n == (size_t)-1)
		n = 0;
	ret->text[n] = '\0';
	ret->key = n ? CGM_KEY_TEXT : CGM_KEY_NONE;
}

bool cgm_screen_key(struct cgm_screen *s, struct cgm_key_event *ret)
{
	wint_t c = 0;
	int r = s->c->wget_wch(s->window, &c);

	*ret = (struct cgm_key_event){.key = CGM_KEY_NONE};
	if (r == ERR)
		return false;
	if (r == KEY_CODE_YES && c == KEY_MOUSE)
		mouse_event(s, ret);
	else if (r == KEY_CODE_YES)
		ret->key = function_key(c);
	else
		character(c, ret);
	if (ret->key == CGM_KEY_RESIZE)
		follow_size(s);
	return true;
}
