/* SPDX-License-Identifier: Apache-2.0 */
/* From a point of history back to a sample, so that what was recorded is explained as what is there
 * now is. Pure. */
#ifndef CGMEM_MODEL_RECORDED_H
#define CGMEM_MODEL_RECORDED_H

#include "sample/history.h"
#include "sample/sample.h"

/*
 * The values that the parts of @p follow from: cgm_breakdown_make() gives these parts and docker's
 * figure again. What was not recorded is absent. @p must know what is charged, anonymous memory and
 * page cache, else the sample is empty (version 0). Its version is that of the hierarchy then: v1
 * tells no socket buffers.
 */
void cgm_recorded_sample(const struct cgm_point *p, struct cgm_sample *ret);

#endif
