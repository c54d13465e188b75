/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/session.h"

#include <errno.h>
#include <stdlib.h>

#include "collect/starter.h"
#include "sys/host.h"

#include "base/banned.h"

static int open_hierarchy(struct cgm_session *s)
{
	int r = cgm_hierarchy_open(s->root, &s->hierarchy, &s->no_memory);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return 0; /* a state, not a failure: s->no_memory says why */
	return cgm_reader_new(s->hierarchy, &s->reader);
}

int cgm_session_open(const struct cgm_session_options *o, struct cgm_session **ret,
		     struct cgm_err *err)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = calloc(1, sizeof *s);
	int r;

	if (!s)
		return cgm_err_set(err, ENOMEM, "out of memory");
	s->options = *o;
	r = cgm_root_open(o->root, &s->root, err);
	if (r < 0)
		return r;
	r = open_hierarchy(s);
	if (r < 0)
		return cgm_err_set(err, -r, "cannot read the cgroup hierarchy: out of memory");
	s->mem_total.known = cgm_host_mem_total(s->root, &s->mem_total.v) == 0;
	*ret = CGM_TAKE(s);
	return 0;
}

void cgm_session_free(struct cgm_session *s)
{
	if (!s)
		return;
	cgm_starter_close(s->starter);
	cgm_places_close(s->places);
	cgm_engine_free(s->engine);
	cgm_reader_free(s->reader);
	cgm_hierarchy_free(s->hierarchy);
	cgm_root_free(s->root);
	free(s);
}

static enum cgm_engine_state connect_engine(struct cgm_session *s)
{
	struct cgm_engine_address a = {0};
	enum cgm_engine_state state = CGM_ENGINE_FAILED;
	int r;

	if (s->options.engine == CGM_ENGINE_NONE)
		return CGM_ENGINE_ABSENT;
	r = cgm_engine_address(s->options.host, s->options.engine, &a, &s->engine_err);
	if (r == -ENOENT)
		return CGM_ENGINE_ABSENT;
	if (r < 0)
		return CGM_ENGINE_FAILED;
	r = cgm_engine_open(s->root, &a, &s->engine, &s->engine_err);
	if (r == 0)
		state = CGM_ENGINE_CONNECTED;
	else if (r == -ENOENT && !a.is_explicit)
		state = CGM_ENGINE_ABSENT;
	cgm_engine_address_clear(&a);
	return state;
}

struct cgm_engine *cgm_session_engine(struct cgm_session *s)
{
	if (s->engine_state == CGM_ENGINE_UNTRIED)
		s->engine_state = connect_engine(s);
	return s->engine;
}

int cgm_session_need_memory(const struct cgm_session *s, struct cgm_err *err)
{
	if (s->hierarchy)
		return 0;
	if (err)
		*err = s->no_memory;
	return -ENODEV;
}

bool cgm_session_is_live(const struct cgm_session *s)
{
	return cgm_root_is_live(s->root);
}
