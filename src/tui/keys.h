/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal can send, apart from how it sends it. */
#ifndef CGMEM_TUI_KEYS_H
#define CGMEM_TUI_KEYS_H

enum cgm_key {
	CGM_KEY_NONE, /* nothing, or nothing that is known */
	CGM_KEY_TEXT, /* a character, in .text */
	CGM_KEY_UP,
	CGM_KEY_DOWN,
	CGM_KEY_LEFT,
	CGM_KEY_RIGHT,
	CGM_KEY_FAR_LEFT, /* with shift or control */
	CGM_KEY_FAR_RIGHT,
	CGM_KEY_PAGE_UP,
	CGM_KEY_PAGE_DOWN,
	CGM_KEY_HOME,
	CGM_KEY_END,
	CGM_KEY_ENTER,
	CGM_KEY_ESC,
	CGM_KEY_TAB,
	CGM_KEY_BACK_TAB,
	CGM_KEY_BACKSPACE,
	CGM_KEY_REDRAW, /* control-L */
	CGM_KEY_RESIZE,
	CGM_KEY_CLICK, /* at .x, .y */
	CGM_KEY_WHEEL_UP,
	CGM_KEY_WHEEL_DOWN,
	CGM_KEY_F1,
	CGM_KEY_F2,
	CGM_KEY_F3,
	CGM_KEY_F4,
	CGM_KEY_F5,
	CGM_KEY_F6,
	CGM_KEY_F7,
	CGM_KEY_F8,
	CGM_KEY_F9,
	CGM_KEY_F10,
};

struct cgm_key_event {
	enum cgm_key key;
	char text[16]; /* one character, NUL-terminated */
	unsigned x, y;
};

#endif
