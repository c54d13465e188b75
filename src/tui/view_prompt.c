/* SPDX-License-Identifier: Apache-2.0 */
/* Search and filter: what is typed counts at once. */
#include <string.h>

#include "tui/view.h"

#include "base/banned.h"

#define NOTHING ((struct cgm_act){.kind = CGM_ACT_NONE})

static void append(char input[CGM_VIEW_INPUT_MAX], const char *text)
{
	size_t len = strlen(input), more = strlen(text);

	if (len + more < CGM_VIEW_INPUT_MAX)
		memcpy(input + len, text, more + 1);
}

/* Without its last character, however many bytes that has. */
static void chop(char input[CGM_VIEW_INPUT_MAX])
{
	size_t len = strlen(input);

	while (len > 0 && ((unsigned char)input[len - 1] & 0xc0) == 0x80)
		len--;
	input[len ? len - 1 : 0] = '\0';
}

/* To the first container from line @from on, and round the end, whose name has what is searched. */
static void find(struct cgm_view *v, size_t from)
{
	for (size_t i = 0; i < v->order.n && *v->search; i++) {
		size_t at = (from + i) % v->order.n;
		const struct cgm_tui_row row = cgm_order_row(&v->order, v->round, &v->order.v[at]);

		if (v->order.v[at].item != SIZE_MAX && strcasestr(row.name, v->search)) {
			cgm_view_select(v, at);
			return;
		}
	}
}

static struct cgm_act search_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	switch (e->key) {
	case CGM_KEY_F3:
		find(v, v->list.cursor + 1);
		break;
	case CGM_KEY_TEXT:
		append(v->search, e->text);
		find(v, v->list.cursor);
		break;
	case CGM_KEY_BACKSPACE:
		chop(v->search);
		find(v, v->list.cursor);
		break;
	default:
		v->prompt = CGM_PROMPT_NONE;
		break;
	}
	return NOTHING;
}

static struct cgm_act filter_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	switch (e->key) {
	case CGM_KEY_TEXT:
		append(v->filter, e->text);
		break;
	case CGM_KEY_BACKSPACE:
		chop(v->filter);
		break;
	case CGM_KEY_ESC:
		v->filter[0] = '\0';
		v->prompt = CGM_PROMPT_NONE;
		break;
	default:
		v->prompt = CGM_PROMPT_NONE;
		break;
	}
	(void)cgm_view_order(v);
	return NOTHING;
}

struct cgm_act cgm_view_prompt_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	/* while something is typed, the mouse and the arrows may still point */
	if (e->key == CGM_KEY_CLICK)
		return NOTHING;
	return v->prompt == CGM_PROMPT_SEARCH ? search_key(v, e) : filter_key(v, e);
}
