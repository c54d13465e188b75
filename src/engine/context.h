/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's configuration folder: its current context, and where a context's engine is. Private to
 * src/engine. */
#ifndef CGMEM_ENGINE_CONTEXT_H
#define CGMEM_ENGINE_CONTEXT_H

#include <stdbool.h>

#include "base/err.h"

#define CGM_CONTEXTS_MAX 1000

struct cgm_context {
	char *host;	       /* as the context has it: unix://..., tcp://..., ssh://... */
	char *ca, *cert, *key; /* files that exist, or NULL */
	bool skip_verify;
};

/* $DOCKER_CONFIG, else ~/.docker; NULL where there is neither variable. Caller frees. */
char *cgm_context_folder(void);
/*
 * The context that `docker context use` chose; NULL in *@ret: none ("default" is none). A file that
 * is missing or not to be read is as none. -EBADMSG with words: it is damaged.
 */
int cgm_context_current(const char *folder, char **ret, struct cgm_err *err);
/* -EINVAL with words: there is no such context, or it is damaged. */
int cgm_context_read(const char *folder, const char *name, struct cgm_context *ret,
		     struct cgm_err *err);
void cgm_context_clear(struct cgm_context *c);
/* "FOLDER/NAME" when such a file exists, otherwise NULL. Caller frees. */
char *cgm_context_file(const char *folder, const char *name);

#endif
