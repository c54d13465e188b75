/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of inspect_wire.h field by field: one table each, by which they are written and read.
 * Flags, enums and numbers are checked when they are read, names escaped. Pure.
 */
#ifndef CGMEM_COLLECT_INSPECT_FIELDS_H
#define CGMEM_COLLECT_INSPECT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum cgm_wire_tag {
	CGM_WIRE_NONE,
	CGM_WIRE_PROCESS, /* struct cgm_wire_process, and so on */
	CGM_WIRE_KINDS,
	CGM_WIRE_GO,
	CGM_WIRE_GROUP, /* struct cgm_go_group, of the Go program before it */
	CGM_WIRE_SITE,	/* struct cgm_go_site */
	CGM_WIRE_PLACE,
	CGM_WIRE_TROUBLE,
	CGM_WIRE_PROFILE, /* a piece of it, of any length */
	CGM_WIRE_DONE	  /* nothing */
};

/* Bytes of a record of that tag; 0 for the last two. */
size_t cgm_wire_size(enum cgm_wire_tag tag);
void cgm_wire_put_fields(struct cgm_buf *b, enum cgm_wire_tag tag, const void *object);
/*
 * Fills @object, which is zeroed, from cgm_wire_size() bytes. 0, -EBADMSG, -ENOMEM; -ERANGE: it is
 * filled, but sizes in it were beyond all limits and are 0 now. Where a number may be unknown it is
 * that, and no error.
 */
int cgm_wire_get_fields(const uint8_t *from, enum cgm_wire_tag tag, void *object);

#endif
