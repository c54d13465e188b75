/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The condition of --fail-if: "[COMPONENT.]growth>SIZE/h" (or /s /m /d; a number for what is
 * counted) or "limit-in<DURATION". Pure. It holds only for growth that is no chance.
 */
#ifndef CGMEM_CMD_FAIL_IF_H
#define CGMEM_CMD_FAIL_IF_H

#include "base/err.h"
#include "model/trend.h"

#define CGM_FAIL_IF_MAX 96

struct cgm_fail_if {
	bool limit_in;		    /* else growth */
	enum cgm_trend_id id;	    /* of growth */
	double per_hour;	    /* bytes, or a count */
	double seconds;		    /* of limit_in */
	char text[CGM_FAIL_IF_MAX]; /* as it was typed, without blanks */
};

/* 0 or -EINVAL with words that name what is near. */
int cgm_fail_if_parse(const char *text, struct cgm_fail_if *ret, struct cgm_err *err);
bool cgm_fail_if_holds(const struct cgm_fail_if *c, const struct cgm_trend *t);

#endif
