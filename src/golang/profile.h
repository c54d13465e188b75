/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap or goroutine profile of a program that serves none, as a gzip-compressed profile.proto
 * (github.com/google/pprof proto/profile.proto) that `go tool pprof` opens. Compressed by zlib,
 * loaded with dlopen.
 */
#ifndef CGMEM_GOLANG_PROFILE_H
#define CGMEM_GOLANG_PROFILE_H

#include "base/buf.h"
#include "golang/functab.h"

enum cgm_go_profile { CGM_PROFILE_NONE, CGM_PROFILE_AUTO, CGM_PROFILE_HEAP, CGM_PROFILE_GOROUTINE };

/* Loads zlib once. 0 or -ENOSYS. */
int cgm_go_profile_prepare(void);
/* AUTO is the heap's, or the goroutines' where the program keeps no heap profile. */
enum cgm_go_profile cgm_go_profile_kind(enum cgm_go_profile wanted,
					const struct cgm_go_place *place);
/* Appends the profile to @ret. 0; -ENOENT: there is none of that kind; -errno. */
int cgm_go_profile_write(const struct cgm_go_process *p, const struct cgm_go_place *place,
			 struct cgm_functab *t, enum cgm_go_profile kind, struct cgm_buf *ret);

#endif
