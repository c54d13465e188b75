/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that this project does not make: unbounded copies, and number parsers that wrap, skip
 * blanks or stop early (base/parse.h has the ones to use). Include it last in every .c file.
 */
#ifndef CGMEM_BASE_BANNED_H
#define CGMEM_BASE_BANNED_H

#undef strcpy
#undef strcat
#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf gets sscanf fscanf scanf
#pragma GCC poison atoi atol atoll atof strtol strtoll strtoul strtoull strtod strtof strtok \
	strtok_r

#endif
