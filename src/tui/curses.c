/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/curses.h"

#include <errno.h>
#include <stddef.h>

#include "base/dl.h"

#include "base/banned.h"

static struct cgm_curses curses;

static const char *const sonames[] = {"libncursesw.so.6", "libncursesw.so.5", NULL};

#define SYMBOL(name)                \
	{                           \
#name, &curses.name \
	}
static const struct cgm_dl_symbol symbols[] = {
	SYMBOL(newterm),       SYMBOL(endwin),
	SYMBOL(delscreen),     SYMBOL(newwin),
	SYMBOL(delwin),	       SYMBOL(keypad),
	SYMBOL(nodelay),       SYMBOL(leaveok),
	SYMBOL(getmaxx),       SYMBOL(getmaxy),
	SYMBOL(wmove),	       SYMBOL(waddnstr),
	SYMBOL(wclrtoeol),     SYMBOL(wattr_set),
	SYMBOL(wnoutrefresh),  SYMBOL(clearok),
	SYMBOL(doupdate),      SYMBOL(wget_wch),
	SYMBOL(cbreak),	       SYMBOL(noecho),
	SYMBOL(nonl),	       SYMBOL(curs_set),
	SYMBOL(set_escdelay),  SYMBOL(has_colors),
	SYMBOL(start_color),   SYMBOL(use_default_colors),
	SYMBOL(init_pair),     SYMBOL(mousemask),
	SYMBOL(mouseinterval), SYMBOL(getmouse),
	SYMBOL(tigetstr),      SYMBOL(define_key),
};

const struct cgm_curses *cgm_curses_load(struct cgm_err *err)
{
	const char *missing = NULL;
	int r = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, &missing);

	if (r == 0)
		return &curses;
	if (r == -ENOSYS)
		(void)cgm_err_set(err, ENOSYS, "libncursesw on this machine has no %.40s()",
				  missing);
	else
		(void)cgm_err_set(err, ENOSYS,
				  "libncursesw is not installed (Debian: libncursesw6); cgmem ps "
				  "--watch shows the same numbers");
	return NULL;
}
