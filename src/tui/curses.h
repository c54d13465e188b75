/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libncursesw, loaded when it is needed; the functions that are used of it and no others. No data
 * of the library (stdscr, LINES), and so none of the macros that hide it. One screen, one thread.
 */
#ifndef CGMEM_TUI_CURSES_H
#define CGMEM_TUI_CURSES_H

#define NCURSES_NOMACROS 1
#include <curses.h>

#include "base/err.h"

struct cgm_curses {
	SCREEN *(*newterm)(const char *type, FILE *out, FILE *in);
	int (*endwin)(void);
	void (*delscreen)(SCREEN *s);
	WINDOW *(*newwin)(int lines, int columns, int y, int x);
	int (*delwin)(WINDOW *w);
	int (*keypad)(WINDOW *w, bool on);
	int (*nodelay)(WINDOW *w, bool on);
	int (*leaveok)(WINDOW *w, bool on);
	int (*getmaxx)(const WINDOW *w);
	int (*getmaxy)(const WINDOW *w);
	int (*wmove)(WINDOW *w, int y, int x);
	int (*waddnstr)(WINDOW *w, const char *s, int n);
	int (*wclrtoeol)(WINDOW *w);
	int (*wattr_set)(WINDOW *w, attr_t attrs, short pair, void *opts);
	int (*wnoutrefresh)(WINDOW *w);
	int (*clearok)(WINDOW *w, bool on);
	int (*doupdate)(void);
	int (*wget_wch)(WINDOW *w, wint_t *ret);
	int (*cbreak)(void);
	int (*noecho)(void);
	int (*nonl)(void);
	int (*curs_set)(int visibility);
	int (*set_escdelay)(int ms);
	bool (*has_colors)(void);
	int (*start_color)(void);
	int (*use_default_colors)(void);
	int (*init_pair)(short pair, short foreground, short background);
	mmask_t (*mousemask)(mmask_t mask, mmask_t *old);
	int (*mouseinterval)(int ms);
	int (*getmouse)(MEVENT *ret);
	char *(*tigetstr)(const char *name);
	int (*define_key)(const char *sequence, int code);
};

/* NULL with words: not installed, or too old. */
const struct cgm_curses *cgm_curses_load(struct cgm_err *err);

#endif
