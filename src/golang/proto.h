/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile.proto (github.com/google/pprof, proto/profile.proto), written field by field: strings,
 * functions and locations are stored once. Pure, but for zlib, which is loaded with dlopen. Private
 * to src/golang. One owner, one thread.
 */
#ifndef CGMEM_GOLANG_PROTO_H
#define CGMEM_GOLANG_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct cgm_proto;

struct cgm_proto_line {
	const char *function, *file;
	unsigned line, start_line;
};

struct cgm_proto_label {
	const char *key, *str; /* str NULL: @num counts */
	uint64_t num;
};

struct cgm_proto_mapping {
	uint64_t start, limit, offset;
	const char *file, *build_id;
};

int cgm_proto_new(struct cgm_proto **ret);
void cgm_proto_free(struct cgm_proto *p);

/* Loads zlib once. 0 or -ENOSYS. */
int cgm_proto_prepare(void);

void cgm_proto_period(struct cgm_proto *p, const char *type, const char *unit, uint64_t period);
void cgm_proto_sample_type(struct cgm_proto *p, const char *type, const char *unit);
void cgm_proto_default_type(struct cgm_proto *p, const char *type);
void cgm_proto_time(struct cgm_proto *p, uint64_t unix_ns);
void cgm_proto_mapping(struct cgm_proto *p, const struct cgm_proto_mapping *m);
/* Id of the location with that address, 0: it is not there yet. */
uint64_t cgm_proto_find(struct cgm_proto *p, uint64_t address);
/* Adds one, the innermost call first; returns its id. */
uint64_t cgm_proto_location(struct cgm_proto *p, uint64_t address,
			    const struct cgm_proto_line *lines, size_t n);
void cgm_proto_sample(struct cgm_proto *p, const uint64_t *locations, size_t n_locations,
		      const uint64_t *values, size_t n_values, const struct cgm_proto_label *labels,
		      size_t n_labels);
/* Bytes so far, to be held against a limit. */
size_t cgm_proto_size(const struct cgm_proto *p);
/* Appends the whole, compressed. 0, -ENOMEM, -ENOSYS. */
int cgm_proto_finish(struct cgm_proto *p, struct cgm_buf *ret);

#endif
