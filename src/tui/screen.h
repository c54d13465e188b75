/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: draws lines, reads keys. What did not change since the last drawing is not sent
 * again (ncurses compares). One at a time, one thread. The terminal is restored by
 * cgm_screen_free().
 */
#ifndef CGMEM_TUI_SCREEN_H
#define CGMEM_TUI_SCREEN_H

#include "base/err.h"
#include "tui/keys.h"
#include "tui/line.h"

struct cgm_screen;

/*
 * -ENOTTY: standard input or output is no terminal; -ENOTSUP: $TERM is unknown, or cannot move its
 * cursor; -ENOSYS: no libncursesw; with words.
 */
int cgm_screen_new(bool color, struct cgm_screen **ret, struct cgm_err *err);
void cgm_screen_free(struct cgm_screen *s);
CGM_DEFINE_CLEANUP(struct cgm_screen *, cgm_screen_free)
/* False where colour was asked for and the terminal has none. */
bool cgm_screen_has_color(const struct cgm_screen *s);
void cgm_screen_size(const struct cgm_screen *s, unsigned *ret_width, unsigned *ret_height);
/* @again: all of it, whatever the terminal should show already. */
void cgm_screen_draw(struct cgm_screen *s, const struct cgm_tui_lines *lines, bool again);
/* A key that waits to be read; CGM_KEY_NONE with false: none does. */
bool cgm_screen_key(struct cgm_screen *s, struct cgm_key_event *ret);

#endif
